"""A reviewer may change a verdict once, with a reason, after findings have met and before anyone recommends."""

import pytest

from schemas.correction import Grade
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import revision
from workflows.rules.case.correction import open_criteria
from workflows.rules.case.fold import fold

EDDA = EXPERTS[0]
FIRST, SECOND = "I-1.1-01", "I-1.2-01"
REASON = text("I overlooked a page.")


def revise(walk: Walk, verdict: Verdict, criterion: str = FIRST, **more: object) -> Walk:
    cited = () if "cited" in more else tuple(i.id for i in walk.case.items.values() if criterion in i.criteria)[:1]
    return walk.act("revise_verdict", EDDA, **{"criterion": criterion, "verdict": verdict, "reason": REASON,
                                               "cited": cited, **more})  # fmt: skip


def finding(walk: Walk, criterion: str = FIRST) -> Finding:
    return next(one for one in walk.case.reviews["edda"].findings if one.criterion == criterion)


def kinds(walk: Walk, number: int) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


def result(walk: Walk, criterion: str = FIRST) -> Verdict:
    return next(one.verdict for one in walk.case.results if one.criterion == criterion)


def test_a_verdict_changed_for_the_better_closes_its_nonconformity_and_ends_correction() -> None:
    walk = revise(Walk(edition=2).to_correction(), Verdict.MET)
    assert kinds(walk, 4) == ["verdict_revised", "evaluation_closed", "nonconformities_closed", "correction_ended"]
    assert (walk.case.stage, result(walk), open_criteria(walk.case)) == (Stage.RECOMMENDATION, Verdict.MET, ())
    (kept,) = walk.case.reviews["edda"].revisions
    assert (kept.before, kept.after, kept.reason) == (Verdict.NOT_MET, Verdict.MET, REASON)
    assert fold(walk.events) == walk.case


def test_a_verdict_changed_for_the_worse_raises_a_nonconformity_also_from_the_recommendation() -> None:
    walk = revise(Walk(edition=2).to_recommendation(), Verdict.PARTLY_MET, grade=Grade.MAJOR)
    assert kinds(walk, 3) == ["verdict_revised", "evaluation_closed", "nonconformities_raised"]
    assert (walk.case.stage, walk.case.nonconformities[FIRST].grade) == (Stage.CORRECTION, Grade.MAJOR)


def test_the_worst_verdict_still_counts_when_one_of_two_reviewers_changes_theirs() -> None:
    walk = Walk(Tier.HIGH, edition=2).to_evaluation()
    assert walk.case.plan is not None
    shared = next(one for one in walk.case.plan.criteria["edda"] if one in walk.case.plan.criteria["emil"])
    key = shared.replace("-", "_").replace(".", "_")
    walk.reviewed(**{key: Verdict.NOT_MET})
    revise(walk, Verdict.MET, shared)
    assert (walk.case.stage, result(walk, shared)) == (Stage.CORRECTION, Verdict.NOT_MET)
    assert kinds(walk, 1) == ["verdict_revised"]


def test_a_verdict_given_on_an_earlier_version_stands_on_the_one_in_force_once_revised() -> None:
    walk = Walk(edition=2).to_correction().corrected(FIRST, SECOND).reviewed()
    assert (walk.case.stage, finding(walk, SECOND).manifest) == (Stage.RECOMMENDATION, 1)
    revise(walk, Verdict.NOT_MET, SECOND)
    assert (walk.case.stage, finding(walk, SECOND).manifest) == (Stage.CORRECTION, 2)


def test_a_verdict_is_changed_once() -> None:
    walk = revise(Walk(edition=2).to_correction(), Verdict.PARTLY_MET)
    with refused("already_revised"):
        revise(walk, Verdict.MET)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"verdict": Verdict.NOT_MET}, "verdict_unchanged"),
        ({"criterion": "II-2.6-01"}, "unknown_criterion"),
        ({"cited": ("E999",)}, "unknown_item"),
        ({"verdict": Verdict.NOT_APPLICABLE, "cited": ()}, "not_applicable_not_stated"),
        ({"grade": Grade.MINOR}, "grade_without_nonconformity"),
    ],
)
def test_a_revision_keeps_to_the_rules_of_findings(changes: dict[str, object], code: str) -> None:
    walk = Walk(edition=2).to_correction()
    before = walk.case
    with refused(code):
        revise(walk, **{"verdict": Verdict.MET, **changes})  # type: ignore[arg-type]  # by keyword
    assert walk.case == before


def test_a_grade_alone_may_be_changed() -> None:
    walk = revise(Walk(edition=2).to_correction(), Verdict.NOT_MET, grade=Grade.MINOR)
    assert finding(walk).grade == Grade.MINOR


def test_what_is_offered_and_not_handed_in_is_no_evidence_for_a_revision() -> None:
    walk = Walk(edition=2).to_correction().offer(FIRST, file="late.pdf")
    with refused("unknown_item"):
        revise(walk, Verdict.MET, cited=(f"E{walk.case.items_numbered}",))
    walk.act("state_not_applicable", APPLICANT, criterion=FIRST, reason=text())
    with refused("not_applicable_not_stated"):
        revise(walk, Verdict.NOT_APPLICABLE, cited=())


def test_nothing_is_revised_before_findings_have_met_or_after_the_recommendation() -> None:
    with refused("wrong_stage"):
        revise(Walk(edition=2).to_evaluation(), Verdict.NOT_MET)
    with refused("wrong_stage"):
        revise(Walk(edition=2).to_decision(), Verdict.NOT_MET)
    with refused("wrong_stage"):
        revise(Walk(edition=2).to_correction().corrected(FIRST), Verdict.MET)


def test_only_reviewers_change_verdicts_and_the_rapporteur_none() -> None:
    walk = Walk(edition=2).to_recommendation().act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    content = {"criterion": FIRST, "verdict": Verdict.NOT_MET, "reason": REASON}
    for who in (MEMBERS[0], SECRETARY, APPLICANT, EXPERTS[1]):
        with refused("not_assigned"):
            walk.act("revise_verdict", who, **content)


def test_a_reviewer_who_is_tied_or_whose_plan_was_replaced_revises_nothing() -> None:
    walk = Walk(edition=2).to_recommendation()
    walk.act("declare_interests", EDDA, has_interest=True, statement=text())
    with refused("has_interest"):
        revise(walk, Verdict.NOT_MET)


def test_revisions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "REVISIONS_MAX", 1)
    walk = revise(Walk(edition=2).to_correction(), Verdict.PARTLY_MET)
    with refused("too_many_revisions"):
        revise(walk, Verdict.NOT_MET, SECOND)


def test_the_first_edition_knows_no_revisions() -> None:
    with refused("earlier_edition"):
        revise(Walk().to_recommendation(), Verdict.NOT_MET)


def test_a_revised_case_is_recommended_and_decided_on_what_counts_now() -> None:
    walk = revise(Walk(edition=2).to_correction(), Verdict.MET).recommended(recommends=Outcome.GRANTED)
    assert walk.granted().case.stage == Stage.ATTESTATION
