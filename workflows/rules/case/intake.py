"""Stages 1 and 2: lodging, acceptance, declining, and leaving (ISO/IEC 17065, 7.2 and 7.3)."""

from collections.abc import Collection
from datetime import datetime

from schemas import events as ev
from schemas.acts import AcceptApplication, DeclineApplication, LodgeApplication, WithdrawApplication
from schemas.case import Case, Lodged
from schemas.errors import AlreadyDecided, NotPermitted, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.scheme import GateOutcome, SchemeRules, Tier
from schemas.stages import Stage
from workflows.rules.case.earlier import lowered
from workflows.rules.case.evidence import all_in_force, frozen, nothing_is_missing
from workflows.rules.case.interests import acts_for_secretariat
from workflows.rules.deadlines import days_after
from workflows.rules.permission import (
    ALLOWED,
    Permission,
    acts_for_applicant,
    first_refusal,
    in_stage,
)
from workflows.rules.requirements import requirements
from workflows.rules.risk import assess_tier, gate_outcomes

BYTES_MAX = 100_000
"""Room for what the rules read of an application: the whole case travels through Temporal (design, 4)."""

LEAVABLE = (
    Stage.INTAKE,
    Stage.EVIDENCE,
    Stage.PLANNING,
    Stage.EVALUATION,
    Stage.CORRECTION,
    Stage.RECOMMENDATION,
    Stage.DECISION,
)


def may_lodge(lodged: Lodged, person: PersonFacts) -> Permission:
    """Whether a person may lodge for this organisation."""
    if person.has(Role.APPLICANT) and person.organisation == lodged.organisation:
        return ALLOWED
    return Permission(NotPermitted("not_the_applicant", "You may lodge only for your own organisation."))


def lodge(case: Case | None, act: LodgeApplication, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Lodge a complete application; the tier is computed here and only here."""
    lodged = act.lodged
    if case is not None:
        _refuse_second_lodging(case, lodged)
    may_lodge(lodged, act.actor).require()
    check_complete(lodged, rules)
    assessment = assess_tier(rules, lodged.answers, lodged.gates)
    check_known(lodged, act.not_applicable, assessment.tier, rules)
    return (
        ev.ApplicationLodged(
            at=now,
            actor=act.actor.person,
            application=act.application,
            lodged=lodged,
            not_applicable=act.not_applicable,
            assessment=assessment,
            edition=act.edition,
        ),
    )


def _refuse_second_lodging(case: Case, lodged: Lodged) -> None:
    if case.lodged.digest != lodged.digest:
        raise AlreadyDecided(
            "differs_from_lodged",
            f"Reference {lodged.reference} was lodged before with other content; use another reference.",
        )
    raise AlreadyDecided("already_lodged", f"Reference {lodged.reference} was lodged before.")


def check_complete(lodged: Lodged, rules: SchemeRules) -> None:
    """Refuse an application that leaves a question or a gate without an answer, or the agreement unaccepted.

    Raises:
        Unacceptable: `agreement_missing`, `answer_missing`, `gate_unanswered`.
    """
    if not lodged.agreement_accepted:
        raise Unacceptable("agreement_missing", "The certification agreement must be accepted (ISO/IEC 17065, 4.1.2).")
    unanswered = [question for question in rules.questions if question not in lodged.answers]
    if unanswered:
        raise Unacceptable("answer_missing", f"These questions have no answer: {', '.join(unanswered)}.")
    open_gates = [gate for gate, outcome in gate_outcomes(rules, lodged.gates).items() if outcome == GateOutcome.ASK]
    if open_gates:
        raise Unacceptable("gate_unanswered", f"These gates need an answer: {', '.join(open_gates)}.")


def check_known(lodged: Lodged, not_applicable: Collection[str], tier: Tier, rules: SchemeRules) -> None:
    """Refuse an application that is too large, or names what the scheme does not have."""
    if len(lodged.model_dump_json().encode()) > BYTES_MAX:
        raise Unacceptable("application_too_large", f"What an application states fits into {BYTES_MAX} bytes.")
    requirements(rules, tier=tier, roles=lodged.roles, answers=lodged.answers, statements=lodged.statements)
    unknown = sorted(set(not_applicable) - set(rules.criteria))
    if unknown:
        raise Unacceptable("unknown_criterion", f"The scheme has no criterion {', '.join(unknown)}.")


def declined_by_gate(case: Case, now: datetime, rules: SchemeRules) -> ev.ApplicationDeclined | None:
    """Decline by rule what a gate puts out of the scheme's scope (Code, Preamble)."""
    if case.stage != Stage.INTAKE:
        return None
    gate = gate_that(GateOutcome.OUT_OF_SCOPE, case, rules)
    return ev.ApplicationDeclined(at=now, actor=ENGINE, rule=gate) if gate else None


def gate_that(wanted: GateOutcome, case: Case, rules: SchemeRules) -> str | None:
    """Return the first gate that leads there with this application's answers."""
    outcomes = gate_outcomes(rules, case.lodged.gates)
    return next((gate for gate, outcome in outcomes.items() if outcome == wanted), None)


def may_accept_application(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may take the application."""
    return first_refusal(acts_for_secretariat(case, person), in_stage(case, Stage.INTAKE))


may_decline_application = may_accept_application


def accept(case: Case, act: AcceptApplication, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Take the application. What is complete is frozen at once; a prohibited use goes to the Commission."""
    may_accept_application(case, act.actor, rules).require()
    _check_explained(case, act, rules)
    due_at = days_after(now, rules.clocks.evidence_stage_days[case.tier])
    accepted = ev.ApplicationAccepted(at=now, actor=act.actor.person, note=act.note, evidence_due_at=due_at)
    prohibited = gate_that(GateOutcome.REFUSE, case, rules)
    if prohibited:
        referred = ev.ReferredToCommission(at=now, actor=ENGINE, rule=prohibited)
        return accepted, frozen(case, now, ENGINE), referred
    if not nothing_is_missing(case, rules) or not all_in_force(case, now):
        return (accepted,)
    return accepted, frozen(case, now, ENGINE)


def _check_explained(case: Case, act: AcceptApplication, rules: SchemeRules) -> None:
    """Ask for the reason of an answer that is lower than last time; in the first edition the page alone asked."""
    if case.edition == 1 or act.note is not None:
        return
    dropped = {one for before in act.earlier for one in lowered(before.answers, case.lodged.answers, rules)}
    if dropped:
        named = ", ".join(question for question in rules.questions if question in dropped)
        raise Unacceptable("lower_answer_unexplained", f"Lower than last time; say in the note why: {named}.")


def decline(case: Case, act: DeclineApplication, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Decline the application with reasons."""
    may_decline_application(case, act.actor, rules).require()
    return (ev.ApplicationDeclined(at=now, actor=act.actor.person, reasons=act.reasons),)


def may_withdraw_application(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether the applicant may still leave: until the round closes with a decision."""
    return first_refusal(acts_for_applicant(case, person), in_stage(case, *LEAVABLE))


def withdraw(case: Case, act: WithdrawApplication, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Leave the procedure."""
    may_withdraw_application(case, act.actor, rules).require()
    return (ev.ApplicationWithdrawn(at=now, actor=act.actor.person, reasons=act.reasons),)
