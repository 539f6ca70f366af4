"""The applicant is heard before any adverse decision, does without, or lets ten days pass."""

from datetime import timedelta

import pytest

from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk, text
from tests.unit.workflows.rules.refusals import gates, refused
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.procedure import next_due_at

GRANT, REFUSE, ABSTAIN = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN
TEN_DAYS = timedelta(days=10)


def voting(tier: Tier = Tier.LOW, edition: int = 2) -> Walk:
    """A case that passes, unheard, with a round open."""
    walk = Walk(tier, edition=edition).to_recommendation().recommended().act("open_round", SECRETARY)
    return walk.all_declare()


def refused_unheard() -> Walk:
    return voting().voted(REFUSE, REFUSE, GRANT)


def opened_again(walk: Walk) -> Walk:
    return walk.act("open_round", SECRETARY).all_declare()


def kinds(walk: Walk, number: int) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


def test_ballots_to_refuse_a_case_that_passes_call_a_hearing_and_decide_nothing() -> None:
    walk = refused_unheard()
    assert kinds(walk, 3) == ["ballot_cast", "round_closed", "hearing_called"]
    assert (walk.case.stage, walk.case.decision) == (Stage.DECISION, None)
    assert (walk.case.hearing_due_at, walk.case.rounds[0].set_aside) == (walk.now + TEN_DAYS, "hearing_called")
    with refused("hearing_missing"):
        walk.act("open_round", SECRETARY)


def test_in_the_first_edition_such_ballots_decide_at_once() -> None:
    assert voting(edition=1).voted(REFUSE, REFUSE, GRANT).case.stage == Stage.REFUSED


def test_a_refusal_for_lack_of_a_majority_is_adverse_too() -> None:
    assert voting().voted(GRANT, ABSTAIN, ABSTAIN).case.hearing_due_at is not None


@pytest.mark.parametrize("way", ["heard", "waived", "passed"])
def test_once_heard_or_waived_or_past_its_time_a_new_round_decides(way: str) -> None:
    walk = refused_unheard()
    if way == "heard":
        walk.act("record_hearing", SECRETARY, protocol=text())
    elif way == "waived":
        walk.act("waive_hearing", APPLICANT)
    else:
        walk.pass_time(days=10)
    assert (walk.case.hearing is not None, walk.case.hearing_waived) == (way == "heard", way != "heard")
    assert (walk.case.stage, walk.case.decision) == (Stage.DECISION, None)

    opened_again(walk).voted(REFUSE, REFUSE, GRANT)
    assert walk.case.decision is not None
    assert (walk.case.stage, walk.case.decision.round) == (Stage.REFUSED, 2)


def test_what_the_hearing_brings_may_lead_to_a_grant() -> None:
    walk = opened_again(refused_unheard().act("record_hearing", SECRETARY, protocol=text()))
    assert walk.voted(GRANT, GRANT, REFUSE).case.stage == Stage.ATTESTATION


def test_the_time_for_a_hearing_ends_exactly_when_it_is_due() -> None:
    walk = refused_unheard()
    (clock,) = clocks_of(walk.case, walk.rules)
    assert (clock.name, clock.due_at - clock.started_at, clock.has_effect) == ("hearing", TEN_DAYS, True)
    assert next_due_at(walk.case, walk.rules) == walk.now + timedelta(days=3)

    walk.pass_time(days=10, seconds=-1)
    assert not walk.case.hearing_waived
    walk.now += timedelta(seconds=1)
    with refused("too_late"):
        walk.act("waive_hearing", APPLICANT)
    walk.pass_time(seconds=0)
    assert walk.events[-1].actor == "engine"
    assert (walk.events[-1].kind, next_due_at(walk.case, walk.rules)) == ("hearing_waived", None)


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.CRITICAL])
def test_where_it_is_known_before_a_round_that_a_hearing_is_needed_it_is_called_by_rule(tier: Tier) -> None:
    failing = {} if tier == Tier.CRITICAL else {"I_1_1_01": Verdict.NOT_MET}
    walk = Walk(tier, edition=2).to_recommendation(**failing)
    walk.recommended(recommends=Outcome.REFUSED if failing else Outcome.GRANTED)
    assert kinds(walk, 2) == ["recommendation_submitted", "hearing_called"]
    assert walk.case.hearing_due_at == walk.now + TEN_DAYS
    with refused("hearing_missing" if tier == Tier.LOW else "third_party_report_missing"):
        walk.act("open_round", SECRETARY)


def test_a_prohibited_use_is_heard_first() -> None:
    walk = Walk(gates=gates(G2="yes"), edition=2).to_intake().act("accept_application", SECRETARY)
    assert kinds(walk, 2) == ["referred_to_commission", "hearing_called"]
    opened_again(walk.pass_time(days=10)).voted(*[REFUSE] * 3)
    assert walk.case.stage == Stage.REFUSED


def test_a_hearing_that_was_held_before_is_not_called() -> None:
    walk = Walk(edition=2).to_recommendation(I_1_1_01=Verdict.NOT_MET)
    walk.act("record_hearing", SECRETARY, protocol=text()).recommended(recommends=Outcome.REFUSED)
    assert walk.case.hearing_due_at is None
    with refused("already_heard"):
        walk.act("waive_hearing", APPLICANT)


def test_without_a_call_there_is_nothing_to_waive_and_only_once() -> None:
    with refused("no_hearing_called"):
        voting().act("waive_hearing", APPLICANT)
    walk = refused_unheard().act("waive_hearing", APPLICANT)
    with refused("already_heard"):
        walk.act("waive_hearing", APPLICANT)


def test_a_hearing_held_after_its_time_is_still_put_on_file() -> None:
    walk = refused_unheard().pass_time(days=11).act("record_hearing", SECRETARY, protocol=text())
    assert (walk.case.hearing, walk.case.hearing_waived) == (text(), True)


def test_results_that_were_judged_anew_are_heard_anew() -> None:
    walk = refused_unheard().act("record_hearing", SECRETARY, protocol=text())
    walk.act("declare_interests", EXPERTS[0], has_interest=True, statement=text()).staffed(EXPERTS[1]).reviewed()
    assert (walk.case.stage, walk.case.hearing, walk.case.hearing_due_at) == (Stage.RECOMMENDATION, None, None)
