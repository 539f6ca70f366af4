"""What holds when a label is restored: all that maintaining asks, at both ends of the vote (17065, 7.9 and 7.11)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.label import Standing
from schemas.label_facts import RecordFacts, ScoredFacts
from schemas.label_life import Proposal
from schemas.people import ParticipantFacts
from schemas.scheme import Tier
from schemas.stages import Verdict
from schemas.surveillance import CheckResult
from tests.builders import ORGANISATION, SECRETARY, START, text
from tests.label_walk import EXPIRING, JUDGES, SAFE_ANSWERS, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.restoring import may_put_restoration_to_vote
from workflows.rules.label.surveillance import OPEN_MAX

SUSPENSION = {"because": "mark_misused", "reasons": text("Misused."), "restoration": text("Take it down.")}


def missed(tier: Tier = Tier.LOW, **begun: Any) -> LabelWalk:
    """A label that a missed surveillance suspended."""
    walk = LabelWalk(tier, **begun).to_surveillance()
    return walk.until(walk.clocks()["surveillance_missed/1"].due_at)


def judged_late(tier: Tier = Tier.LOW, verdict: Verdict = Verdict.MET, **begun: Any) -> LabelWalk:
    return missed(tier, **begun).handed_in().judged(verdict)


def put(walk: LabelWalk, **facts: Any) -> LabelWalk:
    return walk.act("put_restoration_to_vote", SECRETARY, reasons=text("All is handed in."), **facts)


def looked_at_again(walk: LabelWalk, criteria: tuple[str, ...] | None = None, **handed_in: Any) -> LabelWalk:
    """Look out of turn at what the first surveillance looked at, and find it met."""
    asked = walk.state.surveillances[0].criteria if criteria is None else criteria
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("Mended."), criteria=asked)
    return walk.handed_in(**handed_in).judged()


def runs_out_in(days: int) -> LabelWalk:
    """A surveillance that is judged late, of a label that rests on something that runs out so many days from now."""
    return judged_late(expires=missed().now.date() + timedelta(days=days))


def answers(points: int) -> dict[str, Any]:
    """What a holder answers to the questionnaire when handing in."""
    gates = RecordFacts(scored=ScoredFacts(gates={"G4": "no"}))
    return {"around": gates, "answers": dict.fromkeys(SAFE_ANSWERS, points)}


@pytest.mark.parametrize("tier", list(Tier))
def test_vote_to_restore_rests_on_checks_of_the_moment_it_opened_and_ends_what_it_names(tier: Tier) -> None:
    walk = put(judged_late(tier))
    assert walk.kinds()[-3:] == ["proposal_put", "motion_opened", "checks_repeated"]
    assert (walk.state.proposal.checked_again, walk.state.proposal.ends) == (True, (1,))

    walk.carried()

    assert (walk.standings, walk.events[-1].ends) == (["in_force", "suspended", "in_force"], (1,))
    assert walk.state.surveillances[0].outcome == "restore"


def test_open_complaint_about_a_label_keeps_it_from_being_restored_as_from_being_maintained() -> None:
    walk = judged_late()
    walk.open_complaints = 2
    with refused("check_failed"):
        put(walk)
    walk.open_complaints = 0
    put(walk)
    assert CheckResult(check="no_open_complaint", holds=True) in walk.state.surveillances[0].checks


@pytest.mark.parametrize(
    "register",
    [
        ParticipantFacts(organisation=ORGANISATION),
        ParticipantFacts(organisation=ORGANISATION, entered_at=START, officer_named=False, entry=2),
    ],
)
def test_label_of_a_holder_without_entry_or_officer_is_not_restored(register: ParticipantFacts) -> None:
    with refused("check_failed"):
        put(judged_late(), participant=register)


def test_label_whose_risk_grew_above_its_tier_is_not_restored() -> None:
    walk = missed().handed_in(**answers(3)).judged()
    assert may_put_restoration_to_vote(walk.state, SECRETARY, walk.rules).refusal.code == "tier_outgrown"
    with refused("tier_outgrown"):
        put(walk)


def test_who_judged_and_is_tied_to_the_holder_by_now_lets_no_vote_to_restore_open() -> None:
    walk = judged_late()
    walk.judges = (JUDGES[0].model_copy(update={"tied_to": (ORGANISATION,)}),)
    with refused("judges_missing"):
        put(walk)


def test_evidence_that_runs_out_before_the_vote_closes_leaves_the_label_suspended() -> None:
    walk = put(runs_out_in(3))
    walk.now += timedelta(days=4)
    walk.carried()

    assert walk.kinds()[-2:] == ["motion_closed", "label_not_restored"]
    assert (walk.events[-1].reason, walk.state.applied) == ("check_failed", 1)
    assert (walk.state.standing, walk.state.surveillances[0].is_open) == (Standing.SUSPENDED, True)


def test_label_that_a_vote_did_not_restore_is_restored_once_there_is_fresh_evidence() -> None:
    walk = put(runs_out_in(3))
    walk.now += timedelta(days=4)
    walk.carried()
    with refused("check_failed"):
        put(walk)

    put(looked_at_again(walk, (EXPIRING,))).carried()
    assert walk.state.standing == Standing.IN_FORCE
    assert [one.outcome for one in walk.state.surveillances] == ["restore", "restore"]


def voted_on_while_another_waits() -> LabelWalk:
    """A vote to restore, with a second surveillance opened before and judged by nobody yet."""
    walk = judged_late()
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=(EXPIRING,))
    return put(walk)


def test_surveillance_that_fails_while_the_vote_is_open_leaves_the_label_suspended() -> None:
    walk = voted_on_while_another_waits().handed_in().judged(Verdict.NOT_MET).carried()
    assert (walk.events[-1].kind, walk.events[-1].reason) == ("label_not_restored", "findings_open")
    assert walk.state.is_suspended


def test_surveillance_judged_while_the_vote_is_open_is_left_to_the_panel() -> None:
    walk = voted_on_while_another_waits().handed_in().judged().carried()
    assert walk.state.is_in_force
    assert [one.outcome for one in walk.state.surveillances] == ["restore", None]
    assert walk.maintained().state.surveillances[1].outcome == "maintain"


def test_surveillance_missed_while_the_vote_is_open_leaves_the_label_suspended() -> None:
    walk = judged_late(Tier.HIGH)
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=(EXPIRING,))
    walk.pass_time(days=29)
    put(walk)
    walk.pass_time(days=2)
    walk.carried()
    assert (walk.events[-1].kind, walk.events[-1].reason) == ("label_not_restored", "surveillance_missed")


def test_vote_to_restore_is_set_aside_when_who_judged_declares_an_interest() -> None:
    walk = put(judged_late())
    walk.act("declare_matter_interests", JUDGES[0], has_interest=True, statement=text("My cousin's."))
    assert [one.reason for one in walk.events if one.kind == "vote_set_aside"] == ["reviewer_has_interest"]


def test_what_is_voted_on_is_what_was_found_by_whom() -> None:
    first, other = judged_late(), missed().handed_in().staffed(JUDGES[1])
    other.act("judge_surveillance", JUDGES[1], surveillance=1, findings=other.findings())
    assert put(first).state.motions[-1].object_digest != put(other).state.motions[-1].object_digest


def suspended_by_vote() -> LabelWalk:
    """A label that a vote suspended for something else, and a regular surveillance that came meanwhile."""
    return LabelWalk().act("put_suspension_to_vote", SECRETARY, **SUSPENSION).carried().to_surveillance()


@pytest.mark.parametrize("suspended", [missed, suspended_by_vote])
def test_failed_surveillance_ends_once_a_later_one_found_the_same_criteria_met(suspended: Any) -> None:
    walk = suspended().handed_in().judged(Verdict.NOT_MET)
    with refused("findings_open"):
        put(walk)
    put(looked_at_again(walk)).carried()

    assert walk.state.standing == Standing.IN_FORCE
    assert [one.outcome for one in walk.state.surveillances] == ["restore", "restore"]
    assert set(walk.state.surveillances[0].results.values()) == {Verdict.NOT_MET}


def test_surveillance_that_looked_at_less_takes_no_ones_place() -> None:
    walk = judged_late(verdict=Verdict.NOT_MET)
    looked_at_again(walk, walk.state.surveillances[0].criteria[:-1])
    with refused("findings_open"):
        put(walk)


def test_surveillance_opened_before_the_other_failed_takes_no_ones_place() -> None:
    walk = missed().handed_in()
    asked = walk.state.surveillances[0].criteria
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=asked)
    walk.handed_in().judged()
    walk.now += timedelta(days=1)
    walk.act(
        "assign_surveillance_reviewer", SECRETARY,
        surveillance=1, reviewer=JUDGES[0].person, areas=("ethics_or_law",),
    )  # fmt: skip
    walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=True)
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings(Verdict.NOT_MET))
    assert [bool(one.judged_at) for one in walk.state.surveillances] == [True, True]
    with refused("findings_open"):
        put(walk)


def test_second_look_that_fails_too_is_answered_with_the_first_by_a_third() -> None:
    walk = judged_late(verdict=Verdict.NOT_MET)
    asked = walk.state.surveillances[0].criteria
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=asked)
    walk.handed_in().judged(Verdict.PARTLY_MET)
    put(looked_at_again(walk)).carried()
    assert [one.outcome for one in walk.state.surveillances] == ["restore"] * 3


def test_second_look_that_failed_takes_no_ones_place_however_it_ended() -> None:
    walk = judged_late(verdict=Verdict.NOT_MET)
    looked_at_again(walk)
    first, second = walk.state.surveillances
    ended = second.model_copy(
        update={"results": {**second.results, EXPIRING: Verdict.NOT_MET}, "closed_at": walk.now, "outcome": "restore"}
    )
    walk.state = walk.state.model_copy(update={"surveillances": (first, ended)})
    with refused("findings_open"):
        put(walk)


def test_answers_of_a_later_surveillance_take_the_place_of_those_that_outgrew_the_tier() -> None:
    walk = missed().handed_in(**answers(3)).judged()
    put(looked_at_again(walk, **answers(0))).carried()
    assert walk.state.is_in_force


def test_later_surveillance_that_outgrew_the_tier_takes_no_ones_place() -> None:
    walk = looked_at_again(judged_late(verdict=Verdict.NOT_MET), **answers(3))
    with refused("findings_open"):
        put(walk)


def test_review_for_which_the_holder_hands_nothing_in_takes_no_ones_place() -> None:
    walk = judged_late(verdict=Verdict.NOT_MET)
    met = walk.state.surveillances[0].criteria
    walk.state = walk.state.model_copy(update={"met": met})
    walk.act("report_interest", SECRETARY, person=walk.state.electors[0], statement=text())
    walk.judged()
    assert walk.state.surveillances[1].results.keys() >= {*met}
    with refused("findings_open"):
        put(walk)


def test_checks_of_the_second_look_are_made_as_of_any_other() -> None:
    walk = looked_at_again(judged_late(verdict=Verdict.NOT_MET))
    walk.open_complaints = 1
    with refused("check_failed"):
        put(walk)


def test_vote_to_restore_from_before_these_facts_came_along_goes_on_as_it_began() -> None:
    walk = put(runs_out_in(3), around={"open_complaints": 3}, participant=None)
    assert walk.kinds()[-2:] == ["proposal_put", "motion_opened"]
    assert walk.state.proposal == Proposal(subject="restore", motion=1, reasons=text("All is handed in."))
    walk.now += timedelta(days=4)
    walk.carried()
    assert "ends" not in walk.events[-1].model_dump(mode="json")
    assert (walk.state.standing, walk.state.surveillances[0].outcome) == (Standing.IN_FORCE, "restore")


def test_surveillance_judged_while_the_vote_is_open_takes_the_place_of_none_the_panel_votes_on() -> None:
    """What the vote rests on is looked at as it closes, whatever else was found meanwhile."""
    walk = runs_out_in(3)
    asked = walk.state.surveillances[0].criteria
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text(), criteria=asked)
    put(walk).handed_in().judged()
    walk.now += timedelta(days=4)
    walk.carried()
    assert (walk.events[-1].kind, walk.events[-1].reason) == ("label_not_restored", "check_failed")
    assert walk.state.is_suspended


def suspended_on_what_failed() -> LabelWalk:
    """A surveillance fails, and the Commission suspends on it."""
    walk = LabelWalk().to_surveillance().handed_in().judged(Verdict.NOT_MET)
    walk.act("put_suspension_to_vote", SECRETARY, **{**SUSPENSION, "because": "requirements_not_met"}).carried()
    assert (walk.state.is_suspended, walk.state.surveillances[0].outcome) == (True, "suspend")
    return walk


def test_label_suspended_on_what_failed_is_restored_once_a_later_surveillance_found_it_met() -> None:
    walk = suspended_on_what_failed()
    assert may_put_restoration_to_vote(walk.state, SECRETARY, walk.rules).refusal.code == "findings_open"
    with refused("findings_open"):
        put(walk)
    put(looked_at_again(walk)).carried()
    assert walk.state.is_in_force


@pytest.mark.parametrize("what", ["complaint", "register"])
def test_label_without_a_surveillance_is_restored_only_while_the_checks_of_today_hold(what: str) -> None:
    walk = LabelWalk().suspended()
    facts = {"participant": ParticipantFacts(organisation=ORGANISATION)} if what == "register" else {}
    walk.open_complaints = 1 if what == "complaint" else 0
    with refused("check_failed"):
        put(walk, **facts)
    walk.open_complaints = 0
    put(walk).carried()
    assert walk.state.is_in_force


def test_what_failed_is_looked_at_again_however_many_others_are_judged_by_then() -> None:
    walk = suspended_on_what_failed()
    asked = walk.state.surveillances[0].criteria
    others = [one for one in walk.state.met if one not in asked]
    for criterion in others[:OPEN_MAX]:
        walk = looked_at_again(walk, (criterion,))
    put(looked_at_again(walk)).carried()
    assert walk.state.is_in_force


def test_what_failed_is_answered_too_where_the_commission_reduced_the_scope_after_it() -> None:
    walk = suspended_on_what_failed()
    walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("English only."), reasons=text("It fails in Russian."))
    walk.carried()
    put(walk).carried()
    assert walk.state.is_in_force
