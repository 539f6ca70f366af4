"""What a finding may rest on: evidence of this version, in date, by a maker who is relied on (ISO/IEC 17065, 7.4)."""

from datetime import date
from typing import Any

import pytest

from schemas.correction import Grade
from schemas.evidence import Maker
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, START, Walk, text
from tests.unit.workflows.rules.refusals import refused

EDDA = EXPERTS[0]
FIRST = "I-1.1-01"
LABORATORY = Maker(kind="accredited_laboratory", name="Probe", accreditation="L-1")


def evaluating(edition: int = 2, **item: Any) -> Walk:
    """A case whose first criterion is shown by an item of this kind."""
    walk = Walk(edition=edition).to_intake().offer(FIRST, **item).with_evidence()
    return walk.act("accept_application", SECRETARY).staffed(EDDA)


def with_first(walk: Walk, **changes: Any) -> tuple[Finding, ...]:
    first, *others = walk.findings("edda")
    assert first.criterion == FIRST
    return (first.model_copy(update=changes), *others)


def handed_in(walk: Walk, **changes: Any) -> Walk:
    if walk.case.edition > 1:
        walk.confirmed()
    return walk.act("submit_review", EDDA, findings=with_first(walk, **changes))


UNFIT = [
    ({"expires": date(2026, 3, 1)}, "evidence_expired"),
    ({"covers_version": "1.1.0"}, "evidence_other_version"),
    ({"made_by": LABORATORY}, "reliance_missing"),
]


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.PARTLY_MET])
@pytest.mark.parametrize(("item", "code"), UNFIT, ids=[code for _, code in UNFIT])
def test_what_is_found_shown_rests_on_evidence_that_can_show_it(
    item: dict[str, Any], code: str, verdict: Verdict
) -> None:
    walk = evaluating(**item)
    with refused(code):
        handed_in(walk, verdict=verdict)
    assert walk.case.reviews == {}


@pytest.mark.parametrize(("item", "code"), UNFIT, ids=[code for _, code in UNFIT])
def test_unfit_evidence_may_be_cited_for_what_is_not_shown_and_in_the_first_edition(
    item: dict[str, Any], code: str
) -> None:
    assert handed_in(evaluating(**item), verdict=Verdict.NOT_MET).case.stage == Stage.CORRECTION, code
    assert handed_in(evaluating(edition=1, **item)).case.stage == Stage.RECOMMENDATION, code


def test_evidence_holds_through_its_last_day() -> None:
    walk = evaluating(expires=START.date())
    handed_in(walk)
    assert walk.case.stage == Stage.RECOMMENDATION


def test_the_day_of_judgement_counts_and_not_that_of_handing_in() -> None:
    walk = evaluating(expires=date(2026, 3, 8)).pass_time(days=7)
    with refused("evidence_expired"):
        handed_in(walk)


def test_an_earlier_result_of_another_maker_counts_where_its_maker_is_relied_on() -> None:
    walk = handed_in(evaluating(made_by=LABORATORY), reliance=text("Accredited for this method."))
    assert walk.case.reviews["edda"].findings[0].reliance == text("Accredited for this method.")
    assert walk.case.stage == Stage.RECOMMENDATION


@pytest.mark.parametrize(
    "item", [{"made_by": LABORATORY, "effective": START.date()}, {"made_by": Maker(kind="applicant")}], ids=str
)
def test_what_was_made_for_this_case_or_by_the_applicant_needs_no_reliance(item: dict[str, Any]) -> None:
    assert handed_in(evaluating(**item)).case.stage == Stage.RECOMMENDATION


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.NOT_APPLICABLE])
def test_only_what_does_not_pass_is_graded(verdict: Verdict) -> None:
    walk = Walk(edition=2).to_intake().act("state_not_applicable", APPLICANT, criterion=FIRST, reason=text())
    walk.offer(FIRST).with_evidence().act("accept_application", SECRETARY).staffed(EDDA)
    with refused("grade_without_nonconformity"):
        handed_in(walk, verdict=verdict, grade=Grade.MINOR)
    handed_in(walk, verdict=Verdict.NOT_MET, grade=Grade.MINOR)
    assert walk.case.nonconformities[FIRST].grade == Grade.MINOR


def test_a_lookup_rests_on_fit_evidence_too() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_evaluation()
    assert walk.case.plan is not None
    criterion = walk.case.plan.lookups[0]
    item = next(item for item in walk.case.items.values() if criterion in item.criteria)
    old = item.model_copy(update={"expires": date(2026, 1, 1)})
    walk._state = walk.case.model_copy(update={"evidence": {**walk.case.evidence, item.id: old}})
    looked_up = {"criterion": criterion, "rationale": text(), "cited": (item.id,)}
    with refused("evidence_expired"):
        walk.act("record_lookup", SECRETARY, **looked_up, verdict=Verdict.MET)
    walk.act("record_lookup", SECRETARY, **looked_up, verdict=Verdict.NOT_MET)
