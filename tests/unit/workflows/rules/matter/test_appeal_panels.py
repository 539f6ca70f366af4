"""The panel of an appeal: drawn so that anybody can draw again, from people who had no part (scheme, `appeal_pool`)."""

from typing import Any

import pytest

from schemas.appeal import PanelFacts
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.appeals import LODGED, POOL, AppealWalk, institution, walk_of
from tests.builders import MEMBERS, ORGANISATION, SECRETARY, START, person, sha256, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.appeal_panels import drawn_panel, sitting, waiting


@pytest.mark.parametrize(("tier", "size"), [(Tier.LOW, 3), (Tier.MEDIUM, 3), (Tier.HIGH, 5), (Tier.CRITICAL, 5)])
def test_three_or_five_decide_as_the_tier_says(tier: Tier, size: int) -> None:
    assert len(walk_of(tier).lodged().drawn().panel()) == size


def test_anybody_can_draw_the_panel_again() -> None:
    walk = walk_of().lodged().drawn()
    draw = walk.state.draws[0]
    again = drawn_panel(appeal=walk.state.id, number=1, lodged=LODGED, pool=reversed(draw.pool), size=3)

    assert again == draw
    assert set(draw.members) | set(draw.reserves) == set(draw.pool)


def test_another_entry_another_number_or_another_appeal_draws_others() -> None:
    usual: dict[str, Any] = {
        "appeal": "a",
        "number": 1,
        "lodged": LODGED,
        "pool": [f"p{n}" for n in range(60)],
        "size": 5,
    }
    first = drawn_panel(**usual)
    for change in ({"lodged": sha256("other")}, {"number": 2}, {"appeal": "b"}):
        assert drawn_panel(**{**usual, **change}).members != first.members


def test_every_one_of_the_pool_is_drawn_as_often_as_any_other() -> None:
    pool, times = [f"p{n}" for n in range(7)], dict.fromkeys((f"p{n}" for n in range(7)), 0)
    for number in range(2100):
        for member in drawn_panel(appeal=f"a{number}", number=1, lodged=LODGED, pool=pool, size=3).members:
            times[member] += 1
    assert all(800 < one < 1000 for one in times.values()), times


def with_pool(*people: PersonFacts) -> AppealWalk:
    return AppealWalk(pool=people).lodged()


def test_a_pool_smaller_than_the_scheme_wants_draws_nobody() -> None:
    with refused("appeal_pool_too_small"):
        with_pool(*POOL[:6]).drawn()


def test_whoever_took_part_is_tied_or_of_the_party_or_sits_in_the_commission_is_not_drawn() -> None:
    own = person("judge-x", Role.APPEAL_MEMBER, organisation=ORGANISATION)
    tied = person("judge-y", Role.APPEAL_MEMBER).model_copy(update={"tied_to": (ORGANISATION,)})
    wrong_role = person("judge-z", Role.EXPERT)
    walk = with_pool(*POOL[:8], own, tied, wrong_role, MEMBERS[0])
    walk.around = PanelFacts(took_part=(POOL[0].person,), lodged=LODGED)
    seats = institution(walk.pool, commission=(*MEMBERS[:7], POOL[1]))
    walk.drawn(institution=seats)

    assert walk.state.draws[0].pool == tuple(one.person for one in POOL[2:8])


@pytest.mark.parametrize("roles", [(Role.SECRETARIAT,), tuple(Role)])
def test_nobody_handles_an_appeal_against_an_act_of_their_own(roles: tuple[Role, ...]) -> None:
    """Rule 1, also where an administrator with every role tries."""
    walk = with_pool(*POOL[:7])
    walk.around = PanelFacts(acted="sofia", lodged=LODGED)
    walk.heard()
    with refused("own_act"):
        walk.act("draw_panel", person("sofia", *roles))
    walk.act("draw_panel", person("other-secretary", Role.SECRETARIAT)).declared()
    with refused("own_act"):
        walk.act("put_appeal_to_vote", person("sofia", *roles))

    assert walk.act("put_appeal_to_vote", person("other-secretary", Role.SECRETARIAT)).state.open_motion is not None


def test_too_few_without_any_part_make_no_panel() -> None:
    walk = with_pool(*POOL[:7])
    walk.around = PanelFacts(took_part=tuple(one.person for one in POOL[:5]), lodged=LODGED)
    with refused("no_panel_possible"):
        walk.drawn()


def test_nothing_is_drawn_without_the_facts_or_by_others_or_twice() -> None:
    walk = with_pool(*POOL[:7])
    with refused("facts_missing"):
        walk.drawn(around=None)
    with refused("facts_missing"):
        walk.drawn(around=PanelFacts())
    with refused("role_missing"):
        walk.act("draw_panel", MEMBERS[0])
    with refused("panel_complete"):
        walk.drawn().drawn()


def test_whoever_declares_an_interest_is_replaced_by_the_next_one_drawn() -> None:
    walk = with_pool(*POOL[:7]).drawn()
    first, reserve = walk.panel()[0], walk.state.draws[0].reserves[0]
    with refused("statement_missing"):
        walk.act("declare_matter_interests", first, has_interest=True)
    walk.act("declare_matter_interests", first, has_interest=True, statement=text("My brother's firm."))

    assert walk.kinds()[-3:] == ["matter_interests_declared", "panel_member_left", "panel_member_replaced"]
    assert first.person not in sitting(walk.state)
    assert reserve in sitting(walk.state)
    assert waiting(walk.state) == walk.state.draws[0].reserves[1:]
    with refused("already_declared"):
        walk.act("declare_matter_interests", first, has_interest=False)


def test_an_interest_found_during_the_vote_takes_the_ballot_with_it() -> None:
    walk = AppealWalk().to_vote()
    first, reserve = walk.panel()[0], walk.state.open_motion.reserves[0]
    walk.vote(first)
    walk.act("declare_matter_interests", first, has_interest=True, statement=text("I found out."))

    assert walk.kinds()[-3:] == ["matter_interests_declared", "elector_left", "substitute_stepped_in"]
    assert first.person not in walk.state.open_motion.ballots
    assert reserve in sitting(walk.state)
    walk.all_declare()
    for voter in walk.voters():
        walk.vote(voter, Voice.AGAINST)
    assert walk.state.voted == "dismissed"


def test_a_panel_without_reserves_is_drawn_again_for_those_it_lacks() -> None:
    walk = with_pool(*POOL[:7]).drawn()
    for _ in range(5):
        walk.act("declare_matter_interests", walk.panel()[0], has_interest=True, statement=text("Tied."))
    assert len(walk.panel()) == 2
    with refused("panel_incomplete"):
        walk.heard().act("put_appeal_to_vote", SECRETARY)
    with refused("no_panel_possible"):
        walk.drawn()
    walk.pool = (*walk.pool, *POOL[7:9])
    walk.drawn()

    assert len(walk.panel()) == 3
    assert walk.state.draws[1].pool == tuple(one.person for one in POOL[7:9])
    assert walk.state.draws[1].size == 1


def test_whoever_became_tied_leaves_before_the_vote_and_the_next_one_reads_the_case_first() -> None:
    walk = walk_of().lodged().heard().drawn().declared()
    tied = walk.panel()[0]
    walk.pool = tuple(one.model_copy(update={"tied_to": (ORGANISATION,)}) if one == tied else one for one in walk.pool)
    walk.act("put_appeal_to_vote", SECRETARY)

    assert walk.state.open_motion is None
    assert walk.kinds()[-2:] == ["panel_member_left", "panel_member_replaced"]
    assert tied.person not in sitting(walk.state)
    with refused("interests_not_declared"):
        walk.act("put_appeal_to_vote", SECRETARY)
    walk.declared().act("put_appeal_to_vote", SECRETARY)
    assert tied.person not in walk.state.open_motion.electorate


def test_nobody_outside_the_panel_has_a_part() -> None:
    walk = with_pool(*POOL[:7]).drawn()
    outsider = next(one for one in walk.pool if one not in walk.panel())
    with refused("no_part_in_matter"):
        walk.act("declare_matter_interests", outsider, has_interest=False)
    with refused("no_open_motion"):
        walk.act("cast_vote", outsider, motion=1, choice=Voice.AGAINST, object_digest=sha256("x"))
    assert walk.now > START
