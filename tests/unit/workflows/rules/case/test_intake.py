"""Stages 1 and 2: what may be lodged, what a gate decides alone, and taking, declining, leaving."""

from typing import Any

import pytest

from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, START, Walk, lodged, person, scheme, sha256, text
from tests.unit.workflows.rules.refusals import gates, refused
from workflows.rules.case.intake import BYTES_MAX


def kinds(walk: Walk) -> list[str]:
    return [event.kind for event in walk.events]


def test_a_complete_application_is_lodged_with_the_tier_its_answers_give() -> None:
    for tier in Tier:
        case = Walk(tier).to_intake().case
        assert (case.stage, case.tier, case.lodged_by, case.lodged_at) == (Stage.INTAKE, tier, "anna", START)


def test_nobody_lodges_for_another_organisation() -> None:
    elsewhere = APPLICANT.model_copy(update={"organisation": "org-elsewhere"})
    for who in (elsewhere, person("sofia"), SECRETARY):
        with refused("not_the_applicant"):
            Walk().act("lodge_application", who, lodged=lodged())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agreement_accepted": False}, "agreement_missing"),
        ({"answers": {}}, "answer_missing"),
        ({"answers": {**lodged().answers, "Q99": 1}}, "unknown_question"),
        ({"answers": {**lodged().answers, "Q1": 4}}, "answer_out_of_scale"),
        ({"gates": {}}, "gate_unanswered"),
        ({"gates": gates(G2="unknown")}, "gate_unanswered"),
        ({"gates": gates(G5=" ")}, "gate_unanswered"),
        ({"roles": ("bystander",)}, "unknown_role"),
    ],
)
def test_an_incomplete_or_unknown_answer_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        Walk(**changes).to_intake()


def test_a_reason_for_a_criterion_the_scheme_does_not_have_is_refused() -> None:
    with refused("unknown_criterion"):
        Walk().act("lodge_application", APPLICANT, lodged=lodged(), not_applicable={"I-9.9-99": text()})


def test_an_application_too_large_to_travel_is_refused() -> None:
    def files(letter: str) -> tuple[dict[str, str], ...]:
        return tuple({"file": f"{number}-{letter * 190}", "digest": sha256(str(number))} for number in range(200))

    with refused("application_too_large"):
        Walk(declared=files("𝄞")).to_intake()
    assert len(Walk(declared=files("я")).to_intake().case.lodged.model_dump_json().encode()) < BYTES_MAX


def test_the_same_reference_is_lodged_once() -> None:
    walk = Walk().to_intake()
    with refused("already_lodged"):
        walk.act("lodge_application", APPLICANT, lodged=lodged())
    with refused("differs_from_lodged"):
        walk.act("lodge_application", APPLICANT, lodged=lodged(digest=sha256("other")))


def test_gate_one_answered_no_declines_by_rule_at_once() -> None:
    walk = Walk(gates=gates(G1="no")).to_intake()

    assert (walk.case.stage, walk.case.rule, walk.case.ended_at) == (Stage.DECLINED, "G1", START)
    assert [(event.kind, event.actor) for event in walk.events] == [
        ("application_lodged", "anna"),
        ("application_declined", "engine"),
    ]


def test_gate_four_answered_yes_or_unknown_makes_the_case_critical() -> None:
    for answer in ("yes", "unknown"):
        assert Walk(gates=gates(G4=answer)).to_intake().case.tier == Tier.CRITICAL


@pytest.mark.parametrize("tier", list(Tier))
def test_gate_two_answered_yes_goes_straight_to_the_commission_which_can_only_refuse(tier: Tier) -> None:
    walk = Walk(tier, gates=gates(G2="yes")).to_intake().act("accept_application", SECRETARY)
    assert kinds(walk)[-3:] == ["application_accepted", "manifest_frozen", "referred_to_commission"]
    assert (walk.case.stage, walk.case.rule) == (Stage.DECISION, "G2")

    with refused("hearing_missing"):
        walk.act("open_round", SECRETARY)
    walk.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY).all_declare()
    with refused("grant_against_gate"):
        walk.voted(Choice.GRANT)
    walk.voted(*[Choice.REFUSE] * 9)

    decision = walk.case.decision
    assert decision is not None
    assert (walk.case.stage, decision.outcome) == (Stage.REFUSED, Outcome.REFUSED)
    assert "G2" in decision.grounds


def test_a_complete_application_is_frozen_when_it_is_accepted_and_an_incomplete_one_waits_for_evidence() -> None:
    complete = Walk().to_planning()
    assert kinds(complete)[-2:] == ["application_accepted", "manifest_frozen"]
    assert complete.case.stage == Stage.PLANNING

    incomplete = Walk().to_intake().act("accept_application", SECRETARY).case
    days = scheme().rules.clocks.evidence_stage_days[Tier.LOW]
    assert incomplete.stage == Stage.EVIDENCE
    assert incomplete.evidence_due_at is not None
    assert (incomplete.evidence_due_at - START).days == days == 60


def test_the_secretariat_declines_with_its_reasons() -> None:
    case = Walk().to_intake().act("decline_application", SECRETARY, reasons=text("Out of scope.")).case
    assert (case.stage, case.reason, case.ended_at) == (Stage.DECLINED, text("Out of scope."), START)


def test_nobody_takes_or_declines_an_application_of_their_own_organisation() -> None:
    own = SECRETARY.model_copy(update={"organisation": ORGANISATION})
    for kind, content in (("accept_application", {}), ("decline_application", {"reasons": text()})):
        with refused("own_organisation"):
            Walk().to_intake().act(kind, own, **content)
