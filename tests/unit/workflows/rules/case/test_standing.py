"""Findings stand on a later manifest as long as what they rest on is the same; the others are judged again."""

from typing import Any

import pytest

from schemas.correction import Difference
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk, sha256, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.standing import manifest_differences, not_handed_in, outstanding, outstanding_lookups, stands

EDDA = EXPERTS[0]
FIRST, SECOND = "I-1.1-01", "I-1.2-01"


def corrected(walk: Walk, *criteria: str, without: tuple[str, ...] = ()) -> Walk:
    """Hand in a correction with one more file for each criterion, less some items."""
    for item in without:
        walk.act("withdraw_evidence", APPLICANT, item=item)
    return walk.corrected(*criteria)


def item_of(walk: Walk, criterion: str) -> str:
    return next(item.id for item in walk.case.items.values() if criterion in item.criteria)


def finding(walk: Walk, criterion: str) -> Finding:
    return next(one for one in walk.case.reviews["edda"].findings if one.criterion == criterion)


def test_on_the_manifest_it_was_judged_on_every_finding_stands() -> None:
    walk = Walk(edition=2).to_correction()
    assert all(stands(walk.case, one) for one in walk.case.reviews["edda"].findings)
    assert outstanding(walk.case, "edda") == ()


def test_a_criterion_found_met_stands_whatever_is_added_to_it() -> None:
    walk = corrected(Walk(edition=2).to_correction(), FIRST, SECOND)
    assert stands(walk.case, finding(walk, SECOND))
    assert outstanding(walk.case, "edda") == (FIRST,)


def test_a_criterion_found_met_is_judged_again_when_what_it_rests_on_was_taken_back() -> None:
    walk = Walk(edition=2).to_correction()
    cited = item_of(walk, SECOND)
    corrected(walk, FIRST, SECOND, without=(cited,))

    assert cited in finding(walk, SECOND).cited
    assert set(outstanding(walk.case, "edda")) == {FIRST, SECOND}


def test_a_criterion_that_does_not_pass_stands_only_while_nothing_changed_for_it() -> None:
    failing = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.PARTLY_MET}
    walk = corrected(Walk(edition=2).to_correction(**failing), FIRST)
    assert (stands(walk.case, finding(walk, FIRST)), stands(walk.case, finding(walk, SECOND))) == (False, True)

    taken_back = Walk(edition=2).to_correction(**failing).offer(SECOND, file="more.pdf")
    corrected(taken_back.act("state_not_applicable", APPLICANT, criterion=FIRST, reason=text("No such use.")))
    assert set(outstanding(taken_back.case, "edda")) == {FIRST, SECOND}


def test_not_applicable_rests_on_the_applicants_reason() -> None:
    walk = Walk(edition=2).to_intake().act("state_not_applicable", APPLICANT, criterion=SECOND, reason=text())
    walk.with_evidence().act("accept_application", SECRETARY).staffed(EDDA)
    walk.reviewed(I_1_1_01=Verdict.NOT_MET)
    assert finding(walk, SECOND).verdict == Verdict.NOT_APPLICABLE
    same = walk.offer(SECOND, file="more.pdf").case
    assert [one.criterion for one in not_handed_in(same)] == [SECOND]

    corrected(walk, FIRST)
    assert outstanding(walk.case, "edda") == (FIRST,)
    walk.reviewed(I_1_1_01=Verdict.NOT_MET)

    walk.act("state_not_applicable", APPLICANT, criterion=SECOND, reason=text("Another reason."))
    corrected(walk, FIRST)
    assert set(outstanding(walk.case, "edda")) == {FIRST, SECOND}


def test_a_reason_stated_again_in_the_same_words_changes_nothing() -> None:
    walk = Walk(edition=2).to_intake().act("state_not_applicable", APPLICANT, criterion=SECOND, reason=text())
    walk.with_evidence().act("accept_application", SECRETARY).staffed(EDDA)
    walk.reviewed(I_1_1_01=Verdict.NOT_MET)
    walk.act("state_not_applicable", APPLICANT, criterion=SECOND, reason=text())
    assert not_handed_in(walk.case) == ()


def test_a_change_taken_back_in_the_next_version_still_counts_for_what_was_judged_between() -> None:
    walk = Walk(edition=2).to_correction()
    walk.act("state_not_applicable", APPLICANT, criterion=FIRST, reason=text())
    corrected(walk).reviewed(I_1_1_01=Verdict.NOT_MET)
    walk.act("state_not_applicable", APPLICANT, criterion=FIRST, reason=None)
    corrected(walk)
    assert walk.case.manifest is not None
    assert (walk.case.manifest.version, outstanding(walk.case, "edda")) == (3, (FIRST,))


def test_lookups_are_carried_like_findings() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_evaluation()
    assert walk.case.plan is not None
    lookup, *others = walk.case.plan.lookups
    walk.act("record_lookup", SECRETARY, criterion=lookup, verdict=Verdict.NOT_MET, rationale=text())
    walk.reviewed()
    assert walk.case.stage == Stage.CORRECTION

    walk.corrected(lookup, *others)
    assert outstanding_lookups(walk.case) == (lookup,)
    with refused("already_recorded"):
        walk.act("record_lookup", SECRETARY, criterion=others[0], verdict=Verdict.NOT_MET, rationale=text())
    cited = (item_of(walk, lookup),)
    walk.act("record_lookup", SECRETARY, criterion=lookup, verdict=Verdict.MET, rationale=text(), cited=cited)
    assert walk.case.lookups[lookup].manifest == 2
    assert walk.case.stage == Stage.RECOMMENDATION


def test_a_reviewer_hands_in_exactly_what_is_outstanding() -> None:
    walk = corrected(Walk(edition=2).to_correction(), FIRST)
    (owed,) = walk.findings("edda")
    with refused("unknown_criterion"):
        walk.act("submit_review", EDDA, findings=(owed, owed.model_copy(update={"criterion": SECOND})))
    with refused("findings_missing"):
        taken = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.NOT_MET}
        both = corrected(Walk(edition=2).to_correction(**taken), FIRST, SECOND)
        both.act("submit_review", EDDA, findings=both.findings("edda")[:1])
    walk.act("submit_review", EDDA, findings=(owed,))

    review = walk.case.reviews["edda"]
    assert finding(walk, FIRST).manifest == 2
    assert finding(walk, SECOND).manifest == 1
    assert len(review.findings) == len({one.criterion for one in review.findings})


def test_a_reviewer_who_owes_nothing_hands_nothing_in_while_others_judge_again() -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_correction()
    assert walk.case.plan is not None
    whose = next(who for who, share in walk.case.plan.criteria.items() if FIRST in share)
    other = next(expert for expert in EXPERTS if expert.person in {*walk.case.plan.criteria} - {whose})
    corrected(walk, FIRST)
    with refused("already_reviewed"):
        walk.act("submit_review", other, findings=walk.findings(other.person))


@pytest.mark.parametrize("edition", [1, 2])
def test_findings_written_on_another_manifest_are_refused(edition: int) -> None:
    walk = Walk(edition=edition).to_evaluation()
    with refused("other_manifest"):
        walk.act("submit_review", EDDA, findings=walk.findings("edda"), manifest_digest=sha256("other"))
    assert walk.case.manifest is not None
    walk.act("submit_review", EDDA, findings=walk.findings("edda"), manifest_digest=walk.case.manifest.digest)
    assert "edda" in walk.case.reviews
    walk.reviewed()
    assert walk.case.stage == Stage.RECOMMENDATION


def test_from_the_fourth_edition_on_findings_name_the_manifest_they_were_written_on() -> None:
    for edition in (2, 3, 4):
        walk = Walk(edition=edition).to_evaluation().confirmed()
        content = {"findings": walk.findings("edda"), "manifest_digest": None}
        if edition < 4:
            assert walk.act("submit_review", EDDA, **content).case.reviews
            continue
        with refused("manifest_digest_missing"):
            walk.act("submit_review", EDDA, **content)
        with refused("other_manifest"):
            walk.act("submit_review", EDDA, **{**content, "manifest_digest": sha256("other")})
        assert walk.act("submit_review", EDDA, findings=walk.findings("edda")).case.reviews


def test_what_differs_between_versions_is_told_by_criterion() -> None:
    walk = Walk(edition=2).to_correction()
    taken = item_of(walk, SECOND)
    walk.act("withdraw_evidence", APPLICANT, item=taken).offer(SECOND, file="second.pdf").offer(FIRST, file="first.pdf")
    walk.act("state_not_applicable", APPLICANT, criterion="I-1.3-01", reason=text())
    added = walk.case.items_numbered
    expected = (
        Difference(criterion=FIRST, added=(f"E{added}",)),
        Difference(criterion=SECOND, added=(f"E{added - 1}",), left_out=(taken,)),
        Difference(criterion="I-1.3-01", reason_changed=True),
    )
    assert not_handed_in(walk.case) == expected
    assert manifest_differences(walk.case, 1, 1) == ()

    walk.act("submit_correction", APPLICANT)
    assert not_handed_in(walk.case) == ()
    assert manifest_differences(walk.case, 1, 2) == expected
    assert manifest_differences(walk.case, 2, 1)[0] == Difference(criterion=FIRST, left_out=(f"E{added}",))


@pytest.mark.parametrize("changes", [{}, {"reason": text()}])
def test_a_case_of_the_first_edition_keeps_no_reasons_in_its_manifest(changes: dict[str, Any]) -> None:
    walk = Walk().to_intake()
    if changes:
        walk.act("state_not_applicable", APPLICANT, criterion=FIRST, **changes)
    walk.with_evidence().act("accept_application", SECRETARY)
    assert walk.case.manifest is not None
    assert set(walk.case.manifest.model_dump(mode="json")) == {"version", "digest", "items"}
