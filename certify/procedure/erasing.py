"""Erasing evidence: what the record says of it, whose it is and whether anybody still needs it; and doing it."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import complainants
from certify.register import appeals, cases, complaints, drafts, labels, streams
from certify.register.database import Database
from certify.register.legal_holds import Held
from certify.vault import files
from certify.vault.store import Vault
from schemas.act import Act
from schemas.case import Case
from schemas.erasure import AskErasure, Erasure
from schemas.errors import OutOfOrder
from schemas.matter import Matter
from workflows.options import case_stream, matter_stream

_TEXT_REF: Final = frozenset({"digest", "length"})


async def erase(
    database: Database, vault: Vault, application: str, digest: str | None, *, files_only: bool = False
) -> None:
    """Destroy the keys of a case, of all its files or of one; the texts of the record outlive a file of the same bytes.

    With a whole case go the drafts about it, and how those can be reached who complained of its labels.

    Raises:
        OutOfOrder: `legal_hold`: one was asked for since the erasure was approved.
        Unavailable: as `Vault.erase`.
    """
    async with database.reading() as session:
        if application in (await Held.now(session)).cases:
            raise OutOfOrder("legal_hold", "A legal hold stands; nothing it covers is erased.")
        stored = await files.digests(session, application)
        bodies = [json.loads(body) for body in await streams.bodies(session, case_stream(application))]
    texts = {text for body in bodies for text in _texts_of(body)}
    for one in sorted({*stored, *_files_in(bodies)}) if files_only else [digest]:
        if one in texts:
            await vault.keep_text(application, one)
        await vault.erase(application, one)
    if digest is None and not files_only:
        async with database.writing() as session:
            await _forget_beside(session, application)


async def _forget_beside(session: AsyncSession, application: str) -> None:
    await drafts.discard_about(session, application)
    for label in await labels.of_case(session, application):
        for complaint in await complaints.about_label(session, label.id):
            if complaint.outcome is not None:
                await complainants.erase(session, complaint.code)


def _files_in(bodies: Iterable[Any]) -> Iterator[str]:
    """Yield the digests of the files that were offered in a case."""
    for body in bodies:
        if isinstance(item := body.get("item"), dict):
            yield item["digest"]


def _texts_of(body: Any) -> Iterator[str]:
    """Yield the digests of the texts and applications that an entry names."""
    if isinstance(body, dict):
        if body.keys() == _TEXT_REF:
            yield body["digest"]
        if isinstance(lodged := body.get("lodged"), dict):
            yield lodged["digest"]
    if isinstance(body, dict | list):
        for part in body.values() if isinstance(body, dict) else body:
            yield from _texts_of(part)


async def erasing_facts(session: AsyncSession, act: Act, state: Matter | None) -> dict[str, Any]:
    """Return the facts of an erasure, as they stand when it is asked for and again when it is approved."""
    asked = act if isinstance(act, AskErasure) else state
    assert isinstance(asked, AskErasure | Erasure)
    case = await cases.find(session, asked.case if isinstance(asked, AskErasure) else asked.application)
    if case is None:
        return {}
    digest = await _digest_of(session, case, asked.item)
    facts = {
        "party": case.lodged.organisation,
        "still_needed": _goes_on_with(case, asked.item, digest) or await label_rests_on(session, case),
        "held": await is_held(session, case),
        "legal_hold": case.id in (await Held.now(session)).cases,
    }
    return {**facts, "digest_of_file": digest} if isinstance(act, AskErasure) else facts


async def _digest_of(session: AsyncSession, case: Case, item: str | None) -> str | None:
    """Return the digest of an item's file, also of one that was taken back."""
    if item is None:
        return None
    if item in case.evidence:
        return case.evidence[item].digest
    for _, body in await streams.entries_with_bodies(session, case_stream(case.id)):
        offered = body.get("item")
        if isinstance(offered, dict) and offered.get("id") == item:
            return str(offered["digest"])
    return None


def _goes_on_with(case: Case, item: str | None, digest: str | None) -> bool:
    """Whether a case that has not ended needs it: all of it, or a file that one of its items still is."""
    if case.stage.is_final:
        return False
    return item is None or any(one.digest == digest for one in case.evidence.values())


async def label_rests_on(session: AsyncSession, case: Case) -> bool:
    """Whether a label that has not ended rests on a case."""
    lasting = await labels.not_ended(session, case.lodged.organisation, datetime.now(UTC))
    rows = [row for row in await labels.of_organisation(session, case.lodged.organisation) if row.id in lasting]
    return any(row.application == case.id for row in rows)


async def is_held(session: AsyncSession, case: Case) -> bool:
    """Whether an appeal or a complaint is open that may have to look at a case."""
    streams_of = [case_stream(case.id)]
    if case.label is not None:
        if await complaints.open_about(session, case.label.id):
            return True
        streams_of.append(matter_stream("label", case.label.id))
    return any(appeal.outcome is None for appeal in await appeals.against(session, *streams_of))
