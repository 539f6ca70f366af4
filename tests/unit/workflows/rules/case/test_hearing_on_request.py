"""From the sixth edition on the applicant may ask to be heard, where the tier says on request (decision 67)."""

from datetime import timedelta
from functools import cache

import pytest

from schemas.case import Case
from schemas.clocks import Party, ReminderGiven
from schemas.decision_record import DecisionRecord, record_of
from schemas.events import SigningRefused
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, MEMBERS, SECRETARY, Walk, person, text
from tests.small_scheme import LOOKED_UP, SmallWalk, small
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.grants import check_grant
from workflows.rules.case.hearing import ON_REQUEST_SINCE, may_ask_for_hearing
from workflows.rules.case.recomputation import recompute
from workflows.rules.case.waiting import waiting

TEN_DAYS = timedelta(days=10)
SAID = text("We want to show how it is supervised.")
HIGH_ONLY = {Tier.LOW: False, Tier.MEDIUM: False, Tier.HIGH: True, Tier.CRITICAL: False}


def walk(tier: Tier = Tier.HIGH, edition: int = ON_REQUEST_SINCE) -> Walk:
    return SmallWalk(tier, edition=edition)


def unheard() -> Walk:
    """A case that passes and waits for its round; nothing but the applicant's wish asks for a hearing."""
    return walk().to_recommendation().recommended()


def asked(walked: Walk) -> Walk:
    return walked.act("ask_for_hearing", APPLICANT, statement=SAID)


def opened(walked: Walk) -> Walk:
    return walked.act("open_round", SECRETARY).all_declare()


def granted(walked: Walk) -> Walk:
    return opened(walked).voted(*[Choice.GRANT] * len(walked.voters()))


def heard(walked: Walk) -> Walk:
    return walked.act("record_hearing", SECRETARY, protocol=text("Protocol"))


def kinds(walked: Walk, number: int) -> list[str]:
    return [event.kind for event in walked.events[-number:]]


def test_who_asks_is_called_by_rule_with_the_time_that_any_hearing_has() -> None:
    walked = asked(unheard())

    assert kinds(walked, 2) == ["hearing_asked_for", "hearing_called"]
    assert (walked.case.hearing_asked, walked.case.hearing_due_at) == (SAID, walked.now + TEN_DAYS)
    (clock,) = clocks_of(walked.case, walked.rules)
    assert (clock.name, clock.started_at, clock.due_at) == ("hearing", walked.now, walked.now + TEN_DAYS)
    assert [(one.waits_for, one.clock) for one in waiting(walked.case, walked.rules)] == [(Party.APPLICANT, "hearing")]


def test_asked_before_the_recommendation_the_hearing_is_called_with_it() -> None:
    walked = asked(walk().to_recommendation())
    assert kinds(walked, 1) == ["hearing_asked_for"]
    assert walked.case.hearing_due_at is None

    walked.pass_time(days=3).recommended()
    assert kinds(walked, 2) == ["recommendation_submitted", "hearing_called"]
    assert walked.case.hearing_due_at == walked.now + TEN_DAYS


def test_without_a_wish_a_case_that_passes_is_voted_on_unheard() -> None:
    walked = granted(unheard())
    assert (walked.case.stage, walked.case.hearing) == (Stage.ATTESTATION, None)
    check_grant(walked.case, walked.rules, small().digest)


@pytest.mark.parametrize("way", ["heard", "waived", "passed"])
def test_no_round_opens_before_who_asked_was_heard_did_without_or_let_the_time_pass(way: str) -> None:
    walked = asked(unheard())
    with refused("hearing_missing"):
        walked.act("open_round", SECRETARY)

    if way == "heard":
        heard(walked)
    elif way == "waived":
        walked.act("waive_hearing", APPLICANT)
    else:
        walked.pass_time(days=10, seconds=-1)
        with refused("hearing_missing"):
            walked.act("open_round", SECRETARY)
        walked.pass_time(seconds=1)
    assert (walked.case.hearing is not None, walked.case.hearing_waived) == (way == "heard", way != "heard")
    assert granted(walked).case.stage == Stage.ATTESTATION


def test_a_hearing_asked_for_and_held_before_the_recommendation_is_not_called_again() -> None:
    walked = heard(asked(walk().to_recommendation())).recommended()
    assert kinds(walked, 1) == ["recommendation_submitted"]
    assert granted(walked).case.stage == Stage.ATTESTATION


def test_who_asked_is_reminded_before_the_time_ends() -> None:
    walked = asked(unheard())
    for _ in range(12):
        walked.pass_time(days=1)
    given = [one for one in walked.events if isinstance(one, ReminderGiven) and one.clock == "hearing"]
    assert [(one.waits_for, one.days) for one in given] == [(Party.APPLICANT, 7), (Party.APPLICANT, 3)]


def test_the_time_to_open_a_round_begins_anew_once_who_asked_was_heard() -> None:
    walked = asked(unheard())
    heard(walked.pass_time(days=4))
    (clock,) = clocks_of(walked.case, walked.rules)
    assert (clock.name, clock.started_at) == ("round_opening", walked.now)


@pytest.mark.parametrize("tier", Tier)
def test_only_where_the_scheme_says_on_request_the_applicant_may_ask(tier: Tier) -> None:
    walked = walk(tier).to_recommendation()
    assert bool(may_ask_for_hearing(walked.case, APPLICANT, walked.rules)) == HIGH_ONLY[tier]
    if not HIGH_ONLY[tier]:
        with refused("no_hearing_on_request"):
            asked(walked)


def test_cases_of_earlier_editions_go_on_without_it() -> None:
    with refused("earlier_edition"):
        asked(walk(edition=ON_REQUEST_SINCE - 1).to_recommendation())


def test_the_applicant_asks_once() -> None:
    walked = asked(walk().to_recommendation())
    for _ in ("at once", "once heard"):
        with refused("hearing_asked"):
            asked(walked)
        heard(walked)


def test_whoever_was_heard_or_is_called_asks_no_more() -> None:
    with refused("already_heard"):
        asked(heard(unheard()))
    called = opened(unheard())
    called.voted(*[Choice.REFUSE] * len(called.voters()))
    assert kinds(called, 1) == ["hearing_called"]
    with refused("hearing_is_called"):
        asked(called)


def test_nobody_asks_while_a_round_is_open_nor_for_the_applicant() -> None:
    with refused("round_is_open"):
        asked(opened(unheard()))
    with refused("not_the_applicant"):
        unheard().act("ask_for_hearing", SECRETARY, statement=SAID)


def test_between_two_rounds_the_applicant_may_ask_and_the_first_stays_what_it_was() -> None:
    walked = opened(unheard())
    assert walked.case.open_round is not None
    walked.now = walked.case.open_round.closes_at
    asked(walked.pass_time())

    assert [vote.set_aside for vote in walked.case.rounds] == [None]
    with refused("hearing_missing"):
        walked.act("open_round", SECRETARY)
    assert granted(heard(walked)).case.stage == Stage.ATTESTATION


def test_a_decision_that_was_reopened_stays_so_when_the_applicant_asks_then() -> None:
    walked = granted(unheard())
    walked.take((SigningRefused(at=walked.now, actor="engine", code="other_scheme"),)).pass_time(seconds=0)
    assert kinds(walked, 1) == ["decision_reopened"]

    assert asked(walked).case.hearing_due_at is not None
    assert [vote.set_aside for vote in walked.case.rounds] == ["reopened"]


def test_results_that_were_judged_anew_are_heard_without_asking_again() -> None:
    walked = heard(asked(unheard()))
    walked.act("declare_interests", SECRETARY, has_interest=True, statement=text("A sister of the director."))
    other, (lookup,) = person("sven", Role.SECRETARIAT), LOOKED_UP
    cited = tuple(item.id for item in walked.case.items.values() if lookup in item.criteria)
    walked.act("record_lookup", other, criterion=lookup, verdict=Verdict.MET, rationale=text(), cited=cited)
    assert walked.case.stage == Stage.RECOMMENDATION
    walked.act("submit_recommendation", MEMBERS[0], recommends=Outcome.GRANTED, reasons=text("Again"))

    assert (walked.case.hearing, walked.case.hearing_asked) == (None, SAID)
    assert kinds(walked, 1) == ["hearing_called"]


@cache
def heard_and_granted() -> Case:
    return granted(heard(asked(unheard()))).case


def test_the_signer_signs_nothing_for_who_asked_and_was_not_heard() -> None:
    case, rules, digest = heard_and_granted(), small().rules, small().digest
    check_grant(case, rules, digest)
    check_grant(case.model_copy(update={"hearing": None, "hearing_waived": True}), rules, digest)
    with not_signed("hearing_missing"):
        check_grant(case.model_copy(update={"hearing": None}), rules, digest)


def record() -> DecisionRecord:
    return record_of(heard_and_granted(), small())


def test_an_outsider_finds_that_who_asked_was_not_heard() -> None:
    assert record().hearing_asked == SAID
    unheard_of = record().model_copy(update={"hearing": None})
    assert {one.code for one in recompute(unheard_of).differences} >= {"hearing_missing"}
    assert recompute(record()).differences == ()
