"""The neutral third party: drawn from all who are independent, drawn again by rule, and the only one who reports."""

from functools import cache
from typing import Any

import pytest

from schemas.case import Case
from schemas.decision_record import record_of
from schemas.events import ThirdPartyDrawn
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk, person, sha256, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.tampering import changed, document_of, found_in
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.grants import check_grant
from workflows.rules.case.third_party import third_party_seed
from workflows.rules.case.waiting import waiting
from workflows.rules.draws import in_drawn_order

POOL = tuple(person(f"third-{letter}", Role.NEUTRAL_THIRD_PARTY) for letter in "abcde")
PEOPLE = {one.person: one for one in POOL}


def critical() -> Walk:
    return SmallWalk(Tier.CRITICAL, edition=2).to_evaluation()


def drawn(*more: PersonFacts) -> Walk:
    people = {**PEOPLE, **{one.person: one for one in more}}
    return critical().act("draw_third_party", SECRETARY, people=people)


def held(walk: Walk) -> PersonFacts:
    assert walk.case.third_party_drawn is not None
    return PEOPLE[walk.case.third_party_drawn]


def test_one_of_all_who_are_independent_is_drawn_and_anyone_can_draw_again() -> None:
    walk = drawn()
    event = walk.events[-1]

    assert isinstance(event, ThirdPartyDrawn)
    assert event.actor == SECRETARY.person
    assert event.pool == tuple(sorted(PEOPLE))
    assert event.seed == third_party_seed(walk.case, None)
    assert event.person == in_drawn_order(event.pool, event.seed)[0] == walk.case.third_party_drawn


def test_whoever_is_tied_reviews_decides_or_lacks_the_role_is_not_in_the_pool() -> None:
    outside = (
        person("third-x", Role.NEUTRAL_THIRD_PARTY, organisation=ORGANISATION),
        person("third-y", Role.NEUTRAL_THIRD_PARTY, Role.EXPERT, areas=AREAS),
        person("third-z", Role.NEUTRAL_THIRD_PARTY, Role.COMMISSIONER),
        EXPERTS[0],
        MEMBERS[0],
    )
    assert set(drawn(*outside).case.third_party_pool) == set(PEOPLE)


def test_another_plan_or_manifest_draws_another_order() -> None:
    case = critical().case
    seeds = {third_party_seed(case, None)}
    for name in ("manifest", "plan"):
        part = getattr(case, name)
        seeds.add(third_party_seed(case.model_copy(update={name: part.model_copy(update={"digest": "0" * 64})}), None))
    assert len(seeds) == 3


def test_only_the_one_who_was_drawn_records_the_report() -> None:
    walk = drawn()
    third = held(walk)
    for other in (one for one in POOL if one != third):
        walk.act("declare_interests", other, has_interest=False)
        with refused("not_drawn"):
            walk.act("record_third_party_report", other, report=text("Report"))
    with refused("interests_not_declared"):
        walk.act("record_third_party_report", third, report=text("Report"))
    walk.act("declare_interests", third, has_interest=False)
    walk.act("record_third_party_report", third, report=text("Report"))
    assert walk.case.third_party == third.person


def test_nobody_reports_before_the_draw() -> None:
    walk = critical().act("declare_interests", POOL[0], has_interest=False)
    with refused("not_drawn"):
        walk.act("record_third_party_report", POOL[0], report=text("Report"))


@pytest.mark.parametrize("way", ["interest", "refusal"])
def test_the_next_of_the_same_pool_is_drawn_by_rule(way: str) -> None:
    walk = drawn()
    first, seed = held(walk), walk.case.third_party_seed
    if way == "interest":
        walk.act("declare_interests", first, has_interest=True, statement=text())
    else:
        walk.act("answer_assignment", first, accepts=False, reason=text())

    event = walk.events[-1]
    assert isinstance(event, ThirdPartyDrawn)
    assert (event.actor, event.seed, event.pool) == ("engine", seed, tuple(sorted(PEOPLE)))
    assert event.person == in_drawn_order(event.pool, event.seed)[1] != first.person
    with refused("not_drawn"):
        walk.act("record_third_party_report", first, report=text("Report"))


def test_when_the_pool_is_used_up_the_secretariat_draws_from_those_who_are_left() -> None:
    walk = drawn()
    for _ in POOL:
        walk.act("answer_assignment", held(walk), accepts=False)
    assert walk.case.third_party_refused == in_drawn_order(PEOPLE, str(walk.case.third_party_seed))
    with refused("nobody_to_draw"):
        walk.act("draw_third_party", SECRETARY, people=PEOPLE)
    late = person("third-late", Role.NEUTRAL_THIRD_PARTY)
    walk.act("draw_third_party", SECRETARY, people={**PEOPLE, late.person: late})
    assert (walk.case.third_party_drawn, walk.case.third_party_pool) == ("third-late", ("third-late",))


def test_whoever_was_drawn_says_no_once_and_yes_only_by_the_report() -> None:
    walk = drawn()
    with refused("report_is_the_yes"):
        walk.act("answer_assignment", held(walk), accepts=True)
    first = held(walk)
    walk.act("answer_assignment", first, accepts=False)
    with refused("not_assigned"):
        walk.act("answer_assignment", first, accepts=False)


def test_the_third_party_is_drawn_once_while_it_can_act() -> None:
    walk = drawn()
    with refused("already_drawn"):
        walk.act("draw_third_party", SECRETARY, people=PEOPLE)
    third = held(walk)
    walk.act("declare_interests", third, has_interest=False)
    walk.act("record_third_party_report", third, report=text("Report"))
    with refused("already_drawn"):
        walk.act("draw_third_party", SECRETARY, people=PEOPLE)


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBERS[0], POOL[0]])
def test_only_the_secretariat_has_it_drawn(who: PersonFacts) -> None:
    with refused("role_missing"):
        critical().act("draw_third_party", who, people=PEOPLE)


def test_it_is_drawn_where_the_tier_has_one_once_a_plan_stands_in_the_second_edition() -> None:
    for tier in (Tier.LOW, Tier.MEDIUM):
        with refused("no_third_party_needed"):
            SmallWalk(tier, edition=2).to_evaluation().act("draw_third_party", SECRETARY, people=PEOPLE)
    recommended = SmallWalk(Tier.HIGH, edition=2).to_evaluation()
    assert recommended.act("draw_third_party", SECRETARY, people=PEOPLE).case.third_party_drawn
    with refused("wrong_stage"):
        SmallWalk(Tier.CRITICAL, edition=2).to_planning().act("draw_third_party", SECRETARY, people=PEOPLE)
    with refused("earlier_edition"):
        SmallWalk(Tier.CRITICAL).to_evaluation().act("draw_third_party", SECRETARY, people=PEOPLE)


def test_whoever_was_drawn_reviews_and_decides_nothing_in_the_case() -> None:
    walk = drawn()
    both = held(walk).model_copy(update={"roles": (Role.EXPERT,), "areas": AREAS})
    asked = {"reviewer": both.person, "areas": ("ethics_or_law",), "people": {both.person: both}}
    with refused("is_third_party"):
        _planning_again(walk).act("assign_reviewer", SECRETARY, **asked)


def _planning_again(walk: Walk) -> Walk:
    walk._state = walk.case.model_copy(update={"stage": Stage.PLANNING})
    return walk


def test_without_the_report_the_decision_waits_for_the_third_party() -> None:
    walk = drawn().reviewed().recommended().act("record_hearing", SECRETARY, protocol=text())
    assert [one.waits_for for one in waiting(walk.case, walk.rules)] == ["third_party"]


# The signer, and whoever recomputes


@cache
def granted() -> Walk:
    """A grant on the report of the second who was drawn; the first said no."""
    walk = drawn()
    walk.act("answer_assignment", held(walk), accepts=False)
    third = held(walk)
    walk.act("declare_interests", third, has_interest=False)
    walk.act("record_third_party_report", third, report=text("Report")).reviewed().recommended()
    walk.act("record_hearing", SECRETARY, protocol=text()).granted()
    return walk


def but(**changes: Any) -> Case:
    return granted().case.model_copy(update={"released_by": "laura", **changes})


def with_release(case: Case) -> Case:
    declared = {**case.interests, "laura": case.interests["edda"].model_copy(update={"person": "laura"})}
    return case.model_copy(update={"interests": declared})


def test_a_grant_on_the_report_of_who_was_drawn_may_be_signed_and_is_recomputed() -> None:
    check_grant(with_release(but()), small().rules, small().digest)
    assert found_in(document_of(record_of(granted().case, small()))) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"third_party_drawn": "third-x"},
        {"third_party_pool": ()},
        {"third_party_seed": "0" * 64},
        {"third_party_seed": None},
        {"third_party_refused": ()},
        {"third_party_plan": "0" * 64, "third_party_seed": "1" * 64},
        {"third_party_entry": "0" * 64},
        {"third_party": None},
    ],
)
def test_a_report_of_another_than_the_draw_gives_is_neither_signed_nor_believed(changes: dict[str, Any]) -> None:
    with not_signed("other_third_party"):
        check_grant(with_release(but(**changes)), small().rules, small().digest)
    document = changed(
        document_of(record_of(granted().case, small())),
        {f"/{name}": list(value) if isinstance(value, tuple) else value for name, value in changes.items()},
    )
    assert ("/third_party", "other_third_party") in found_in(document)


def chosen(case: Case) -> dict[str, Any]:
    """What somebody writes into a case who prefers another of the pool: a seed that names them, tried until it did."""
    wanted = next(one for one in case.third_party_pool if one not in {case.third_party, *case.third_party_refused})
    seeds = (sha256(str(number)) for number in range(1000))
    seed = next(one for one in seeds if in_drawn_order(case.third_party_pool, one)[0] == wanted)
    declared = case.interests[str(case.third_party)].model_copy(update={"person": wanted})
    return {
        "third_party_seed": seed,
        "third_party": wanted,
        "third_party_drawn": wanted,
        "interests": {**case.interests, wanted: declared},
    }


def test_a_seed_that_was_tried_until_it_named_somebody_is_neither_signed_nor_believed() -> None:
    case = granted().case
    forged = case.model_copy(update=chosen(case))

    with not_signed("other_third_party"):
        check_grant(with_release(but(**chosen(case))), small().rules, small().digest)
    assert ("/third_party", "other_third_party") in found_in(document_of(record_of(forged, small())))


def test_the_seed_rests_on_the_entry_that_approved_the_plan_which_nobody_chose() -> None:
    plain, entries = drawn().case, [sha256(str(number)) for number in range(20)]
    cases = [critical().act("draw_third_party", SECRETARY, people=PEOPLE, entry=entry).case for entry in entries]

    assert [case.third_party_entry for case in cases] == entries
    assert {case.third_party_drawn for case in cases} == set(PEOPLE)
    assert plain.third_party_seed not in {case.third_party_seed for case in cases}
    assert plain.third_party_entry is None


def planned_anew() -> Walk:
    """A grant on a report by who was drawn before a reviewer left, and the plan was approved anew."""
    walk = drawn()
    third, first = held(walk), walk.case.plan
    walk.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())
    late = person("xena", Role.EXPERT, areas=AREAS)
    walk.staffed(late)
    assert first is not None
    assert walk.case.plan is not None
    assert walk.case.third_party_plan == first.digest != walk.case.plan.digest
    walk.act("declare_interests", third, has_interest=False)
    walk.act("record_third_party_report", third, report=text("Report"))
    walk.reviewed((*EXPERTS[1:], late)).recommended().act("record_hearing", SECRETARY, protocol=text())
    return walk.granted()


def test_a_draw_before_the_plan_was_approved_anew_is_recomputed_with_the_plan_of_that_day() -> None:
    case = planned_anew().case
    declared = {**case.interests, "laura": case.interests[str(case.third_party)].model_copy(update={"person": "laura"})}
    check_grant(case.model_copy(update={"released_by": "laura", "interests": declared}), small().rules, small().digest)
    record = document_of(record_of(case, small()))
    assert found_in(record) == set()
    assert ("/third_party", "other_third_party") in found_in(changed(record, {"/third_party_plan": "0" * 64}))


def test_a_record_of_before_that_keeps_no_plan_of_the_draw_still_holds() -> None:
    for walk in (granted(), planned_anew()):
        record = document_of(record_of(walk.case, small()))
        del record["third_party_plan"]
        assert found_in(record) == set()
    case = granted().case
    forged = {**document_of(record_of(case.model_copy(update=chosen(case)), small()))}
    del forged["third_party_plan"]
    assert ("/third_party", "other_third_party") in found_in(forged)
