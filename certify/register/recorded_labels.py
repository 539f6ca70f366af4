"""What the directory has to say of a label that was signed, from the record alone, its chains verified.

The signer makes papers of it. It does not ask the directory, which whoever holds the database may have altered.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.chain import verified_events
from certify.register.label_views import tally_of
from certify.register.labels import LabelRecord, prolonged_row, row_of
from schemas.errors import NotFound
from schemas.event import Event
from schemas.events import CASE_EVENTS, LabelIssued
from schemas.label import IssuedLabel
from schemas.label_events import LabelProlonged
from workflows.options import case_stream, matter_stream
from workflows.rules.case.fold import fold
from workflows.rules.label.kernel import LABEL


async def row_in_record(session: AsyncSession, label: IssuedLabel, signed: Mapping[str, IssuedLabel]) -> LabelRecord:
    """Return the directory's row of a label as it was when the record took the label in.

    Args:
        session: reads the record.
        label: as it was signed.
        signed: every label that was signed, by its number.

    Raises:
        NotFound: `label_not_recorded`: the record has no such label, or has another one of its decision.
        ChainBroken: a stream it rests on does not hold.
    """
    kind, _, rest = label.decision_number.partition("/")
    if kind != LABEL.name:
        return await _granted(session, label)
    before = signed.get(rest.partition("/")[0])
    if before is None:
        raise _not_recorded(label)
    return await _prolonged(session, label, await row_in_record(session, before, signed))


async def _granted(session: AsyncSession, label: IssuedLabel) -> LabelRecord:
    events: list[Event] = []
    async for body in verified_events(session, case_stream(label.decision_number.partition("/")[0])):
        events.append(CASE_EVENTS.validate_json(body))
        if isinstance(events[-1], LabelIssued):
            break
    case = fold(events) if events else None
    if case is None or case.label != label:
        raise _not_recorded(label)
    return row_of(case)


async def _prolonged(session: AsyncSession, label: IssuedLabel, before: LabelRecord) -> LabelRecord:
    life: Any = None
    async for body in verified_events(session, matter_stream(LABEL.name, before.id)):
        event = LABEL.events.validate_json(body)
        life = LABEL.evolve(life, event)
        if isinstance(event, LabelProlonged) and event.label == label:
            tally = tally_of(life, life.prolongation.motion)
            if tally is not None:
                return prolonged_row(before, label, tally)
    raise _not_recorded(label)


def _not_recorded(label: IssuedLabel) -> NotFound:
    return NotFound("label_not_recorded", f"The record has no label {label.id} as it was signed.")
