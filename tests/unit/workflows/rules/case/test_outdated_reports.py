"""A neutral third party's report counts for the evidence it was signed on, and for no other (Code, I-1.5; I3)."""

from typing import Any

import pytest

from certify.register.labels import facts_of
from schemas.decision_record import record_of
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import EXPERTS, LABEL_OFFICER, SECRETARY, THIRD_PARTY, person, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.tampering import document_of, found_in
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.grants import check_grant
from workflows.rules.case.third_party import report_is_outdated
from workflows.rules.case.waiting import waiting

FIRST = "I-1.1-01"
AGAIN: dict[str, Any] = {"report": text("Report again"), "summary": text("Summary again")}
OTHER = person("otto", Role.NEUTRAL_THIRD_PARTY)


def reported(tier: Tier = Tier.CRITICAL, edition: int = 4) -> SmallWalk:
    """The report is signed before the reviewers have judged."""
    walk = SmallWalk(tier, members=9, edition=edition).to_evaluation().act("draw_third_party", SECRETARY)
    walk.act("declare_interests", THIRD_PARTY, has_interest=False)
    return walk.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))


def outdated(tier: Tier = Tier.CRITICAL, edition: int = 4) -> SmallWalk:
    """It was signed before a correction; all else is there for a round."""
    walk = reported(tier, edition).reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET).corrected(FIRST).reviewed(EXPERTS)
    return walk.recommended().act("record_hearing", SECRETARY, protocol=text("Protocol"))


def released(walk: SmallWalk) -> SmallWalk:
    walk.granted().act("declare_interests", LABEL_OFFICER, has_interest=False)
    return walk.act("release_label", LABEL_OFFICER)


def test_on_a_report_about_earlier_evidence_no_round_is_opened_and_the_third_party_is_waited_for() -> None:
    walk = outdated()
    assert walk.case.stage == Stage.DECISION
    with refused("third_party_report_outdated"):
        walk.act("open_round", SECRETARY)
    assert [one.waits_for for one in waiting(walk.case, walk.rules)] == ["third_party"]


def test_the_third_party_reports_again_on_the_evidence_in_force_and_the_later_report_counts() -> None:
    walk = outdated().act("record_third_party_report", THIRD_PARTY, **AGAIN)
    case = walk.case
    assert case.third_party_signed is not None
    assert case.manifest is not None
    assert case.third_party_signed.manifest_digest == case.manifest.digest
    assert (case.third_party_report, case.third_party_summary) == (AGAIN["report"], AGAIN["summary"])
    with refused("already_reported"):
        walk.act("record_third_party_report", THIRD_PARTY, **AGAIN)

    walk.granted()
    assert found_in(document_of(record_of(walk.case, small()))) == set()
    walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    check_grant(walk.case, walk.rules, small().digest)


def test_a_report_is_as_good_as_ever_while_the_evidence_stays_the_same() -> None:
    walk = reported().reviewed(EXPERTS).recommended().act("record_hearing", SECRETARY, protocol=text())
    walk.act("open_round", SECRETARY).all_declare()
    walk.voted(*[Choice.SEND_BACK] * len(walk.voters()), reasons=text("Supplement it."))
    assert (walk.case.stage, report_is_outdated(walk.case)) == (Stage.EVIDENCE, False)


def test_after_a_case_was_sent_back_and_supplemented_the_report_is_made_anew() -> None:
    walk = reported().reviewed(EXPERTS).recommended().act("record_hearing", SECRETARY, protocol=text())
    walk.act("open_round", SECRETARY).all_declare()
    walk.voted(*[Choice.SEND_BACK] * len(walk.voters()), reasons=text("Supplement it."))
    walk.offer(FIRST, file="more.pdf").act("submit_evidence", walk.sent[0].actor).reviewed(EXPERTS).recommended()
    walk.act("record_hearing", SECRETARY, protocol=text())
    with refused("third_party_report_outdated"):
        walk.act("open_round", SECRETARY)
    assert walk.act("record_third_party_report", THIRD_PARTY, **AGAIN).act("open_round", SECRETARY).case.open_round


def test_who_will_not_report_again_is_replaced_and_the_earlier_report_goes() -> None:
    people = {one.person: one for one in (THIRD_PARTY, OTHER)}
    walk = SmallWalk(Tier.CRITICAL, members=9, edition=4).to_evaluation()
    walk.act("draw_third_party", SECRETARY, people=people)
    first = people.pop(walk.case.third_party_drawn or "")
    (following,) = people.values()
    walk.act("declare_interests", first, has_interest=False)
    walk.act("record_third_party_report", first, report=text("Report"), summary=text("Summary"))
    walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET).corrected(FIRST).act("answer_assignment", first, accepts=False)

    assert (walk.case.third_party_drawn, walk.case.third_party_report) == (following.person, None)
    walk.act("declare_interests", following, has_interest=False)
    walk.act("record_third_party_report", following, **AGAIN).reviewed(EXPERTS).recommended()
    released(walk.act("record_hearing", SECRETARY, protocol=text()))
    check_grant(walk.case, walk.rules, small().digest)


def test_neither_the_signer_nor_a_recomputation_takes_a_report_about_earlier_evidence() -> None:
    walk = outdated()
    earlier = walk.case.third_party_signed
    walk.act("record_third_party_report", THIRD_PARTY, **AGAIN)
    case = released(walk).case.model_copy(update={"third_party_signed": earlier})

    with not_signed("third_party_report_outdated"):
        check_grant(case, walk.rules, small().digest)
    assert ("/rounds/0", "third_party_report_outdated") in found_in(document_of(record_of(case, small())))


def test_where_a_report_is_only_recommended_an_outdated_one_bars_no_round_and_is_not_published() -> None:
    walk = outdated(Tier.HIGH).granted()
    check_grant(walk.case, walk.rules, small().digest)
    assert report_is_outdated(walk.case)
    facts = facts_of(walk.case)
    assert (facts.third_party, facts.third_party_signed) == (None, False)


@pytest.mark.parametrize("edition", [2, 3])
def test_in_a_case_lodged_before_a_report_counts_as_it_did(edition: int) -> None:
    walk = released(outdated(edition=edition))
    check_grant(walk.case, walk.rules, small().digest)
    assert not report_is_outdated(walk.case)
