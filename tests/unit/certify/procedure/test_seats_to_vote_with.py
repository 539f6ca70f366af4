"""A vote in a matter takes a seat in the body that decides it; a seat in another gives none (security, I2)."""

import pytest

from certify.procedure.matter_facts import seats_to_vote_with
from schemas.people import InstitutionFacts, PersonFacts
from tests.appeals import AppealWalk
from tests.unit.workflows.rules.matter.test_scheme_adoption import voting
from tests.unit.workflows.rules.refusals import refused


def seats(voter: PersonFacts, body: str) -> InstitutionFacts:
    others = {"commission": ("ada", "ben"), "appeal_pool": ("eve", "fay")}
    return InstitutionFacts(entry=9, **{**others, body: (*others.get(body, ()), voter.person)})


@pytest.mark.parametrize(("body", "votes"), [("commission", True), ("substitutes", True), ("appeal_pool", False)])
def test_on_a_matter_of_the_commission_votes_who_sits_there(body: str, votes: bool) -> None:
    walk = voting().all_declare()
    voter = walk.voters()[0]
    held = seats_to_vote_with(voter.person, seats(voter, body), on_appeal=False)

    if votes:
        assert voter.person in walk.vote(voter, institution=held).state.open_motion.ballots
    else:
        with refused("seat_lost"):
            walk.vote(voter, institution=held)


@pytest.mark.parametrize(("body", "votes"), [("appeal_pool", True), ("commission", False), ("substitutes", False)])
def test_on_an_appeal_votes_who_sits_in_its_pool_and_not_in_the_commission(body: str, votes: bool) -> None:
    walk = AppealWalk().to_vote()
    voter = walk.voters()[0]
    of_both = seats(voter, body).model_copy(update={"appeal_pool": ("eve", voter.person)})
    held = seats_to_vote_with(voter.person, of_both, on_appeal=True)

    if votes:
        assert voter.person in walk.vote(voter, institution=held).state.open_motion.ballots
    else:
        with refused("seat_lost"):
            walk.vote(voter, institution=held)


def test_a_ballot_carries_nobody_elses_seat() -> None:
    voter = AppealWalk().to_vote().voters()[0]
    held = seats_to_vote_with(voter.person, seats(voter, "commission"), on_appeal=False)

    assert (held.entry, held.commission, held.substitutes, held.appeal_pool) == (9, (voter.person,), (), ())
