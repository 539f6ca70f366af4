"""Who judges a surveillance, what they find, and what it comes to (scheme, `surveillance_judged_by`)."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final

from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.evidence import EvidenceItem
from schemas.identifiers import ENGINE
from schemas.label_acts import (
    AnswerSurveillanceAssignment,
    AssignSurveillanceReviewer,
    JudgeSurveillance,
    RelieveSurveillanceReviewer,
)
from schemas.label_life import LabelLife
from schemas.people import PersonFacts, Role
from schemas.review import Assignment, Finding, Review
from schemas.scheme import SchemeRules
from schemas.stages import Verdict
from schemas.surveillance import Judging, Surveillance
from schemas.surveillance_events import (
    SurveillanceAssignmentAnswered,
    SurveillanceAssignmentLapsed,
    SurveillanceEvaluated,
    SurveillanceJudged,
    SurveillanceReviewerAssigned,
    SurveillanceReviewerRelieved,
)
from workflows.kernel import Events
from workflows.rules.case.evaluation import worst
from workflows.rules.case.findings import PASSING, check_fitness
from workflows.rules.deadlines import days_after, working_days_after
from workflows.rules.label.editions import STAYS_OUT, holds
from workflows.rules.label.people import check_competent, keeps, may_judge
from workflows.rules.label.surveillance import handed_in, open_one, review_due_at
from workflows.rules.label.surveillance_asks import lacks_live_check
from workflows.rules.permission import ALLOWED, Permission

ASKED_MAX = 9
"""Answers that the label carries of one surveillance; beyond them it leaves out who said no first (decision 76)."""
CITED_MAX = 10
_LIVE_CHECK_MISSING: Final = Permission(
    OutOfOrder("live_check_missing", "Check the system in use and record it before you judge.")
)


def may_assign_surveillance_reviewer(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may ask experts: the secretariat, while a surveillance is not judged."""
    if not any(one.is_open and one.judged_at is None for one in life.surveillances):
        return Permission(OutOfOrder("no_surveillance", "No surveillance waits for this."))
    return keeps(life, person)


def assign(life: LabelLife, act: AssignSurveillanceReviewer, now: datetime, rules: SchemeRules) -> Events:
    """Ask an expert to judge a surveillance."""
    may_assign_surveillance_reviewer(life, act.actor, rules).require()
    found, expert = open_one(life, act.surveillance), act.people.get(act.reviewer)
    if expert is None:
        raise NotFound("unknown_person", "There is no such person.")
    if found.judged_at is not None:
        raise AlreadyDecided("already_judged", "This surveillance is judged.")
    may_judge(life, expert).require()
    check_competent(life, expert, act.areas)
    asked = life.judged_by(found.number).assignments
    if act.reviewer in asked:
        raise AlreadyDecided("already_assigned", "This expert was asked before.")
    if sum(held.accepted is not False for held in asked.values()) >= wanted(life, rules):
        raise AlreadyDecided("enough_reviewers", "As many experts are asked as judge this; the next if one says no.")
    due_at = days_after(now, rules.clocks.reviewer_answer_days)
    assignment = Assignment(reviewer=act.reviewer, areas=act.areas, assigned_at=now, answer_due_at=due_at)
    return (
        SurveillanceReviewerAssigned(at=now, actor=act.actor.person, surveillance=found.number, assignment=assignment),
    )


def wanted(life: LabelLife, rules: SchemeRules) -> int:
    """Return how many experts judge a surveillance of this label."""
    return rules.common.surveillance_judged_by.reviewers[life.tier]


def may_answer_surveillance_assignment(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may say yes or no: who was asked and has not answered; no also who has not judged yet."""
    if not any(_is_asked(life, one, person) or owes(life, one, person.person) for one in life.open_surveillances):
        return Permission(NotPermitted("not_assigned", "You are not asked to judge a surveillance of this label."))
    return ALLOWED


def _is_asked(life: LabelLife, one: Surveillance, person: PersonFacts) -> bool:
    held = life.judged_by(one.number).assignments.get(person.person)
    return held is not None and held.accepted is None


def owes(life: LabelLife, one: Surveillance, person: str) -> bool:
    """Whether somebody said yes to judging an open surveillance and has not judged it."""
    judging = life.judged_by(one.number)
    return one.judged_at is None and person in judging.judges and person not in judging.reviews


def answer(life: LabelLife, act: AnswerSurveillanceAssignment, now: datetime, rules: SchemeRules) -> Events:
    """Say yes, after declaring that there are no interests, or no."""
    may_answer_surveillance_assignment(life, act.actor, rules).require()
    found = open_one(life, act.surveillance)
    if not _is_asked(life, found, act.actor) and (act.accepts or not owes(life, found, act.actor.person)):
        raise NotPermitted("not_assigned", "You are not asked to judge this surveillance.")
    if act.accepts:
        free_to_judge(life, act.actor).require()
    said_yes = act.accepts or owes(life, found, act.actor.person)
    return (
        SurveillanceAssignmentAnswered(
            at=now,
            actor=act.actor.person,
            surveillance=found.number,
            accepts=act.accepts,
            reason=act.reason,
            evaluates=said_yes and holds(STAYS_OUT, act),
        ),
    )


def may_relieve_surveillance_reviewer(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may relieve a reviewer: the secretariat, while somebody who said yes has not judged."""
    if any(owes(life, one, judge) for one in life.open_surveillances for judge in life.judged_by(one.number).judges):
        return keeps(life, person)
    return Permission(OutOfOrder("nobody_owes", "Nobody who said yes owes anything now."))


def relieve(life: LabelLife, act: RelieveSurveillanceReviewer, now: datetime, rules: SchemeRules) -> Events:
    """Relieve who said yes and does not judge, once the time is over or their role has ended; another is asked."""
    may_relieve_surveillance_reviewer(life, act.actor, rules).require()
    found, person = open_one(life, act.surveillance), act.reviewer
    if not owes(life, found, person):
        raise Unacceptable("owes_nothing", "This person owes nothing in this surveillance.")
    serving = act.people.get(person)
    if serving is not None and serving.has(Role.EXPERT) and not _is_late(life, found, person, now, rules):
        raise OutOfOrder("not_late", "The time to judge is not over, and their role has not ended.")
    return (
        SurveillanceReviewerRelieved(
            at=now,
            actor=act.actor.person,
            surveillance=found.number,
            reviewer=person,
            reasons=act.reasons,
            evaluates=holds(STAYS_OUT, act),
        ),
    )


def _is_late(life: LabelLife, found: Surveillance, person: str, now: datetime, rules: SchemeRules) -> bool:
    """Whether somebody's time to judge is over; who was asked later has as much from then on."""
    if found.review_due_at is None:
        return False
    asked_at = life.judged_by(found.number).assignments[person].assigned_at
    return now >= max(found.review_due_at, review_due_at(life, asked_at, rules))


def free_to_judge(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether nothing keeps somebody who said yes from judging, and they declared so."""
    if life.has_declared_none(person.person):
        return may_judge(life, person)
    return Permission(
        ConflictOfInterest("interests_not_declared", "Declare your interests in this matter first (17065, 4.2).")
    )


def assignments_lapsed(
    life: LabelLife,
) -> Iterator[tuple[datetime, Callable[[datetime], SurveillanceAssignmentLapsed]]]:
    """Yield when each unanswered assignment counts as a no, and the event of it."""
    for one in life.open_surveillances:
        for held in life.judged_by(one.number).assignments.values():
            if held.accepted is None and held.answer_due_at is not None:
                yield held.answer_due_at, _lapsed(one.number, held.reviewer)


def _lapsed(number: int, reviewer: str) -> Callable[[datetime], SurveillanceAssignmentLapsed]:
    return lambda now: SurveillanceAssignmentLapsed(at=now, actor=ENGINE, surveillance=number, reviewer=reviewer)


def may_judge_surveillance(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may hand in findings: who said yes, once, when there is something to judge."""
    mine = [one for one in life.open_surveillances if person.person in life.judged_by(one.number).judges]
    if not mine:
        return Permission(NotPermitted("not_assigned", "You judge no surveillance of this label."))
    waiting = [one for one in mine if waits_for(life, one, person)]
    if not waiting:
        return Permission(OutOfOrder("nothing_to_judge", "There is nothing for you to judge now."))
    if all(lacks_live_check(life, one, person.person) for one in waiting):
        return _LIVE_CHECK_MISSING
    return free_to_judge(life, person)


def waits_for(life: LabelLife, one: Surveillance, person: PersonFacts) -> bool:
    """Whether a surveillance can be judged, and somebody has not judged it."""
    return one.waits_for_reviewers and person.person not in life.judged_by(one.number).reviews


def judge(life: LabelLife, act: JudgeSurveillance, now: datetime, rules: SchemeRules) -> Events:
    """Hand in all findings of a surveillance at once."""
    may_judge_surveillance(life, act.actor, rules).require()
    found, person = open_one(life, act.surveillance), act.actor.person
    judging = life.judged_by(found.number)
    if person not in judging.judges:
        raise NotPermitted("not_assigned", "You do not judge this surveillance.")
    if person in judging.reviews:
        raise AlreadyDecided("already_reviewed", "You handed in your findings before.")
    if found.waits_for_holder:
        raise OutOfOrder("not_submitted", "The holder has not handed in yet.")
    if lacks_live_check(life, found, person):
        _LIVE_CHECK_MISSING.require()
    _check_coverage(found, act.findings)
    certified = act.around.certified if act.around is not None else None
    known = None if certified is None else {**certified.items, **_handed_in(life)}
    for finding in act.findings:
        _check_finding(life, finding, known)
        if certified is not None and known is not None:
            cited = [known[item] for item in finding.cited]
            check_fitness(finding, cited, now, version=certified.version, lodged_at=certified.lodged_at)
    review = Review(reviewer=person, submitted_at=now, findings=act.findings)
    return (SurveillanceJudged(at=now, actor=person, surveillance=found.number, review=review),)


def _check_coverage(found: Surveillance, findings: tuple[Finding, ...]) -> None:
    given = [finding.criterion for finding in findings]
    unknown = sorted(set(given) - set(found.criteria))
    if unknown:
        raise Unacceptable("unknown_criterion", f"Not part of this surveillance: {', '.join(unknown)}.")
    if len(given) != len(set(given)):
        raise Unacceptable("criterion_twice", "A criterion appears twice.")
    lacking = [criterion for criterion in found.criteria if criterion not in given]
    if lacking:
        raise Unacceptable("findings_missing", f"These criteria have no verdict yet: {', '.join(lacking)}.")


def _check_finding(life: LabelLife, finding: Finding, known: Collection[str] | None) -> None:
    unknown = [item for item in finding.cited if not _is_known(life, item, known)]
    if unknown:
        raise Unacceptable("unknown_item", f"There is no item {', '.join(unknown)}.")
    if finding.protocols:
        raise Unacceptable("unknown_protocol", "Protocols belong to a certification; a surveillance has none.")
    if finding.verdict == Verdict.NOT_APPLICABLE:
        raise Unacceptable("not_applicable_not_stated", f"{finding.criterion} was found met and does apply.")
    if finding.verdict in {Verdict.MET, Verdict.PARTLY_MET} and not finding.cited:
        raise Unacceptable("evidence_not_cited", f"Name the evidence for {finding.criterion}.")
    if len(finding.cited) > CITED_MAX:
        raise Unacceptable("too_many_cited", f"Cite at most {CITED_MAX} items for one criterion.")


def _is_known(life: LabelLife, item: str, known: Collection[str] | None) -> bool:
    """Whether there is an item; judgements from before the facts of the case came along know numbers only."""
    if known is not None:
        return item in known
    return item in life.items or int(item[1:]) <= life.case_items


def _handed_in(life: LabelLife) -> dict[str, EvidenceItem]:
    """Return the fresh items that findings may rest on."""
    return {item: life.items[item] for one in life.surveillances for item in handed_in(life, one) or ()}


def evaluated(life: LabelLife, now: datetime, rules: SchemeRules) -> SurveillanceEvaluated | None:
    """Let findings meet once as many reviewers as the tier asks for handed in, and nobody who said yes is still to."""
    for one in life.open_surveillances:
        judging = life.judged_by(one.number)
        if (
            one.waits_for_reviewers
            and len(judging.counted) >= wanted(life, rules)
            and judging.judges <= judging.reviews.keys()
        ):
            days = rules.tiers[life.tier].sla_working_days.decision
            return SurveillanceEvaluated(
                at=now,
                actor=ENGINE,
                surveillance=one.number,
                results=results_of(judging),
                decision_due_at=working_days_after(now, days, rules.clocks.calendar),
            )
    return None


def results_of(judging: Judging) -> dict[str, Verdict]:
    """Return the worst verdict of each criterion among the reviewers who count."""
    return {criterion: worst(found) for criterion, found in sorted(judging.verdicts.items())}


def open_findings(one: Surveillance) -> tuple[str, ...]:
    """Return the criteria of a judged surveillance that were not found met."""
    return tuple(criterion for criterion, verdict in one.results.items() if verdict not in PASSING)


def passes(one: Surveillance) -> Permission:
    """Whether a surveillance is judged, and every criterion was found met."""
    if one.judged_at is None:
        return Permission(OutOfOrder("not_judged", f"Surveillance {one.number} is not judged yet."))
    failed = open_findings(one)
    if failed:
        return Permission(OutOfOrder("findings_open", f"Not found met: {', '.join(failed)}."))
    return ALLOWED
