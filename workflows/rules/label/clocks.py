"""The deadlines of a label, and what the clock alone brings about, in the order in which it falls due (I15)."""

from collections.abc import Callable, Iterator
from datetime import datetime

from schemas.clocks import Clock, Party
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label_events import LabelExpired, LabelLapsed, LabelSuspended, SuspensionVoided
from schemas.label_life import LabelLife, Subject
from schemas.scheme import SchemeRules
from schemas.surveillance import Cause, Surveillance
from workflows.rules.label.renewal import window_of
from workflows.rules.label.standing import vote_set_aside
from workflows.rules.label.surveillance import lapses_at, missed_at, opened, regular_due_at
from workflows.rules.label.surveillance_judging import assignments_lapsed
from workflows.rules.label.suspension import missed, voided

Effect = tuple[datetime, Callable[[datetime], Event]]
ANSWER = "surveillance_answer"


def answer_clock_name(number: int, reviewer: str) -> str:
    """Return the name of the clock of an expert's answer whether they judge a surveillance."""
    return f"{ANSWER}/{number}.{reviewer}"[:84]


def number_of_answer(clock: Clock) -> int:
    """Return which surveillance the clock of an answer belongs to."""
    return int(clock.name.removeprefix(f"{ANSWER}/").partition(".")[0])


def clocks_of(life: LabelLife, rules: SchemeRules) -> Iterator[Clock]:
    """Yield the deadlines that run now."""
    yield Clock(
        name="expiry", waits_for=Party.HOLDER, started_at=life.issued_at, due_at=life.expires_at, has_effect=True
    )
    yield from _next_surveillance(life, rules)
    for one in life.open_surveillances:
        yield from _surveillance(life, one, rules)
    yield from _suspension(life)
    yield from _hearing(life)
    yield from _renewal(life, rules)


def _next_surveillance(life: LabelLife, rules: SchemeRules) -> Iterator[Clock]:
    due_at = regular_due_at(life, rules)
    if due_at is not None:
        yield Clock(
            name="surveillance", waits_for=Party.HOLDER, started_at=life.issued_at, due_at=due_at, has_effect=True
        )


def _surveillance(life: LabelLife, one: Surveillance, rules: SchemeRules) -> Iterator[Clock]:
    if one.waits_for_holder:
        if life.is_in_force:
            yield _of(one, "surveillance_missed", Party.HOLDER, missed_at(one, rules), has_effect=True)
        yield _of(one, "surveillance_lapse", Party.HOLDER, lapses_at(one, rules), has_effect=True)
    elif one.waits_for_reviewers and one.review_due_at is not None:
        begun_at = one.submission.submitted_at if one.submission is not None else one.opened_at
        party = Party.REVIEWER if life.judged_by(one.number).judges else Party.SECRETARIAT
        yield _of(one, "surveillance_review", party, one.review_due_at, started_at=begun_at)
    elif one.judged_at is not None and one.decision_due_at is not None:
        yield _of(one, "surveillance_decision", Party.COMMISSION, one.decision_due_at, started_at=one.judged_at)
    for held in life.judged_by(one.number).assignments.values():
        if held.accepted is None and held.answer_due_at is not None:
            yield Clock(
                name=answer_clock_name(one.number, held.reviewer),
                waits_for=Party.REVIEWER,
                started_at=held.assigned_at,
                due_at=held.answer_due_at,
                has_effect=True,
            )


def _of(
    one: Surveillance,
    kind: str,
    party: Party,
    due_at: datetime,
    *,
    started_at: datetime | None = None,
    has_effect: bool = False,
) -> Clock:
    return Clock(
        name=f"{kind}/{one.number}",
        waits_for=party,
        started_at=started_at or one.opened_at,
        due_at=due_at,
        has_effect=has_effect,
    )


def _suspension(life: LabelLife) -> Iterator[Clock]:
    if life.suspension is not None and life.suspension.void_at is not None:
        yield Clock(
            name=f"suspension/{life.suspensions}",
            waits_for=Party.COMMISSION,
            started_at=life.suspension.since,
            due_at=life.suspension.void_at,
            has_effect=True,
        )


def _hearing(life: LabelLife) -> Iterator[Clock]:
    if life.notice is not None and life.notice.answered_at is None:
        yield Clock(
            name="withdrawal_hearing",
            waits_for=Party.HOLDER,
            started_at=life.notice.given_at,
            due_at=life.notice.due_at,
        )


def _renewal(life: LabelLife, rules: SchemeRules) -> Iterator[Clock]:
    if life.renewal is None and life.prolongs is None:
        opens_at, closes_at = window_of(life, rules)
        yield Clock(name="renewal", waits_for=Party.HOLDER, started_at=opens_at, due_at=closes_at)


def by_the_clock(life: LabelLife, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what the clock brings about now: the effect that fell due first."""
    due = [effect for effect in _effects(life, rules) if effect[0] <= now]
    if not due:
        return None
    event = min(due, key=lambda effect: effect[0])[1](now)
    reason = _ends_vote(life, event)
    return next(vote_set_aside(life, now, reason), event) if reason is not None else event


def _ends_vote(life: LabelLife, event: Event) -> str | None:
    """Return why the open vote ends before this: the label ends, or what is voted on will no longer be so (I6)."""
    proposal = life.proposal
    if proposal is None:
        return None
    if isinstance(event, LabelExpired | LabelLapsed):
        return "label_ended"
    if isinstance(event, LabelSuspended) and (proposal.subject == Subject.SUSPEND or proposal.standing is not None):
        return "suspended"
    if isinstance(event, SuspensionVoided) and proposal.subject in {Subject.CONFIRM, Subject.RESTORE}:
        return "suspension_voided"
    return None


def _effects(life: LabelLife, rules: SchemeRules) -> Iterator[Effect]:
    """Yield all that will follow by the clock: exactly the clocks that have an effect."""
    yield life.expires_at, lambda now: LabelExpired(at=now, actor=ENGINE)
    due_at = regular_due_at(life, rules)
    if due_at is not None:
        yield due_at, lambda now: opened(life, Cause.REGULAR, now, rules, due_at=due_at)
    for one in life.open_surveillances:
        if one.waits_for_holder:
            yield from _if_missed(life, one, rules)
    yield from assignments_lapsed(life)
    if life.suspension is not None and life.suspension.void_at is not None:
        yield life.suspension.void_at, voided


def _if_missed(life: LabelLife, one: Surveillance, rules: SchemeRules) -> Iterator[Effect]:
    if life.is_in_force:
        yield missed_at(one, rules), lambda now: missed(one.number, now)
    yield lapses_at(one, rules), lambda now: LabelLapsed(at=now, actor=ENGINE, surveillance=one.number)
