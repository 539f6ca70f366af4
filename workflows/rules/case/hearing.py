"""Stage 8: the applicant is heard where they asked for it or an adverse decision is near, or does without (7.6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from schemas import events as ev
from schemas.acts import AskForHearing, RecordHearing, WaiveHearing
from schemas.case import Case
from schemas.clocks import Clock, Party
from schemas.errors import AlreadyDecided, OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.stages import Outcome, Stage
from workflows.rules.case.evaluation import failed
from workflows.rules.case.interests import acts_for_secretariat
from workflows.rules.deadlines import days_after
from workflows.rules.permission import (
    ALLOWED,
    Permission,
    acts_for_applicant,
    first_refusal,
    in_stage,
    no_open_round,
)

REQUIRED, ON_REQUEST = "required", "on_request"
ON_REQUEST_SINCE: Final = 6
"""The edition of the procedure from which on the applicant may ask to be heard (decision 67)."""
HEARD_IN = (Stage.RECOMMENDATION, Stage.DECISION)
_ALREADY_HEARD: Final = Permission(AlreadyDecided("already_heard", "You were heard, or did without it."))


def is_heard(case: Case) -> bool:
    """Whether the applicant was heard, did without, or let the time for it pass."""
    return case.hearing is not None or case.hearing_waived


def is_heard_anyway(case: Case, rules: SchemeRules) -> bool:
    """Whether the applicant is heard whatever is decided: the tier requires it, or they asked for it."""
    return case.hearing_asked is not None or rules.tiers[case.tier].decision.hearing == REQUIRED


def hearing_is_needed(case: Case, rules: SchemeRules) -> bool:
    """Whether it is known before any round that the applicant is heard first."""
    advised = case.recommendation is not None and case.recommendation.recommends == Outcome.REFUSED
    adverse = case.rule is not None or advised or bool(failed(case.results))
    return adverse or case.hearing_due_at is not None or is_heard_anyway(case, rules)


def heard_if(case: Case, *, needed: bool) -> Permission:
    """Whether nothing stands in the way of a decision that needs a hearing."""
    if needed and not is_heard(case):
        return Permission(OutOfOrder("hearing_missing", "The applicant must be heard before this decision."))
    return ALLOWED


def called(now: datetime, rules: SchemeRules, *, by: str = ENGINE, unmet: tuple[str, ...] = ()) -> ev.HearingCalled:
    """Return the event that lets the applicant be heard, by rule or as somebody wanted to open a round."""
    due_at = days_after(now, rules.clocks.applicant_hearing_before_adverse_decision_days)
    return ev.HearingCalled(at=now, actor=by, due_at=due_at, unmet=unmet)


def what_follows_for_hearing(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what follows by rule and clock: the call where a hearing is known to be needed, the end of its time."""
    if case.edition == 1 or case.stage not in HEARD_IN or is_heard(case):
        return None
    if case.hearing_due_at is not None:
        return ev.HearingWaived(at=now, actor=ENGINE) if now >= case.hearing_due_at else None
    return called(now, rules) if case.stage == Stage.DECISION and hearing_is_needed(case, rules) else None


def hearing_clocks(case: Case, rules: SchemeRules) -> Iterator[Clock]:
    """Yield the deadline of a hearing that was called."""
    if case.stage not in HEARD_IN or case.hearing_due_at is None or is_heard(case):
        return
    days = rules.clocks.applicant_hearing_before_adverse_decision_days
    yield Clock(
        name="hearing",
        waits_for=Party.APPLICANT,
        started_at=case.hearing_due_at - timedelta(days=days),
        due_at=case.hearing_due_at,
        has_effect=True,
    )


def may_ask_for_hearing(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether the applicant may ask to be heard: once, where the tier says on request, until a round opens."""
    return first_refusal(
        acts_for_applicant(case, person),
        in_stage(case, *HEARD_IN),
        _is_on_request(case, rules),
        no_open_round(case),
        _nobody_called_or_asked(case),
    )


def _is_on_request(case: Case, rules: SchemeRules) -> Permission:
    if case.edition < ON_REQUEST_SINCE:
        return Permission(OutOfOrder("earlier_edition", "This case follows an earlier edition of the procedure."))
    if rules.tiers[case.tier].decision.hearing != ON_REQUEST:
        return Permission(OutOfOrder("no_hearing_on_request", "In this tier no hearing is held on request."))
    return ALLOWED


def _nobody_called_or_asked(case: Case) -> Permission:
    if case.hearing_asked is not None:
        return Permission(AlreadyDecided("hearing_asked", "You asked to be heard before."))
    if is_heard(case):
        return _ALREADY_HEARD
    if case.hearing_due_at is not None:
        return Permission(AlreadyDecided("hearing_is_called", "You are called to be heard already."))
    return ALLOWED


def ask(case: Case, act: AskForHearing, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Ask to be heard; the hearing is called by rule as soon as the case waits for its decision."""
    may_ask_for_hearing(case, act.actor, rules).require()
    return (ev.HearingAskedFor(at=now, actor=act.actor.person, statement=act.statement),)


def may_waive_hearing(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether the applicant may do without a hearing that was called."""
    return first_refusal(acts_for_applicant(case, person), in_stage(case, *HEARD_IN), _hearing_is_open(case))


def _hearing_is_open(case: Case) -> Permission:
    if is_heard(case):
        return _ALREADY_HEARD
    if case.hearing_due_at is None:
        return Permission(OutOfOrder("no_hearing_called", "No hearing was called."))
    return ALLOWED


def waive(case: Case, act: WaiveHearing, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Do without being heard."""
    may_waive_hearing(case, act.actor, rules).require()
    return (ev.HearingWaived(at=now, actor=act.actor.person),)


def may_record_hearing(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may put the protocol of a hearing on file."""
    return first_refusal(acts_for_secretariat(case, person), in_stage(case, *HEARD_IN), no_open_round(case))


def record_hearing(case: Case, act: RecordHearing, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Record that the applicant was heard."""
    may_record_hearing(case, act.actor, rules).require()
    return (ev.HearingRecorded(at=now, actor=act.actor.person, protocol=act.protocol),)
