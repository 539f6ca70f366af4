"""Edition 7: grades follow verdicts, the last deadline ends correcting, and a case has one extension in all."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.correction import Grade, Nonconformity
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk, person, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.correction import open_criteria
from workflows.rules.case.fold import fold
from workflows.rules.case.procedure import decide, may

EDDA = EXPERTS[0]
FIRST, SECOND = "I-1.1-01", "I-1.2-01"
BOTH = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.PARTLY_MET}


def found(walk: Walk, criterion: str = FIRST) -> Nonconformity:
    return walk.case.nonconformities[criterion]


def days(walk: Walk, criterion: str = FIRST) -> int:
    return (found(walk, criterion).due_at - walk.now).days


def revised(walk: Walk, verdict: Verdict, criterion: str = FIRST, who: PersonFacts = EDDA, **content: Any) -> Walk:
    cited = tuple(item.id for item in walk.case.items.values() if criterion in item.criteria)[:1]
    finding = {"criterion": criterion, "verdict": verdict, "reason": text(), "cited": cited}
    return walk.act("revise_verdict", who, **finding, **content)


def graded(walk: Walk, criterion: str = FIRST) -> tuple[Grade, int]:
    return found(walk, criterion).grade, days(walk, criterion)


@pytest.mark.parametrize(
    ("first", "then", "as_before", "follows"),
    [
        (Verdict.PARTLY_MET, Verdict.NOT_MET, (Grade.MINOR, 50), (Grade.MAJOR, 80)),
        (Verdict.NOT_MET, Verdict.PARTLY_MET, (Grade.MAJOR, 80), (Grade.MINOR, 50)),
    ],
)
def test_grade_and_days_follow_a_changed_verdict(
    first: Verdict, then: Verdict, as_before: tuple[Grade, int], follows: tuple[Grade, int]
) -> None:
    for edition, expected in ((6, as_before), (7, follows)):
        walk = Walk(edition=edition).to_correction(I_1_1_01=first).pass_time(days=10)
        assert graded(revised(walk, then)) == expected
        assert fold(walk.events) == walk.case


def test_a_grade_given_with_a_changed_verdict_counts() -> None:
    walk = Walk(edition=7).to_correction(I_1_1_01=Verdict.PARTLY_MET)
    assert graded(revised(walk, Verdict.PARTLY_MET, grade=Grade.MAJOR)) == (Grade.MAJOR, 90)


def test_grade_and_days_follow_what_is_found_after_a_correction() -> None:
    walk = Walk(edition=7).to_correction().pass_time(days=10)
    walk.corrected(FIRST).pass_time(days=200).reviewed(I_1_1_01=Verdict.PARTLY_MET)
    assert graded(walk) == (Grade.MINOR, 50)


def test_what_would_be_past_the_deadline_of_a_minor_one_stays_major() -> None:
    walk = Walk(edition=7).to_correction().pass_time(days=60)
    assert graded(revised(walk, Verdict.PARTLY_MET)) == (Grade.MAJOR, 30)

    risen = Walk(edition=7).to_correction(I_1_1_01=Verdict.PARTLY_MET).pass_time(days=70)
    assert graded(risen) == (Grade.MAJOR, 20)
    assert graded(revised(risen, Verdict.NOT_MET)) == (Grade.MAJOR, 20)
    assert "nonconformity_regraded" not in {event.kind for event in (*walk.events, *risen.events)}


def test_a_verdict_worse_than_anothers_gives_the_grade_and_who_stands_behind_it() -> None:
    walk = Walk(Tier.HIGH, edition=7).to_evaluation()
    assert walk.case.plan is not None
    judges = [one for one in EXPERTS if FIRST in walk.case.plan.criteria[one.person]]
    assert len(judges) > 1
    walk.reviewed(judges[:1], I_1_1_01=Verdict.PARTLY_MET).reviewed(EXPERTS)
    assert (graded(walk), found(walk).raised_by) == ((Grade.MINOR, 60), (judges[0].person,))
    revised(walk, Verdict.NOT_MET, who=judges[1])
    assert (graded(walk), found(walk).raised_by) == ((Grade.MAJOR, 90), tuple(sorted(one.person for one in judges[:2])))
    revised(walk, Verdict.MET, who=judges[0])
    assert (graded(walk), found(walk).raised_by) == ((Grade.MAJOR, 90), (judges[1].person,))


def test_a_verdict_changed_while_the_clock_stands_still_moves_what_is_left_of_it() -> None:
    walk = (
        Walk(edition=7).to_correction(I_1_1_01=Verdict.PARTLY_MET).pass_time(days=30).act("end_correction", APPLICANT)
    )
    revised(walk.pass_time(days=100), Verdict.NOT_MET)
    walk.act("declare_interests", EDDA, has_interest=True, statement=text()).staffed(EXPERTS[1])
    walk.reviewed(by=EXPERTS[1:2], I_1_1_01=Verdict.NOT_MET)
    assert (walk.case.stage, graded(walk)) == (Stage.CORRECTION, (Grade.MAJOR, 60))


def one_past_and_one_running(edition: int = 7) -> Walk:
    """The first is past its last deadline; the second was raised later and can be corrected still."""
    walk = Walk(edition=edition).to_correction().pass_time(days=50)
    cited = next(item.id for item in walk.case.items.values() if SECOND in item.criteria)
    walk.act("withdraw_evidence", APPLICANT, item=cited).corrected(FIRST, SECOND).reviewed(**BOTH)
    walk.pass_time(days=30)
    item = next(item.id for item in walk.case.items.values() if FIRST in item.criteria)
    walk.offer(FIRST, file="late.pdf").offer(SECOND, file="in-time.pdf").act("withdraw_evidence", APPLICANT, item=item)
    walk.act("state_not_applicable", APPLICANT, criterion=FIRST, reason=text()).pass_time(days=10)
    assert (found(walk).is_past, found(walk, SECOND).is_past) == (True, False)
    return walk


def test_past_its_last_deadline_a_nonconformity_cannot_be_corrected_and_others_can() -> None:
    walk = one_past_and_one_running()
    before, item = walk.case, next(item.id for item in walk.case.items.values() if FIRST in item.criteria)
    for kind, content in (
        ("withdraw_evidence", {"item": item}),
        ("state_not_applicable", {"criterion": FIRST, "reason": text()}),
    ):
        with refused("correction_past_deadline"):
            walk.act(kind, APPLICANT, **content)
    with refused("correction_past_deadline"):
        walk.offer(FIRST, file="too-late.pdf")
    with refused("correction_past_deadline"):
        walk.offer(SECOND, file="of-both.pdf", criteria=(FIRST, SECOND))
    assert walk.case == before

    walk.act("submit_correction", APPLICANT).reviewed()
    assert (walk.case.stage, open_criteria(walk.case)) == (Stage.RECOMMENDATION, (FIRST,))


def test_what_was_not_handed_in_by_the_last_deadline_does_not_count() -> None:
    walk = one_past_and_one_running()
    assert walk.case.manifest is not None
    shown = {item.id for item in walk.case.items.values() if FIRST in item.criteria}
    assert shown == {one for one in walk.case.manifest.items if FIRST in walk.case.evidence[one].criteria}
    assert (walk.case.not_applicable, {one.file for one in walk.case.items.values()} >= {"in-time.pdf"}) == ({}, True)
    assert fold(walk.events) == walk.case

    earlier = one_past_and_one_running(edition=6).act("submit_correction", APPLICANT).reviewed()
    assert open_criteria(earlier.case) == ()


def test_an_item_that_the_finding_past_its_deadline_cites_stays_whatever_it_was_handed_in_for() -> None:
    walk = one_past_and_one_running()
    other = next(item.id for item in walk.case.items.values() if item.criteria == ("I-1.3-01",))
    review = walk.case.reviews[EDDA.person]
    findings = tuple(
        one.model_copy(update={"cited": (other,)}) if one.criterion == FIRST else one for one in review.findings
    )
    reviews = {EDDA.person: review.model_copy(update={"findings": findings})}
    case = walk.case.model_copy(update={"reviews": reviews})
    act = walk.build("withdraw_evidence", APPLICANT, item=other)
    with refused("correction_past_deadline"):
        decide(case, act, walk.now, walk.rules)
    assert decide(walk.case, act, walk.now, walk.rules)


def test_a_correction_after_the_case_went_on_is_refused_by_its_own_code_and_changes_nothing() -> None:
    for edition, code in ((6, "wrong_stage"), (7, "correction_past_deadline")):
        walk = Walk(edition=edition).to_correction().offer(FIRST, file="late.pdf").pass_time(days=90)
        before = walk.case
        assert (before.stage, open_criteria(before)) == (Stage.RECOMMENDATION, (FIRST,))
        with refused(code):
            walk.act("submit_correction", APPLICANT)
        assert walk.case == before


def test_a_case_that_is_sent_back_can_supplement_what_is_past_its_deadline() -> None:
    walk = Walk(members=9, edition=7).to_correction().pass_time(days=90)
    walk.recommended(recommends=Outcome.REFUSED).act("record_hearing", SECRETARY, protocol=text())
    walk.act("open_round", SECRETARY).all_declare().voted(*[Choice.SEND_BACK] * 9, reasons=text())
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    assert (walk.case.stage, open_criteria(walk.case)) == (Stage.RECOMMENDATION, ())


def by_nonconformity(walk: Walk) -> None:
    walk.act("extend_correction", APPLICANT, criterion=SECOND, reasons=text())


def by_round(walk: Walk) -> None:
    """The first is corrected, and fails again with the next correction: it is raised anew."""
    walk.corrected(FIRST).reviewed(I_1_2_01=Verdict.PARTLY_MET)
    item = next(item.id for item in walk.case.items.values() if FIRST in item.criteria)
    walk.act("withdraw_evidence", APPLICANT, item=item).corrected(SECOND).reviewed(**BOTH)
    assert found(walk).extensions == 0
    walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text())


def after_the_rise(walk: Walk) -> None:
    walk.pass_time(days=60)
    assert found(walk, SECOND).grade == Grade.MAJOR
    walk.act("extend_correction", APPLICANT, criterion=SECOND, reasons=text())


@pytest.mark.parametrize("again", [by_nonconformity, by_round, after_the_rise])
def test_a_case_has_one_extension_in_all(again: Callable[[Walk], None]) -> None:
    for edition in (6, 7):
        walk = Walk(edition=edition).to_correction(**BOTH)
        walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text())
        assert days(walk) == 180
        if edition == 7:
            assert not may("extend_correction", walk.case, APPLICANT, walk.rules)
            with refused("already_extended"):
                again(walk)
        else:
            again(walk)


def test_a_nonconformity_that_became_major_and_was_given_more_time_keeps_grade_and_days() -> None:
    walk = Walk(edition=7).to_correction(I_1_1_01=Verdict.PARTLY_MET).pass_time(days=61)
    assert walk.case.nonconformities[FIRST].grade == Grade.MAJOR
    walk.act("extend_correction", APPLICANT, criterion=FIRST, reasons=text())

    extended = walk.events[-1]
    assert extended.kind == "correction_extended"
    held = walk.case.nonconformities[FIRST]
    assert (held.grade, held.due_at) == (Grade.MAJOR, extended.due_at)
    assert walk.pass_time(days=100).case.nonconformities[FIRST] == held


def test_nothing_is_shown_again_for_a_criterion_that_the_plan_leaves_too_few_to_judge() -> None:
    recommended = "I-1.1-03"
    walk = Walk(Tier.HIGH, edition=7).to_intake().offer(recommended)
    shown = walk.case.items[f"E{walk.case.items_numbered}"].id
    walk.with_evidence().act("accept_application", SECRETARY).staffed(*EXPERTS[:3]).reviewed(I_1_1_01=Verdict.NOT_MET)
    assert walk.case.plan is not None
    judging = [one for one in EXPERTS if recommended in walk.case.plan.criteria[one.person]]
    leaving = next(one for one in judging if one != walk.lead())
    successor = person("ewald", Role.EXPERT, areas=leaving.areas)
    walk.act("withdraw_evidence", APPLICANT, item=shown).corrected("I-1.1-01")
    walk.act("declare_interests", leaving, has_interest=True, statement=text())
    failing = dict.fromkeys(("I_1_1_01", "I_1_1_03"), Verdict.NOT_MET)
    walk.staffed(successor).reviewed(by=(*EXPERTS, successor), **failing)

    with refused("too_few_judges"):
        walk.offer(recommended, file="again.pdf")
    with refused("too_few_judges"):
        walk.act("state_not_applicable", APPLICANT, criterion=recommended, reason=text())
