"""The record of a case as its keepers read it: every entry, who, when, and the digest that is its receipt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certify.accounts.narrowing import record_body_for
from certify.accounts.people import names_of
from certify.accounts.principal import Principal
from certify.procedure.matters import vault_key
from certify.register import corrections, streams
from certify.web.case_entries import ENTRIES
from certify.web.casework import OpenCase
from certify.web.language import Language, sentence
from certify.web.services import Services
from schemas.identifiers import ENGINE
from schemas.record_correction import RecordCorrection
from schemas.records import Entry
from workflows.options import case_stream


@dataclass(frozen=True, kw_only=True)
class RecordedEntry:
    """An entry as the page shows it.

    Attributes:
        actor: empty for a rule.
        body: its JSON as this reader may see it.
        corrections: how it is to be read, with whether a second person confirmed that.
    """

    number: int
    title: str
    actor: str
    at: datetime
    digest: str
    act_id: str | None
    body: str
    corrections: tuple[tuple[str, bool], ...]


async def record_of(
    services: Services, principal: Principal, opened: OpenCase, language: Language
) -> list[RecordedEntry]:
    """Return the entries of a case, the first at the top.

    Raises:
        NotPermitted: the record is not for this reader.
    """
    async with services.database.reading() as session:
        rows = await streams.entries_with_bodies(session, case_stream(opened.case.id))
        entries = [Entry.model_validate_json(row.content) for row, _ in rows]
        names = await names_of(session, {entry.actor for entry in entries})
        corrected = await corrections.of_stream(session, case_stream(opened.case.id))
    texts = {number: await _texts(services, found) for number, found in corrected.items()}
    return [
        RecordedEntry(
            number=entry.number,
            title=sentence(language, ENTRIES[entry.kind]),
            actor="" if entry.actor == ENGINE else names.get(entry.actor, entry.actor),
            at=entry.at,
            digest=row.digest,
            act_id=entry.act_id,
            body=json.dumps(record_body_for(opened.case, principal, body), ensure_ascii=False, indent=1),
            corrections=texts.get(entry.number, ()),
        )
        for entry, (row, body) in zip(entries, rows, strict=True)
    ]


async def _texts(services: Services, found: Sequence[RecordCorrection]) -> tuple[tuple[str, bool], ...]:
    return tuple([(await services.vault.text(vault_key("correction", one.id), one.text), one.is_over) for one in found])
