"""Substitutes join when the base falls below its least: those drawn next, or those elected, and nobody chosen."""

from typing import Any

import pytest

from schemas.case import Case
from schemas.decision_record import DecisionRecord, record_of
from schemas.people import InstitutionFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import MEMBERS, ORGANISATION, SECRETARY, Walk, scheme, text
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case import rounds
from workflows.rules.case.grants import check_grant
from workflows.rules.case.recomputation import recompute
from workflows.rules.draws import in_drawn_order
from workflows.rules.quorum import tally

GRANT = Choice.GRANT
RULES, DIGEST = scheme().rules, scheme().digest
EVERYONE = {member.person: member for member in MEMBERS}
SUBSTITUTES = ("member-h", "member-f", "member-g")


def panel(members: int = 9) -> Walk:
    """A low-tier case with an open round of a drawn panel."""
    return Walk(members=members, edition=2).to_round()


def commission(seated: int = 5, substitutes: tuple[str, ...] = SUBSTITUTES, **facts: Any) -> Walk:
    """A medium-tier case with an open round of a Commission that has just its least members."""
    walk = Walk(Tier.MEDIUM, edition=2).to_decision()
    walk.members = MEMBERS
    elected = InstitutionFacts(
        commission=tuple(member.person for member in MEMBERS[:seated]), substitutes=substitutes, entry=1
    )
    walk.act("open_round", SECRETARY, institution=elected, people={**EVERYONE, **facts})
    return walk.all_declare()


def test_the_rest_of_the_pool_is_in_reserve_in_drawn_order() -> None:
    vote = panel().case.rounds[0]
    assert vote.seed is not None
    order = in_drawn_order(vote.pool, vote.seed)
    assert (set(vote.electorate), vote.reserves) == (set(order[:3]), order[3:])


def test_when_a_panel_member_leaves_the_next_one_drawn_joins_and_the_vote_goes_on() -> None:
    walk = panel()
    gone, next_one = walk.voters()[0], walk.case.rounds[0].reserves[0]
    walk.act("recuse", gone, reason=text())

    vote = walk.case.rounds[0]
    assert [event.kind for event in walk.events[-2:]] == ["member_recused", "substitute_drawn"]
    assert walk.events[-1].actor == "engine"
    assert vote.is_open
    assert (vote.electorate[-1], len(vote.base)) == (next_one, 3)
    walk.all_declare().voted(*[GRANT] * 3)
    assert walk.case.stage == Stage.ATTESTATION
    check_grant(walk.case, RULES, DIGEST)


def test_a_substitute_who_is_tied_makes_room_for_the_one_after() -> None:
    walk = panel()
    first, second, *_ = walk.case.rounds[0].reserves
    walk.act("recuse", walk.voters()[0], reason=text())
    walk.act("declare_interests", EVERYONE[first], has_interest=True, statement=text())

    vote = walk.case.rounds[0]
    assert vote.electorate[-2:] == (first, second)
    assert len(vote.base) == 3
    walk.all_declare().voted(*[GRANT] * 3)
    check_grant(walk.case, RULES, DIGEST)


def test_a_substitute_who_found_an_interest_before_their_turn_steps_aside_at_once() -> None:
    walk = panel()
    first, second, *_ = walk.case.rounds[0].reserves
    walk.act("declare_interests", EVERYONE[first], has_interest=True, statement=text())
    walk.act("recuse", walk.voters()[0], reason=text())

    vote = walk.case.rounds[0]
    kinds = [event.kind for event in walk.events[-4:]]
    assert kinds == ["member_recused", "substitute_drawn", "member_recused", "substitute_drawn"]
    assert walk.events[-2].actor == "engine"
    assert vote.electorate[-2:] == (first, second)
    assert (first in vote.base, len(vote.base)) == (False, 3)
    walk.all_declare().voted(*[GRANT] * 3)
    assert walk.case.stage == Stage.ATTESTATION
    check_grant(walk.case, RULES, DIGEST)
    record = DecisionRecord.model_validate_json(record_of(walk.case, scheme()).model_dump_json(), strict=True)
    assert recompute(record).differences == ()


def test_without_anyone_left_to_step_in_the_round_closes_without_a_decision() -> None:
    walk = panel(members=4)
    walk.act("recuse", walk.voters()[0], reason=text()).act("recuse", walk.voters()[0], reason=text())
    assert walk.case.open_round is None
    assert (walk.case.stage, walk.case.decision) == (Stage.DECISION, None)


def test_a_vote_of_the_first_edition_has_no_substitutes() -> None:
    walk = Walk(members=9).to_round()
    walk.act("recuse", walk.voters()[0], reason=text())
    assert (walk.case.rounds[0].reserves, walk.case.open_round) == ((), None)


def test_elected_substitutes_join_a_commission_in_the_order_of_their_election() -> None:
    walk = commission()
    assert walk.case.rounds[0].electorate == tuple(member.person for member in MEMBERS[:5])
    walk.act("recuse", MEMBERS[0], reason=text())
    assert walk.case.rounds[0].electorate[-1] == "member-h"
    walk.act("recuse", MEMBERS[1], reason=text())
    assert walk.case.rounds[0].electorate[-2:] == ("member-h", "member-f")

    walk.all_declare().voted(*[GRANT] * 5)
    assert walk.case.stage == Stage.ATTESTATION
    check_grant(walk.case, RULES, DIGEST)


def test_while_the_base_is_large_enough_nobody_joins() -> None:
    walk = commission(seated=6, substitutes=("member-h",)).act("recuse", MEMBERS[0], reason=text())
    assert len(walk.case.rounds[0].electorate) == 6


def test_a_commission_that_is_short_from_the_beginning_opens_with_its_substitutes() -> None:
    walk = commission(seated=4)
    assert walk.case.rounds[0].electorate[-1] == "member-h"
    with refused("electorate_too_small"):
        commission(seated=4, substitutes=())


def test_a_substitute_who_may_not_sit_is_not_in_reserve() -> None:
    own = MEMBERS[7].model_copy(update={"organisation": ORGANISATION})
    assert commission(**{"member-h": own}).case.rounds[0].reserves == ("member-f", "member-g")
    assert commission(substitutes=("member-a", "nobody", "member-h", "member-h")).case.rounds[0].reserves == (
        "member-h",
    )


def test_a_member_who_is_not_seated_does_not_vote_before_they_joined() -> None:
    walk = commission()
    with refused("not_in_electorate"):
        walk.ballot(MEMBERS[7], GRANT)


def test_reserves_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "RESERVES_MAX", 2)
    assert len(panel().case.rounds[0].reserves) == len(commission().case.rounds[0].reserves) == 2


def counted_again(case: Case, **changes: Any) -> Case:
    """The case with another round, counted so that only the change itself is wrong."""
    changed = case.rounds[0].model_copy(update=changes)
    vote = changed.model_copy(update={"tally": tally(changed)})
    assert case.decision is not None
    decision = case.decision.model_copy(update={"tally": vote.tally})
    return case.model_copy(update={"rounds": (vote,), "decision": decision})


def test_the_signer_draws_panel_and_substitutes_again() -> None:
    walk = panel()
    walk.act("recuse", walk.voters()[0], reason=text()).all_declare().voted(*[GRANT] * 3)
    vote = walk.case.rounds[0]
    check_grant(counted_again(walk.case), RULES, DIGEST)
    *first, joined = vote.electorate
    later = vote.reserves[1]
    ballots = {**vote.ballots, later: vote.ballots[joined].model_copy(update={"member": later})}
    del ballots[joined]
    for changes in (
        {"electorate": (*first, later), "ballots": ballots},
        {"electorate": (*vote.electorate, later)},
        {"reserves": vote.reserves[::-1]},
        {"reserves": (joined,)},
        {"recused": ()},
    ):
        with not_signed("other_panel"):
            check_grant(counted_again(walk.case, **changes), RULES, DIGEST)
