"""Figures about all cases, labels and participants, with nobody's name in them (procedure, What is public)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from statistics import median

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import appeals, complaints, labels, scan_counts, schemes
from certify.register.appeals import AppealCounts
from certify.register.cases import CaseRecord
from certify.register.columns import from_words
from certify.register.complaints import ComplaintCounts
from certify.register.database import Database
from certify.register.entries import JournalEntry
from certify.register.labels import LabelRecord
from certify.register.participants import ParticipantRecord
from schemas.case import SchemePin
from schemas.identifiers import Moment, RuleId, Word
from schemas.label import Standing
from schemas.records import Entry
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Outcome, Stage
from workflows.options import case_stream
from workflows.rules.case.timeliness import KINDS, Happened, Step, is_within, steps_taken

StandingOf = Callable[[LabelRecord, datetime], Awaitable[Standing]]


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepFigures(_Figures):
    """How a step that the body owes by a clock was kept in one tier; only steps that were finished count.

    Attributes:
        within: how many were finished within the clock of the scheme version of their case.
        median_working_days: None while there is none.
    """

    step: Step
    tier: Tier
    finished: int
    within: int
    median_working_days: float | None


class CaseFigures(_Figures):
    """All cases by where they stand.

    Attributes:
        by_stage: by stage, then by tier; every stage and tier is there, with 0 where there is none.
        declined_by_rule: cases outside the scheme's scope, by the gate that says so.
        refused_on: refusals by the criteria and rules they rest on; a refusal may rest on several.
    """

    total: int
    by_stage: dict[Stage, dict[Tier, int]]
    declined_by_rule: dict[RuleId, int]
    refused_on: dict[RuleId, int]
    times: tuple[StepFigures, ...]


class Statistics(_Figures):
    """What the public may know of everything at once.

    Attributes:
        labels: by what their own pages say at that moment; in force is only what witnesses saw in the log.
        participants_by_role: one participant may hold several roles and is counted under each.
        scans: answers given about labels, rounded down to tens; counted without a word about who asked.
    """

    as_of: Moment
    cases: CaseFigures
    labels: dict[Standing, int]
    participants: int
    participants_by_role: dict[Word, int]
    complaints: ComplaintCounts
    appeals: AppealCounts
    scans: int = 0


class _Lodged(BaseModel):
    scheme: SchemePin


class _Decision(BaseModel):
    outcome: Outcome
    grounds: tuple[RuleId, ...] = ()


class _CaseState(BaseModel):
    """What the figures read of a case; everything else of it is skipped unread."""

    id: str
    stage: Stage
    lodged: _Lodged
    rule: RuleId | None = None
    decision: _Decision | None = None


class KeptFigures:
    """The figures of cases as last computed: computed again only when the record has grown, by one reader at a time.

    Reading every case takes a while, and the page is anyone's to ask for.
    """

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._position = -1
        self._cases: CaseFigures | None = None

    async def read(self, database: Database, now: datetime, standing_of: StandingOf) -> Statistics:
        """Return the statistics as of a moment.

        Args:
            database: the record.
            now: the moment.
            standing_of: how a label stands, as its own page says it.
        """
        # Whoever waits here holds no connection.
        async with self._one_at_a_time:
            async with database.reading() as session:
                position = (await session.exec(select(func.max(JournalEntry.position)))).one() or 0
                if self._cases is None or position != self._position:
                    self._cases, self._position = await _case_figures(session), position
                roles = await _roles(session)
                rows = await labels.in_all(session)
                counted_complaints = await complaints.counts(session)
                counted_appeals = await appeals.counts(session)
                scans = await scan_counts.in_all(session)
            return Statistics(
                as_of=now,
                cases=self._cases,
                labels=await _by_standing(rows, now, standing_of),
                participants=sum(roles.values()),
                participants_by_role=_by_role(roles),
                complaints=counted_complaints,
                appeals=counted_appeals,
                scans=scans,
            )


async def _case_figures(session: AsyncSession) -> CaseFigures:
    rows = (await session.exec(select(CaseRecord.tier, CaseRecord.state))).all()
    by_kind = select(JournalEntry.stream, JournalEntry.content).where(col(JournalEntry.kind).in_(KINDS))
    entries = (await session.exec(by_kind.order_by(JournalEntry.stream, col(JournalEntry.number)))).all()
    # Other requests are answered meanwhile.
    cases = await asyncio.to_thread(_states, rows)
    histories = await asyncio.to_thread(_histories, entries)
    digests = {case.lodged.scheme.digest for _, case in cases}
    rules = {digest: (await schemes.pinned(session, digest)).rules for digest in digests}
    return CaseFigures(
        total=len(cases),
        by_stage=_by_stage(cases),
        declined_by_rule=_counted(case.rule for _, case in cases if case.rule and case.stage == Stage.DECLINED),
        refused_on=_counted(
            ground
            for _, case in cases
            if case.decision is not None and case.decision.outcome == Outcome.REFUSED
            for ground in case.decision.grounds
        ),
        times=_times(cases, histories, rules),
    )


def _states(rows: Sequence[tuple[str, str]]) -> list[tuple[Tier, _CaseState]]:
    return [(Tier(tier), _CaseState.model_validate_json(state)) for tier, state in rows]


def _histories(rows: Sequence[tuple[str, bytes]]) -> dict[str, list[Happened]]:
    """Return what happened in each stream, in order."""
    read = ((stream, Entry.model_validate_json(content)) for stream, content in rows)
    return {
        stream: [Happened(kind=entry.kind, at=entry.at, actor=entry.actor) for _, entry in entries]
        for stream, entries in groupby(read, key=lambda row: row[0])
    }


def _by_stage(cases: Iterable[tuple[Tier, _CaseState]]) -> dict[Stage, dict[Tier, int]]:
    counted = Counter((case.stage, tier) for tier, case in cases)
    return {stage: {tier: counted[stage, tier] for tier in Tier} for stage in Stage}


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Return how often each name comes, the one that comes most first."""
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))


def _times(
    cases: Iterable[tuple[Tier, _CaseState]],
    histories: Mapping[str, Sequence[Happened]],
    rules: Mapping[str, SchemeRules],
) -> tuple[StepFigures, ...]:
    taken: dict[tuple[Step, Tier], list[tuple[int, bool]]] = {(step, tier): [] for step in Step for tier in Tier}
    for tier, case in cases:
        pinned = rules[case.lodged.scheme.digest]
        clock, calendar = pinned.tiers[tier].sla_working_days, pinned.clocks.calendar
        for step, days in steps_taken(histories.get(case_stream(case.id), ()), calendar):
            taken[step, tier].append((days, is_within(step, days, clock)))
    return tuple(
        StepFigures(
            step=step,
            tier=tier,
            finished=len(found),
            within=sum(within for _, within in found),
            median_working_days=median(days for days, _ in found) if found else None,
        )
        for (step, tier), found in taken.items()
    )


async def _by_standing(rows: Sequence[LabelRecord], now: datetime, standing_of: StandingOf) -> dict[Standing, int]:
    """Return how many labels stand how; of a number that is unknown there is nothing to count."""
    counted: Counter[Standing] = Counter()
    for row in rows:
        counted[await standing_of(row, now)] += 1
        await asyncio.sleep(0)  # other requests are answered meanwhile
    return {standing: counted[standing] for standing in Standing if standing != Standing.UNKNOWN_NUMBER}


async def _roles(session: AsyncSession) -> dict[str, int]:
    query = select(ParticipantRecord.roles, func.count()).group_by(ParticipantRecord.roles)
    return dict((await session.exec(query)).all())


def _by_role(by_roles: Mapping[str, int]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for roles, count in by_roles.items():
        counted.update(dict.fromkeys(from_words(roles), count))
    return dict(sorted(counted.items()))
