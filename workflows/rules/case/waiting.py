"""Who waits for whom in a case: the same answer for both sides, for every page and for the API."""

from collections.abc import Callable

from schemas.case import Case
from schemas.clocks import Party, Waiting
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.attestation import awaits_signature
from workflows.rules.case.clocks import goes_on_to_commission, goes_on_to_third_party, shown_clocks


def waiting(case: Case, rules: SchemeRules) -> tuple[Waiting, ...]:
    """Return who is waited for now, what is due first at the top; a clock that stands still waits for nobody."""
    running = [clock for clock in shown_clocks(case, rules) if clock.stopped_at is None]
    found = [Waiting(waits_for=clock.waits_for, clock=clock.name, due_at=clock.due_at) for clock in running]
    reports = () if case.is_over or not any(one.is_open for one in case.interest_reports) else (_SECOND_PERSON,)
    if found or case.is_over or awaits_signature(case):
        return (*sorted(found, key=lambda one: (one.due_at, one.clock)), *reports)
    return (Waiting(waits_for=_WITHOUT_CLOCK[case.stage](case)), *reports)


_SECOND_PERSON = Waiting(waits_for=Party.SECRETARIAT)
"""Somebody of the secretariat, or of the Commission, settles a reported interest; nothing says by when."""


def _planning(case: Case) -> Party:
    unanswered = any(held.accepted is None for held in case.assignments.values())
    return Party.REVIEWER if unanswered else Party.SECRETARIAT


def _decision(case: Case) -> Party:
    return Party.THIRD_PARTY if goes_on_to_third_party(case) else Party.SECRETARIAT


def _recommendation(case: Case) -> Party:
    return Party.COMMISSION if goes_on_to_commission(case) else Party.SECRETARIAT


_WITHOUT_CLOCK: dict[Stage, Callable[[Case], Party]] = {
    Stage.INTAKE: lambda _: Party.SECRETARIAT,
    Stage.EVIDENCE: lambda _: Party.APPLICANT,
    Stage.PLANNING: _planning,
    Stage.EVALUATION: lambda case: Party.SECRETARIAT if case.disputed_tier else Party.REVIEWER,
    Stage.CORRECTION: lambda _: Party.APPLICANT,
    Stage.RECOMMENDATION: _recommendation,
    Stage.DECISION: _decision,
    Stage.ATTESTATION: lambda _: Party.SECRETARIAT,
}
"""Who owes the next step where no clock says so; a label that the signer refused is looked after by the secretariat."""
