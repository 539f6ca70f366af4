"""Stage 5: the lead reviewer confirms the answers, and what raises a tier; nobody lowers it (scheme, `tier_dispute`).

The expert finds the applicant's tier or a lower one: it stays. One tier higher: it applies at once. More: a working
group of the Commission votes. Any other raise is the Commission's.
"""

from datetime import datetime
from typing import Literal

from schemas import events as ev
from schemas.acts import ConfirmAnswers
from schemas.case import Case, TierConfirmation
from schemas.errors import AlreadyDecided, NotPermitted, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Stage
from workflows.rules.case.evaluation import is_reviewer
from workflows.rules.case.interests import is_confirmed
from workflows.rules.deadlines import days_after
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage, no_open_round
from workflows.rules.quorum import tally
from workflows.rules.risk import assess_tier


def may_confirm_answers(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may say what the evidence supports: the lead reviewer, once."""
    return first_refusal(
        _is_lead(case, person),
        holds(person, Role.EXPERT),
        in_stage(case, Stage.EVALUATION),
        is_reviewer(case, person),
        _not_confirmed(case),
        no_open_round(case),
    )


def _is_lead(case: Case, person: PersonFacts) -> Permission:
    if case.plan is not None and case.plan.lead == person.person:
        return ALLOWED
    return Permission(NotPermitted("not_the_lead", "Only the lead reviewer of this case confirms the answers."))


def _not_confirmed(case: Case) -> Permission:
    if is_confirmed(case):
        return Permission(AlreadyDecided("already_confirmed", "The answers were confirmed before."))
    return ALLOWED


def confirm(case: Case, act: ConfirmAnswers, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Say of each answer what the evidence supports; what that means for the tier follows by rule."""
    may_confirm_answers(case, act.actor, rules).require()
    _check_confirmation(case, act, rules)
    confirmation = TierConfirmation(
        reviewer=act.actor.person,
        answers=act.answers,
        rationale=act.rationale,
        assessment=assess_tier(rules, act.answers, case.lodged.gates),
        confirmed_at=now,
    )
    confirmed = ev.AnswersConfirmed(at=now, actor=act.actor.person, confirmation=confirmation)
    return (confirmed, *_dispute(case, confirmation.assessment.tier, now, rules))


def _check_confirmation(case: Case, act: ConfirmAnswers, rules: SchemeRules) -> None:
    foreign = sorted({*act.answers, *act.rationale} - set(rules.questions))
    if foreign:
        raise Unacceptable("unknown_question", f"The scheme has no question {', '.join(foreign)}.")
    unanswered = [question for question in rules.questions if question not in act.answers]
    if unanswered:
        raise Unacceptable("answer_missing", f"These questions have no answer: {', '.join(unanswered)}.")
    differing = [one for one in rules.questions if act.answers[one] != case.lodged.answers.get(one)]
    unexplained = [question for question in differing if question not in act.rationale]
    if unexplained:
        raise Unacceptable("rationale_missing", f"Say why the answer is another one: {', '.join(unexplained)}.")


def _dispute(case: Case, found: Tier, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    steps = found.rank - case.tier.rank
    if steps <= 0:
        return ()
    if steps <= rules.common.tier_dispute.within_tiers:
        return (_raised(found, now, rules, cause="dispute"),)
    return (ev.TierDisputeReferred(at=now, actor=ENGINE, tier=found),)


def _raised(
    tier: Tier, now: datetime, rules: SchemeRules, *, cause: Literal["dispute", "commission"], by: int | None = None
) -> ev.TierRaised:
    due_at = days_after(now, rules.clocks.evidence_stage_days[tier])
    return ev.TierRaised(at=now, actor=ENGINE, tier=tier, cause=cause, round=by, evidence_due_at=due_at)


def is_settled(case: Case) -> bool:
    """Whether the tier stands, so that an evaluation may close: confirmed, and nothing about it is being decided."""
    if case.edition == 1:
        return True
    return is_confirmed(case) and case.disputed_tier is None and case.open_round is None


def tier_voted(case: Case, now: datetime, rules: SchemeRules) -> ev.TierRaised | ev.TierKept | None:
    """Return what a closed round on a higher tier amounts to; without quorum that is nothing, but a new round."""
    vote = case.rounds[-1] if case.rounds else None
    if vote is None or vote.proposed_tier is None or vote.tally is None or not vote.tally.quorum_reached:
        return None
    if vote.number == case.tier_kept_in or vote.number in {step.round for step in case.raises}:
        return None
    if tally(vote).majority_reached:
        return _raised(vote.proposed_tier, now, rules, cause="commission", by=vote.number)
    return ev.TierKept(at=now, actor=ENGINE, round=vote.number)
