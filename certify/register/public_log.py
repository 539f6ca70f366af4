"""From the record to the public log: the entries in the order they were recorded, each with what is public of it."""

import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.entries import JournalBody, JournalEntry
from schemas.event import Event
from schemas.events import CASE_EVENTS, DecisionTaken, LabelIssued
from schemas.label import IssuedLabel
from schemas.label_events import LabelProlonged
from schemas.label_life import LabelLife
from schemas.organisation import Organisation
from schemas.public_log import (
    DecisionStatement,
    IssueStatement,
    KeySetStatement,
    LogEntry,
    ParticipantStatement,
    SchemeStatement,
    StandingStatement,
    Statement,
)
from schemas.record_events import KeySetPublished, SchemeAdopted
from schemas.stages import Outcome
from workflows.rules.kernels import KERNELS

_FOLDED = frozenset({"label", "organisation"})
_KEPT = 2000


class PublicLog:
    """Says what the public log says of each entry; what a stream was folded to is kept while others are read."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    async def entries(self, session: AsyncSession, *, after: int, limit: int) -> Sequence[tuple[int, LogEntry]]:
        """Return the log entries of the record after a position, each with its own position, in their order."""
        rows = (
            await session.exec(
                select(JournalEntry, JournalBody.body)
                .join(
                    JournalBody,
                    (col(JournalBody.stream) == JournalEntry.stream) & (col(JournalBody.number) == JournalEntry.number),
                    isouter=True,
                )
                .where(col(JournalEntry.position) > after)
                .order_by(col(JournalEntry.position))
                .limit(limit)
            )
        ).all()
        found = []
        for row, body in rows:
            assert row.position is not None
            statements = tuple(await self._statements(session, row, body))
            found.append((row.position, LogEntry(digest=row.digest, statements=statements)))
        return found

    async def _statements(self, session: AsyncSession, row: JournalEntry, body: bytes | None) -> Iterable[Statement]:
        kind, _, _subject = row.stream.partition("/")
        if body is None:  # erased; what was public of it was said when it was written
            return ()
        if kind == "case":
            return _of_case(row.kind, body)
        if kind == "scheme" and row.kind == "scheme_adopted":
            return (_of_scheme(SchemeAdopted.model_validate_json(body)),)
        if row.kind == "key_set_published":
            return (_of_key_set(KeySetPublished.model_validate_json(body)),)
        if kind in _FOLDED:
            event = KERNELS[kind].events.validate_json(body)
            before, state = await self._step(session, row.stream, kind, row.number, event)
            return _of_label(before, state, event) if isinstance(state, LabelLife) else _of_participant(before, state)
        return ()

    async def _step(self, session: AsyncSession, stream: str, kind: str, number: int, event: Event) -> tuple[Any, Any]:
        kernel = KERNELS[kind]
        last, before = self._states.pop(stream, (0, None))
        if last != number - 1:
            before = await _folded(session, stream, kind, number)
        state = kernel.evolve(before, event)
        self._states[stream] = (number, state)
        if len(self._states) > _KEPT:
            self._states.popitem(last=False)
        return before, state


async def position_of(session: AsyncSession, size: int) -> int:
    """Return the position of the entry that is number `size` in the order of the record; 0 before the first.

    Raises:
        LookupError: the record is shorter: it was restored to an earlier state.
    """
    if size == 0:
        return 0
    query = select(JournalEntry.position).order_by(col(JournalEntry.position)).offset(size - 1).limit(1)
    position = (await session.exec(query)).first()
    if position is None:
        count = (await session.exec(select(func.count()).select_from(JournalEntry))).one()
        raise LookupError(f"the record has {count} entries, the log {size}")
    return position


async def erased(session: AsyncSession) -> frozenset[int]:
    """Return the positions of the entries whose body was erased: what was public of them was said before."""
    body = select(JournalBody.number).where(
        col(JournalBody.stream) == JournalEntry.stream, col(JournalBody.number) == JournalEntry.number
    )
    positions = (await session.exec(select(JournalEntry.position).where(~body.exists()))).all()
    return frozenset(one for one in positions if one is not None)


async def digest_at(session: AsyncSession, position: int) -> str | None:
    """Return the digest of the entry at a position, None where there is none."""
    return (await session.exec(select(JournalEntry.digest).where(JournalEntry.position == position))).first()


async def holds(session: AsyncSession, digest: str) -> bool:
    """Whether the record has an entry that the log speaks of."""
    return (await session.exec(select(JournalEntry.position).where(JournalEntry.digest == digest))).first() is not None


async def _folded(session: AsyncSession, stream: str, kind: str, until: int) -> Any:
    kernel, state = KERNELS[kind], None
    query = select(JournalBody.body).where(JournalBody.stream == stream, JournalBody.number < until)
    for body in (await session.exec(query.order_by(col(JournalBody.number)))).all():
        state = kernel.evolve(state, kernel.events.validate_json(body))
    return state


def _of_case(kind: str, body: bytes) -> Iterator[Statement]:
    if kind not in {"decision_taken", "label_issued"}:
        return
    event = CASE_EVENTS.validate_python(json.loads(body))
    if isinstance(event, LabelIssued):
        yield _of_issue(event.label)
    if isinstance(event, DecisionTaken) and event.decision.outcome == Outcome.GRANTED:
        shared = event.decision.model_dump(include=set(DecisionStatement.model_fields))
        yield DecisionStatement.model_validate(shared)


def _of_issue(label: IssuedLabel, prolongs: str | None = None) -> IssueStatement:
    return IssueStatement(
        label=label.id,
        token=label.token,
        decision=label.decision_number,
        holder=label.holder,
        issued_at=label.issued_at,
        expires_at=label.expires_at,
        prolongs=prolongs,
    )


def _of_label(before: LabelLife | None, life: LabelLife, event: Event) -> Iterator[Statement]:
    if isinstance(event, LabelProlonged):
        yield _of_issue(event.label, prolongs=life.id)
    if before is None or len(life.steps) == len(before.steps):
        return
    step = life.steps[-1]
    yield StandingStatement(
        label=life.id,
        version=step.version,
        standing=step.standing,
        because=step.because,
        at=step.at,
        successor=step.successor,
    )


def _of_scheme(event: SchemeAdopted) -> SchemeStatement:
    return SchemeStatement(scheme=event.scheme, version=event.scheme_version, digest=event.digest)


def _of_key_set(event: KeySetPublished) -> KeySetStatement:
    compromised = {key.kid: key.at for key in event.compromised}
    return KeySetStatement(version=event.key_set_version, digest=event.digest, compromised=compromised)


def _of_participant(before: Organisation | None, state: Organisation) -> Iterator[Statement]:
    said = _participant(state)
    if said is not None and (before is None or said != _participant(before)):
        yield said


def _participant(state: Organisation) -> ParticipantStatement | None:
    if state.entered_at is None or state.name is None or state.country is None:
        return None
    return ParticipantStatement(
        organisation=state.id,
        name=state.name,
        country=state.country,
        entered_at=state.entered_at,
        left_at=state.left_at,
    )
