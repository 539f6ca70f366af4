"""A demonstration or an interview becomes evidence by its reviewer's protocol (procedure, stages 3 and 5)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.case import Case
from schemas.decision_record import record_of
from schemas.people import PersonFacts
from schemas.protocol import ProtocolForm
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    START,
    THIRD_PARTY,
    Walk,
    sha256,
    text,
)
from tests.protocols import protocol
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.tampering import changed, document_of, found_in
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.fold import fold
from workflows.rules.case.grants import check_grant
from workflows.rules.case.protocols import PARTICIPANTS_MAX
from workflows.rules.case.standing import outstanding, protocols_in_force
from workflows.rules.case.third_party import report_is_outdated

EDDA, EMIL = EXPERTS[:2]
FIRST = "I-1.1-01"


def share(walk: Walk, who: PersonFacts) -> tuple[str, ...]:
    """What a reviewer judges."""
    assert walk.case.plan is not None
    return walk.case.plan.criteria[who.person]


def citing(walk: Walk, who: PersonFacts, protocol: str = "P1", *, alone: bool = False) -> Walk:
    """Hand in a review whose first finding rests on a protocol, besides its items or alone."""
    first, *others = walk.findings(who.person)
    cited = {"cited": ()} if alone else {}
    judged = first.model_copy(update={"protocols": (protocol,), **cited})
    return walk.act("submit_review", who, findings=(judged, *others))


def demonstrated(tier: Tier = Tier.LOW, edition: int = 4) -> SmallWalk:
    """All findings are in, and the first of Edda's rests on a demonstration."""
    walk = SmallWalk(tier, members=9, edition=edition).to_evaluation().demonstrated(EDDA).confirmed()
    return citing(walk, EDDA, alone=True).reviewed(EXPERTS)  # type: ignore[return-value]  # the same walk


def other_criterion(walk: Walk) -> str:
    return next(one for one in share(walk, EDDA) if one != walk.case.protocols["P1"].criteria[0])


def test_what_a_reviewer_records_is_theirs_alone_until_all_findings_are_in() -> None:
    walk = Walk(Tier.HIGH, edition=4).to_evaluation()
    frozen = walk.case.manifest
    walk.demonstrated(EDDA)
    assert (walk.case.manifest, walk.case.manifests, walk.case.stage) == (frozen, (), Stage.EVALUATION)
    assert [(one.id, one.recorded_by) for one in walk.case.protocols.values()] == [("P1", "edda")]
    assert fold(walk.events) == walk.case


def test_when_all_findings_are_in_the_manifest_names_the_protocol_by_its_digest_and_then_they_meet() -> None:
    walk = demonstrated()
    manifest, (before,) = walk.case.manifest, walk.case.manifests
    assert manifest is not None
    assert [event.kind for event in walk.events[-2:]] == ["protocols_entered", "evaluation_closed"]
    assert manifest.protocols == {"P1": walk.case.protocols["P1"].digest}
    assert (manifest.version, manifest.handed_in, manifest.items) == (2, 1, before.items)
    assert manifest.digest != before.digest
    assert not outstanding(walk.case, "edda")
    assert fold(walk.events) == walk.case


def test_without_protocols_a_manifest_is_as_it_always_was() -> None:
    walk = Walk(edition=4).to_recommendation()
    assert walk.case.manifest is not None
    assert (walk.case.manifest.version, walk.case.manifests) == (1, ())
    assert {"protocols", "handed_in"}.isdisjoint(walk.case.manifest.model_dump(mode="json"))


def test_ballots_decision_and_label_rest_on_the_manifest_that_names_the_protocol() -> None:
    walk = demonstrated().advised().granted()
    case, named = walk.case, walk.case.manifest
    assert named is not None
    assert case.decision is not None
    ballots = {ballot.manifest_digest for ballot in case.rounds[-1].ballots.values()}
    assert {case.decision.manifest_digest, *ballots} == {named.digest}
    check_grant(case, walk.rules, small().digest)
    assert found_in(document_of(record_of(case, small()))) == set()


@pytest.mark.parametrize("field", ["held_on", "observed", "criteria", "item", "form"])
def test_the_signer_signs_nothing_that_rests_on_another_protocol_than_was_voted_on(field: str) -> None:
    walk = demonstrated().advised().granted()
    others: dict[str, Any] = {
        "held_on": START.date() + timedelta(days=1),
        "observed": text("Something else."),
        "criteria": (FIRST, other_criterion(walk)),
        "item": "E1",
        "form": ProtocolForm.INTERVIEW,
    }
    altered = walk.case.protocols["P1"].model_copy(update={field: others[field]})
    with not_signed("other_manifest"):
        check_grant(walk.case.model_copy(update={"protocols": {"P1": altered}}), walk.rules, small().digest)


def test_the_signer_signs_nothing_where_a_protocol_is_missing_or_one_was_added() -> None:
    walk = demonstrated().advised().granted()
    more = walk.case.protocols["P1"].model_copy(update={"id": "P2"})
    for protocols in ({}, {**walk.case.protocols, "P2": more}):
        with not_signed("other_manifest"):
            check_grant(walk.case.model_copy(update={"protocols": protocols}), walk.rules, small().digest)


def test_an_outsider_finds_a_protocol_that_is_not_the_one_decided_on() -> None:
    record = document_of(record_of(demonstrated().advised().granted().case, small()))
    place = "/manifest/protocols/P1"
    assert (place, "other_protocols") in found_in(changed(record, {"/protocols/P1/observed/digest": sha256("other")}))
    assert (place, "other_protocols") in found_in(changed(record, {place: sha256("other")}))
    assert ("/protocols/P1/id", "other_protocols") in found_in(changed(record, {"/protocols/P1/id": "P2"}))
    assert ("/reviews/edda", "unknown_protocol") in found_in(
        changed(record, {"/reviews/edda/findings/0/protocols": ["P9"]})
    )


def test_the_digest_of_a_protocol_tells_nobody_who_recorded_it() -> None:
    recorded = demonstrated().case.protocols["P1"]
    assert recorded.model_copy(update={"recorded_by": "somebody-else"}).digest == recorded.digest


def test_a_protocol_alone_can_carry_a_verdict() -> None:
    walk = demonstrated()
    finding = walk.case.reviews["edda"].findings[0]
    assert (finding.verdict, finding.cited, finding.protocols) == (Verdict.MET, (), ("P1",))


def test_nobody_cites_a_protocol_of_another_before_findings_have_met_nor_learns_that_there_is_one() -> None:
    walk = Walk(Tier.HIGH, edition=4).to_evaluation()
    shared = next(one for one in share(walk, EDDA) if one in share(walk, EMIL))
    walk.demonstrated(EDDA, shared)
    messages = []
    for name in ("P1", "P7"):
        findings = tuple(
            one.model_copy(update={"protocols": (name,)}) if one.criterion == shared else one
            for one in walk.findings("emil")
        )
        with refused("unknown_protocol") as raised:
            walk.act("submit_review", EMIL, findings=findings)
        messages.append(str(raised.value).replace(name, "P?"))
    assert messages[0] == messages[1]


def test_once_findings_have_met_another_reviewer_of_the_criterion_may_rest_a_changed_verdict_on_it() -> None:
    walk = Walk(Tier.HIGH, edition=4).to_evaluation()
    shared = next(one for one in share(walk, EDDA) if one in share(walk, EMIL))
    key = shared.replace("-", "_").replace(".", "_")
    walk.demonstrated(EDDA, shared).reviewed(EXPERTS[:1]).reviewed(EXPERTS[1:], **{key: Verdict.NOT_MET})
    content: dict[str, Any] = {"criterion": shared, "verdict": Verdict.MET, "reason": text(), "protocols": ("P1",)}
    walk.act("revise_verdict", EMIL, **content)
    finding = next(one for one in walk.case.reviews["emil"].findings if one.criterion == shared)
    assert (finding.verdict, finding.protocols) == (Verdict.MET, ("P1",))
    assert fold(walk.events) == walk.case


def test_a_protocol_is_cited_under_the_criteria_that_it_concerns_only() -> None:
    walk = SmallWalk(edition=4).to_evaluation().demonstrated(EDDA)
    first, second, *others = walk.findings("edda")
    findings = (first, second.model_copy(update={"protocols": ("P1",)}), *others)
    with refused("unknown_protocol"):
        walk.act("submit_review", EDDA, findings=findings)


def test_a_verdict_that_does_not_pass_stands_though_the_protocol_made_a_new_version() -> None:
    walk = SmallWalk(edition=4).to_evaluation().demonstrated(EDDA, FIRST)
    walk.reviewed(I_1_1_01=Verdict.NOT_MET)
    assert (walk.case.stage, walk.case.manifest and walk.case.manifest.version) == (Stage.CORRECTION, 2)
    assert outstanding(walk.case, "edda") == ()


def test_findings_on_a_protocol_are_carried_over_a_correction_and_what_is_corrected_may_be_demonstrated_anew() -> None:
    walk = SmallWalk(edition=4).to_evaluation().demonstrated(EDDA, "I-1.3-01").confirmed()
    findings = tuple(
        one.model_copy(update={"protocols": ("P1",)}) if one.criterion == "I-1.3-01" else one
        for one in walk.findings("edda", I_1_1_01=Verdict.NOT_MET)
    )
    walk.act("submit_review", EDDA, findings=findings).corrected(FIRST)
    manifest = walk.case.manifest
    assert manifest is not None
    assert (manifest.version, manifest.handed_in, [*manifest.protocols]) == (3, None, ["P1"])
    assert outstanding(walk.case, "edda") == (FIRST,)
    with refused("unknown_criterion"):
        walk.demonstrated(EDDA, "I-1.3-01")
    citing(walk.demonstrated(EDDA, FIRST), EDDA, "P2", alone=True)
    assert walk.case.manifest is not None
    assert (walk.case.manifest.version, [*walk.case.manifest.protocols]) == (4, ["P1", "P2"])
    walk.advised().granted()
    check_grant(walk.case, walk.rules, small().digest)
    assert found_in(document_of(record_of(walk.case, small()))) == set()


def test_the_protocol_of_a_reviewer_with_an_interest_leaves_the_manifest_and_its_findings_are_judged_again() -> None:
    walk = demonstrated()
    walk.act("declare_interests", EDDA, has_interest=True, statement=text("A share in Acme."))
    assert protocols_in_force(walk.case) == {}
    walk.staffed(EMIL).reviewed(EXPERTS[1:])
    assert walk.case.manifest is not None
    assert (walk.case.stage, walk.case.manifest.version, walk.case.manifest.protocols) == (Stage.RECOMMENDATION, 3, {})
    assert "P1" in walk.case.protocols
    walk.advised().granted()
    check_grant(walk.case, walk.rules, small().digest)
    assert found_in(document_of(record_of(walk.case, small()))) == set()


def test_a_report_that_was_signed_before_the_protocol_met_is_made_again() -> None:
    walk = SmallWalk(Tier.CRITICAL, members=9, edition=4).to_evaluation().act("draw_third_party", SECRETARY)
    walk.act("declare_interests", THIRD_PARTY, has_interest=False)
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
    walk.demonstrated(EDDA).reviewed(EXPERTS).recommended().act("record_hearing", SECRETARY, protocol=text("Heard"))
    assert report_is_outdated(walk.case)
    with refused("third_party_report_outdated"):
        walk.act("open_round", SECRETARY)
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Again"), summary=text("Summary again")).granted()
    walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    check_grant(walk.case, walk.rules, small().digest)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"criteria": ("I-2.7-04", "II-2.6-01")}, "unknown_criterion"),
        ({"criteria": (FIRST, FIRST)}, "criterion_twice"),
        ({"item": "E999"}, "unknown_item"),
        ({"held_on": START.date() + timedelta(days=2)}, "held_later"),
        ({"held_on": START.date() - timedelta(days=2)}, "held_before_asked"),
        ({"participants": text("f" * (PARTICIPANTS_MAX + 1))}, "participants_too_long"),
    ],
)
def test_a_protocol_that_cannot_be_evidence_is_refused_and_changes_nothing(changes: dict[str, Any], code: str) -> None:
    walk = Walk(edition=4).to_evaluation()
    before = walk.case
    with refused(code):
        walk.act("record_protocol", EDDA, **protocol(FIRST, **changes))
    assert walk.case == before


def test_only_a_reviewer_who_owes_findings_records_a_protocol() -> None:
    walk = Walk(Tier.HIGH, edition=4).to_evaluation()
    for who in (APPLICANT, SECRETARY, MEMBERS[0]):
        with refused("not_assigned"):
            walk.act("record_protocol", who, **protocol(FIRST))
    owed = share(walk, EDDA)[0]
    walk.confirmed().act("submit_review", EDDA, findings=walk.findings("edda"))
    with refused("nothing_to_judge"):
        walk.act("record_protocol", EDDA, **protocol(owed))


def test_after_the_evaluation_and_in_the_first_edition_nothing_is_recorded() -> None:
    with refused("wrong_stage"):
        Walk(edition=4).to_recommendation().act("record_protocol", EDDA, **protocol(FIRST))
    with refused("earlier_edition"):
        Walk().to_evaluation().act("record_protocol", EDDA, **protocol(FIRST))


def test_a_case_has_room_for_five_protocols() -> None:
    walk = Walk(edition=4).to_evaluation()
    for _ in range(5):
        walk.demonstrated(EDDA, FIRST)
    with refused("too_many_protocols"):
        walk.demonstrated(EDDA, FIRST)


def test_a_case_with_a_protocol_is_read_again_as_it_was_written() -> None:
    case = demonstrated().case
    assert Case.model_validate_json(case.model_dump_json()) == case
