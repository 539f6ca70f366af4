"""Where nothing but the Register speaks against a label, whoever opens the round calls the applicant (decision 73)."""

from datetime import timedelta

import pytest

from schemas.clocks import Party
from schemas.decision_record import DecisionRecord, record_of
from schemas.events import HearingCalled
from schemas.people import ParticipantFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, START, Walk, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.recomputation import recompute
from workflows.rules.case.rounds import CALLED_BY_OPENING_SINCE, unheard_of_in_register
from workflows.rules.case.waiting import waiting

OFFICER = ("II-2.2-01", "II-2.2-02")
TEN_DAYS = timedelta(days=10)


def entry(*, named: bool = False, reachable: bool = False) -> ParticipantFacts:
    """What the Register says of the applicant: by default it names no ethics officer."""
    return ParticipantFacts(
        organisation=ORGANISATION, entered_at=START, officer_named=named, officer_reachable=reachable, entry=1
    )


PUT_RIGHT = entry(named=True, reachable=True)


def unheard(edition: int = CALLED_BY_OPENING_SINCE) -> Walk:
    """A case that passes and waits for its round, after the two months for naming an officer."""
    walked = SmallWalk(Tier.LOW, edition=edition).to_recommendation().recommended()
    return walked.pass_time(days=61)


def opening(walked: Walk, facts: ParticipantFacts | None = None) -> Walk:
    return walked.act("open_round", SECRETARY, participant=facts or entry())


def called() -> Walk:
    return opening(unheard())


def voted(walked: Walk, choice: Choice) -> Walk:
    walked.all_declare()
    return walked.voted(*[choice] * len(walked.voters()))


def test_whoever_opens_the_round_calls_the_applicant_and_opens_none() -> None:
    walked = called()

    call = walked.events[-1]
    assert isinstance(call, HearingCalled)
    assert (call.actor, call.unmet, call.due_at) == (SECRETARY.person, OFFICER, walked.now + TEN_DAYS)
    assert (walked.case.stage, walked.case.rounds) == (Stage.DECISION, ())
    (clock,) = clocks_of(walked.case, walked.rules)
    assert (clock.name, clock.started_at, clock.due_at) == ("hearing", walked.now, walked.now + TEN_DAYS)
    assert [(one.waits_for, one.clock) for one in waiting(walked.case, walked.rules)] == [(Party.APPLICANT, "hearing")]


def test_the_call_names_only_what_the_register_answers_not_met() -> None:
    call = opening(unheard(), entry(named=True)).events[-1]
    assert isinstance(call, HearingCalled)
    assert call.unmet == ("II-2.2-02",)


@pytest.mark.parametrize("facts", [entry(), PUT_RIGHT], ids=["as before", "put right"])
def test_once_called_no_round_opens_and_nobody_is_called_again(facts: ParticipantFacts) -> None:
    walked = called()
    with refused("hearing_missing"):
        opening(walked, facts)


@pytest.mark.parametrize("way", ["heard", "waived", "passed"])
def test_once_heard_or_done_without_or_past_its_time_the_round_opens_and_only_a_refusal_is_left(way: str) -> None:
    walked = called()
    if way == "heard":
        walked.act("record_hearing", SECRETARY, protocol=text("Protocol"))
    elif way == "waived":
        walked.act("waive_hearing", APPLICANT)
    else:
        walked.pass_time(days=10)
    opening(walked)

    assert {one.criterion for one in walked.case.rounds[0].results if one.verdict == Verdict.NOT_MET} == {*OFFICER}
    walked.all_declare()
    with refused("grant_against_failed_criterion"):
        walked.voted(Choice.GRANT)
    assert walked.voted(*[Choice.REFUSE] * len(walked.voters())).case.stage == Stage.REFUSED


def test_whoever_has_their_entry_put_right_meanwhile_is_granted_the_label() -> None:
    walked = opening(called().act("waive_hearing", APPLICANT), PUT_RIGHT)
    assert voted(walked, Choice.GRANT).case.stage == Stage.ATTESTATION


def test_who_was_heard_before_is_not_called() -> None:
    walked = opening(unheard().act("record_hearing", SECRETARY, protocol=text("Protocol")))
    assert [event.kind for event in walked.events[-2:]] == ["hearing_recorded", "round_opened"]


def test_where_the_register_speaks_for_the_label_a_round_opens_unheard() -> None:
    assert opening(unheard(), PUT_RIGHT).events[-1].kind == "round_opened"


def test_no_round_and_no_call_without_an_entry_in_the_register() -> None:
    left = ParticipantFacts(organisation=ORGANISATION)
    with refused("not_in_register"):
        opening(unheard(), left)
    assert unheard_of_in_register(unheard().case, left, START, small().rules) == ()


def test_a_call_after_a_round_without_quorum_leaves_that_round_what_it_was() -> None:
    walked = opening(unheard(), PUT_RIGHT)
    assert walked.case.open_round is not None
    walked.now = walked.case.open_round.closes_at
    walked.pass_time()

    opening(walked)

    assert (walked.events[-1].kind, [vote.set_aside for vote in walked.case.rounds]) == ("hearing_called", [None])


@pytest.mark.parametrize("edition", range(1, CALLED_BY_OPENING_SINCE))
def test_in_earlier_editions_the_round_is_refused_as_before(edition: int) -> None:
    with refused("hearing_missing"):
        opening(unheard(edition))


def record(walked: Walk) -> DecisionRecord:
    return record_of(walked.case, small())


def test_a_grant_without_a_hearing_is_recomputed_whatever_the_register_could_have_said() -> None:
    granted = voted(opening(unheard(), PUT_RIGHT), Choice.GRANT)
    assert recompute(record(granted)).differences == ()


def test_a_refusal_after_the_call_is_recomputed_and_without_a_hearing_an_outsider_finds_it() -> None:
    stated = record(voted(opening(called().pass_time(days=10)), Choice.REFUSE))
    assert recompute(stated).differences == ()

    unheard_of = stated.model_copy(update={"hearing_waived": False, "hearing_due_at": None})
    assert "other_results" in {one.code for one in recompute(unheard_of).differences}
