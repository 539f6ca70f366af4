"""The matching against every choice there is, on small pools: coverage, order, explanation, and whom it never takes."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.review import Assignment
from schemas.scheme import Tier
from schemas.scheme_tiers import ReviewerRules
from tests.builders import ORGANISATION, START, Walk
from workflows.rules.case.assignment import may_review
from workflows.rules.case.matching import match
from workflows.rules.case.proposals import Candidate, Place

HIGH = Walk(Tier.HIGH, group=("org-parent",), kept_away=("org-rival",)).to_planning().case
LETTERS = "abcd"
ROLES = st.sampled_from([(Role.EXPERT,)] * 12 + [(), (Role.EXPERT, Role.NEUTRAL_THIRD_PARTY)])
ORGANISATIONS = st.sampled_from([*[None] * 8, "org-other", ORGANISATION, "org-parent", "org-rival"])


@st.composite
def pools(draw: st.DrawFn) -> list[Candidate]:
    return [
        Candidate(
            facts=PersonFacts(
                person=f"expert-{number}",
                roles=draw(ROLES),
                organisation=draw(ORGANISATIONS),
                areas=tuple(sorted(draw(st.sets(st.sampled_from(LETTERS), min_size=1, max_size=3)))),
            ),
            load=draw(st.integers(0, 3)),
            last_assigned_at=draw(st.none() | st.integers(0, 3).map(lambda days: START - timedelta(days=days))),
            earlier=draw(st.dictionaries(st.just(ORGANISATION), st.integers(0, 2))),
        )
        for number in range(draw(st.sampled_from([0, 1, *range(2, 8)])))
    ]


@st.composite
def needs(draw: st.DrawFn) -> ReviewerRules:
    areas = draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=4, unique=True))
    return ReviewerRules(count=draw(st.integers(1, 4)), areas=tuple(areas))


HELD = st.dictionaries(st.sampled_from(["expert-0", "expert-1", "gone"]), st.none() | st.booleans(), max_size=3)


def assigned(case: Case, **accepted: bool | None) -> Case:
    """The case with some experts asked for area `a` each: yes, no, or not answered."""
    asked = {
        name: Assignment(reviewer=name, areas=("a",), assigned_at=START, accepted=yes) for name, yes in accepted.items()
    }
    return case.model_copy(update={"assignments": asked})


def covered(chosen: Iterable[Candidate], rules: ReviewerRules) -> set[str]:
    return {area for one in chosen for area in one.facts.areas} & set(rules.areas)


def first_that_covers(ranked: list[Candidate], rules: ReviewerRules, lacking: set[str], seats: int) -> list[str]:
    """Try every choice, smallest first and by rank, until one covers all that anybody covers."""
    reachable = covered(ranked, rules) & lacking
    for size in range(min(seats, len(ranked)), len(ranked) + 1):
        for some in combinations(ranked, size):
            if reachable <= covered(some, rules):
                return [one.person for one in some]
    raise AssertionError("all of them cover what anybody covers")


@settings(deadline=None)
@given(pools(), needs(), HELD)
def test_the_choice_is_the_best_ranked_of_all_that_cover_and_a_shortfall_names_what_nobody_covers(
    pool: list[Candidate], rules: ReviewerRules, asked: dict[str, bool | None]
) -> None:
    case = assigned(HIGH, **asked)
    proposal = match(case, pool, rules)

    by_id = {one.person: one for one in pool}
    ranked = [by_id[line.person] for line in proposal.lines if line.rank is not None]
    barred = {one.person for one in pool if not may_review(case, one.facts)}
    held = {name for name, yes in asked.items() if yes is not False} - barred
    lacking = set(rules.areas) - ({"a"} if held else set())
    seats = max(rules.count - len(held), 0)

    assert [one.reviewer for one in proposal.chosen] == first_that_covers(ranked, rules, lacking, seats)
    assert set(proposal.uncovered) == lacking - covered(ranked, rules)
    assert proposal.seats_open == max(seats - len(proposal.chosen), 0)


@settings(deadline=None)
@given(pools(), needs(), HELD)
def test_every_candidate_has_one_line_that_gives_a_rule_or_a_rank(
    pool: list[Candidate], rules: ReviewerRules, asked: dict[str, bool | None]
) -> None:
    case = assigned(HIGH, **asked)
    proposal = match(case, pool, rules)

    assert sorted(line.person for line in proposal.lines) == sorted(one.person for one in pool)
    ranks = [line.rank for line in proposal.lines if line.place != Place.EXCLUDED]
    assert ranks == list(range(1, len(ranks) + 1))
    for line in proposal.lines:
        one = next(one for one in pool if one.person == line.person)
        excluded = not may_review(case, one.facts) or one.person in asked or not covered([one], rules)
        assert (line.place == Place.EXCLUDED) is excluded is (line.code is not None) is (line.rank is None)
        assert (line.place == Place.CHOSEN) is (line.person in {chosen.reviewer for chosen in proposal.chosen})
        assert (line.load, line.last_assigned_at) == (one.load, one.last_assigned_at)
        on_bench = {area for area, people in proposal.bench.items() if line.person in people}
        assert on_bench == (set(line.areas) if line.place == Place.RESERVE else set())


@settings(deadline=None)
@given(pools(), needs(), HELD)
def test_nobody_is_chosen_whom_the_case_would_refuse_or_for_an_area_they_do_not_know(
    pool: list[Candidate], rules: ReviewerRules, asked: dict[str, bool | None]
) -> None:
    case = assigned(HIGH, **asked)
    for proposed in match(case, pool, rules).chosen:
        expert = next(one.facts for one in pool if one.person == proposed.reviewer)
        assert may_review(case, expert)
        assert proposed.reviewer not in asked
        assert proposed.areas
        assert set(proposed.areas) == set(expert.areas) & set(rules.areas)


@settings(deadline=None)
@given(pools(), needs(), HELD, st.randoms())
def test_the_same_candidates_in_any_order_give_the_same_proposal(
    pool: list[Candidate], rules: ReviewerRules, asked: dict[str, bool | None], chance: Random
) -> None:
    shuffled = list(pool)
    chance.shuffle(shuffled)
    assert match(assigned(HIGH, **asked), shuffled, rules) == match(assigned(HIGH, **asked), pool, rules)
