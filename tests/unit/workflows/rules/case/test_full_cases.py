"""Edition 7: what expired is replaced in a full case too, and what a page offers to hand in the case takes."""

from datetime import date, timedelta

import pytest

from schemas.case import Case
from schemas.stages import Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, SECRETARY, sha256, text
from tests.small_scheme import SmallWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import evidence
from workflows.rules.case.procedure import may

FIRST, SECOND = "I-1.1-01", "I-1.3-01"


def item_for(walk: SmallWalk, criterion: str) -> str:
    return next(item.id for item in walk.case.items.values() if criterion in item.criteria)


def taken_back(walk: SmallWalk, criterion: str = FIRST) -> SmallWalk:
    return walk.act("withdraw_evidence", APPLICANT, item=item_for(walk, criterion))


def in_full_correction(monkeypatch: pytest.MonkeyPatch, edition: int = 7) -> SmallWalk:
    """A case that may be corrected, with as many items as may stand at once."""
    walk = SmallWalk(edition=edition).to_correction()
    monkeypatch.setattr(evidence, "ITEMS_MAX", len(walk.case.items))
    return walk


def code_of(kind: str, case: Case, walk: SmallWalk) -> str | None:
    refusal = may(kind, case, APPLICANT, walk.rules, walk.now).refusal
    return refusal.code if refusal else None


def test_in_a_full_case_what_was_frozen_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = in_full_correction(monkeypatch)
    with refused("too_many_items"):
        walk.offer(FIRST, file="one-more.pdf")
    before = len(walk.case.evidence)
    taken_back(walk).offer(FIRST, file="fresh.pdf").act("submit_correction", APPLICANT)
    assert (walk.case.stage, len(walk.case.evidence)) == (Stage.EVALUATION, before + 1)

    earlier = taken_back(in_full_correction(monkeypatch, edition=6))
    with refused("too_many_items"):
        earlier.offer(FIRST, file="fresh.pdf")


def test_what_was_ever_frozen_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = in_full_correction(monkeypatch)
    monkeypatch.setattr(evidence, "ITEMS_EVER_MAX", len(walk.case.evidence))
    with refused("too_many_items"):
        taken_back(walk).offer(FIRST, file="fresh.pdf")


def test_what_stands_leaves_room_for_what_replaces_it(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = SmallWalk(edition=7).to_correction()
    described = sum(len(item.model_dump_json().encode()) for item in walk.case.items.values())
    room = evidence.room_for_items(walk.case) - evidence.RENEWAL_ROOM
    monkeypatch.setattr(evidence, "BYTES_MAX", evidence.BYTES_MAX - (room - described))
    with refused("too_many_items"):
        walk.offer(FIRST, file="one-more.pdf")
    assert taken_back(walk).offer(FIRST, file="fresh.pdf").case.items


def test_no_more_is_handed_in_than_may_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = in_full_correction(monkeypatch)
    monkeypatch.setattr(evidence, "ITEMS_MAX", len(walk.case.items) + 1)
    walk.offer(FIRST, file="fresh.pdf")
    monkeypatch.setattr(evidence, "ITEMS_MAX", len(walk.case.items) - 1)
    assert code_of("submit_correction", walk.case, walk) == "too_many_items_handed_in"
    with refused("too_many_items_handed_in"):
        walk.act("submit_correction", APPLICANT)
    sent_back = walk.case.model_copy(update={"stage": Stage.EVIDENCE})
    assert code_of("submit_evidence", sent_back, walk) == "too_many_items_handed_in"


def test_four_ways_back_leave_four_versions_besides_corrections(monkeypatch: pytest.MonkeyPatch) -> None:
    """One supplement and three raised tiers, in a case that made every correction there may be."""
    walk = SmallWalk(edition=7).to_evaluation()
    assert walk.case.manifest is not None
    made = (walk.case.manifest,) * (evidence.CORRECTIONS_MAX + 3)
    case = walk.case.model_copy(update={"stage": Stage.EVIDENCE, "manifests": made})
    assert code_of("submit_evidence", case, walk) is None
    last = case.model_copy(update={"manifests": (*made, walk.case.manifest)})
    assert code_of("submit_evidence", last, walk) == "too_many_versions"
    assert may("submit_evidence", last.model_copy(update={"edition": 6}), APPLICANT, walk.rules)


def test_versions_that_protocols_made_take_no_correction_away() -> None:
    walk = SmallWalk(edition=7).to_correction().offer(FIRST, file="fresh.pdf")
    assert walk.case.manifest is not None
    by_rule = walk.case.manifest.model_copy(update={"handed_in": 1})
    made = (walk.case.manifest,) * (evidence.CORRECTIONS_MAX - 1) + (by_rule,)
    case = walk.case.model_copy(update={"manifests": made})
    assert code_of("submit_correction", case, walk) is None
    assert code_of("submit_correction", case.model_copy(update={"edition": 6}), walk) == "too_many_corrections"
    full = case.model_copy(update={"manifests": (*made, walk.case.manifest)})
    assert code_of("submit_correction", full, walk) == "too_many_corrections"


def test_a_version_in_force_that_protocols_made_takes_none_away_either() -> None:
    """It stands before no other yet: the one handed in last has moved to the earlier ones for it alone."""
    walk = SmallWalk(edition=7).to_correction().offer(FIRST, file="fresh.pdf")
    assert walk.case.manifest is not None
    by_rule = walk.case.manifest.model_copy(update={"handed_in": 1})
    made = (walk.case.manifest,) * evidence.CORRECTIONS_MAX
    case = walk.case.model_copy(update={"manifests": made, "manifest": by_rule})
    assert code_of("submit_correction", case, walk) is None
    full = case.model_copy(update={"manifests": (*made, walk.case.manifest)})
    assert code_of("submit_correction", full, walk) == "too_many_corrections"


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"effective": timedelta(days=3)}, "evidence_not_in_effect"),
        ({"expires": timedelta(days=-1)}, "expired_evidence_handed_in"),
    ],
)
def test_what_is_not_in_force_is_not_offered_to_be_handed_in(dates: dict[str, timedelta], code: str) -> None:
    def told(walk: SmallWalk) -> dict[str, date]:
        return {name: walk.now.date() + by for name, by in dates.items()}

    handing_in = SmallWalk(edition=7).to_intake()
    handing_in.offer(FIRST, **told(handing_in)).with_evidence()
    handing_in.act("accept_application", SECRETARY)
    correcting = SmallWalk(edition=7).to_correction()
    correcting.offer(FIRST, file="fresh.pdf", **told(correcting))
    for kind, walk in (("submit_evidence", handing_in), ("submit_correction", correcting)):
        assert code_of(kind, walk.case, walk) == code
        with refused(code):
            walk.act(kind, APPLICANT)
        assert may(kind, walk.case, APPLICANT, walk.rules)


def with_a_minor_and_a_major() -> SmallWalk:
    """A case of two nonconformities, whose applicant took back the file for the one that ends first."""
    walk = SmallWalk(edition=7).to_correction(I_1_1_01=Verdict.NOT_MET, I_1_3_01=Verdict.NOT_MET)
    return taken_back(walk)


def test_no_two_files_of_one_name_stand_in_a_manifest_once_a_criterion_is_past_its_time() -> None:
    """What was taken back under it stands again, beside what another criterion was offered by the same name."""
    walk = with_a_minor_and_a_major()
    with refused("evidence_differs"):
        walk.offer(SECOND, file=f"{FIRST}.pdf", digest_of_file=sha256("other"))
    assert walk.offer(FIRST, file=f"{FIRST}.pdf", digest_of_file=sha256("other")).case.items


def test_an_offer_goes_as_a_file_of_its_name_comes_back_for_a_criterion_that_failed_only_then() -> None:
    """As it was offered nothing was open under the other criterion, so that nothing could come back."""
    walk = taken_back(SmallWalk(edition=7).to_correction(I_1_3_01=Verdict.NOT_MET))
    walk.offer(SECOND, file=f"{FIRST}.pdf", digest_of_file=sha256("other")).offer(SECOND, file="fresh.pdf")
    walk.act("extend_correction", APPLICANT, criterion=SECOND, reasons=text())
    walk.act("revise_verdict", EXPERTS[0], criterion=FIRST, verdict=Verdict.NOT_MET, reason=text(), cited=())
    assert {FIRST, SECOND} == {key for key, one in walk.case.nonconformities.items() if one.is_running}

    while not walk.case.nonconformities[FIRST].is_past:
        walk.pass_time(days=10)
    assert walk.case.nonconformities[SECOND].is_running
    standing = [item.file for item in walk.case.items.values()]
    assert len(standing) == len(set(standing))
    assert {f"{FIRST}.pdf", "fresh.pdf"} <= set(standing)
