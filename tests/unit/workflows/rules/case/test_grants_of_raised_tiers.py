"""What the signer checks of a tier that was raised: each step rests on a confirmation or on a round in the record."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from schemas.case import Case
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import AREAS, LABEL_OFFICER, Walk, person, scheme
from tests.unit.workflows.rules.case.test_grants import but, with_interest
from tests.unit.workflows.rules.refusals import not_signed
from workflows.rules.case.grants import check_grant
from workflows.rules.quorum import tally

RULES, DIGEST = scheme().rules, scheme().digest
MORE = tuple(person(name, Role.EXPERT, areas=AREAS) for name in ("elsa", "erik"))
Tampering = Callable[[Case], Case]


@cache
def by_dispute() -> Case:
    """Raised by one tier, because the lead reviewer found so."""
    return Walk(edition=2).to_evaluation().confirmed(Tier.MEDIUM).raised().advised().granted().case


@cache
def by_working_group() -> Case:
    """Raised by two tiers, because a working group voted for what the lead reviewer found."""
    walk = Walk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    return walk.voted(*[Choice.GRANT] * 3).raised().advised().granted().case


@cache
def by_commission() -> Case:
    """Raised by the lead reviewer's finding, then once more by the Commission."""
    walk = Walk(Tier.MEDIUM, edition=2, members=9).to_evaluation().confirmed(Tier.HIGH).raised()
    walk.proposed(Tier.CRITICAL).voted(*[Choice.GRANT] * 9).raised(*MORE).advised().granted()
    walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    return walk.case


def but_in_step(case: Case, place: int, **changes: Any) -> Case:
    steps = list(case.raises)
    steps[place] = steps[place].model_copy(update=changes)
    return but(case, raises=tuple(steps))


def but_in_first_round(case: Case, *, count: bool = True, **changes: Any) -> Case:
    vote = case.rounds[0].model_copy(update=changes)
    if count:
        vote = vote.model_copy(update={"tally": tally(vote)})
    return but(case, rounds=(vote, *case.rounds[1:]))


def but_in_confirmation(case: Case, **changes: Any) -> Case:
    found = case.raises[0].confirmation
    assert found is not None
    return but_in_step(case, 0, confirmation=found.model_copy(update=changes))


def one_ballot_less(case: Case) -> Case:
    return but_in_first_round(case, ballots=dict(list(case.rounds[0].ballots.items())[1:]))


def votes_turned(case: Case) -> Case:
    turned = {
        member: ballot.model_copy(update={"choice": Choice.REFUSE}) for member, ballot in case.rounds[0].ballots.items()
    }
    return but_in_first_round(case, ballots=turned)


def another_electorate(case: Case) -> Case:
    vote = case.rounds[0]
    return but_in_first_round(case, electorate=vote.reserves[:3], ballots={})


@pytest.mark.parametrize("granted", [by_dispute, by_working_group, by_commission])
def test_a_true_grant_of_a_raised_tier_may_be_signed(granted: Callable[[], Case]) -> None:
    check_grant(granted(), RULES, DIGEST)


def test_the_tiers_of_these_grants_are_what_they_were_raised_to() -> None:
    assert [case().tier for case in (by_dispute, by_working_group, by_commission)] == ["medium", "high", "critical"]
    assert [step.tier for step in by_commission().raises] == ["high", "critical"]


@pytest.mark.parametrize(
    ("granted", "tamper"),
    [
        (by_dispute, lambda case: but(case, raises=())),
        (by_dispute, lambda case: but(case, raised_tier=Tier.HIGH)),
        (by_dispute, lambda case: but_in_step(case, 0, before=Tier.MEDIUM)),
        (by_dispute, lambda case: but_in_step(case, 0, tier=Tier.LOW)),
        (by_dispute, lambda case: but_in_step(case, 0, confirmation=None)),
        (by_dispute, lambda case: but_in_step(case, 0, round=7)),
        (by_dispute, lambda case: but_in_confirmation(case, answers=case.lodged.answers)),
        (by_dispute, lambda case: but_in_confirmation(case, assessment=case.assessment)),
        (by_working_group, lambda case: but_in_step(case, 0, round=None)),
        (by_working_group, lambda case: but_in_step(case, 0, round=2)),
        (by_working_group, lambda case: but_in_first_round(case, proposed_tier=Tier.CRITICAL)),
        (by_working_group, lambda case: but_in_first_round(case, quorum="1")),
        (by_working_group, lambda case: but_in_first_round(case, majority="1/3")),
        (by_working_group, lambda case: but_in_first_round(case, base_min=1)),
        (by_working_group, lambda case: but_in_first_round(case, seed=None)),
        (by_working_group, lambda case: but_in_first_round(case, count=False, tally=None)),
        (by_working_group, one_ballot_less),
        (by_working_group, votes_turned),
        (by_working_group, another_electorate),
        (by_commission, lambda case: but(case, raises=case.raises[1:])),
        (by_commission, lambda case: but(case, raises=tuple(reversed(case.raises)))),
        (by_commission, lambda case: but_in_step(case, 1, disputed=True)),
        (by_commission, votes_turned),
    ],
)
def test_a_tier_that_follows_from_nothing_is_not_signed(granted: Callable[[], Case], tamper: Tampering) -> None:
    with not_signed("other_tier"):
        check_grant(tamper(granted()), RULES, DIGEST)


def test_a_lower_tier_than_was_raised_to_is_not_signed() -> None:
    lowered = but(by_dispute(), raised_tier=None, raises=())
    with not_signed("other_tier"):
        check_grant(lowered, RULES, DIGEST)


def test_answers_that_nobody_free_confirmed_are_not_signed() -> None:
    case = Walk(edition=2).to_grant().case
    check_grant(case, RULES, DIGEST)

    with not_signed("answers_not_confirmed"):
        check_grant(but(case, confirmation=None), RULES, DIGEST)
    assert case.confirmation is not None
    by_another = case.confirmation.model_copy(update={"reviewer": "gone"})
    with not_signed("answers_not_confirmed"):
        check_grant(with_interest(but(case, confirmation=by_another), "gone"), RULES, DIGEST)
    with not_signed("answers_not_confirmed"):
        check_grant(but(case, disputed_tier=Tier.HIGH), RULES, DIGEST)
