"""Edition 7: nothing is granted on evidence that expired; the case goes back to its applicant, who hands in anew."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.case import Case
from schemas.decision_record import DecisionRecord, record_of
from schemas.events import SigningRefused
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, SECRETARY, START, THIRD_PARTY, text
from tests.small_scheme import LOOKED_UP, SmallWalk, small
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.attestation import awaits_signature
from workflows.rules.case.expiry import ran_out, runs_out_at
from workflows.rules.case.fold import fold
from workflows.rules.case.grants import check_grant
from workflows.rules.case.procedure import due, next_due_at
from workflows.rules.case.recomputation import recompute

FIRST, RECOMMENDED = "I-1.1-01", "I-5.1-01"
GRANT, REFUSE = Choice.GRANT, Choice.REFUSE
LAST_DAY = date(2026, 4, 1)
GONE_AT = START.replace(month=4, day=2, hour=0)
EVIDENCE_DAYS = small().rules.clocks.evidence_stage_days
Walked = Callable[[SmallWalk], object]


def expiring(tier: Tier = Tier.LOW, *, edition: int = 7, criterion: str = FIRST, members: int = 9) -> SmallWalk:
    """A case whose evidence for one criterion ends on a day, in its evaluation."""
    walk = SmallWalk(tier, edition=edition, members=members).to_intake().offer(criterion, expires=LAST_DAY)
    walk.with_evidence().act("accept_application", SECRETARY)
    return walk.staffed(*EXPERTS[: walk.rules.tiers[tier].reviewers.count])


def at_recommendation(walk: SmallWalk) -> None:
    walk.reviewed()


def before_a_round(walk: SmallWalk) -> None:
    walk.reviewed().advised()


def in_a_round(walk: SmallWalk) -> None:
    walk.reviewed().advised().act("open_round", SECRETARY).all_declare()


def granted(walk: SmallWalk) -> None:
    in_a_round(walk)
    walk.voted(*[GRANT] * len(walk.voters()))


def until_gone(walk: SmallWalk) -> SmallWalk:
    """Let time pass until the item is expired, and not a second more."""
    walk.now = GONE_AT
    return walk.pass_time(seconds=0)


def kinds(walk: SmallWalk, number: int) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


def item_of(walk: SmallWalk, criterion: str = FIRST) -> str:
    return next(item.id for item in walk.case.items.values() if criterion in item.criteria)


def renewed(walk: SmallWalk, criterion: str = FIRST, **changes: Any) -> SmallWalk:
    """Take back what expired and hand in what is in force."""
    walk.act("withdraw_evidence", APPLICANT, item=item_of(walk, criterion))
    return walk.offer(criterion, file="fresh.pdf", **changes).act("submit_evidence", APPLICANT)


def decided_again(walk: SmallWalk) -> SmallWalk:
    walk.reviewed()
    return walk.advised().granted() if walk.case.tier == Tier.CRITICAL else walk.recommended().granted()


def agrees(walk: SmallWalk) -> DecisionRecord:
    """The record of a decision, from which anybody comes to the same one."""
    record = record_of(walk.case, small())
    assert [(one.place, one.code) for one in recompute(record).differences] == []
    return DecisionRecord.model_validate_json(record.model_dump_json())


# Before a round


@pytest.mark.parametrize("to", [at_recommendation, before_a_round])
def test_what_expires_before_a_round_takes_the_case_back_the_day_after(to: Walked) -> None:
    walk = expiring()
    to(walk)
    assert runs_out_at(walk.case) == GONE_AT
    assert next_due_at(walk.case, walk.rules) <= GONE_AT  # type: ignore[operator]  # a reminder may come before
    walk.now = GONE_AT - timedelta(seconds=1)
    assert walk.pass_time(seconds=0).case.stage in {Stage.RECOMMENDATION, Stage.DECISION}

    item = item_of(until_gone(walk))
    assert walk.events[-1].model_dump(include={"kind", "items", "evidence_due_at"}) == {
        "kind": "evidence_ran_out",
        "items": (item,),
        "evidence_due_at": GONE_AT + timedelta(days=EVIDENCE_DAYS[Tier.LOW]),
    }
    assert (walk.case.stage, walk.case.recommendation, walk.case.sent_back) == (Stage.EVIDENCE, None, 0)
    assert fold(walk.events) == walk.case
    assert decided_again(renewed(walk)).case.stage == Stage.ATTESTATION
    agrees(walk)


def test_what_expires_while_reviewers_judge_takes_the_case_back_as_findings_meet() -> None:
    walk = expiring(Tier.HIGH)
    walk.reviewed(EXPERTS[:2])
    walk.now = GONE_AT
    other = next(one.id for one in walk.case.items.values() if one.expires is None)
    findings = tuple(
        one.model_copy(update={"cited": (other,)}) if one.criterion == FIRST else one
        for one in walk.findings(EXPERTS[2].person)
    )
    walk.act("submit_review", EXPERTS[2], findings=findings)
    assert kinds(walk, 3) == ["review_submitted", "evaluation_closed", "evidence_ran_out"]


def test_a_lookup_counts_as_a_finding_does() -> None:
    walk = expiring(Tier.MEDIUM, criterion=LOOKED_UP[0])
    at_recommendation(walk)
    assert until_gone(walk).case.stage == Stage.EVIDENCE
    decided_again(renewed(walk, LOOKED_UP[0]))
    agrees(walk)


def test_no_act_slips_in_between_the_expiry_and_what_follows_from_it() -> None:
    walk = expiring()
    before_a_round(walk)
    walk.now = GONE_AT
    with refused("too_late"):
        walk.act("open_round", SECRETARY)


def test_what_no_mandatory_criterion_rests_on_may_expire() -> None:
    walk = expiring(criterion=RECOMMENDED)
    before_a_round(walk)
    assert (runs_out_at(walk.case), until_gone(walk).case.stage) == (None, Stage.DECISION)
    agrees(walk.granted())


def test_in_earlier_editions_what_expired_is_granted_on_as_before() -> None:
    walk = expiring(edition=6)
    before_a_round(walk)
    assert runs_out_at(walk.case) is None
    assert until_gone(walk).granted().case.stage == Stage.ATTESTATION
    check_grant(walk.case, walk.rules, small().digest, walk.now)
    assert {item.expires for item in agrees(walk).items.values()} == {None}


def test_a_case_that_fails_gets_no_time_to_correct_by_what_expires() -> None:
    walk = expiring(Tier.MEDIUM)
    walk.reviewed(I_1_3_01=Verdict.NOT_MET).act("end_correction", APPLICANT)
    walk.recommended(recommends=Outcome.REFUSED).act("record_hearing", SECRETARY, protocol=text())
    assert until_gone(walk).case.stage == Stage.DECISION
    walk.act("open_round", SECRETARY).all_declare().voted(*[REFUSE] * 9)
    assert walk.case.stage == Stage.REFUSED
    agrees(walk)


def test_whoever_hands_nothing_in_lapses() -> None:
    walk = expiring()
    before_a_round(walk)
    assert until_gone(walk).pass_time(days=EVIDENCE_DAYS[Tier.LOW]).case.stage == Stage.LAPSED


# In a round


def test_a_ballot_to_grant_on_what_expired_is_refused_by_its_own_code_and_others_are_taken() -> None:
    walk = expiring(Tier.MEDIUM)
    walk.now = GONE_AT - timedelta(days=5)
    in_a_round(walk)
    first, second, third, *_ = walk.voters()
    until_gone(walk.ballot(first, GRANT))
    before = walk.case
    with refused("grant_on_expired_evidence"):
        walk.ballot(second, GRANT)
    assert walk.case == before
    walk.ballot(second, REFUSE, grounds=(FIRST,)).ballot(third, Choice.ABSTAIN)
    assert walk.case.open_round is not None


def granted_too_late() -> SmallWalk:
    """A round whose ballots grant, and whose evidence expires before it closes."""
    walk = expiring(Tier.MEDIUM)
    walk.now = GONE_AT - timedelta(days=2)
    in_a_round(walk)
    walk.voted(*[GRANT] * 8)
    walk.now = GONE_AT
    return walk.ballot(walk.voters()[8], Choice.ABSTAIN)


def test_a_round_that_grants_on_what_expired_meanwhile_is_no_grant_and_takes_the_case_back() -> None:
    walk = granted_too_late()
    assert kinds(walk, 3) == ["ballot_cast", "round_closed", "evidence_ran_out"]
    vote = walk.case.rounds[0]
    assert (walk.case.stage, walk.case.decision, vote.set_aside) == (Stage.EVIDENCE, None, "evidence_ran_out")
    assert fold(walk.events) == walk.case


def test_signer_and_recomputation_take_the_decision_of_the_next_round() -> None:
    walk = decided_again(renewed(granted_too_late()))
    assert (walk.case.stage, walk.case.decision and walk.case.decision.round) == (Stage.ATTESTATION, 2)
    check_grant(walk.case, walk.rules, small().digest, walk.now)
    agrees(walk)


@pytest.mark.parametrize("tier", Tier)
def test_a_round_in_which_nobody_could_grant_any_more_decides_nothing(tier: Tier) -> None:
    walk = expiring(tier)
    walk.now = GONE_AT - timedelta(days=2)
    in_a_round(walk)
    voters = walk.voters()
    walk.voted(*[GRANT] * (len(voters) // 2))
    walk.now = GONE_AT
    for voter in voters[len(voters) // 2 :]:
        walk.ballot(voter, Choice.ABSTAIN)
    assert kinds(walk, 2) == ["round_closed", "evidence_ran_out"]
    assert (walk.case.sent_back, walk.case.rounds[0].set_aside) == (0, "evidence_ran_out")
    if tier == Tier.MEDIUM:
        agrees(decided_again(renewed(walk)))


def test_a_round_said_to_be_set_aside_for_what_had_not_expired_decided_already() -> None:
    walk = decided_again(renewed(granted_too_late()))
    record = record_of(walk.case, small())
    for changes in ({"expires": None}, {"expires": GONE_AT.date()}):
        items = {key: item.model_copy(update=changes) for key, item in record.items.items()}
        found = recompute(record.model_copy(update={"items": items}))
        assert [(one.place, one.code) for one in found.differences] == [("/rounds/0", "decided_before")]
    unexpired = {key: item.model_copy(update={"expires": None}) for key, item in walk.case.evidence.items()}
    with not_signed("decided_before"):
        check_grant(walk.case.model_copy(update={"evidence": unexpired}), walk.rules, small().digest, walk.now)


def test_a_round_without_quorum_and_one_that_most_refuse_in_are_not_set_aside_for_what_ran_out() -> None:
    walk = expiring(Tier.MEDIUM)
    walk.now = GONE_AT - timedelta(days=2)
    in_a_round(walk)
    walk.voted(GRANT).pass_time(days=40)
    assert kinds(walk, 2) == ["round_closed", "evidence_ran_out"]
    assert walk.case.rounds[0].set_aside is None
    agrees(decided_again(renewed(walk)))

    refusing = expiring(Tier.MEDIUM)
    refusing.now = GONE_AT - timedelta(days=2)
    in_a_round(refusing)
    refusing.now = GONE_AT
    assert refusing.voted(*[REFUSE] * 9).case.stage == Stage.REFUSED
    agrees(refusing)


def test_a_hearing_that_a_round_called_for_is_not_waited_for_where_evidence_ran_out() -> None:
    walk = expiring(Tier.MEDIUM)
    walk.now = GONE_AT - timedelta(days=2)
    walk.reviewed().recommended().act("open_round", SECRETARY).all_declare()
    walk.now = GONE_AT
    walk.voted(*[REFUSE] * 9)
    assert kinds(walk, 3) == ["round_closed", "hearing_called", "evidence_ran_out"]
    assert (walk.case.rounds[0].set_aside, walk.case.hearing_due_at) == ("hearing_called", None)
    agrees(decided_again(renewed(walk)))


# Between decision and signature


def released(walk: SmallWalk) -> SmallWalk:
    walk.act("declare_interests", LABEL_OFFICER, has_interest=False)
    return walk.act("release_label", LABEL_OFFICER)


def test_what_expires_before_the_release_reopens_the_decision_and_takes_the_case_back() -> None:
    walk = expiring(Tier.CRITICAL)
    granted(walk)
    assert (walk.case.stage, runs_out_at(walk.case)) == (Stage.ATTESTATION, GONE_AT)
    until_gone(walk)
    assert kinds(walk, 2) == ["decision_reopened", "evidence_ran_out"]
    assert walk.events[-2].model_dump()["reason"] == "evidence_ran_out"
    assert (walk.case.stage, walk.case.rounds[0].set_aside, len(walk.case.reopened)) == (Stage.EVIDENCE, "reopened", 1)

    walk = renewed(walk).reviewed()
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Again"), summary=text("Again")).recommended()
    walk.act("record_hearing", SECRETARY, protocol=text("Again")).granted()
    agrees(walk)
    check_grant(released(walk).case, walk.rules, small().digest, walk.now)


def test_the_signer_refuses_what_has_expired_by_then_and_the_case_goes_back() -> None:
    walk = expiring()
    granted(walk)
    assert (awaits_signature(walk.case), runs_out_at(walk.case)) == (True, None)
    check_grant(walk.case, walk.rules, small().digest, GONE_AT - timedelta(seconds=1))
    with not_signed("evidence_ran_out"):
        check_grant(walk.case, walk.rules, small().digest, GONE_AT)

    walk.now = GONE_AT
    walk.take((SigningRefused(at=walk.now, actor="engine", code="evidence_ran_out"),))
    walk.take(due(walk.case, walk.now, walk.rules))
    assert kinds(walk, 3) == ["signing_refused", "decision_reopened", "evidence_ran_out"]
    check_grant(decided_again(renewed(walk)).case, walk.rules, small().digest, walk.now)


def test_a_signer_whose_clock_is_ahead_has_the_case_decided_again_until_it_goes_back() -> None:
    walk = expiring()
    granted(walk)
    walk.now = GONE_AT - timedelta(seconds=1)
    walk.take((SigningRefused(at=walk.now, actor="engine", code="evidence_ran_out"),))
    walk.take(due(walk.case, walk.now, walk.rules))
    assert (kinds(walk, 1), walk.case.stage) == (["decision_reopened"], Stage.DECISION)
    assert walk.pass_time(seconds=1).case.stage == Stage.EVIDENCE


def tampered(case: Case) -> Case:
    """The same case with results that fail, by which nothing would rest on anything."""
    failing = tuple(one.model_copy(update={"verdict": Verdict.NOT_MET}) for one in case.results)
    return case.model_copy(update={"results": failing})


def test_the_signer_computes_anew_what_a_grant_rests_on() -> None:
    walk = expiring()
    granted(walk)
    assert ran_out(tampered(walk.case), GONE_AT) == ()
    with not_signed("evidence_ran_out"):
        check_grant(tampered(walk.case), walk.rules, small().digest, GONE_AT)


def test_a_recomputation_finds_a_grant_on_what_had_expired() -> None:
    walk = expiring()
    granted(walk)
    record = agrees(walk)
    expired = record.decision.decided_at.date() - timedelta(days=1)
    items = {key: item.model_copy(update={"expires": expired}) for key, item in record.items.items()}
    found = recompute(record.model_copy(update={"items": items}))
    assert not found.agrees
    assert "grant_on_expired_evidence" in {one.code for one in found.differences}


# What is handed in


def in_evidence(edition: int = 7, **changes: Any) -> SmallWalk:
    walk = SmallWalk(edition=edition).to_intake().offer(FIRST, **changes).with_evidence()
    return walk.act("accept_application", SECRETARY)


EARLY, GONE = {"effective": START.date() + timedelta(days=3)}, {"expires": START.date() - timedelta(days=1)}
CODES = pytest.mark.parametrize(
    ("dates", "code"), [(EARLY, "evidence_not_in_effect"), (GONE, "expired_evidence_handed_in")]
)


@CODES
def test_what_is_not_in_force_is_not_frozen_as_an_application_is_accepted_nor_handed_in(
    dates: dict[str, date], code: str
) -> None:
    assert in_evidence(6, **dates).case.stage == Stage.PLANNING
    walk = in_evidence(**dates)
    before = walk.case
    assert (before.stage, before.manifest) == (Stage.EVIDENCE, None)
    with refused(code):
        walk.act("submit_evidence", APPLICANT)
    assert walk.case == before
    walk.act("withdraw_evidence", APPLICANT, item="E1").offer(FIRST, file="in-force.pdf")
    assert walk.act("submit_evidence", APPLICANT).case.stage == Stage.PLANNING


def test_what_comes_into_effect_is_handed_in_from_that_day_on_and_what_ends_today_still() -> None:
    assert in_evidence(expires=START.date()).case.stage == Stage.PLANNING
    walk = in_evidence(**EARLY).pass_time(days=2)
    with refused("evidence_not_in_effect"):
        walk.act("submit_evidence", APPLICANT)
    assert walk.pass_time(days=1).act("submit_evidence", APPLICANT).case.stage == Stage.PLANNING


@CODES
def test_a_correction_brings_nothing_that_is_not_in_force(dates: dict[str, date], code: str) -> None:
    walk = SmallWalk(edition=7).to_correction()
    with refused(code):
        walk.offer(FIRST, file="correction.pdf", **dates).act("submit_correction", APPLICANT)
    earlier = SmallWalk(edition=6).to_correction().offer(FIRST, file="correction.pdf", **dates)
    assert earlier.act("submit_correction", APPLICANT).case.stage == Stage.EVALUATION


def test_evidence_that_runs_out_again_and_again_ends_the_case_by_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.rules.case.evidence.WAYS_BACK", -11)
    walk = expiring()
    before_a_round(walk)
    until_gone(walk)
    renewed(walk, expires=GONE_AT.date() + timedelta(days=3)).reviewed().recommended()
    walk.pass_time(days=5)
    assert walk.case.stage == Stage.EVIDENCE
    with refused("too_many_versions"):
        renewed(walk)
