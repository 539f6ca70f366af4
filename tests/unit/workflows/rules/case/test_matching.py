"""Stage 4: whom to ask for a review, by figures that everyone can read, and why not the others."""

from datetime import timedelta

import pytest

from schemas.case import Case
from schemas.people import Role
from schemas.review import Assignment
from schemas.scheme import Tier
from schemas.scheme_tiers import ReviewerRules
from tests.builders import AREAS, EXPERTS, ORGANISATION, SECRETARY, START, Walk, person, scheme, text
from workflows.rules.case import matching
from workflows.rules.case.matching import match, match_many
from workflows.rules.case.proposals import Candidate, Line, Place, Proposal

CASES = {tier: Walk(tier, group=("org-parent",), kept_away=("org-rival",)).to_planning().case for tier in Tier}
HIGH = CASES[Tier.HIGH]
TWO = ReviewerRules(count=2, areas=("a", "b"))


def wanted(tier: Tier) -> ReviewerRules:
    return scheme().rules.tiers[tier].reviewers


def candidate(name: str, *areas: str, **figures: object) -> Candidate:
    facts = person(name, Role.EXPERT, areas=areas or AREAS)
    return Candidate(facts=facts, **figures)  # type: ignore[arg-type]  # figures named by the test


def altered(one: Candidate, **facts: object) -> Candidate:
    return Candidate(facts=one.facts.model_copy(update=facts))


def lines(proposal: Proposal) -> dict[str, Line]:
    return {line.person: line for line in proposal.lines}


def asked(proposal: Proposal) -> list[str]:
    return [one.reviewer for one in proposal.chosen]


def areas_asked(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    return {one.reviewer: one.areas for one in proposal.chosen}


def order(*candidates: Candidate, case: Case = CASES[Tier.LOW], tier: Tier = Tier.LOW) -> list[str]:
    """The ranking, best first."""
    proposal = match(case, candidates, wanted(tier))
    return [line.person for line in proposal.lines if line.rank is not None]


# What ranks


def test_fewer_open_cases_come_before_all_else() -> None:
    rested = candidate("ada", load=2, last_assigned_at=START - timedelta(days=900))
    busy = candidate("zoe", load=1, last_assigned_at=START, earlier={ORGANISATION: 9})
    assert order(rested, busy) == ["zoe", "ada"]


def test_at_equal_load_who_judged_this_applicant_less_often_comes_first() -> None:
    known = candidate("ada", load=1, earlier={ORGANISATION: 2, "org-other": 0})
    stranger = candidate("zoe", load=1, earlier={ORGANISATION: 1, "org-other": 30}, last_assigned_at=START)
    assert order(known, stranger) == ["zoe", "ada"]


def test_at_equal_load_and_rotation_who_waited_longest_comes_first_and_who_was_never_asked_before_all() -> None:
    recent = candidate("ada", last_assigned_at=START)
    longer = candidate("ben", last_assigned_at=START - timedelta(days=1))
    never = candidate("zoe")
    assert order(recent, longer, never) == ["zoe", "ben", "ada"]


def test_at_equal_figures_the_id_decides() -> None:
    assert order(candidate("zoe"), candidate("ada")) == ["ada", "zoe"]


# What excludes


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"roles": (Role.COMMISSIONER,)}, "role_missing"),
        ({"organisation": ORGANISATION}, "own_organisation"),
        ({"tied_to": (ORGANISATION,)}, "tied_to_applicant"),
        ({"tied_to": ("org-parent",)}, "tied_to_applicant"),
        ({"organisation": "org-rival"}, "kept_away"),
        ({"roles": (Role.EXPERT, Role.NEUTRAL_THIRD_PARTY)}, "is_third_party"),
        ({"areas": ("application_domain",)}, "area_missing"),
    ],
)
def test_who_may_not_review_or_lacks_the_areas_is_left_out_with_the_code_of_the_rule(
    facts: dict[str, object], code: str
) -> None:
    proposal = match(CASES[Tier.LOW], [altered(candidate("ada"), **facts), candidate("zoe", load=9)], wanted(Tier.LOW))

    assert asked(proposal) == ["zoe"]
    assert (lines(proposal)["ada"].place, lines(proposal)["ada"].code) == (Place.EXCLUDED, code)
    assert lines(proposal)["ada"].rank is None


def test_who_declared_an_interest_said_no_or_was_asked_is_not_asked_again() -> None:
    walk = Walk(Tier.HIGH).to_planning()
    for expert, area in zip(EXPERTS, AREAS, strict=True):
        walk.act("assign_reviewer", SECRETARY, reviewer=expert.person, areas=(area,))
    walk.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())
    walk.act("answer_assignment", EXPERTS[1], accepts=False)

    proposal = match(walk.case, [Candidate(facts=one) for one in EXPERTS], wanted(Tier.HIGH))

    codes = {line.person: line.code for line in proposal.lines}
    assert codes == {"edda": "has_interest", "emil": "said_no", "enzo": "already_assigned"}
    assert (proposal.chosen, proposal.seats_open, proposal.uncovered) == ((), 2, ("ai_technical", "ethics_or_law"))


# Areas and seats


def test_the_chosen_are_asked_for_every_area_of_the_tier_they_know_and_for_no_other() -> None:
    proposal = match(CASES[Tier.MEDIUM], [candidate("ada"), candidate("zoe", "ethics_or_law")], wanted(Tier.MEDIUM))
    assert areas_asked(proposal) == {"ada": ("ai_technical", "ethics_or_law"), "zoe": ("ethics_or_law",)}


def test_a_seat_is_kept_for_the_only_one_who_knows_an_area_and_the_one_passed_over_is_told_for_which() -> None:
    proposal = match(HIGH, [candidate("ada", "a"), candidate("ben", "a"), candidate("zoe", "b", load=9)], TWO)

    assert asked(proposal) == ["ada", "zoe"]
    ben = lines(proposal)["ben"]
    assert (ben.place, ben.rank, ben.seat_kept_for) == (Place.RESERVE, 2, ("b",))
    assert lines(proposal)["zoe"].rank == 3


def test_an_area_that_nobody_knows_is_named_and_the_seats_are_filled_all_the_same() -> None:
    proposal = match(HIGH, [candidate("ada", "a"), candidate("ben", "a")], TWO)
    assert asked(proposal) == ["ada", "ben"]
    assert (proposal.uncovered, proposal.seats_open) == (("b",), 0)


def test_too_few_candidates_leave_seats_open() -> None:
    proposal = match(HIGH, [candidate("ada", "a", "b")], TWO)
    assert (asked(proposal), proposal.uncovered, proposal.seats_open) == (["ada"], (), 1)


def test_more_are_chosen_than_the_tier_asks_for_only_where_fewer_cannot_cover_its_areas() -> None:
    one_seat = ReviewerRules(count=1, areas=("a", "b"))
    apart = [candidate("ada", "a"), candidate("ben", "b")]
    assert asked(match(HIGH, apart, one_seat)) == ["ada", "ben"]
    assert asked(match(HIGH, [*apart, candidate("zoe", "a", "b", load=9)], one_seat)) == ["zoe"]


def test_the_bench_lists_for_each_area_who_is_next_in_the_order_of_the_ranking() -> None:
    proposal = match(
        HIGH,
        [candidate("ada", "a", "b"), candidate("ben", "b", load=1), candidate("cyd", "a", load=2),
         candidate("dan", "a", "b", load=3), candidate("eva", "c")],
        TWO,
    )  # fmt: skip
    assert asked(proposal) == ["ada", "ben"]
    assert proposal.bench == {"a": ("cyd", "dan"), "b": ("dan",)}
    assert [(one.reviewer, one.areas) for one in proposal.reserves(9)] == [("cyd", ("a",)), ("dan", ("a", "b"))]


def test_a_short_list_of_reserves_forgets_no_area_and_keeps_the_order_of_the_ranking() -> None:
    many = [candidate(f"expert-{number}", "a") for number in range(6)]
    rare = [candidate("rare-1", "b", load=8), candidate("rare-2", "b", load=9)]
    proposal = match(HIGH, [*many, *rare], TWO)
    assert asked(proposal) == ["expert-0", "rare-1"]
    assert [one.reviewer for one in proposal.reserves(2)] == ["expert-1", "rare-2"]
    assert [one.reviewer for one in proposal.reserves(3)] == ["expert-1", "expert-2", "rare-2"]
    assert len(proposal.reserves(40)) == 6


def assigned(case: Case, **accepted: bool | None) -> Case:
    """The case with some experts asked for area `a` each: yes, no, or not answered."""
    asked = {
        name: Assignment(reviewer=name, areas=("a",), assigned_at=START, accepted=yes) for name, yes in accepted.items()
    }
    return case.model_copy(update={"assignments": asked})


def test_who_holds_a_seat_keeps_it_and_only_the_rest_is_matched() -> None:
    pool = [candidate(name, "a", "b") for name in ("ada", "ben", "zoe")]
    for answer in (True, None):
        proposal = match(assigned(HIGH, ada=answer), pool, TWO)
        assert areas_asked(proposal) == {"ben": ("a", "b")}
    assert areas_asked(match(assigned(HIGH, ada=True, ben=True), pool, TWO)) == {"zoe": ("a", "b")}  # for area b
    assert asked(match(assigned(HIGH, ada=False), pool, TWO)) == ["ben", "zoe"]


def test_no_seat_is_kept_for_an_area_that_somebody_asked_before_covers() -> None:
    proposal = match(assigned(HIGH, ada=True), [candidate("ben", "b"), candidate("cyd", "a")], TWO)
    assert asked(proposal) == ["ben"]


def test_who_turns_out_to_be_tied_after_the_yes_holds_no_seat_any_more() -> None:
    tied = altered(candidate("ada", "a", "b"), tied_to=("org-parent",))
    proposal = match(assigned(HIGH, ada=True), [tied, candidate("ben", "a"), candidate("zoe", "b")], TWO)
    assert asked(proposal) == ["ben", "zoe"]
    assert lines(proposal)["ada"].code == "tied_to_applicant"


def test_after_a_no_the_others_stay_and_the_next_of_the_bench_is_chosen() -> None:
    walk = Walk(Tier.MEDIUM).to_planning()
    pool = [candidate(name) for name in ("ada", "ben", "cyd", "dan")]
    first = match(walk.case, pool, wanted(Tier.MEDIUM))
    for name, areas in areas_asked(first).items():
        facts = next(one.facts for one in pool if one.person == name)
        walk.act("assign_reviewer", SECRETARY, reviewer=name, areas=areas, people={name: facts})
    walk.act("answer_assignment", pool[0].facts, accepts=False)

    again = match(walk.case, pool, wanted(Tier.MEDIUM))

    assert asked(first) == ["ada", "ben"]
    assert asked(again) == ["cyd"]
    assert first.bench["ethics_or_law"][0] == "cyd"


def test_nobody_is_proposed_whom_a_full_case_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "ASKED_MAX", 2)
    pool = [candidate(name, "a", "b") for name in ("ada", "ben", "cyd")]
    proposal = match(assigned(HIGH, zoe=False), pool, TWO)
    assert (asked(proposal), proposal.seats_open) == (["ada"], 1)


def test_the_act_takes_what_was_proposed() -> None:
    for tier in Tier:
        walk = Walk(tier).to_planning()
        pool = [candidate("ada", "ai_technical"), candidate("ben", "application_domain"), candidate("cyd"),
                candidate("dan", "ethics_or_law")]  # fmt: skip
        for name, areas in areas_asked(match(walk.case, pool, wanted(tier))).items():
            expert = next(one.facts for one in pool if one.person == name)
            walk.act("assign_reviewer", SECRETARY, reviewer=name, areas=areas, people={name: expert})
            walk.act("declare_interests", expert, has_interest=False).act("answer_assignment", expert, accepts=True)
        assert walk.act("approve_plan", SECRETARY).case.plan is not None


# Many cases


def copies(tier: Tier, *organisations: str) -> list[tuple[Case, ReviewerRules]]:
    """Cases of these applicants, lodged one after the other."""
    return [
        (
            CASES[tier].model_copy(
                update={
                    "id": f"case-{number}",
                    "lodged_at": START + timedelta(hours=number),
                    "lodged": CASES[tier].lodged.model_copy(update={"organisation": organisation}),
                }
            ),
            wanted(tier),
        )
        for number, organisation in enumerate(organisations)
    ]


def test_the_load_rises_as_cases_are_matched_and_everyone_gets_their_turn() -> None:
    pool = [candidate("ada"), candidate("ben"), candidate("cyd", load=1)]
    proposals = match_many(copies(Tier.LOW, "org-a", "org-b", "org-c", "org-d"), pool, START)
    assert [asked(one) for one in proposals] == [["ada"], ["ben"], ["cyd"], ["ada"]]
    assert [lines(one)["ada"].load for one in proposals] == [0, 1, 1, 1]


def test_the_second_case_of_an_applicant_goes_to_somebody_else_at_equal_load() -> None:
    pool = [candidate("ada"), candidate("ben", load=1)]
    proposals = match_many(copies(Tier.LOW, "org-a", "org-a"), pool, START)
    assert [asked(one) for one in proposals] == [["ada"], ["ben"]]
    assert lines(proposals[1])["ada"].earlier == 1


def test_the_case_lodged_first_is_matched_first_whatever_the_order_given() -> None:
    cases = copies(Tier.HIGH, *(f"org-{number}" for number in range(6)))
    pool = [candidate(f"expert-{number}", *AREAS[: number % 3 + 1]) for number in range(9)]
    proposals = match_many(cases, pool, START)
    assert [one.case for one in proposals] == [f"case-{number}" for number in range(6)]
    assert match_many(reversed(cases), reversed(pool), START) == proposals


def test_one_proposal_is_what_the_single_matching_gives() -> None:
    pool = [candidate("ada"), candidate("ben")]
    ((case, rules),) = copies(Tier.LOW, "org-a")
    assert match_many([(case, rules)], pool, START) == (match(case, pool, rules),)
