"""From the fifth edition on planning and the opening of a round have deadlines too, with reminders (decision 66)."""

from datetime import datetime

from schemas.clocks import Clock, Party, ReminderGiven
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome
from tests.builders import APPLICANT, EXPERTS, SECRETARY, THIRD_PARTY, Walk, text
from tests.small_scheme import SmallWalk
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.waiting import waiting
from workflows.rules.clocks import EVERY_STAGE_TIMED_SINCE
from workflows.rules.deadlines import working_days_after

OPENING = "round_opening"


def walk(tier: Tier = Tier.LOW, edition: int = EVERY_STAGE_TIMED_SINCE) -> Walk:
    return SmallWalk(tier, members=9, edition=edition)


def clock(walked: Walk, name: str) -> Clock | None:
    return next((one for one in clocks_of(walked.case, walked.rules) if one.name == name), None)


def waited_for(walked: Walk) -> list[tuple[Party, str | None]]:
    return [(one.waits_for, one.clock) for one in waiting(walked.case, walked.rules)]


def in_working_days(walked: Walk, days: int, since: datetime | None = None) -> datetime:
    return working_days_after(since or walked.now, days, walked.rules.clocks.calendar)


def reminders(walked: Walk, name: str) -> list[tuple[Party, int]]:
    given = [one for one in walked.events if isinstance(one, ReminderGiven) and one.clock == name]
    return [(one.waits_for, one.days) for one in given]


def test_in_planning_the_secretariat_has_the_schemes_working_days_and_is_reminded_before_and_after() -> None:
    walked = walk().to_planning()
    due_at = in_working_days(walked, walked.rules.clocks.planning_working_days)
    found = clock(walked, "planning")
    assert found == Clock(name="planning", waits_for=Party.SECRETARIAT, started_at=walked.now, due_at=due_at)

    for _ in range(20):
        walked.pass_time(days=1)
    assert reminders(walked, "planning") == [(Party.SECRETARIAT, days) for days in (7, 3, -1)]


def test_while_an_expert_is_asked_both_clocks_run_and_with_the_plan_both_end() -> None:
    walked = walk().to_planning()
    edda = EXPERTS[0]
    asked = {"reviewer": edda.person, "areas": ("ethics_or_law",), "people": {edda.person: edda}}
    walked.act("assign_reviewer", SECRETARY, **asked)
    assert waited_for(walked) == [(Party.REVIEWER, f"assignment/{edda.person}"), (Party.SECRETARIAT, "planning")]

    walked.act("declare_interests", edda, has_interest=False).act("answer_assignment", edda, accepts=True)
    walked.act("approve_plan", SECRETARY)
    assert waited_for(walked) == [(Party.REVIEWER, "evaluation")]


def test_a_round_is_to_be_opened_within_the_schemes_working_days_of_the_recommendation() -> None:
    walked = walk().to_recommendation().recommended()
    due_at = in_working_days(walked, walked.rules.clocks.round_opening_working_days)
    found = clock(walked, OPENING)
    assert found == Clock(name=OPENING, waits_for=Party.SECRETARIAT, started_at=walked.now, due_at=due_at)

    for _ in range(12):
        walked.pass_time(days=1)
    assert reminders(walked, OPENING) == [(Party.SECRETARIAT, 3), (Party.SECRETARIAT, -1)]
    assert waited_for(walked.act("open_round", SECRETARY)) == [(Party.COMMISSION, "round")]


def test_the_time_to_open_a_round_begins_when_the_applicant_was_heard_or_did_without() -> None:
    walked = walk().to_recommendation().recommended(recommends=Outcome.REFUSED)
    assert waited_for(walked) == [(Party.APPLICANT, "hearing")]

    walked.pass_time(days=2).act("waive_hearing", APPLICANT)
    found = clock(walked, OPENING)
    assert found is not None
    assert found.started_at == walked.now


def test_after_a_round_without_a_quorum_the_next_one_has_the_whole_time() -> None:
    walked = walk(Tier.MEDIUM).to_round()
    assert walked.case.open_round is not None
    walked.now = walked.case.open_round.closes_at
    walked.pass_time()
    found = clock(walked, OPENING)
    assert found is not None
    assert found.started_at == walked.now


def test_a_decision_that_waits_for_the_third_party_gives_it_the_same_time() -> None:
    walked = walk(Tier.CRITICAL).to_recommendation().act("draw_third_party", SECRETARY).recommended()
    walked.act("record_hearing", SECRETARY, protocol=text("Protocol"))
    assert (Party.THIRD_PARTY, OPENING) in waited_for(walked)
    assert {party for party, _ in waited_for(walked)} == {Party.THIRD_PARTY}

    walked.pass_time(days=1).act("declare_interests", THIRD_PARTY, has_interest=False)
    walked.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
    found = clock(walked, OPENING)
    assert found is not None
    assert (found.waits_for, found.started_at) == (Party.SECRETARIAT, walked.now)


def test_a_disputed_tier_waits_for_its_round_by_the_same_clock() -> None:
    walked = walk().to_evaluation().confirmed(Tier.HIGH)
    assert (Party.SECRETARIAT, OPENING) in waited_for(walked)
    walked.proposed(Tier.HIGH)
    assert clock(walked, OPENING) is None


def test_a_decided_case_waits_for_no_round() -> None:
    walked = walk().to_decision().act("open_round", SECRETARY).all_declare().voted(*[Choice.GRANT] * 3)
    assert clock(walked, OPENING) is None


def test_cases_of_earlier_editions_go_on_without_these_deadlines() -> None:
    earlier = EVERY_STAGE_TIMED_SINCE - 1
    assert waited_for(walk(edition=earlier).to_planning()) == [(Party.SECRETARIAT, None)]
    decision = walk(edition=earlier).to_decision()
    assert waited_for(decision) == [(Party.SECRETARIAT, None)]
    assert decision.case.round_awaited_since is None
