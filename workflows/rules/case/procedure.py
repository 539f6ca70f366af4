"""`decide`: which events an act amounts to, and what follows from them by rule."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas import acts, evidence_acts, interest_acts
from schemas.act import Act
from schemas.case import Case
from schemas.errors import NotFound, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.events import CASE_EVENTS, ReminderGiven
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.kernel import Kernel
from workflows.rules.case import (
    amendment,
    assignment,
    attestation,
    ballots,
    correction,
    decisions,
    evaluation,
    evidence,
    expiry,
    hearing,
    intake,
    interest_reports,
    interests,
    protocols,
    public_statement,
    questions,
    recommendation,
    relieving,
    reopening,
    reserves,
    revision,
    rounds,
    signed_acts,
    third_party,
    tier,
    tier_rounds,
)
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.fold import evolve
from workflows.rules.clocks import effect_is_due, next_moment, reminder_given
from workflows.rules.permission import Permission, first_refusal

Events = tuple[Event, ...]
OPEN_TIER_ROUND = "open_tier_round"


def _open_round(case: Case, act: acts.OpenRound, now: datetime, rules: SchemeRules) -> Events:
    opens = rounds.open_round if act.proposed_tier is None else tier_rounds.open_tier_round
    return opens(case, act, now, rules)


_ACTS: dict[type[Act], Callable[[Case, Any, datetime, SchemeRules], Events]] = {
    evidence_acts.OfferEvidence: evidence.offer,
    evidence_acts.WithdrawEvidence: evidence.take_back,
    evidence_acts.StateNotApplicable: evidence.state_not_applicable,
    evidence_acts.MakePublicStatement: public_statement.make,
    acts.AcceptApplication: intake.accept,
    acts.DeclineApplication: intake.decline,
    evidence_acts.SubmitEvidence: evidence.submit,
    acts.WithdrawApplication: intake.withdraw,
    acts.AssignReviewer: assignment.assign,
    interest_acts.DeclareInterests: interests.declare,
    interest_acts.ReportUndeclaredInterest: interest_reports.report,
    interest_acts.ConfirmUndeclaredInterest: interest_reports.confirm,
    interest_acts.RejectUndeclaredInterest: interest_reports.reject,
    acts.AnswerAssignment: assignment.answer,
    acts.RelieveReviewer: relieving.relieve,
    acts.ApprovePlan: assignment.approve_plan,
    acts.RecordLookup: evaluation.record_lookup,
    acts.SubmitReview: evaluation.submit_review,
    acts.RecordThirdPartyReport: evaluation.record_third_party_report,
    acts.AppointRapporteur: recommendation.appoint_rapporteur,
    acts.SubmitRecommendation: recommendation.recommend,
    acts.RecordHearing: hearing.record_hearing,
    acts.OpenRound: _open_round,
    acts.Recuse: ballots.recuse,
    acts.CastBallot: ballots.cast_ballot,
    acts.ReleaseLabel: attestation.release,
    acts.Countersign: signed_acts.countersign,
    acts.AskQuestion: questions.ask,
    acts.AnswerQuestion: questions.answer,
    acts.AmendApplication: amendment.amend,
    acts.ConfirmAnswers: tier.confirm,
    acts.AssignReviewers: reserves.assign_reviewers,
    acts.DrawThirdParty: third_party.draw,
    acts.SubmitCorrection: correction.submit_correction,
    acts.ExtendCorrection: correction.extend_correction,
    acts.EndCorrection: correction.end_correction,
    acts.AskForHearing: hearing.ask,
    acts.WaiveHearing: hearing.waive,
    acts.ReviseVerdict: revision.revise_verdict,
    acts.RecordProtocol: protocols.record_protocol,
}

_PERMISSIONS: dict[str, Callable[[Case, PersonFacts, SchemeRules], Permission]] = {
    "offer_evidence": evidence.may_offer_evidence,
    "withdraw_evidence": evidence.may_withdraw_evidence,
    "state_not_applicable": evidence.may_state_not_applicable,
    "make_public_statement": public_statement.may_make_public_statement,
    "accept_application": intake.may_accept_application,
    "decline_application": intake.may_decline_application,
    "submit_evidence": evidence.may_submit_evidence,
    "withdraw_application": intake.may_withdraw_application,
    "assign_reviewer": assignment.may_assign_reviewer,
    "declare_interests": interests.may_declare_interests,
    "report_undeclared_interest": interest_reports.may_report,
    "confirm_undeclared_interest": interest_reports.may_settle,
    "reject_undeclared_interest": interest_reports.may_settle,
    "answer_assignment": assignment.may_answer_assignment,
    "relieve_reviewer": relieving.may_relieve_reviewer,
    "approve_plan": assignment.may_approve_plan,
    "record_lookup": evaluation.may_record_lookup,
    "submit_review": evaluation.may_submit_review,
    "record_third_party_report": evaluation.may_record_third_party_report,
    "appoint_rapporteur": recommendation.may_appoint_rapporteur,
    "submit_recommendation": recommendation.may_submit_recommendation,
    "record_hearing": hearing.may_record_hearing,
    "open_round": rounds.may_open_round,
    "recuse": ballots.may_recuse,
    "cast_ballot": ballots.may_cast_ballot,
    "release_label": attestation.may_release_label,
    "countersign": signed_acts.may_countersign,
    "ask_question": questions.may_ask_question,
    "answer_question": questions.may_answer_question,
    "amend_application": amendment.may_amend_application,
    "confirm_answers": tier.may_confirm_answers,
    "assign_reviewers": reserves.may_assign_reviewers,
    "draw_third_party": third_party.may_draw_third_party,
    OPEN_TIER_ROUND: tier_rounds.may_open_tier_round,
    "submit_correction": correction.may_submit_correction,
    "extend_correction": correction.may_extend_correction,
    "end_correction": correction.may_end_correction,
    "ask_for_hearing": hearing.may_ask_for_hearing,
    "waive_hearing": hearing.may_waive_hearing,
    "revise_verdict": revision.may_revise_verdict,
    protocols.KIND: protocols.may_record_protocol,
}


_ON_A_DAY: dict[str, Callable[[Case, datetime], Permission]] = {
    "submit_evidence": evidence.all_in_force,
    "submit_correction": correction.new_in_force,
}
"""What an act asks of the day on which it is done, besides what its permission asks."""


def may(kind: str, case: Case, person: PersonFacts, rules: SchemeRules, at: datetime | None = None) -> Permission:
    """Whether a person may do an act of this kind: the one predicate of that permission.

    `open_round` is about rounds on the label; `OPEN_TIER_ROUND` about those on a higher tier.

    Args:
        kind: of the act.
        case: in which it would be done.
        person: by whom.
        rules: of the case's scheme.
        at: when; without it nothing is asked that differs from day to day.
    """
    answer, on_a_day = _PERMISSIONS[kind](case, person, rules), _ON_A_DAY.get(kind)
    return first_refusal(answer, on_a_day(case, at)) if at is not None and on_a_day is not None else answer


def decide(case: Case | None, act: Act, now: datetime, rules: SchemeRules) -> Events:
    """Return the events of an act and of all that follows from it by rule.

    Raises:
        ProcedureError: the act is refused; the case stays as it is.
    """
    if case is not None:
        _check_taken_here(case, act, now, rules)
    if isinstance(act, acts.LodgeApplication):
        events = intake.lodge(case, act, now, rules)
    elif case is None:
        raise NotFound("unknown_application", "There is no such application.")
    else:
        events = _ACTS[type(act)](case, act, now, rules)
    for event in events:
        case = evolve(case, event)
    assert case is not None
    return (*events, *due(case, now, rules))


def _check_taken_here(case: Case, act: Act, now: datetime, rules: SchemeRules) -> None:
    if act.subject != case.id:
        raise Unacceptable("another_case", "This act is for another case.")
    if _effect_is_due(case, now, rules):
        # The clock comes first: its event is on its way, and no act slips in before it.
        raise OutOfOrder("too_late", "The time for this has ended.")


def _effect_is_due(case: Case, now: datetime, rules: SchemeRules) -> bool:
    if case.edition > 1 and effect_is_due(clocks_of(case, rules), now):
        return True
    due_at = expiry.runs_out_at(case) if case.edition > 1 else _next_effect_at(case)
    return due_at is not None and now >= due_at


def due(case: Case, now: datetime, rules: SchemeRules) -> Events:
    """Return the events that follow by rule and clock alone."""
    events: list[Event] = []
    while (event := _next(case, now, rules)) is not None:
        events.append(event)
        case = evolve(case, event)
    return tuple(events)


def _next(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    return (
        intake.declined_by_gate(case, now, rules)
        or evidence.lapsed(case, now)
        or reserves.assignment_lapsed(case, now)
        or reserves.reserve_asked(case, now, rules)
        or third_party.third_party_redrawn(case, now)
        or _evaluation_closed(case, now, rules)
        or evaluation.results_renewed(case, now, rules)
        or correction.what_follows_in_correction(case, now, rules)
        or ballots.interested_left(case, now)
        or ballots.substitute_drawn(case, now)
        or ballots.round_closed(case, now)
        or decisions.what_follows_from_votes(case, now, rules)
        or tier.tier_voted(case, now, rules)
        or rounds.rounds_used_up(case, now)
        or expiry.evidence_ran_out(case, now, rules)
        or hearing.what_follows_for_hearing(case, now, rules)
        or reopening.decision_reopened(case, now)
        or questions.clock_moved(case, now, rules)
        or _reminder(case, now, rules)
    )


def _evaluation_closed(case: Case, now: datetime, rules: SchemeRules) -> Event | None:
    """Protocols enter the manifest first: findings meet on what they cite."""
    if not tier.is_settled(case):
        return None
    return protocols.protocols_entered(case, now) or evaluation.evaluation_closed(case, now, rules)


def _reminder(case: Case, now: datetime, rules: SchemeRules) -> ReminderGiven | None:
    if case.edition == 1 or case.is_over:
        return None
    return reminder_given(clocks_of(case, rules), case.reminded, now, rules)


def next_due_at(case: Case, rules: SchemeRules) -> datetime | None:
    """Return when the clock alone may next bring something about, None when the case waits only for people."""
    if case.edition == 1:
        return _next_effect_at(case)
    moments = (next_moment(clocks_of(case, rules), case.reminded, rules), expiry.runs_out_at(case))
    return min((moment for moment in moments if moment is not None), default=None)


def _next_effect_at(case: Case) -> datetime | None:
    if case.stage == Stage.EVIDENCE:
        return case.evidence_due_at
    vote = case.open_round
    return vote.closes_at if case.stage == Stage.DECISION and vote is not None else None


CERTIFICATION: Kernel[Case] = Kernel(
    name="case",
    acts=acts.ACTS,
    events=CASE_EVENTS,
    state=Case,
    decide=decide,
    evolve=evolve,
    due=due,
    next_due_at=next_due_at,
    may=may,
)
"""The rules of a certification."""
