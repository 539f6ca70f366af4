"""Correction: what is raised, by when it is closed, what handing in leads to, and how it ends."""

from datetime import timedelta

import pytest

from schemas.clocks import Party
from schemas.correction import Grade, Nonconformity
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, START, Walk, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import correction
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.correction import open_criteria, worst_grade
from workflows.rules.case.fold import fold
from workflows.rules.case.procedure import due, next_due_at
from workflows.rules.deadlines import working_days_after

EDDA = EXPERTS[0]
FIRST, SECOND = "I-1.1-01", "I-1.2-01"
BOTH = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.PARTLY_MET}


def found(walk: Walk, criterion: str = FIRST) -> Nonconformity:
    return walk.case.nonconformities[criterion]


def kinds(walk: Walk, number: int) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


def days(walk: Walk, criterion: str = FIRST) -> int:
    return (found(walk, criterion).due_at - walk.now).days


def test_what_fails_is_raised_with_the_days_of_its_grade() -> None:
    walk = Walk(edition=2).to_correction(**BOTH)
    assert kinds(walk, 3) == ["review_submitted", "evaluation_closed", "nonconformities_raised"]
    assert walk.case.stage == Stage.CORRECTION
    assert {key: (one.grade, one.raised_by, days(walk, key)) for key, one in walk.case.nonconformities.items()} == {
        FIRST: (Grade.MAJOR, ("edda",), 90),
        SECOND: (Grade.MINOR, ("edda",), 60),
    }


def test_a_case_that_passes_and_a_case_of_the_first_edition_know_no_correction() -> None:
    assert Walk(edition=2).to_evaluation().reviewed().case.stage == Stage.RECOMMENDATION
    first = Walk().to_evaluation().reviewed(**BOTH)
    assert (first.case.stage, first.case.nonconformities) == (Stage.RECOMMENDATION, {})


def test_the_grade_a_reviewer_gives_counts_and_of_several_the_worst() -> None:
    def finding(verdict: Verdict, grade: Grade | None = None) -> Finding:
        return Finding(criterion=FIRST, verdict=verdict, rationale=text(), grade=grade)

    assert worst_grade([finding(Verdict.NOT_MET, Grade.MINOR)]) == Grade.MINOR
    assert worst_grade([finding(Verdict.PARTLY_MET, Grade.MAJOR)]) == Grade.MAJOR
    assert worst_grade([finding(Verdict.PARTLY_MET), finding(Verdict.NOT_MET, Grade.MINOR)]) == Grade.MINOR
    assert worst_grade([finding(Verdict.PARTLY_MET), finding(Verdict.NOT_MET)]) == Grade.MAJOR


def test_a_failed_recommended_criterion_is_no_nonconformity_and_a_failed_lookup_is_raised_by_nobody() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_evaluation()
    assert walk.case.plan is not None
    lookup = walk.case.plan.lookups[0]
    walk.act("record_lookup", SECRETARY, criterion=lookup, verdict=Verdict.NOT_MET, rationale=text()).reviewed()
    assert (found(walk, lookup).raised_by, found(walk, lookup).grade) == ((), Grade.MAJOR)

    spoken = Walk(edition=2).to_intake().offer("I-5.1-01").with_evidence().act("accept_application", SECRETARY)
    spoken.staffed(EDDA).reviewed(I_5_1_01=Verdict.NOT_MET)
    assert (spoken.case.stage, spoken.case.nonconformities) == (Stage.RECOMMENDATION, {})


def test_a_correction_leads_to_the_evaluation_of_what_differs_with_its_clock_anew() -> None:
    walk = Walk(edition=2).to_correction()
    walk.now += timedelta(days=20)
    walk.corrected(FIRST)
    case = walk.case
    assert case.manifest is not None
    assert (case.stage, case.manifest.version, len(case.manifests)) == (Stage.EVALUATION, 2, 1)
    assert case.evaluation_due_at == working_days_after(walk.now, 10)
    assert set(case.items) == set(case.manifest.items)


def test_a_criterion_found_met_after_all_closes_its_nonconformity_and_the_last_one_ends_correction() -> None:
    walk = Walk(edition=2).to_correction(**BOTH).corrected(FIRST).reviewed()
    assert (walk.case.stage, open_criteria(walk.case)) == (Stage.CORRECTION, (SECOND,))
    assert found(walk).closed_at == walk.now

    walk.corrected(SECOND).reviewed()
    assert (walk.case.stage, open_criteria(walk.case)) == (Stage.RECOMMENDATION, ())
    assert kinds(walk, 4) == ["evaluation_closed", "clock_resumed", "nonconformities_closed", "correction_ended"]
    assert walk.recommended(recommends=Outcome.GRANTED).case.stage == Stage.DECISION


def test_a_criterion_that_fails_on_the_new_version_is_raised_anew_beside_those_still_open() -> None:
    walk = Walk(edition=2).to_correction()
    cited = next(item.id for item in walk.case.items.values() if SECOND in item.criteria)
    walk.act("withdraw_evidence", APPLICANT, item=cited).pass_time(days=10)
    raised_at = found(walk).raised_at
    walk.corrected(FIRST, SECOND).reviewed(**BOTH)

    assert walk.case.stage == Stage.CORRECTION
    assert (found(walk).raised_at, found(walk, SECOND).raised_at) == (raised_at, walk.now)


def test_the_applicants_clocks_stand_still_while_the_reviewers_hold_the_file() -> None:
    walk = Walk(edition=2).to_correction(**BOTH).pass_time(days=10)
    walk.corrected(FIRST)
    applicants = [clock for clock in clocks_of(walk.case, walk.rules) if clock.waits_for == Party.APPLICANT]
    assert [clock.stopped_at for clock in applicants] == [walk.now] * 2
    walk.pass_time(days=200)
    assert walk.case.stage == Stage.EVALUATION
    walk.reviewed(I_1_1_01=Verdict.NOT_MET)

    assert (days(walk), days(walk, SECOND)) == (80, 50)
    assert walk.case.stops == {}
    assert next_due_at(walk.case, walk.rules) == found(walk, SECOND).due_at - timedelta(days=7)


def test_time_given_to_a_nonconformity_raised_after_the_stop_is_its_own() -> None:
    walk = Walk(edition=2).to_correction()
    cited = next(item.id for item in walk.case.items.values() if SECOND in item.criteria)
    walk.act("withdraw_evidence", APPLICANT, item=cited).pass_time(days=10)
    walk.corrected(FIRST, SECOND).pass_time(days=30).reviewed(**BOTH)
    assert (days(walk), days(walk, SECOND)) == (80, 60)


def test_a_minor_one_past_its_deadline_becomes_major_and_a_major_one_is_left_open() -> None:
    walk = Walk(edition=2).to_correction(**BOTH).pass_time(days=59)
    assert found(walk, SECOND).grade == Grade.MINOR
    walk.pass_time(days=1)
    assert (found(walk, SECOND).grade, found(walk, SECOND).due_at) == (Grade.MAJOR, START + timedelta(days=90))

    walk.pass_time(days=29)
    assert walk.case.stage == Stage.CORRECTION
    walk.pass_time(days=1)
    assert kinds(walk, 3) == ["nonconformity_past_deadline"] * 2 + ["correction_ended"]
    assert (walk.case.stage, open_criteria(walk.case)) == (Stage.RECOMMENDATION, (FIRST, SECOND))


def test_no_act_slips_in_between_a_deadline_and_what_follows_from_it() -> None:
    walk = Walk(edition=2).to_correction(I_1_1_01=Verdict.PARTLY_MET)
    walk.now += timedelta(days=60)
    with refused("too_late"):
        walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text())
    assert "nonconformity_became_major" in [event.kind for event in due(walk.case, walk.now, walk.rules)]


def test_a_deadline_is_extended_once_by_the_days_of_its_grade_on_reasons() -> None:
    walk = Walk(edition=2).to_correction(**BOTH).pass_time(days=10)
    walk.act("extend_correction", APPLICANT, criterion=SECOND, reasons=text())
    assert (found(walk, SECOND).extensions, days(walk, SECOND), days(walk)) == (1, 110, 80)
    with refused("already_extended"):
        walk.act("extend_correction", APPLICANT, criterion=SECOND, reasons=text())
    walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text())
    assert days(walk) == 170
    with refused("already_extended"):
        walk.act("extend_correction", APPLICANT, criterion="I-1.3-01", reasons=text())


def test_an_extension_stays_with_a_nonconformity_that_becomes_major() -> None:
    walk = Walk(edition=2).to_correction(I_1_1_01=Verdict.PARTLY_MET)
    walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text()).pass_time(days=120)
    assert (found(walk).grade, days(walk)) == (Grade.MAJOR, 30)


def test_only_an_open_nonconformity_that_is_in_time_is_extended() -> None:
    walk = Walk(edition=2).to_correction()
    with refused("no_nonconformity"):
        walk.act("extend_correction", APPLICANT, criterion="I-1.3-01", reasons=text())
    walk.pass_time(days=50)
    cited = next(item.id for item in walk.case.items.values() if SECOND in item.criteria)
    walk.act("withdraw_evidence", APPLICANT, item=cited).corrected(FIRST, SECOND).reviewed(**BOTH).pass_time(days=40)
    assert (found(walk).is_past, found(walk, SECOND).is_past) == (True, False)
    with refused("past_deadline"):
        walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text())


@pytest.mark.parametrize("offer", [None, "I-1.3-01"])
def test_a_correction_that_changes_nothing_under_an_open_nonconformity_is_not_taken(offer: str | None) -> None:
    walk = Walk(edition=2).to_correction()
    if offer:
        walk.offer(offer, file="elsewhere.pdf")
    with refused("nothing_corrected"):
        walk.act("submit_correction", APPLICANT)


def test_a_correction_that_leaves_a_mandatory_criterion_without_evidence_is_incomplete() -> None:
    walk = Walk(edition=2).to_correction()
    item = next(item.id for item in walk.case.items.values() if FIRST in item.criteria)
    with refused("evidence_incomplete"):
        walk.act("withdraw_evidence", APPLICANT, item=item).act("submit_correction", APPLICANT)


def test_corrections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correction, "CORRECTIONS_MAX", 1)
    walk = Walk(edition=2).to_correction().corrected(FIRST).reviewed(I_1_1_01=Verdict.NOT_MET)
    with refused("too_many_corrections"):
        walk.corrected(FIRST)


def test_evidence_for_a_criterion_that_nobody_judges_is_not_taken_and_a_corrected_file_keeps_its_name() -> None:
    walk = Walk(edition=2).to_correction()
    for kind, content in (("state_not_applicable", {"reason": text()}), ("offer", {})):
        with refused("criterion_not_in_plan"):
            if kind == "offer":
                walk.offer("I-5.1-01", **content)
            else:
                walk.act(kind, APPLICANT, criterion="I-5.1-01", **content)
    item = next(item for item in walk.case.items.values() if FIRST in item.criteria)
    with refused("evidence_differs"):
        walk.offer(FIRST, file=item.file, digest_of_file=text("new").digest)
    walk.act("withdraw_evidence", APPLICANT, item=item.id)
    walk.offer(FIRST, file=item.file, digest_of_file=text("new").digest)
    with refused("unknown_item"):
        walk.act("withdraw_evidence", APPLICANT, item=item.id)

    walk.act("submit_correction", APPLICANT)
    assert walk.case.evidence[item.id] == item
    assert item.id not in walk.case.items


def test_the_applicant_may_go_on_with_nonconformities_open_and_a_grant_stays_impossible() -> None:
    walk = Walk(edition=2).to_correction().act("end_correction", APPLICANT)
    assert (walk.case.stage, open_criteria(walk.case)) == (Stage.RECOMMENDATION, (FIRST,))
    with refused("grant_against_failed_criterion"):
        walk.recommended(recommends=Outcome.GRANTED)
    walk.recommended(recommends=Outcome.REFUSED).act("record_hearing", SECRETARY, protocol=text())
    walk.act("open_round", SECRETARY).all_declare()
    with refused("grant_against_failed_criterion"):
        walk.voted(Choice.GRANT)


def test_what_was_offered_and_not_handed_in_does_not_count() -> None:
    walk = Walk(edition=2).to_correction(**BOTH).corrected(FIRST).reviewed(**BOTH)
    before = walk.case
    item = next(item.id for item in walk.case.items.values() if SECOND in item.criteria)
    walk.offer(FIRST, file="late.pdf").act("withdraw_evidence", APPLICANT, item=item)
    walk.act("state_not_applicable", APPLICANT, criterion=SECOND, reason=text()).act("end_correction", APPLICANT)

    after = walk.case
    assert (after.items, after.not_applicable, after.set_aside) == (before.items, before.not_applicable, ())
    assert after.items_numbered == before.items_numbered + 1
    assert fold(walk.events) == after


def test_a_case_that_goes_on_with_open_ones_keeps_their_time_for_another_correction() -> None:
    walk = Walk(edition=2).to_correction().pass_time(days=30).act("end_correction", APPLICANT).pass_time(days=100)
    assert walk.case.stage == Stage.RECOMMENDATION
    elsa = EXPERTS[1]
    walk.act("declare_interests", EDDA, has_interest=True, statement=text()).staffed(elsa)
    walk.reviewed(by=(elsa,), I_1_1_01=Verdict.NOT_MET)

    assert (walk.case.stage, days(walk)) == (Stage.CORRECTION, 60)
