"""Stage 3: what may be offered, what is missing, and the manifest that freezes it."""

from datetime import date

import pytest

from schemas.evidence import Maker, manifest_digest
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk, lodged, sha256, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import evidence
from workflows.rules.case.evidence import ITEMS_MAX, missing


def open_for_evidence(**changes: object) -> Walk:
    return Walk(**changes).to_intake().act("accept_application", SECRETARY)  # type: ignore[arg-type]  # by keyword only


def test_an_offer_for_a_criterion_the_scheme_does_not_have_is_refused() -> None:
    with refused("unknown_criterion"):
        Walk().to_intake().offer("I-1.1-01", criteria=("I-1.1-01", "I-9.9-99"))


def test_an_offer_of_an_unknown_type_is_refused() -> None:
    with refused("unknown_evidence_type"):
        Walk().to_intake().offer("I-1.1-01", type="hearsay")


def test_a_file_that_differs_from_the_announced_one_is_refused() -> None:
    announced = ({"file": "policy.pdf", "digest": sha256("as announced")},)
    walk = Walk(declared=announced).to_intake()

    with refused("evidence_differs"):
        walk.offer("I-1.1-01", file="policy.pdf", digest_of_file=sha256("something else"))
    walk.offer("I-1.1-01", file="policy.pdf", digest_of_file=sha256("as announced"))
    assert walk.case.evidence["E1"].digest == sha256("as announced")


def test_a_second_offer_of_a_file_as_the_same_type_is_refused_whether_or_not_it_changed() -> None:
    walk = Walk().to_intake().offer("I-1.1-01", file="policy.pdf", type="policy")
    with refused("already_offered"):
        walk.offer("I-2.2-03", file="policy.pdf", type="policy")
    with refused("evidence_differs"):
        walk.offer("I-2.2-03", file="policy.pdf", type="policy", digest_of_file=sha256("changed"))


def test_a_file_is_offered_again_as_another_type_and_counts_as_what_it_was_offered_as() -> None:
    walk = Walk().to_intake().offer("I-1.1-01", file="all.pdf", type="policy")
    walk.offer("I-1.3-01", file="all.pdf", type="legal_review")

    assert [(item.type, item.criteria) for item in walk.case.evidence.values()] == [
        ("policy", ("I-1.1-01",)),
        ("legal_review", ("I-1.3-01",)),
    ]
    assert not {"I-1.1-01", "I-1.3-01"} & set(missing(walk.case, walk.rules))


def test_a_file_that_changed_under_its_name_is_refused_as_any_type() -> None:
    walk = Walk().to_intake().offer("I-1.1-01", file="all.pdf", type="policy")
    walk.offer("I-1.3-01", file="all.pdf", type="legal_review")

    for kind in ("policy", "legal_review", "user_docs"):
        with refused("evidence_differs"):
            walk.offer("I-6.1-01", file="all.pdf", type=kind, digest_of_file=sha256("changed"))


@pytest.mark.parametrize(
    "otherwise",
    [
        {"made_by": Maker(kind="supplier", name="Parts & Co")},
        {"effective": date(2025, 12, 31)},
        {"covers_version": "1.1.0"},
        {"confidentiality": "public"},
    ],
)
def test_a_file_offered_again_is_described_as_before(otherwise: dict[str, object]) -> None:
    walk = Walk().to_intake().offer("I-1.1-01", file="all.pdf", type="policy")

    with refused("described_otherwise"):
        walk.offer("I-1.3-01", file="all.pdf", type="legal_review", **otherwise)
    walk.act("withdraw_evidence", APPLICANT, item="E1")
    walk.offer("I-1.3-01", file="all.pdf", type="legal_review", **otherwise)


def test_an_item_taken_back_is_gone_and_its_number_is_never_given_again() -> None:
    walk = Walk().to_intake().offer("I-1.1-01", file="one.pdf")
    walk.act("withdraw_evidence", APPLICANT, item="E1").offer("I-1.1-01", file="one.pdf")

    assert list(walk.case.evidence) == ["E2"]
    with refused("unknown_item"):
        walk.act("withdraw_evidence", APPLICANT, item="E1")


def test_an_item_taken_back_cannot_be_cited() -> None:
    walk = Walk().to_intake().offer("I-1.1-01", file="draft.pdf")
    walk.act("withdraw_evidence", APPLICANT, item="E1").with_evidence().act("accept_application", SECRETARY)
    evaluated = walk.staffed(EXPERTS[0])
    findings = evaluated.findings("edda")

    with refused("unknown_item"):
        evaluated.act("submit_review", EXPERTS[0], findings=(
            findings[0].model_copy(update={"cited": ("E1",)}), *findings[1:]))  # fmt: skip


def test_a_case_takes_two_hundred_items_and_not_one_more() -> None:
    walk = Walk().to_intake()
    for number in range(ITEMS_MAX):
        walk.offer("I-1.1-01", file=f"{number}.pdf")
    with refused("too_many_items"):
        walk.offer("I-1.1-01", file="one-more.pdf")


def test_items_described_at_too_great_a_length_are_refused_before_the_case_outgrows_its_travel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "BYTES_MAX", 900)
    walk = Walk().to_intake().offer("I-1.1-01", file="one.pdf").offer("I-1.1-01", file="two.pdf")
    with refused("too_many_items"):
        walk.offer("I-1.1-01", file="three.pdf")


def test_numbers_of_items_run_out_as_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "NUMBERS_MAX", 1)
    walk = Walk().to_intake().offer("I-1.1-01", file="one.pdf").act("withdraw_evidence", APPLICANT, item="E1")
    with refused("too_many_items"):
        walk.offer("I-1.1-01", file="two.pdf")


def test_a_reason_stands_for_evidence_until_it_is_taken_back() -> None:
    walk = Walk().to_intake()
    assert "I-1.1-01" in missing(walk.case, walk.rules)

    walk.act("state_not_applicable", APPLICANT, criterion="I-1.1-01", reason=text())
    assert "I-1.1-01" not in missing(walk.case, walk.rules)

    walk.act("state_not_applicable", APPLICANT, criterion="I-1.1-01", reason=None)
    assert "I-1.1-01" in missing(walk.case, walk.rules)


def test_a_reason_for_an_unknown_criterion_is_refused() -> None:
    with refused("unknown_criterion"):
        Walk().to_intake().act("state_not_applicable", APPLICANT, criterion="I-9.9-99", reason=text())


@pytest.mark.parametrize("tier", list(Tier))
def test_incomplete_evidence_is_not_handed_in_and_complete_evidence_freezes_the_manifest(tier: Tier) -> None:
    walk = Walk(tier).to_intake().act("accept_application", SECRETARY)
    with refused("evidence_incomplete"):
        walk.act("submit_evidence", APPLICANT)
    walk.with_evidence().act("submit_evidence", APPLICANT)

    manifest = walk.case.manifest
    assert manifest is not None
    assert (walk.case.stage, manifest.digest) == (Stage.PLANNING, manifest_digest(walk.case.evidence, {}, {}))
    assert manifest.items == tuple(f"E{number + 1}" for number in range(len(walk.case.evidence)))


def test_after_freezing_nothing_is_added_or_taken_back() -> None:
    walk = Walk().to_planning()
    with refused("wrong_stage"):
        walk.offer("I-1.1-01", file="late.pdf")
    with refused("wrong_stage"):
        walk.act("withdraw_evidence", APPLICANT, item="E1")


def test_a_case_lapses_at_its_time_and_stays_as_it_was_before() -> None:
    walk = open_for_evidence().pass_time(days=59, hours=23)
    assert walk.case.stage == Stage.EVIDENCE
    walk.pass_time(hours=1)
    assert (walk.case.stage, walk.case.ended_at) == (Stage.LAPSED, walk.now)


def test_a_case_handed_in_before_its_time_never_lapses() -> None:
    walk = open_for_evidence().with_evidence().act("submit_evidence", APPLICANT).pass_time(days=4000)
    assert walk.case.stage == Stage.PLANNING


def test_the_application_stays_in_the_case_as_it_was_lodged() -> None:
    assert Walk().to_planning().case.lodged == lodged()
