"""Which entries of the record a party can appeal against, and what the record says of each (ISO/IEC 17065, 7.13)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, labels, people, streams
from certify.register.involvement import took_part
from schemas.appeal import Against, Appeal, ChallengedFacts, PanelFacts
from schemas.people import Role
from schemas.records import Entry
from schemas.scheme_terms import Tier
from schemas.stages import Outcome
from workflows.options import case_stream, matter_stream
from workflows.rules.case.interests import free_of_interest

Body = Mapping[str, JsonValue]


def _always(_: Body) -> bool:
    return True


def _is_refusal(body: Body) -> bool:
    decision = body.get("decision")
    return isinstance(decision, dict) and decision.get("outcome") == Outcome.REFUSED


_APPEALABLE: Final[dict[tuple[str, str], tuple[Against, Callable[[Body], bool]]]] = {
    ("case", "application_declined"): (Against.DECLINED, _always),
    ("case", "application_lapsed"): (Against.LAPSED, _always),
    ("case", "rounds_used_up"): (Against.LAPSED, _always),
    ("case", "decision_taken"): (Against.REFUSED, _is_refusal),
    ("label", "label_suspended"): (Against.SUSPENSION, _always),
    ("label", "label_withdrawn"): (Against.WITHDRAWAL, _always),
    ("label", "scope_reduced"): (Against.SCOPE, _always),
    ("label", "label_lapsed"): (Against.SURVEILLANCE, _always),
    ("organisation", "join_refused"): (Against.ACCESSION, _always),
}
"""By the kind of the stream and of the event: which act it is, and whether this one is adverse."""


@dataclass(frozen=True, kw_only=True)
class Challengeable:
    """An entry that its party can appeal against, and what the record says of it."""

    stream: str
    number: int
    facts: ChallengedFacts


def against_what(stream: str, body: Body) -> Against | None:
    """Return which kind of act an entry is, None for one that nobody can appeal against."""
    found = _APPEALABLE.get((stream.partition("/")[0], str(body.get("kind"))))
    return found[0] if found is not None and found[1](body) else None


async def challenged_by(session: AsyncSession, stream: str, number: int) -> ChallengedFacts | None:
    """Return what the record says of an entry somebody appeals against, None where there is none."""
    entry, body = await streams.entry_at(session, stream, number), await streams.body_at(session, stream, number)
    if entry is None or body is None:
        return None
    written: dict[str, Any] = json.loads(body)
    return await _facts(session, stream, Entry.model_validate_json(entry.content), written)


async def challengeable_in(session: AsyncSession, stream: str) -> Sequence[Challengeable]:
    """Return the entries of a stream that its party can appeal against, the last one first."""
    found = [
        Challengeable(
            stream=stream,
            number=entry.number,
            facts=await _facts(session, stream, Entry.model_validate_json(entry.content), dict(body)),
        )
        for entry, body in await streams.entries_with_bodies(session, stream)
        if against_what(stream, body) is not None
    ]
    return found[::-1]


async def _facts(session: AsyncSession, stream: str, entry: Entry, body: dict[str, Any]) -> ChallengedFacts:
    kind, _, subject = stream.partition("/")
    facts = ChallengedFacts(against=against_what(stream, body), done_at=entry.at)
    if kind == "case":
        case = await cases.find(session, subject)
        return facts.model_copy(
            update={"organisation": case.lodged.organisation, "tier": case.tier} if case is not None else {}
        )
    if kind == "label":
        row = await labels.find(session, subject)
        return facts.model_copy(
            update={"organisation": row.organisation, "tier": Tier(row.tier), "label": row.id} if row else {}
        )
    return facts.model_copy(update={"organisation": subject})


async def panel_facts(session: AsyncSession, appeal: Appeal) -> PanelFacts:
    """Return who took part in the act or is not free of its case, and the entry by which the appeal was lodged."""
    among = [appeal.stream]
    if appeal.label is not None:
        row = await labels.find(session, appeal.label)
        among += [case_stream(row.application)] if row is not None else []
    lodged = await streams.entry_at(session, matter_stream("appeal", appeal.id), 1)
    barred = {*await took_part(session, among), *await _not_free(session, among)}
    act = await streams.entry_at(session, appeal.stream, appeal.number)
    return PanelFacts(
        acted=Entry.model_validate_json(act.content).actor if act is not None else None,
        took_part=tuple(sorted(barred)),
        lodged=lodged.digest if lodged is not None else None,
    )


async def _not_free(session: AsyncSession, among: Sequence[str]) -> Sequence[str]:
    """Return those of the pool whom the cases behind an act keep out: by ties to the group, or kept away."""
    found = [await cases.find(session, stream.removeprefix("case/")) for stream in among if stream.startswith("case/")]
    pool = await people.with_role(session, Role.APPEAL_MEMBER)
    return [one.person for one in pool if any(case is not None and not free_of_interest(case, one) for case in found)]
