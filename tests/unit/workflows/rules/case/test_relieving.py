"""Who said yes and is heard of no more holds nobody up: they may say no, or the secretariat relieves them."""

from datetime import timedelta

import pytest

from schemas.events import ThirdPartyDrawn
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, SECRETARY, Walk, person, text
from tests.label_walk import LabelWalk
from tests.small_scheme import SmallWalk
from tests.unit.workflows.rules.case.test_third_party import PEOPLE, drawn, held
from tests.unit.workflows.rules.label.test_surveillance_judging import ASKED, JUDGES, handed_in
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.assignment import owes_review
from workflows.rules.case.waiting import waiting
from workflows.rules.deadlines import working_days_after

EXPERT = EXPERTS[0]
OTHER = person("enid", Role.EXPERT, areas=AREAS)
OVERDUE = 200


def relieve(walk: Walk, who: PersonFacts, *, by: PersonFacts = SECRETARY, serves: bool = True) -> Walk:
    people = {who.person: who} if serves else {}
    return walk.act("relieve_reviewer", by, person=who.person, reasons=text("No answer."), people=people)


def replaced(walk: Walk) -> Walk:
    """Let another expert take the place, and the plan be approved anew."""
    asked = {"reviewer": OTHER.person, "areas": AREAS[:1], "people": {OTHER.person: OTHER}}
    areas = walk.rules.tiers[walk.case.tier].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, **{**asked, "areas": areas})
    walk.act("declare_interests", OTHER, has_interest=False).act("answer_assignment", OTHER, accepts=True)
    return walk.act("approve_plan", SECRETARY)


def test_a_reviewer_who_said_yes_says_no_as_long_as_findings_are_owed() -> None:
    walk = Walk().to_evaluation()
    findings = walk.findings(EXPERT.person)
    walk.act("answer_assignment", EXPERT, accepts=False, reason=text("I am ill."))
    with refused("assignment_not_accepted"):
        walk.act("submit_review", EXPERT, findings=findings)
    replaced(walk)
    assert walk.case.plan is not None
    assert {*walk.case.plan.criteria} == {OTHER.person}
    walk.act("submit_review", OTHER, findings=walk.findings(OTHER.person))
    assert walk.case.stage != Stage.EVALUATION


def test_a_yes_is_said_once_and_nobody_leaves_after_handing_in() -> None:
    walk = Walk().to_evaluation()
    with refused("already_answered"):
        walk.act("answer_assignment", EXPERT, accepts=True)
    walk = Walk(Tier.MEDIUM).to_evaluation()
    first = next(iter(walk.case.assignments))
    reviewer = next(one for one in EXPERTS if one.person == first)
    walk.act("submit_review", reviewer, findings=walk.findings(first))
    with refused("already_reviewed"):
        walk.act("answer_assignment", reviewer, accepts=False)
    with refused("owes_nothing"):
        relieve(walk.pass_time(days=OVERDUE), reviewer)


def test_a_reviewer_is_relieved_once_the_time_is_over_and_not_before() -> None:
    walk = Walk(edition=2).to_evaluation()
    with refused("not_late"):
        relieve(walk, EXPERT)
    relieve(walk.pass_time(days=OVERDUE), EXPERT)
    assert walk.case.assignments[EXPERT.person].accepted is False
    with refused("not_assigned"):
        walk.act("answer_assignment", EXPERT, accepts=False)
    with refused("already_assigned"):
        walk.act("assign_reviewer", SECRETARY, reviewer=EXPERT.person, areas=AREAS[:1], people={EXPERT.person: EXPERT})


def test_a_reviewer_whose_role_ended_is_relieved_at_once() -> None:
    relieve(Walk().to_evaluation(), EXPERT, serves=False)
    no_expert = EXPERT.model_copy(update={"roles": (Role.AUDITOR,)})
    walk = relieve(Walk().to_evaluation(), no_expert)
    replaced(walk)
    assert walk.events[-1].kind == "plan_approved"


def test_what_others_handed_in_stays_when_one_is_relieved() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_evaluation()
    first, second = [next(one for one in EXPERTS if one.person == who) for who in walk.case.assignments][:2]
    walk.act("submit_review", first, findings=walk.findings(first.person))
    given = walk.case.reviews[first.person]
    relieve(walk.pass_time(days=OVERDUE), second)
    replaced(walk)
    assert walk.case.plan is not None
    assert walk.case.reviews[first.person] == given
    assert {*walk.case.plan.criteria} == {first.person, OTHER.person}


@pytest.mark.parametrize("who", [APPLICANT, EXPERT, MEMBERS[0]])
def test_only_the_secretariat_relieves(who: PersonFacts) -> None:
    with refused("role_missing"):
        relieve(Walk(edition=2).to_evaluation().pass_time(days=OVERDUE), EXPERT, by=who)


def test_nobody_is_relieved_who_owes_nothing() -> None:
    with refused("owes_nothing"):
        relieve(Walk().to_evaluation(), MEMBERS[0], serves=False)
    with refused("nobody_owes"):
        relieve(Walk().to_recommendation(), EXPERT, serves=False)


def test_a_third_party_who_does_not_report_is_relieved_and_the_next_is_drawn() -> None:
    walk = drawn()
    first = held(walk)
    with refused("not_late"):
        relieve(walk, first)
    relieve(walk, first, serves=False)
    event = walk.events[-1]
    assert isinstance(event, ThirdPartyDrawn)
    assert event.person != first.person
    assert walk.case.third_party_refused == (first.person,)
    relieve(walk.pass_time(days=OVERDUE), held(walk))
    assert len(walk.case.third_party_refused) == 2


def test_each_third_party_has_their_own_time_from_the_draw_on_whoever_else_is_late() -> None:
    walk = SmallWalk(Tier.CRITICAL, edition=2).to_recommendation().pass_time(days=OVERDUE)
    walk.act("draw_third_party", SECRETARY, people=PEOPLE)
    for _ in range(2):
        with refused("not_late"):
            relieve(walk, held(walk))
        due_at = working_days_after(
            walk.now, walk.rules.tiers[Tier.CRITICAL].sla_working_days.evaluation, walk.rules.clocks.calendar
        )
        with refused("not_late"):
            relieve(walk.pass_time(seconds=(due_at - walk.now).total_seconds() - 1), held(walk))
        relieve(walk.pass_time(seconds=1), held(walk))


def test_who_said_yes_waits_for_the_plan_and_is_not_late_before() -> None:
    walk = Walk(Tier.MEDIUM, edition=6).to_planning().pass_time(days=OVERDUE)
    asked = {"reviewer": EXPERT.person, "areas": AREAS[:1], "people": {EXPERT.person: EXPERT}}
    walk.act("assign_reviewer", SECRETARY, **asked).act("declare_interests", EXPERT, has_interest=False)
    walk.act("answer_assignment", EXPERT, accepts=True)
    with refused("not_late"):
        relieve(walk.pass_time(days=OVERDUE), EXPERT)
    relieve(walk, EXPERT, serves=False)


def test_who_is_asked_in_the_place_of_another_waits_for_the_new_plan() -> None:
    walk = Walk(edition=2).to_evaluation().pass_time(days=OVERDUE)
    relieve(walk, EXPERT)
    areas = walk.rules.tiers[walk.case.tier].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, reviewer=OTHER.person, areas=areas, people={OTHER.person: OTHER})
    walk.act("declare_interests", OTHER, has_interest=False).act("answer_assignment", OTHER, accepts=True)
    with refused("not_late"):
        relieve(walk, OTHER)
    walk.act("approve_plan", SECRETARY)
    with refused("not_late"):
        relieve(walk, OTHER)
    relieve(walk.pass_time(days=OVERDUE), OTHER)


def test_nobody_is_late_while_the_applicant_is_asked_in_time() -> None:
    walk = Walk(edition=2).to_evaluation().asked(EXPERT)
    with refused("not_late"):
        relieve(walk.pass_time(days=29), EXPERT)
    with refused("not_late"):
        relieve(walk.pass_time(days=2), EXPERT)
    relieve(walk.pass_time(days=OVERDUE), EXPERT)


def test_a_question_that_nobody_answers_makes_nobody_impossible_to_relieve() -> None:
    """Neither one past its thirty days, nor one of the intake, which nobody can answer any more."""
    walk = Walk(Tier.MEDIUM, edition=6).to_intake().asked().with_evidence().act("accept_application", SECRETARY)
    walk.staffed(*EXPERTS[:2])
    assert [one.stage for one in walk.case.open_questions] == [Stage.INTAKE]
    with refused("not_late"):
        relieve(walk, EXPERT)
    relieve(walk.pass_time(days=OVERDUE), EXPERT)


def corrected_late(walk: SmallWalk) -> SmallWalk:
    """A correction that took the applicant nearly all of the time there is."""
    walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET).pass_time(days=85)
    return walk.corrected("I-1.1-01").pass_time(seconds=1)


@pytest.mark.parametrize("has_reported", [True, False])
def test_a_third_party_has_their_time_anew_once_the_evidence_changed(has_reported: bool) -> None:
    walk = SmallWalk(Tier.CRITICAL, members=9, edition=6).to_evaluation()
    walk.act("draw_third_party", SECRETARY, people=PEOPLE)
    first = held(walk)
    if has_reported:
        walk.act("declare_interests", first, has_interest=False)
        walk.act("record_third_party_report", first, report=text("Report"), summary=text("Summary"))
    corrected_late(walk)
    changed_at = walk.now - timedelta(seconds=1)

    with refused("not_late"):
        relieve(walk, first)
    (shown,) = [one for one in waiting(walk.case, walk.rules) if one.clock == "third_party_report"]
    days = walk.rules.tiers[Tier.CRITICAL].sla_working_days.evaluation
    assert shown.due_at == working_days_after(changed_at, days, walk.rules.clocks.calendar)
    relieve(walk.pass_time(days=OVERDUE), first)


def test_the_applicants_time_to_correct_makes_no_reviewer_late() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_correction().corrected("I-1.1-01")
    assert walk.case.stage == Stage.EVALUATION
    who = next(one for one in EXPERTS if owes_review(walk.case, one.person))
    with refused("not_late"):
        relieve(walk, who)


def test_nobody_is_relieved_while_a_round_is_open() -> None:
    walk = Walk(edition=2).to_evaluation().pass_time(days=OVERDUE).proposed(Tier.HIGH)
    with refused("round_is_open"):
        relieve(walk, EXPERT)


def test_a_third_party_who_was_asked_to_review_before_says_no_or_is_relieved_as_any() -> None:
    walk = Walk(Tier.CRITICAL, edition=6).to_planning()
    both = person("third-a", Role.EXPERT, areas=AREAS)
    areas = walk.rules.tiers[Tier.CRITICAL].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, reviewer=both.person, areas=areas[:1], people={both.person: both})
    walk.act("answer_assignment", both, accepts=False, reason=text("I review no more."))
    walk.staffed(*EXPERTS[: walk.rules.tiers[Tier.CRITICAL].reviewers.count]).reviewed(EXPERTS)
    alone = {both.person: person(both.person, Role.NEUTRAL_THIRD_PARTY)}
    walk.act("draw_third_party", SECRETARY, people=alone)
    relieved = Walk(Tier.CRITICAL, edition=6)
    relieved.take(tuple(walk.events))
    relieved.now = walk.now
    walk.act("answer_assignment", alone[both.person], accepts=False)
    relieve(relieved.pass_time(days=OVERDUE), alone[both.person])
    for one in (walk, relieved):
        assert one.case.third_party_refused == (both.person,)
        one.act("draw_third_party", SECRETARY, people=PEOPLE)


def test_who_judges_a_surveillance_may_say_no_until_they_have_judged() -> None:
    walk = handed_in().staffed(JUDGES[0])
    walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=False, reason=text())
    with refused("not_assigned"):
        walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())
    walk.staffed(JUDGES[1]).act("judge_surveillance", JUDGES[1], surveillance=1, findings=walk.findings())
    assert walk.state.surveillances[0].judged_at is not None
    with refused("not_assigned"):
        walk.act("answer_surveillance_assignment", JUDGES[1], surveillance=1, accepts=False)


def test_who_does_not_judge_a_surveillance_is_relieved_and_another_is_asked() -> None:
    walk = handed_in().staffed(JUDGES[0])
    relieving = {"surveillance": 1, "reviewer": JUDGES[0].person, "reasons": text()}
    with refused("not_late"):
        walk.act("relieve_surveillance_reviewer", SECRETARY, **relieving)
    with refused("enough_reviewers"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **{**ASKED, "reviewer": JUDGES[1].person})
    with refused("role_missing"):
        walk.act("relieve_surveillance_reviewer", MEMBERS[0], **relieving, people={})
    walk.pass_time(days=60).act("relieve_surveillance_reviewer", SECRETARY, **relieving)
    with refused("nobody_owes"):
        walk.act("relieve_surveillance_reviewer", SECRETARY, **relieving)
    with refused("already_assigned"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **ASKED)
    walk.staffed(JUDGES[1]).act("judge_surveillance", JUDGES[1], surveillance=1, findings=walk.findings())
    assert walk.state.surveillances[0].judged_at is not None


def test_who_takes_over_a_surveillance_has_their_own_time() -> None:
    walk = handed_in().staffed(JUDGES[0]).pass_time(days=60)
    walk.act("relieve_surveillance_reviewer", SECRETARY, surveillance=1, reviewer=JUDGES[0].person, reasons=text())
    relieving = {"surveillance": 1, "reviewer": JUDGES[1].person, "reasons": text()}
    with refused("not_late"):
        walk.staffed(JUDGES[1]).act("relieve_surveillance_reviewer", SECRETARY, **relieving)
    walk.pass_time(days=60).act("relieve_surveillance_reviewer", SECRETARY, **relieving)


def test_who_is_to_judge_is_not_late_before_the_holder_handed_in() -> None:
    walk = LabelWalk().to_surveillance().staffed(JUDGES[0]).pass_time(days=10)
    assert walk.state.surveillances[0].review_due_at is None
    with refused("not_late"):
        walk.act("relieve_surveillance_reviewer", SECRETARY, surveillance=1, reviewer=JUDGES[0].person, reasons=text())


def test_a_judge_whose_role_ended_is_relieved_at_once() -> None:
    walk = handed_in().staffed(JUDGES[0])
    relieving = {"surveillance": 1, "reviewer": JUDGES[0].person, "reasons": text(), "people": {}}
    walk.act("relieve_surveillance_reviewer", SECRETARY, **relieving)
    assert walk.state.judged_by(1).judges == frozenset()


def test_a_judge_who_left_is_not_forgotten_before_those_who_never_said_yes() -> None:
    walk = handed_in().staffed(JUDGES[0]).pass_time(days=200)
    relieving = {"surveillance": 1, "reviewer": JUDGES[0].person, "reasons": text()}
    walk.act("relieve_surveillance_reviewer", SECRETARY, **relieving)
    for number in range(9):
        other = person(f"expert-{number}", Role.EXPERT, areas=AREAS)
        asked = {"surveillance": 1, "reviewer": other.person, "areas": ("ethics_or_law",)}
        walk.act("assign_surveillance_reviewer", SECRETARY, **asked, people={other.person: other})
        walk.act("answer_surveillance_assignment", other, surveillance=1, accepts=False, reason=text())
    with refused("already_assigned"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **ASKED)


def test_a_third_partys_time_stands_where_they_cannot_report_and_is_seen_wherever_it_runs() -> None:
    """After a tier was raised they report once there is a plan again; in a correction they can."""
    walk = SmallWalk(Tier.HIGH, members=9, edition=6).to_evaluation()
    walk.act("draw_third_party", SECRETARY, people=PEOPLE)
    third = held(walk)
    walk.act("declare_interests", third, has_interest=False)
    walk.act("open_round", SECRETARY, proposed_tier=Tier.CRITICAL).all_declare().voted(*[Choice.GRANT] * 9)
    walk.with_evidence().act("submit_evidence", APPLICANT).pass_time(days=OVERDUE)
    assert walk.case.stage == Stage.PLANNING
    with refused("owes_nothing"):
        relieve(walk, third)

    walk.staffed(*[one for one in EXPERTS if one.person not in walk.case.assignments][:1])
    with refused("not_late"):
        relieve(walk, third)
    walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET)
    assert walk.case.stage == Stage.CORRECTION
    assert "third_party_report" in {one.clock for one in waiting(walk.case, walk.rules)}
