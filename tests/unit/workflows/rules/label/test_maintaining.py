"""What holds when a label is maintained: looked at again when its vote opens, and when it closes (17065, 7.9)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.label_life import Proposal
from schemas.people import ParticipantFacts
from schemas.scheme import Tier
from schemas.stages import Verdict
from schemas.surveillance import CheckResult
from schemas.voting import Voice
from tests.builders import ORGANISATION, SECRETARY, START, text
from tests.label_walk import EXPIRING, JUDGES, LabelWalk
from tests.unit.workflows.rules.refusals import refused


def judged(tier: Tier = Tier.LOW, **begun: Any) -> LabelWalk:
    return LabelWalk(tier, **begun).to_surveillance().handed_in().judged()


def put(walk: LabelWalk, **facts: Any) -> LabelWalk:
    return walk.act("put_maintain_to_vote", SECRETARY, surveillance=len(walk.state.surveillances), **facts)


def runs_out_in(days: int) -> LabelWalk:
    """A judged surveillance, of a label that rests on something that runs out so many days from now."""
    end = LabelWalk().to_surveillance().now.date() + timedelta(days=days)
    return judged(expires=end)


def test_a_vote_rests_on_checks_of_the_moment_it_opened() -> None:
    walk = put(judged())
    assert walk.kinds()[-3:] == ["proposal_put", "motion_opened", "checks_repeated"]
    assert walk.state.proposal.checked_again
    walk.carried()
    assert walk.state.surveillances[0].outcome == "maintain"


def test_a_complaint_opened_since_the_holder_handed_in_stands_in_the_way() -> None:
    walk = judged()
    walk.open_complaints = 1
    with refused("check_failed"):
        put(walk)
    walk.open_complaints = 0
    assert put(walk).state.open_motion is not None


def test_a_holder_without_an_officer_by_now_is_not_voted_on() -> None:
    register = ParticipantFacts(organisation=ORGANISATION, entered_at=START, officer_named=False, entry=2)
    with refused("check_failed"):
        put(judged(), participant=register)


def test_a_check_that_failed_when_the_holder_handed_in_and_holds_by_now_needs_no_act_of_its_own() -> None:
    walk = LabelWalk().to_surveillance()
    walk.open_complaints = 1
    walk.handed_in().judged()
    walk.open_complaints = 0
    put(walk)
    assert CheckResult(check="no_open_complaint", holds=True) in walk.state.surveillances[0].checks


def test_evidence_that_ran_out_while_experts_judged_is_not_voted_on() -> None:
    walk = runs_out_in(3)
    walk.now += timedelta(days=4)
    with refused("check_failed"):
        put(walk)


def test_evidence_that_runs_out_before_the_vote_closes_lets_the_vote_maintain_nothing() -> None:
    walk = put(runs_out_in(3))
    walk.now += timedelta(days=4)
    walk.carried()

    assert walk.kinds()[-2:] == ["motion_closed", "label_not_maintained"]
    assert (walk.events[-1].reason, walk.state.applied) == ("check_failed", 1)
    assert walk.state.surveillances[0].is_open


def test_what_a_vote_did_not_maintain_is_voted_on_again_once_there_is_fresh_evidence() -> None:
    walk = put(runs_out_in(3))
    walk.now += timedelta(days=4)
    walk.carried()
    with refused("check_failed"):
        put(walk)

    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", criteria=(EXPIRING,), reasons=text())
    walk.handed_in().judged()
    for number in (1, 2):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=number).carried()
    assert [one.outcome for one in walk.state.surveillances] == ["maintain", "maintain"]


def test_a_vote_that_does_not_carry_maintains_nothing_and_says_no_more() -> None:
    assert put(runs_out_in(3)).carried(Voice.AGAINST).kinds()[-1] == "motion_closed"


def test_who_judged_and_is_tied_to_the_holder_by_now_lets_no_vote_open() -> None:
    walk = judged()
    walk.judges = (JUDGES[0].model_copy(update={"tied_to": (ORGANISATION,)}),)
    with refused("judges_missing"):
        put(walk)


def test_of_who_judged_something_is_known() -> None:
    walk = judged()
    walk.judges = ()
    with refused("judges_missing"):
        put(walk)


@pytest.mark.parametrize("tier", list(Tier))
def test_everything_drawn_is_judged_by_as_many_as_the_tier_says_in_each_vote(tier: Tier) -> None:
    walk = put(judged(tier)).carried()
    one = walk.state.surveillances[0]
    assert one.results.keys() >= {*one.sample, *one.criteria}
    assert one.outcome == "maintain"


def test_results_that_leave_out_what_was_drawn_are_not_voted_on() -> None:
    walk = judged()
    (one,) = walk.state.surveillances
    short = one.model_copy(update={"results": dict(list(one.results.items())[1:])})
    walk.state = walk.state.model_copy(update={"surveillances": (short,)})
    with refused("sample_not_covered"):
        put(walk)


def test_fresh_evidence_that_is_not_what_was_handed_in_is_not_voted_on() -> None:
    walk = LabelWalk().to_surveillance()
    walk.offer(walk.state.surveillances[0].criteria[0]).handed_in().judged()
    ((key, item),) = walk.state.items.items()
    walk.state = walk.state.model_copy(update={"items": {key: item.model_copy(update={"size": 1})}})
    with refused("other_manifest"):
        put(walk)


def test_a_vote_from_before_these_facts_came_along_goes_on_as_it_began() -> None:
    walk = put(runs_out_in(3), around={"open_complaints": 3}, participant=None)
    assert walk.kinds()[-2:] == ["proposal_put", "motion_opened"]
    assert walk.state.proposal == Proposal(subject="maintain", motion=1, surveillance=1)
    walk.now += timedelta(days=4)
    walk.carried()
    assert walk.state.surveillances[0].outcome == "maintain"


def test_surveillance_that_failed_ends_with_a_later_one_that_found_the_same_met() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged(Verdict.NOT_MET)
    asked = walk.state.surveillances[0].criteria
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=asked)
    walk.handed_in().judged().act("put_maintain_to_vote", SECRETARY, surveillance=2).carried()

    assert walk.events[-1].ends == (1,)
    assert [one.outcome for one in walk.state.surveillances] == ["maintain", "maintain"]


def test_surveillance_that_failed_stays_open_beside_one_that_looked_at_less() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged(Verdict.NOT_MET)
    asked = walk.state.surveillances[0].criteria[:1]
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=asked)
    walk.handed_in().judged().act("put_maintain_to_vote", SECRETARY, surveillance=2).carried()

    assert walk.events[-1].ends == ()
    assert [one.is_open for one in walk.state.surveillances] == [True, False]


@pytest.mark.parametrize("is_handed_in", [True, False])
def test_evidence_that_was_offered_and_never_handed_in_stands_in_the_place_of_none(is_handed_in: bool) -> None:
    runs_out_on = LabelWalk().to_surveillance().now.date() + timedelta(days=5)
    walk = LabelWalk(expires=runs_out_on).to_surveillance()
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=(EXPIRING,))
    if is_handed_in:
        walk.offer(EXPIRING).handed_in()
    else:
        walk.handed_in().offer(EXPIRING)
    walk.judged()
    walk.now += timedelta(days=7)

    if is_handed_in:
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=2).carried()
        assert walk.events[-1].kind == "label_maintained"
        return
    with refused("check_failed"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=2)
