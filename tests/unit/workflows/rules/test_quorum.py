"""The arithmetic of stage 8: quorum, majority, abstention, recusal, tie, for the figures of all four tiers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decision import Ballot, Round
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import START, scheme, sha256
from workflows.rules.case.rounds import base_min
from workflows.rules.quorum import majority_reached, quorum_reached, tally

GRANT, REFUSE, ABSTAIN = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN
CHOICES = st.lists(st.sampled_from(Choice), max_size=12)
TIERS = st.sampled_from(Tier)


def vote(tier: Tier, electorate: int, choices: list[Choice], recused: int = 0) -> Round:
    """A round of a tier; the first members vote, the last ones recused themselves."""
    members = tuple(f"m-{number:02}" for number in range(electorate))
    figures = scheme().rules.tiers[tier].decision
    digests = {"manifest_digest": sha256("manifest"), "scheme_digest": sha256("scheme")}
    ballots = {
        member: Ballot(member=member, round=1, choice=choice, cast_at=START, **digests)
        for member, choice in zip(members, choices, strict=False)
    }
    return Round(
        number=1,
        opened_at=START,
        closes_at=START,
        electorate=members,
        base_min=base_min(scheme().rules, tier),
        quorum=figures.quorum or str(figures.members_present_min),
        majority=figures.majority,
        results=(),
        ballots=ballots,
        recused=members[electorate - recused :] if recused else (),
        **digests,
    )


TABLE = [
    # tier, electorate, recused, for, against, abstain, quorum, granted
    (Tier.LOW, 3, 0, 3, 0, 0, True, True),
    (Tier.LOW, 3, 0, 2, 1, 0, True, True),
    (Tier.LOW, 3, 0, 2, 0, 1, True, True),
    (Tier.LOW, 3, 0, 1, 0, 2, True, False),  # one for, two abstain: not more than half of the ballots cast
    (Tier.LOW, 3, 0, 1, 1, 1, True, False),
    (Tier.LOW, 3, 0, 0, 0, 3, True, False),
    (Tier.LOW, 3, 0, 2, 0, 0, False, False),
    (Tier.LOW, 3, 1, 2, 0, 0, False, False),  # base below three
    (Tier.MEDIUM, 7, 0, 3, 0, 0, False, False),
    (Tier.MEDIUM, 7, 0, 4, 0, 0, True, True),
    (Tier.MEDIUM, 7, 0, 2, 2, 0, True, False),  # a tie is not a grant
    (Tier.MEDIUM, 7, 0, 2, 1, 1, True, False),  # exactly half, abstentions included
    (Tier.MEDIUM, 7, 0, 3, 0, 1, True, True),
    (Tier.MEDIUM, 6, 0, 2, 1, 0, True, True),  # quorum is at least the fraction: exactly half is enough
    (Tier.MEDIUM, 7, 1, 2, 1, 0, True, True),  # recusal leaves the base: three of six
    (Tier.MEDIUM, 7, 2, 3, 0, 0, True, True),
    (Tier.MEDIUM, 7, 3, 4, 0, 0, False, False),  # base below five
    (Tier.MEDIUM, 7, 0, 0, 0, 7, True, False),
    (Tier.HIGH, 9, 0, 5, 0, 0, False, False),
    (Tier.HIGH, 9, 0, 6, 0, 0, True, True),
    (Tier.HIGH, 9, 0, 4, 2, 0, True, True),  # exactly two thirds
    (Tier.HIGH, 9, 0, 4, 0, 2, True, True),
    (Tier.HIGH, 9, 0, 3, 3, 0, True, False),
    (Tier.HIGH, 9, 0, 4, 2, 1, True, False),
    (Tier.HIGH, 7, 0, 4, 0, 0, False, False),
    (Tier.HIGH, 7, 1, 4, 0, 0, True, True),  # four of six after one recusal
    (Tier.HIGH, 7, 3, 4, 0, 0, False, False),
    (Tier.CRITICAL, 9, 0, 5, 0, 0, False, False),
    (Tier.CRITICAL, 9, 0, 6, 0, 0, True, True),
    (Tier.CRITICAL, 9, 0, 6, 2, 0, True, True),  # exactly three quarters
    (Tier.CRITICAL, 9, 0, 6, 0, 2, True, True),
    (Tier.CRITICAL, 9, 0, 6, 3, 0, True, False),
    (Tier.CRITICAL, 9, 0, 4, 2, 0, True, False),
    (Tier.CRITICAL, 9, 3, 4, 0, 0, True, True),
    (Tier.CRITICAL, 9, 5, 4, 0, 0, False, False),
]


@pytest.mark.parametrize(("tier", "electorate", "recused", "favour", "against", "abstain", "quorum", "granted"), TABLE)
def test_ballots_amount_to_what_stage_eight_says(
    tier: Tier, electorate: int, recused: int, favour: int, against: int, abstain: int, quorum: bool, granted: bool
) -> None:
    choices = [GRANT] * favour + [REFUSE] * against + [ABSTAIN] * abstain
    found = tally(vote(tier, electorate, choices, recused))

    assert (found.quorum_reached, found.majority_reached) == (quorum, granted)
    assert (found.base, found.present) == (electorate - recused, favour + against + abstain)
    assert (found.in_favour, found.against, found.abstain) == (favour, against, abstain)


@given(TIERS, CHOICES)
def test_every_ballot_is_counted_as_what_it_says_and_as_nothing_else(tier: Tier, choices: list[Choice]) -> None:
    found = tally(vote(tier, 12, choices))

    assert (found.in_favour, found.against) == (choices.count(GRANT), choices.count(REFUSE))
    assert (found.abstain, found.send_back) == (choices.count(ABSTAIN), choices.count(Choice.SEND_BACK))
    assert found.in_favour + found.against + found.abstain + found.send_back == found.present


@given(TIERS, CHOICES, st.randoms())
def test_the_result_does_not_depend_on_the_order_of_ballots(tier: Tier, choices: list[Choice], chance: object) -> None:
    cast = vote(tier, 12, choices)
    turned = list(cast.ballots.items())
    chance.shuffle(turned)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert tally(cast.model_copy(update={"ballots": dict(turned)})) == tally(cast)


@given(TIERS, CHOICES.filter(lambda choices: len(choices) < 12))
def test_one_more_ballot_in_favour_never_turns_a_grant_into_a_refusal(tier: Tier, choices: list[Choice]) -> None:
    before = tally(vote(tier, 12, choices))
    after = tally(vote(tier, 12, [*choices, GRANT]))
    assert after.majority_reached >= before.majority_reached
    assert after.quorum_reached >= before.quorum_reached


@given(TIERS, CHOICES, st.integers(min_value=0, max_value=11))
def test_to_abstain_never_helps_a_grant_more_than_a_ballot_in_favour_and_counts_as_one_against(
    tier: Tier, choices: list[Choice], place: int
) -> None:
    others = choices[:11]
    counted = {choice: tally(vote(tier, 12, [*others[:place], choice, *others[place:]])) for choice in Choice}
    assert counted[ABSTAIN].majority_reached <= counted[GRANT].majority_reached
    assert counted[ABSTAIN].majority_reached == counted[REFUSE].majority_reached


@given(TIERS, CHOICES)
def test_where_the_quorum_stands_one_more_abstention_never_turns_a_refusal_into_a_grant(
    tier: Tier, choices: list[Choice]
) -> None:
    before = tally(vote(tier, 13, choices))
    after = tally(vote(tier, 13, [*choices, ABSTAIN]))
    if before.quorum_reached:
        assert after.majority_reached <= before.majority_reached


@given(TIERS, st.integers(min_value=1, max_value=12), st.integers(min_value=0, max_value=12))
def test_recusal_leaves_the_base_and_takes_the_ballot_with_it(tier: Tier, electorate: int, recused: int) -> None:
    left = min(recused, electorate)
    found = tally(vote(tier, electorate, [GRANT] * electorate, left))
    assert (found.base, found.present, found.in_favour) == ((electorate - left,) * 3)
    assert found.quorum_reached == (electorate - left >= base_min(scheme().rules, tier))


@given(TIERS, CHOICES)
def test_a_grant_is_what_fractions_say(tier: Tier, choices: list[Choice]) -> None:
    figures = scheme().rules.tiers[tier].decision
    enough = len(choices) >= 3 if figures.quorum is None else Fraction(len(choices), 12) >= Fraction(figures.quorum)
    favour = choices.count(GRANT)
    share = Fraction(favour, len(choices)) if choices else Fraction(0)
    most = share > Fraction(1, 2) if figures.majority == "simple" else share >= Fraction(figures.majority)

    assert tally(vote(tier, 12, choices)).majority_reached == (enough and most)


def test_nobody_present_is_no_quorum_and_no_majority() -> None:
    assert not quorum_reached("1/2", present=0, base=0)
    assert not quorum_reached("3", present=2, base=3)
    assert quorum_reached("3", present=3, base=3)
    assert not majority_reached("simple", in_favour=0, present=0)


def test_the_only_one_left_in_the_base_is_a_quorum_of_any_share() -> None:
    assert quorum_reached("2/3", present=1, base=1)
    assert not quorum_reached("2/3", present=0, base=1)


def test_the_figures_are_those_of_the_scheme() -> None:
    found = {tier: (vote(tier, 3, []).quorum, vote(tier, 3, []).majority, vote(tier, 3, []).base_min) for tier in Tier}
    assert found == {
        Tier.LOW: ("3", "simple", 3),
        Tier.MEDIUM: ("1/2", "simple", 5),
        Tier.HIGH: ("2/3", "2/3", 5),
        Tier.CRITICAL: ("2/3", "3/4", 5),
    }
