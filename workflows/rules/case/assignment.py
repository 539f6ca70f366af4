"""Stage 4: reviewers by area, their yes or no, and the plan that says who judges what (ISO/IEC 17065, 7.4.1)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from schemas import events as ev
from schemas.acts import AnswerAssignment, ApprovePlan, AssignReviewer
from schemas.canonical import digest_of
from schemas.case import Case
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.review import Assignment, Plan, Proposed
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from workflows.rules.case.evaluation import to_be_judged
from workflows.rules.case.interests import (
    acts_for_secretariat,
    decided_nothing,
    declared_none,
    free_of_interest,
    has_said_yes,
    is_confirmed,
    plan_stands,
    stands_as_third_party,
)
from workflows.rules.case.standing import outstanding
from workflows.rules.case.third_party import may_refuse
from workflows.rules.deadlines import days_after, working_days_after
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds, in_stage, no_open_round

ASKED_MAX = 30
_OF_THE_LEAD = "ethics_or_law"
"""Area of the questionnaire: it asks about people, rights and harm (Code, I-2.1)."""
_ANSWERED = Permission(AlreadyDecided("already_answered", "You answered this before."))
REPLANNED = (Stage.EVALUATION, Stage.RECOMMENDATION, Stage.DECISION)


def may_assign_reviewer(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may ask experts."""
    return first_refusal(acts_for_secretariat(case, person), is_planned(case))


def is_planned(case: Case) -> Permission:
    """Whether reviewers are being found: in planning, and again before a round when one turns out to be tied."""
    if plan_stands(case) or case.stage not in REPLANNED:
        return in_stage(case, Stage.PLANNING)
    return no_open_round(case)


def may_review(case: Case, expert: PersonFacts) -> Permission:
    """Whether an expert may be asked at all."""
    return first_refusal(
        holds(expert, Role.EXPERT),
        free_of_interest(case, expert),
        _not_the_third_party(case, expert),
        decided_nothing(case, expert),
    )


def _not_the_third_party(case: Case, expert: PersonFacts) -> Permission:
    if expert.has(Role.NEUTRAL_THIRD_PARTY) or expert.person in (case.third_party, case.third_party_drawn):
        return Permission(ConflictOfInterest("is_third_party", "A neutral third party reviews no case (Code, I-1.5)."))
    return ALLOWED


def assign(case: Case, act: AssignReviewer, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Ask an expert to judge some areas."""
    may_assign_reviewer(case, act.actor, rules).require()
    one = Proposed(reviewer=act.reviewer, areas=act.areas)
    check_asked(case, act.people.get(act.reviewer), one, rules)
    check_room(case, 1)
    return (ev.ReviewerAssigned(at=now, actor=act.actor.person, assignment=assigned(case, one, now, rules)),)


def check_asked(case: Case, expert: PersonFacts | None, one: Proposed, rules: SchemeRules) -> None:
    """Refuse to ask somebody who is unknown, not free, asked already, or not competent in the areas."""
    if expert is None:
        raise NotFound("unknown_person", "There is no such person.")
    may_review(case, expert).require()
    if one.reviewer in case.assignments:
        raise AlreadyDecided("already_assigned", "This expert was asked before.")
    wanted = rules.tiers[case.tier].reviewers.areas
    outside = [area for area in one.areas if area not in wanted]
    if outside:
        raise Unacceptable("area_not_needed", f"This tier asks for {', '.join(wanted)}, not {', '.join(outside)}.")
    lacking = [area for area in one.areas if area not in expert.areas]
    if lacking:
        raise Unacceptable("not_competent", f"The expert's areas do not include {', '.join(lacking)}.")


def check_room(case: Case, number: int) -> None:
    """Refuse to ask more experts than a case can carry."""
    if len(case.assignments) + number > ASKED_MAX:
        raise Unacceptable("too_many_reviewers", f"At most {ASKED_MAX} experts are asked in a case.")


def assigned(case: Case, one: Proposed, now: datetime, rules: SchemeRules) -> Assignment:
    """Return the place of somebody who is asked now, with the time there is for an answer."""
    due_at = days_after(now, rules.clocks.reviewer_answer_days) if case.edition > 1 else None
    return Assignment(reviewer=one.reviewer, areas=one.areas, assigned_at=now, answer_due_at=due_at)


def may_answer_assignment(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may say yes or no: after declaring interests, once; a third party who was drawn may say no.

    Who said yes may say no as long as they owe findings: the plan is then approved anew (decision 9).
    """
    assignment = case.assignments.get(person.person)
    if person.person == case.third_party_drawn and stands_as_third_party(case, person.person):
        return may_refuse(case, person)
    if assignment is None:
        return Permission(NotPermitted("not_assigned", "You were not asked to review this case."))
    if assignment.accepted:
        return _may_say_no(case, person)
    if assignment.accepted is not None:
        return _ANSWERED
    return first_refusal(
        is_planned(case), holds(person, Role.EXPERT), declared_none(case, person), decided_nothing(case, person)
    )


def answer(case: Case, act: AnswerAssignment, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Say yes or no to an assignment."""
    person = act.actor.person
    is_drawn = person == case.third_party_drawn and stands_as_third_party(case, person)
    if act.accepts and has_said_yes(case, person):
        _ANSWERED.require()
    if act.accepts or is_drawn:
        may_answer_assignment(case, act.actor, rules).require()
    else:
        _may_say_no(case, act.actor).require()
    if act.accepts and is_drawn:
        raise Unacceptable("report_is_the_yes", "Whoever was drawn as third party says yes by handing in the report.")
    return (ev.AssignmentAnswered(at=now, actor=person, accepts=act.accepts, reason=act.reason),)


def _may_say_no(case: Case, person: PersonFacts) -> Permission:
    assignment = case.assignments.get(person.person)
    if assignment is None or assignment.accepted is False:
        return Permission(NotPermitted("not_assigned", "You are not asked to review this case."))
    if person.person in case.reviews and not owes_review(case, person.person):
        return Permission(AlreadyDecided("already_reviewed", "You handed in your review before."))
    return first_refusal(
        in_stage(case, Stage.PLANNING, *REPLANNED), no_open_round(case), not_disputed(case, person.person)
    )


def not_disputed(case: Case, person: str) -> Permission:
    """Whether nothing this person confirmed waits for the Commission: the dispute is decided before they leave."""
    if case.disputed_tier is None or case.confirmation is None or case.confirmation.reviewer != person:
        return ALLOWED
    return Permission(OutOfOrder("answers_disputed", "The Commission first decides what was found about the tier."))


def owes_review(case: Case, person: str) -> bool:
    """Whether somebody who said yes is to hand in findings, by the plan that stands or by the one to come."""
    if not has_said_yes(case, person):
        return False
    if case.plan is None or not plan_stands(case):
        return person not in case.reviews
    return bool(outstanding(case, person)) or _is_to_confirm(case, person)


def _is_to_confirm(case: Case, person: str) -> bool:
    is_lead = case.plan is not None and case.plan.lead == person
    return is_lead and not is_confirmed(case) and case.stage == Stage.EVALUATION


def may_approve_plan(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether the plan can be approved: enough reviewers said yes and every area is covered."""
    return first_refusal(acts_for_secretariat(case, person), is_planned(case), has_enough_reviewers(case, rules))


def has_enough_reviewers(case: Case, rules: SchemeRules) -> Permission:
    """Whether as many reviewers said yes as the tier asks for, and every area and criterion has its own."""
    wanted = rules.tiers[case.tier].reviewers
    accepted = [one for one in case.assignments.values() if one.accepted]
    covered = {area for one in accepted for area in one.areas}
    lacking = [area for area in wanted.areas if area not in covered]
    if len(accepted) >= wanted.count and not lacking:
        return _each_criterion_has_judges(case, rules)
    areas = f"; no reviewer yet for {', '.join(lacking)}" if lacking else ""
    return Permission(
        OutOfOrder("reviewers_missing", f"{len(accepted)} of {wanted.count} reviewers have said yes{areas}.")
    )


def _each_criterion_has_judges(case: Case, rules: SchemeRules) -> Permission:
    short = short_of_judges(case, criteria_by_reviewer(case, rules), rules)
    if not short:
        return ALLOWED
    return Permission(OutOfOrder("reviewers_missing", f"No reviewer is left to judge {', '.join(short)}."))


def short_of_judges(case: Case, shares: Mapping[str, Collection[str]], rules: SchemeRules) -> tuple[str, ...]:
    """Return the criteria that fewer reviewers would judge than the tier asks for (procedure, stage 5)."""
    shared = Counter(criterion for share in shares.values() for criterion in share)
    wanted = rules.tiers[case.tier].judges_per_criterion
    return tuple(criterion for criterion in to_be_judged(case, rules, lookup=False) if shared[criterion] < wanted)


def approve_plan(case: Case, act: ApprovePlan, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Fix who judges what, and start the evaluation's clock."""
    may_approve_plan(case, act.actor, rules).require()
    criteria = criteria_by_reviewer(case, rules)
    lookups = to_be_judged(case, rules, lookup=True)
    due_at = working_days_after(now, rules.tiers[case.tier].sla_working_days.evaluation, rules.clocks.calendar)
    lead = lead_of(case, criteria) if case.edition > 1 else None
    plan = Plan(criteria=criteria, lookups=lookups, digest=plan_digest(case, criteria, lookups, lead), lead=lead)
    return (ev.PlanApproved(at=now, actor=act.actor.person, plan=plan, evaluation_due_at=due_at),)


def plan_digest(
    case: Case, criteria: Mapping[str, Iterable[str]], lookups: Iterable[str], lead: str | None = None
) -> str:
    """Return what pins a plan: who judges what, on which manifest, by which scheme, and who leads."""
    assert case.manifest is not None
    return digest_of(
        {"criteria": {key: list(ids) for key, ids in criteria.items()}, "lookups": list(lookups),
         "manifest": case.manifest.digest, "scheme": case.lodged.scheme.digest, **({"lead": lead} if lead else {})}
    )  # fmt: skip


def lead_of(case: Case, judging: Collection[str]) -> str:
    """Return who confirms the answers: a reviewer of ethics and law where there is one, the first by id of several."""
    reviewers = judging or [person for person, held in case.assignments.items() if held.accepted]
    return min(reviewers, key=lambda who: (_OF_THE_LEAD not in case.assignments[who].areas, who))


def criteria_by_reviewer(case: Case, rules: SchemeRules) -> dict[str, tuple[str, ...]]:
    """Share the criteria out: first to reviewers of a criterion's area, then to whoever has least.

    Each criterion gets the tier's `reviews_per_criterion`, or all reviewers when there are fewer. Who handed a
    review in under an earlier plan keeps what they judged; who would get nothing is not in the plan.
    """
    areas = {key: held.areas for key, held in sorted(case.assignments.items()) if held.accepted}
    shares = {reviewer: _judged(case, reviewer) for reviewer in areas}
    times = min(rules.tiers[case.tier].reviews_per_criterion, len(areas))
    for criterion in to_be_judged(case, rules, lookup=False):
        area = rules.criteria[criterion].area
        judged = sum(criterion in shares[reviewer] for reviewer in areas)
        open_to = [reviewer for reviewer in areas if reviewer not in case.reviews]
        order = sorted(open_to, key=lambda who: (area not in areas[who], len(shares[who]), who))
        for reviewer in order[: max(times - judged, 0)]:
            shares[reviewer].append(criterion)
    return {reviewer: tuple(criteria) for reviewer, criteria in shares.items() if criteria}


def _judged(case: Case, reviewer: str) -> list[str]:
    review = case.reviews.get(reviewer)
    return [finding.criterion for finding in review.findings] if review else []
