"""A protocol is its reviewer's alone until findings have met, and then names nobody to who may not know (I13)."""

import pytest

from certify.accounts.reading import CaseReading, reading_of
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, THIRD_PARTY, Walk, person, text
from tests.unit.certify.accounts.cases import principal
from workflows.rules.case.standing import protocols_in_force

EDDA, EMIL, ENZO = EXPERTS
AUDITOR = person("aud", Role.AUDITOR)


def reading(walk: Walk, who: PersonFacts) -> CaseReading:
    return reading_of(walk.case, principal(who), walk.rules)


def seen(walk: Walk, who: PersonFacts) -> tuple[tuple[str, str | None], ...]:
    """Which protocols somebody sees, and who made each as far as they are told."""
    return tuple((one.id, one.recorded_by) for one in reading(walk, who).protocols)


def recorded() -> Walk:
    """One reviewer of three recorded a demonstration and handed in, the others judge still."""
    walk = Walk(Tier.CRITICAL, members=9, edition=4).to_evaluation().act("draw_third_party", SECRETARY)
    walk.act("declare_interests", THIRD_PARTY, has_interest=False)
    return walk.demonstrated(EDDA, shown=text("Shown")).reviewed((EDDA,))


@pytest.mark.parametrize("who", [EMIL, ENZO, APPLICANT, THIRD_PARTY], ids=lambda who: who.person)
def test_before_findings_meet_neither_the_other_reviewers_nor_the_applicant_nor_the_third_party_see_it(
    who: PersonFacts,
) -> None:
    shown = reading(recorded(), who)
    assert shown.protocols == ()
    assert text("Shown").digest not in shown.texts


@pytest.mark.parametrize("who", [EDDA, SECRETARY, AUDITOR], ids=lambda who: who.person)
def test_its_reviewer_and_who_keeps_or_audits_the_case_see_it_with_the_name(who: PersonFacts) -> None:
    walk = recorded()
    assert seen(walk, who) == (("P1", "edda"),)
    assert [one.in_force for one in reading(walk, who).protocols] == [False]


@pytest.mark.parametrize("who", [EMIL, APPLICANT, THIRD_PARTY], ids=lambda who: who.person)
def test_once_findings_have_met_all_who_see_the_evidence_see_it_without_the_name(who: PersonFacts) -> None:
    walk = recorded().reviewed(EXPERTS)
    assert seen(walk, who) == (("P1", None),)
    assert [one.in_force for one in reading(walk, who).protocols] == [True]
    assert "edda" not in reading(walk, who).model_dump_json()
    assert text("Shown").digest in reading(walk, who).texts


def test_members_and_rapporteur_see_it_once_they_declared_no_interest() -> None:
    walk = recorded().reviewed(EXPERTS)
    assert seen(walk, MEMBERS[0]) == ()
    walk.act("declare_interests", MEMBERS[0], has_interest=False)
    assert seen(walk, MEMBERS[0]) == (("P1", None),)


def test_what_is_recorded_while_a_correction_is_judged_again_is_its_reviewers_until_findings_meet_again() -> None:
    walk = Walk(Tier.HIGH, edition=4).to_evaluation().demonstrated(EDDA, "I-1.1-01")
    walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET).corrected("I-1.1-01").demonstrated(EDDA, "I-1.1-01")
    assert seen(walk, EDDA) == (("P1", "edda"), ("P2", "edda"))
    assert seen(walk, EMIL) == seen(walk, APPLICANT) == (("P1", None),)
    walk.reviewed(EXPERTS)
    assert seen(walk, EMIL) == (("P1", None), ("P2", None))


def test_a_version_that_protocols_alone_made_opens_no_findings_to_a_reviewer_who_comes_later() -> None:
    walk = Walk(Tier.MEDIUM, edition=4).to_evaluation().demonstrated(EDDA).reviewed(EXPERTS[:2])
    walk.act("declare_interests", EDDA, has_interest=True, statement=text())
    walk.staffed(ENZO, areas=walk.case.assignments["edda"].areas)
    assert protocols_in_force(walk.case) == {}
    others = [one for review in reading(walk, ENZO).reviews for one in review.findings]
    assert others == []


def test_the_versions_tell_which_protocols_they_added_and_that_nobody_handed_them_in() -> None:
    (version,) = reading(recorded().reviewed(EXPERTS), APPLICANT).differences
    assert (version.version, version.differences, version.protocols, version.handed_in) == (2, (), ("P1",), False)
