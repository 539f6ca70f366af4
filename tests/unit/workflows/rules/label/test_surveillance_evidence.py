"""A surveillance is judged by the rules of certification: what findings may rest on (ISO/IEC 17065, 7.4.5 and 7.9)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from schemas.correction import Grade
from schemas.evidence import Maker
from schemas.stages import Verdict
from tests.builders import text
from tests.label_walk import JUDGES, LabelWalk
from tests.unit.workflows.rules.refusals import refused


def to_judge() -> LabelWalk:
    return LabelWalk().to_surveillance().handed_in().staffed(JUDGES[0])


def of_case(walk: LabelWalk, **changes: Any) -> LabelWalk:
    """Let the item of the case that findings cite be another than it is."""
    items = walk.certified.items
    changed = {**items, "E1": items["E1"].model_copy(update=changes)}
    walk.certified = walk.certified.model_copy(update={"items": changed})
    return walk


def judge(walk: LabelWalk, **changes: Any) -> LabelWalk:
    first, *others = walk.findings()
    findings = (first.model_copy(update={"cited": ("E1",), **changes}), *others)
    return walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=findings)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (lambda walk: {"expires": walk.now.date() - timedelta(days=1)}, "evidence_expired"),
        (lambda _: {"covers_version": "9.9.9"}, "evidence_other_version"),
        (
            lambda walk: {
                "made_by": Maker(kind="independent_body", name="A laboratory"),
                "effective": walk.certified.lodged_at.date() - timedelta(days=1),
            },
            "reliance_missing",
        ),
    ],
)
def test_a_finding_of_a_surveillance_rests_on_what_could_carry_one_of_the_case(
    item: Callable[[LabelWalk], dict[str, Any]], code: str
) -> None:
    walk = to_judge()
    with refused(code):
        judge(of_case(walk, **item(walk)))


def test_an_item_counts_on_the_day_it_expires() -> None:
    walk = to_judge()
    assert judge(of_case(walk, expires=walk.now.date())).state.judged_by(1).reviews


def test_an_earlier_result_counts_where_the_reviewer_says_why_its_maker_is_relied_on() -> None:
    walk = to_judge()
    earlier = walk.certified.lodged_at.date() - timedelta(days=1)
    of_case(walk, made_by=Maker(kind="independent_body", name="A laboratory"), effective=earlier)
    relied = tuple(one.model_copy(update={"reliance": text("Accredited for this.")}) for one in walk.findings())
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=relied)
    (review,) = walk.state.judged_by(1).reviews.values()
    assert {one.reliance for one in review.findings} == {text("Accredited for this.")}


def test_a_requirement_that_is_not_met_may_be_shown_by_what_has_expired() -> None:
    walk = to_judge()
    of_case(walk, expires=walk.now.date() - timedelta(days=1))
    judged = tuple(one.model_copy(update={"verdict": Verdict.NOT_MET}) for one in walk.findings())
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=judged)
    assert set(walk.state.surveillances[0].results.values()) == {Verdict.NOT_MET}


def test_what_is_met_has_no_grade() -> None:
    with refused("grade_without_nonconformity"):
        judge(to_judge(), grade=Grade.MINOR)


def test_an_item_that_the_last_manifest_of_the_case_does_not_hold_is_unknown() -> None:
    walk = to_judge()
    items = {key: item for key, item in walk.certified.items.items() if key != "E2"}
    walk.certified = walk.certified.model_copy(update={"items": items})
    with refused("unknown_item"):
        judge(walk, cited=("E2",))


def test_fresh_evidence_of_another_version_shows_nothing() -> None:
    walk = LabelWalk().to_surveillance()
    criterion = walk.state.surveillances[0].criteria[0]
    walk.offer(criterion, covers_version="2.0.0").handed_in().staffed(JUDGES[0])
    with refused("evidence_other_version"):
        judge(walk, cited=tuple(walk.state.items))


def test_what_was_offered_after_handing_in_is_cited_once_it_is_handed_in() -> None:
    walk = LabelWalk().to_surveillance().handed_in().staffed(JUDGES[0])
    walk.offer(walk.state.surveillances[0].criteria[0])
    (fresh,) = walk.state.items
    with refused("unknown_item"):
        judge(walk, cited=(fresh,))
    judge(walk.handed_in(), cited=(fresh,))
    assert walk.state.surveillances[0].judged_at is not None


def test_a_judgement_from_before_these_facts_came_along_is_taken_as_it_was() -> None:
    walk = to_judge()
    of_case(walk, expires=walk.now.date() - timedelta(days=1))
    around = {"open_complaints": 0}
    cited = tuple(one.model_copy(update={"cited": ("E1",)}) for one in walk.findings())
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, around=around, findings=cited)
    assert walk.state.judged_by(1).reviews
