"""Stage 4: several experts asked at once, silence, and who is asked next by rule."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.events import ReviewersProposed
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, AREAS, EXPERTS, ORGANISATION, SECRETARY, Walk, person, text
from tests.small_scheme import SmallWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import assignment
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.waiting import waiting

LAW, TECH, DOMAIN = "ethics_or_law", "ai_technical", "application_domain"
CROWD = tuple(person(f"expert-{letter}", Role.EXPERT, areas=AREAS) for letter in "abcdefgh")
PEOPLE = {one.person: one for one in (*EXPERTS, *CROWD)}


def named(*pairs: tuple[str, str]) -> tuple[dict[str, Any], ...]:
    return tuple({"reviewer": who, "areas": (area,)} for who, area in pairs)


def proposed(tier: Tier = Tier.LOW, **content: Any) -> Walk:
    """Experts asked at once: those of the tier's areas, with two in reserve, unless said otherwise."""
    walk = SmallWalk(tier, edition=2).to_planning()
    areas = walk.rules.tiers[tier].reviewers.areas
    asked = {
        "reviewers": named(*((f"expert-{letter}", area) for letter, area in zip("abc", areas, strict=False))),
        "reserves": named(("expert-g", LAW), ("expert-h", LAW)),
        "proposal": text("Why these."),
        "people": PEOPLE,
    }
    return walk.act("assign_reviewers", SECRETARY, **{**asked, **content})


def asked_now(walk: Walk) -> list[str]:
    return [held.reviewer for held in walk.case.assignments.values() if held.accepted is not False]


def says(walk: Walk, who: str, *, accepts: bool) -> Walk:
    if accepts:
        walk.act("declare_interests", PEOPLE[who], has_interest=False)
    return walk.act("answer_assignment", PEOPLE[who], accepts=accepts)


def test_several_experts_are_asked_at_once_and_the_proposal_is_kept_with_the_reserves() -> None:
    walk = proposed(Tier.HIGH)
    first, *following = walk.events[-4:]

    assert isinstance(first, ReviewersProposed)
    assert (first.actor, first.proposal) == (SECRETARY.person, text("Why these."))
    assert {(event.kind, event.actor) for event in following} == {("reviewer_assigned", "engine")}
    assert {who: held.areas for who, held in walk.case.assignments.items()} == {
        "expert-a": (TECH,), "expert-b": (LAW,), "expert-c": (DOMAIN,),
    }  # fmt: skip
    assert [one.reviewer for one in walk.case.bench] == ["expert-g", "expert-h"]
    assert walk.case.proposal == text("Why these.")


def test_everyone_who_is_asked_has_the_schemes_days_to_answer_also_when_asked_alone() -> None:
    walk = proposed().act("assign_reviewer", SECRETARY, reviewer="edda", areas=(LAW,))
    due_at = walk.now + timedelta(days=walk.rules.clocks.reviewer_answer_days)
    assert {held.answer_due_at for held in walk.case.assignments.values()} == {due_at}
    assert {clock.name for clock in clocks_of(walk.case, walk.rules)} == {"assignment/expert-a", "assignment/edda"}
    assert {one.due_at for one in waiting(walk.case, walk.rules)} == {due_at}


def test_in_the_first_edition_nobody_has_a_time_to_answer() -> None:
    walk = SmallWalk().to_planning().act("assign_reviewer", SECRETARY, reviewer="edda", areas=(LAW,))
    assert walk.case.assignments["edda"].answer_due_at is None
    assert walk.pass_time(days=400).case.assignments["edda"].accepted is None


def test_whoever_says_no_makes_room_for_the_next_in_reserve() -> None:
    walk = says(proposed(), "expert-a", accepts=False)
    assert [event.kind for event in walk.events[-2:]] == ["assignment_answered", "reviewer_assigned"]
    assert walk.events[-1].actor == "engine"
    assert asked_now(walk) == ["expert-g"]
    assert asked_now(says(walk, "expert-g", accepts=False)) == ["expert-h"]
    assert asked_now(says(walk, "expert-h", accepts=False)) == []


def test_silence_counts_as_a_no_exactly_when_the_time_is_over() -> None:
    walk = proposed()
    due_at = walk.case.assignments["expert-a"].answer_due_at
    assert due_at is not None
    walk.now = due_at - timedelta(seconds=1)
    assert asked_now(walk.pass_time(seconds=0)) == ["expert-a"]
    walk.now = due_at
    with refused("too_late"):
        says(walk, "expert-a", accepts=True)

    walk.pass_time(seconds=0)
    assert [event.kind for event in walk.events[-2:]] == ["assignment_lapsed", "reviewer_assigned"]
    assert asked_now(walk) == ["expert-g"]
    assert walk.case.assignments["expert-g"].answer_due_at == walk.now + timedelta(days=5)
    with refused("already_answered"):
        walk.act("answer_assignment", PEOPLE["expert-a"], accepts=True)


def test_silence_of_all_goes_down_the_bench_and_then_waits_for_the_secretariat() -> None:
    walk = proposed().pass_time(days=5).pass_time(days=5).pass_time(days=5)
    assert [held.accepted for held in walk.case.assignments.values()] == [False, False, False]
    assert [one.waits_for for one in waiting(walk.case, walk.rules)] == ["secretariat"]


def test_an_interest_makes_room_too() -> None:
    walk = proposed().act("declare_interests", PEOPLE["expert-a"], has_interest=True, statement=text())
    assert asked_now(walk) == ["expert-g"]


def test_the_next_in_reserve_is_of_the_area_that_is_missing() -> None:
    walk = proposed(Tier.MEDIUM, reserves=named(("expert-g", LAW), ("expert-h", TECH)))
    assert asked_now(says(walk, "expert-a", accepts=False)) == ["expert-b", "expert-h"]


def test_nobody_of_another_area_is_asked_where_an_area_is_missing() -> None:
    walk = proposed(Tier.MEDIUM, reserves=named(("expert-g", LAW)))
    assert asked_now(says(walk, "expert-a", accepts=False)) == ["expert-b"]


def test_a_reserve_who_is_known_to_have_an_interest_or_was_asked_meanwhile_is_passed_over() -> None:
    walk = proposed()
    walk.act("assign_reviewer", SECRETARY, reviewer="expert-g", areas=(LAW,), people=PEOPLE)
    walk.act("answer_assignment", PEOPLE["expert-g"], accepts=False)
    assert asked_now(says(walk, "expert-a", accepts=False)) == ["expert-h"]


def test_no_reserve_is_asked_while_nobody_left_or_those_who_are_asked_suffice() -> None:
    part = proposed(Tier.MEDIUM, reviewers=named(("expert-a", TECH)))
    assert asked_now(part) == ["expert-a"]

    walk = proposed().act("assign_reviewer", SECRETARY, reviewer="edda", areas=(LAW,))
    assert asked_now(says(walk, "expert-a", accepts=False)) == ["edda"]


def test_a_reserve_is_judged_by_the_rules_again_when_they_answer() -> None:
    walk = says(proposed(), "expert-a", accepts=False)
    tied = PEOPLE["expert-g"].model_copy(update={"organisation": ORGANISATION})
    with refused("own_organisation"):
        walk.act("answer_assignment", tied, accepts=True)


def test_when_a_planned_reviewer_leaves_the_reserve_is_asked_and_the_plan_approved_anew() -> None:
    walk = says(proposed(), "expert-a", accepts=True).act("approve_plan", SECRETARY)
    walk.act("declare_interests", PEOPLE["expert-a"], has_interest=True, statement=text())
    assert (walk.case.stage, asked_now(walk)) == (Stage.EVALUATION, ["expert-g"])
    says(walk, "expert-g", accepts=True).act("approve_plan", SECRETARY)
    assert walk.case.plan is not None
    assert walk.case.plan.lead == "expert-g"


def test_a_reserve_is_asked_when_those_left_cannot_judge_all_of_it_though_they_are_enough_by_number() -> None:
    walk = proposed(reviewers=named(("expert-a", LAW), ("expert-b", LAW)))
    says(says(walk, "expert-a", accepts=True), "expert-b", accepts=True).act("approve_plan", SECRETARY)
    walk.act("submit_review", PEOPLE["expert-b"], findings=walk.findings("expert-b"))
    walk.act("declare_interests", PEOPLE["expert-a"], has_interest=True, statement=text())
    assert asked_now(walk) == ["expert-b", "expert-g"]


def test_a_later_proposal_replaces_the_bench() -> None:
    walk = proposed()
    walk.act("assign_reviewers", SECRETARY, people=PEOPLE, reviewers=named(("edda", LAW)))
    assert walk.case.bench == ()
    assert walk.case.proposal is None


@pytest.mark.parametrize(
    ("content", "facts", "code"),
    [
        ({"reviewers": named(("nobody", LAW))}, {}, "unknown_person"),
        ({"reserves": named(("nobody", LAW))}, {}, "unknown_person"),
        ({"reviewers": named(("expert-a", TECH))}, {}, "area_not_needed"),
        ({}, {"areas": (TECH,)}, "not_competent"),
        ({}, {"organisation": ORGANISATION}, "own_organisation"),
        ({}, {"roles": (Role.COMMISSIONER,)}, "role_missing"),
        ({"reserves": named(("expert-a", LAW))}, {}, "person_twice"),
    ],
)
def test_one_who_cannot_be_asked_makes_the_whole_proposal_refused(
    content: dict[str, Any], facts: dict[str, Any], code: str
) -> None:
    changed = {**PEOPLE, "expert-a": PEOPLE["expert-a"].model_copy(update=facts)}
    with refused(code):
        proposed(people=changed, **content)


def test_nobody_is_asked_twice_or_beyond_what_a_case_can_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("already_assigned"):
        proposed().act("assign_reviewers", SECRETARY, people=PEOPLE, reviewers=named(("expert-a", LAW)))
    monkeypatch.setattr(assignment, "ASKED_MAX", 1)
    with refused("too_many_reviewers"):
        proposed(reviewers=named(("expert-a", LAW), ("expert-b", LAW)))


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0]])
def test_only_the_secretariat_asks(who: PersonFacts) -> None:
    with refused("role_missing"):
        SmallWalk(edition=2).to_planning().act("assign_reviewers", who, reviewers=named(("edda", LAW)))


def test_a_case_of_the_first_edition_asks_one_by_one() -> None:
    with refused("earlier_edition"):
        SmallWalk().to_planning().act("assign_reviewers", SECRETARY, reviewers=named(("edda", LAW)))
