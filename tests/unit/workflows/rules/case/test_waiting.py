"""Which deadlines run in each stage, for whom, and who is waited for where none does."""

import pytest

from schemas.clocks import Party, Waiting
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, SECRETARY, THIRD_PARTY, Walk, text
from tests.small_scheme import SmallWalk
from tests.unit.workflows.rules.case.test_third_party import PEOPLE
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.waiting import waiting
from workflows.rules.clocks import reminder_given
from workflows.rules.deadlines import working_days_after

EDDA = EXPERTS[0]


def walk(tier: Tier = Tier.LOW) -> Walk:
    return SmallWalk(tier, edition=2)


def waited_for(walked: Walk) -> list[tuple[Party, str | None]]:
    return [(one.waits_for, one.clock) for one in waiting(walked.case, walked.rules)]


def test_at_the_intake_the_secretariat_is_waited_for_and_after_a_question_the_applicant() -> None:
    walked = walk().to_intake()
    assert waited_for(walked) == [(Party.SECRETARIAT, "intake")]
    assert waited_for(walked.asked()) == [(Party.APPLICANT, "question/1")]
    assert waited_for(walked.answered()) == [(Party.SECRETARIAT, "intake")]


def test_what_is_due_first_stands_at_the_top() -> None:
    walked = walk().to_intake().asked().pass_time(days=1).asked()
    assert [one.clock for one in waiting(walked.case, walked.rules)] == ["question/1", "question/2"]


def test_while_evidence_is_gathered_the_applicant_is_waited_for() -> None:
    walked = walk().to_intake().act("accept_application", SECRETARY)
    assert waiting(walked.case, walked.rules) == (
        Waiting(waits_for=Party.APPLICANT, clock="evidence", due_at=walked.case.evidence_due_at),
    )


def test_in_planning_nobody_has_a_clock_but_those_who_were_asked() -> None:
    walked = walk().to_planning()
    assert waited_for(walked) == [(Party.SECRETARIAT, None)]


def test_in_the_evaluation_the_reviewers_are_waited_for_and_in_a_dispute_whoever_opens_or_votes() -> None:
    walked = walk().to_evaluation()
    assert waited_for(walked) == [(Party.REVIEWER, "evaluation")]
    walked.confirmed(Tier.HIGH)
    assert waited_for(walked) == [(Party.SECRETARIAT, None)]
    assert waited_for(walked.proposed(Tier.HIGH)) == [(Party.COMMISSION, "round")]


def test_an_evaluation_that_a_reviewer_left_waits_for_the_secretariat_to_plan_anew() -> None:
    walked = Walk(edition=6).to_evaluation()
    assert waited_for(walked) == [(Party.REVIEWER, "evaluation")]
    walked.act("answer_assignment", EDDA, accepts=False, reason=text("I am ill."))
    assert waited_for(walked) == [(Party.SECRETARIAT, "evaluation")]


def test_a_third_party_is_waited_for_from_the_draw_on_until_the_report() -> None:
    walked = SmallWalk(Tier.CRITICAL, members=9, edition=6).to_evaluation()
    walked.act("draw_third_party", SECRETARY, people=PEOPLE)
    assert (Party.THIRD_PARTY, "third_party_report") in waited_for(walked)
    assert "third_party_report" not in {one.name for one in clocks_of(walked.case, walked.rules)}, "reminds nobody"
    drawn = PEOPLE[walked.case.third_party_drawn or ""]
    walked.act("declare_interests", drawn, has_interest=False)
    walked.act("record_third_party_report", drawn, report=text("Report"), summary=text("Summary"))
    assert (Party.THIRD_PARTY, "third_party_report") not in waited_for(walked)


def test_the_recommendation_waits_for_the_secretariat_until_there_is_a_rapporteur() -> None:
    walked = walk().to_recommendation()
    (clock,) = clocks_of(walked.case, walked.rules)
    days = walked.rules.tiers[Tier.LOW].sla_working_days.decision
    assert clock.due_at == working_days_after(walked.now, days, walked.rules.clocks.calendar)
    assert waited_for(walked) == [(Party.SECRETARIAT, "recommendation")]
    walked.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    assert waited_for(walked) == [(Party.COMMISSION, "recommendation")]


@pytest.mark.parametrize("edition", [2, 6, 7])
def test_a_recommendation_that_a_reviewer_left_waits_for_the_secretariat_to_plan_anew(edition: int) -> None:
    walked = SmallWalk(Tier.MEDIUM, edition=edition).to_recommendation()
    walked.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    assert waited_for(walked) == [(Party.COMMISSION, "recommendation")]
    walked.act("declare_interests", EDDA, has_interest=True, statement=text())
    assert waited_for(walked) == [(Party.SECRETARIAT, "recommendation")]


@pytest.mark.parametrize(("edition", "party"), [(6, Party.COMMISSION), (7, Party.SECRETARIAT)])
def test_a_reminder_names_who_can_act_in_cases_lodged_since(edition: int, party: Party) -> None:
    walked = SmallWalk(Tier.MEDIUM, edition=edition).to_recommendation()
    walked.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    walked.act("declare_interests", EDDA, has_interest=True, statement=text())
    (clock,) = clocks_of(walked.case, walked.rules)
    given = reminder_given((clock,), {}, clock.due_at, walked.rules)
    assert given is not None
    assert given.waits_for == party


@pytest.mark.parametrize("edition", [4, 6, 7])
def test_a_decision_waits_for_the_secretariat_where_a_lookup_is_recorded_anew(edition: int) -> None:
    walked = SmallWalk(Tier.MEDIUM, edition=edition).to_recommendation()
    walked.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    walked.act("declare_interests", SECRETARY, has_interest=True, statement=text())
    assert waited_for(walked) == [(Party.SECRETARIAT, "recommendation")]


def third_party_left(edition: int) -> Walk:
    """Before a round, the only third party that could be drawn reported and found an interest since."""
    walked = SmallWalk(Tier.CRITICAL, members=9, edition=edition).to_recommendation()
    walked.act("draw_third_party", SECRETARY, people={THIRD_PARTY.person: THIRD_PARTY})
    walked.act("declare_interests", THIRD_PARTY, has_interest=False)
    walked.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
    walked.recommended().act("record_hearing", SECRETARY, protocol=text())
    return walked.act("declare_interests", THIRD_PARTY, has_interest=True, statement=text())


@pytest.mark.parametrize(("edition", "clock"), [(2, None), (6, "round_opening"), (7, "round_opening")])
def test_a_decision_whose_third_party_cannot_report_waits_for_the_secretariat(edition: int, clock: str | None) -> None:
    assert waited_for(third_party_left(edition)) == [(Party.SECRETARIAT, clock)]


def test_a_decision_that_a_reviewer_left_waits_for_the_secretariat_even_where_a_report_is_owed() -> None:
    walked = SmallWalk(Tier.CRITICAL, members=9, edition=7).to_recommendation()
    walked.act("draw_third_party", SECRETARY, people=PEOPLE)
    walked.recommended().act("record_hearing", SECRETARY, protocol=text())
    assert (Party.THIRD_PARTY, "round_opening") in waited_for(walked)
    walked.act("declare_interests", EDDA, has_interest=True, statement=text())
    assert (Party.SECRETARIAT, "round_opening") in waited_for(walked)


def test_a_decision_waits_for_the_secretariat_to_open_a_round_and_then_for_the_commission() -> None:
    walked = walk().to_decision()
    assert waited_for(walked) == [(Party.SECRETARIAT, None)]
    assert waited_for(walked.act("open_round", SECRETARY)) == [(Party.COMMISSION, "round")]


def test_a_critical_label_waits_for_its_release_and_then_for_nobody() -> None:
    walked = walk(Tier.CRITICAL).to_grant()
    assert waited_for(walked) == [(Party.LABEL_OFFICER, "release")]
    walked.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    assert waited_for(walked) == []
    refused = walked.case.model_copy(update={"signing_refused": "other_manifest"})
    assert waiting(refused, walked.rules) == (Waiting(waits_for=Party.SECRETARIAT),)


def test_a_case_that_is_over_waits_for_nobody() -> None:
    walked = walk().to_intake().act("withdraw_application", APPLICANT, reasons=text())
    assert clocks_of(walked.case, walked.rules) == ()
    assert waited_for(walked) == []


@pytest.mark.parametrize("stage", [stage for stage in Stage if not stage.is_final])
def test_in_every_stage_somebody_is_waited_for_also_in_the_first_edition(stage: Stage) -> None:
    case = SmallWalk(Tier.CRITICAL).to_grant().case.model_copy(update={"stage": stage, "released_by": None})
    assert waiting(case, walk().rules)


def test_a_nonconformity_waits_for_the_applicant() -> None:
    case = walk().to_planning().case.model_copy(update={"stage": Stage.CORRECTION})
    assert waiting(case, walk().rules) == (Waiting(waits_for=Party.APPLICANT),)


def test_the_evidence_clock_of_a_raised_tier_starts_with_the_raise() -> None:
    walked = walk().to_evaluation().pass_time(days=4).confirmed(Tier.MEDIUM)
    (clock,) = clocks_of(walked.case, walked.rules)
    assert (clock.name, clock.started_at) == ("evidence", walked.now)
    assert walked.case.assignments[EDDA.person].accepted
