"""Who took part in a case or matter, as the record tells: whoever did so handles no complaint or appeal about it."""

from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, labels, matters, streams
from certify.register.matters import MatterRecord, state_of
from schemas.case import Case
from schemas.complaint import ConcernedFacts
from schemas.identifiers import ENGINE, PUBLIC
from schemas.label_life import LabelLife
from schemas.matter import Matter
from schemas.records import Entry
from workflows.options import case_stream, matter_stream
from workflows.rules.case.interests import who_advised, who_evaluated
from workflows.rules.kernels import KERNELS
from workflows.rules.label.kernel import LABEL

_CASE = case_stream("")


async def took_part(session: AsyncSession, among: Iterable[str]) -> tuple[str, ...]:
    """Return everyone who acted in these streams, judged in them or belonged to an electorate, sorted."""
    found: set[str] = set()
    for stream in among:
        entries = await streams.entries(session, stream)
        found |= {Entry.model_validate_json(row.content).actor for row in entries}
        found |= await _given_a_part(session, stream)
    return tuple(sorted(found - {ENGINE, PUBLIC}))


async def _given_a_part(session: AsyncSession, stream: str) -> set[str]:
    if stream.startswith(_CASE):
        case = await cases.find(session, stream.removeprefix(_CASE))
        return _parts_in_case(case) if case is not None else set()
    if stream.partition("/")[0] not in KERNELS:
        return set()
    row = await session.get(MatterRecord, stream)
    return _parts_in_matter(state_of(row)) if row is not None else set()


def _parts_in_case(case: Case) -> set[str]:
    electors = {member for vote in case.rounds for member in vote.electorate}
    named = {one for one in (case.rapporteur, case.released_by) if one is not None}
    return {*case.assignments, *case.interests, *who_evaluated(case), *who_advised(case), *electors, *named}


def _parts_in_matter(matter: Matter) -> set[str]:
    electors = {member for vote in matter.motions for member in vote.electorate}
    if isinstance(matter, LabelLife):
        return {*matter.everyone_with_a_part, *matter.everyone_who_voted}
    return electors


async def concerned_by(session: AsyncSession, label_id: str | None) -> ConcernedFacts:
    """Return what the record says of the label that a complaint names."""
    row = await labels.find(session, label_id) if label_id is not None else None
    if row is None:
        return ConcernedFacts()
    life = await matters.find(session, LabelLife, LABEL.name, row.id)
    its = (row.id, life.prolongs) if life is not None else (row.id,)
    labels_of = (matter_stream(LABEL.name, one) for one in its if one is not None)
    involved = await took_part(session, (case_stream(row.application), *labels_of))
    return ConcernedFacts(is_known=True, holder=row.organisation, involved=involved)


async def handling_of(session: AsyncSession, complaint: str) -> dict[str, object]:
    """Return who ever handled a complaint, and who wrote down the findings that stand."""
    handled: set[str] = set()
    found_by = None
    for entry, said in await streams.entries_with_bodies(session, matter_stream("complaint", complaint)):
        if entry.kind == "handler_assigned":
            handled.add(str(said["handler"]))
        elif entry.kind == "findings_recorded":
            found_by = said["actor"]
        elif entry.kind == "handler_left":
            found_by = None
    return {"handled": tuple(sorted(handled)), "found_by": found_by}
