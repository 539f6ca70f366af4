"""An interest found before the label is signed voids the round or reopens the decision (rule 2; invariant I14)."""

import pytest

from schemas.events import SigningRefused
from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import (
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    THIRD_PARTY,
    Walk,
    issued_label,
    person,
    scheme,
    text,
)
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.attestation import attest, awaits_signature
from workflows.rules.case.fold import fold
from workflows.rules.case.grants import check_grant
from workflows.rules.case.procedure import due

GRANT = Choice.GRANT
EDDA = EXPERTS[0]
RULES, DIGEST = scheme().rules, scheme().digest


def tied(walk: Walk, who: PersonFacts) -> Walk:
    return walk.act("declare_interests", who, has_interest=True, statement=text("My sister works there."))


def granted(tier: Tier = Tier.LOW) -> Walk:
    """A case that waits for its label, a critical one for its release."""
    return Walk(tier, members=9, edition=2).to_grant()


def released() -> Walk:
    walk = granted(Tier.CRITICAL).act("declare_interests", LABEL_OFFICER, has_interest=False)
    return walk.act("release_label", LABEL_OFFICER)


def refused_by_signer(walk: Walk, code: str = "ballot_barred") -> Walk:
    """What the workflow takes when the signer answers that the record does not carry the grant."""
    walk.take((SigningRefused(at=walk.now, actor="engine", code=code),))
    return walk.take(due(walk.case, walk.now, walk.rules))


def last_kinds(walk: Walk, number: int = 2) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


# While a round is open


@pytest.mark.parametrize(
    ("who", "reason"),
    [(EDDA, "reviewer"), (MEMBERS[0], "rapporteur"), (THIRD_PARTY, "third_party")],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_an_interest_behind_what_is_voted_on_voids_the_round_uncounted(who: PersonFacts, reason: str) -> None:
    walk = Walk(Tier.CRITICAL, members=9, edition=2).to_round().voted(*[GRANT] * 3)
    tied(walk, who)

    vote = walk.case.rounds[0]
    assert last_kinds(walk) == ["interests_declared", "round_voided"]
    assert (vote.is_open, vote.tally, vote.ballots, vote.set_aside) == (False, None, {}, f"{reason}_has_interest")
    assert walk.case.decision is None
    assert fold(walk.events) == walk.case


def test_after_a_reviewers_interest_the_plan_is_approved_anew_and_the_case_goes_on() -> None:
    walk = tied(Walk(edition=2).to_round(), EDDA)
    assert walk.case.stage == Stage.DECISION
    with refused("reviewer_has_interest"):
        walk.act("open_round", SECRETARY)
    walk.staffed(EXPERTS[1]).reviewed(by=(EXPERTS[1],)).recommended().act("open_round", SECRETARY)
    assert walk.all_declare().voted(*[GRANT] * 3).case.stage == Stage.ATTESTATION


def test_after_a_rapporteurs_interest_another_recommends() -> None:
    walk = tied(Walk(Tier.MEDIUM, edition=2).to_round(), MEMBERS[0])
    assert (walk.case.stage, walk.case.rapporteur, walk.case.recommendation) == (Stage.RECOMMENDATION, None, None)
    with refused("has_interest"):
        walk.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    walk.recommended(by=MEMBERS[1]).act("open_round", SECRETARY).all_declare()
    assert "member-a" not in walk.case.rounds[1].electorate
    assert walk.voted(*[GRANT] * 6).case.stage == Stage.ATTESTATION


def test_after_a_third_partys_interest_another_reports() -> None:
    walk = tied(Walk(Tier.CRITICAL, members=9, edition=2).to_round(), THIRD_PARTY)
    assert (walk.case.stage, walk.case.third_party_report) == (Stage.DECISION, None)
    with refused("third_party_report_missing"):
        walk.act("open_round", SECRETARY)
    other = THIRD_PARTY.model_copy(update={"person": "tom"})
    walk.act("draw_third_party", SECRETARY, people={"tom": other})
    walk.act("declare_interests", other, has_interest=False).act("record_third_party_report", other, report=text())
    walk.act("open_round", SECRETARY).all_declare()
    assert walk.voted(*[GRANT] * 9).case.stage == Stage.ATTESTATION


def test_a_voters_interest_only_takes_their_ballot_out() -> None:
    walk = tied(Walk(Tier.MEDIUM, edition=2).to_round().voted(GRANT, GRANT), MEMBERS[1])
    assert last_kinds(walk) == ["interests_declared", "member_recused"]
    assert set(walk.case.rounds[0].ballots) == {"member-a"}


def test_in_the_first_edition_the_round_goes_on() -> None:
    assert tied(Walk().to_round(), EDDA).case.open_round is not None


def test_a_rapporteurs_interest_before_any_round_leads_back_to_the_recommendation() -> None:
    walk = tied(Walk(edition=2).to_decision(), MEMBERS[0])
    assert (walk.case.stage, walk.case.recommendation) == (Stage.RECOMMENDATION, None)
    appointed = Walk(edition=2).to_recommendation().act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    assert tied(appointed, MEMBERS[0]).case.rapporteur is None


# Between decision and signature


@pytest.mark.parametrize("who", [MEMBERS[1], EDDA, MEMBERS[0], THIRD_PARTY], ids=lambda who: who.person)
def test_before_the_release_an_interest_reopens_the_decision_at_once(who: PersonFacts) -> None:
    walk = tied(granted(Tier.CRITICAL), who)
    assert last_kinds(walk) == ["interests_declared", "decision_reopened"]
    assert walk.events[-1].model_dump()["reason"] == "interest_found"
    assert walk.case.decision is None
    assert [one.round for one in walk.case.reopened] == [1]
    assert walk.case.rounds[0].set_aside == "reopened"
    expected = Stage.RECOMMENDATION if who == MEMBERS[0] else Stage.DECISION
    assert (walk.case.stage, fold(walk.events)) == (expected, walk.case)


def test_an_interest_of_somebody_by_whom_the_grant_did_not_come_about_changes_nothing() -> None:
    walk = Walk(Tier.CRITICAL, members=9, edition=2).to_round().act("recuse", MEMBERS[8], reason=text())
    walk.voted(*[GRANT] * 8)
    for who in (MEMBERS[8], LABEL_OFFICER):
        tied(walk, who)
    assert walk.case.stage == Stage.ATTESTATION


@pytest.mark.parametrize(
    ("who", "code"),
    [(MEMBERS[1], "ballot_barred"), (EDDA, "review_missing"), (MEMBERS[0], "ballot_barred"),
     (THIRD_PARTY, "interests_not_declared"), (LABEL_OFFICER, "interests_not_declared")],
    ids=lambda part: part.person if isinstance(part, PersonFacts) else "",
)  # fmt: skip
def test_while_the_signer_has_its_order_it_refuses_and_then_the_decision_is_reopened(
    who: PersonFacts, code: str
) -> None:
    walk = released()
    check_grant(walk.case, RULES, DIGEST)
    tied(walk, who)
    assert (walk.case.stage, awaits_signature(walk.case)) == (Stage.ATTESTATION, True)
    with not_signed(code):
        check_grant(walk.case, RULES, DIGEST)

    refused_by_signer(walk, code)
    assert last_kinds(walk) == ["signing_refused", "decision_reopened"]
    assert walk.events[-1].model_dump()["reason"] == "interest_found"
    assert (walk.case.decision, walk.case.released_by, walk.case.signing_refused) == (None, None, None)


def test_what_was_signed_before_the_interest_was_known_is_issued() -> None:
    walk = tied(released(), MEMBERS[1])
    walk.take((attest(walk.case, issued_label(walk.case), walk.now),))
    assert walk.case.stage == Stage.GRANTED
    assert due(walk.case, walk.now, walk.rules) == ()


def test_what_the_signer_refuses_for_another_reason_is_decided_anew_too() -> None:
    walk = refused_by_signer(granted(), "other_scheme")
    assert walk.events[-1].model_dump()["reason"] == "record_does_not_carry_it"
    assert (walk.case.stage, walk.case.decision) == (Stage.DECISION, None)
    walk.act("open_round", SECRETARY).all_declare().voted(*[GRANT] * 3)
    assert walk.case.stage == Stage.ATTESTATION
    check_grant(walk.case, RULES, DIGEST)


def test_in_the_first_edition_a_grant_with_an_interest_waits_for_people() -> None:
    walk = tied(Walk(members=9).to_grant(), MEMBERS[0])
    assert walk.case.stage == Stage.ATTESTATION


def test_a_reopened_decision_is_taken_again_by_others_under_another_number() -> None:
    walk = tied(granted(Tier.CRITICAL), MEMBERS[1])
    first = walk.case.reopened[0].number
    walk.act("open_round", SECRETARY).all_declare()
    assert "member-b" not in walk.case.rounds[1].electorate
    walk.voted(*[GRANT] * 8)
    assert walk.case.decision is not None
    assert walk.case.decision.number != first
    officer = person("lars", *LABEL_OFFICER.roles)
    walk.act("declare_interests", officer, has_interest=False).act("release_label", officer)
    check_grant(walk.case, RULES, DIGEST)


def test_a_round_whose_decision_was_reopened_or_called_for_a_hearing_is_never_decided_again() -> None:
    walk = tied(granted(Tier.CRITICAL), MEMBERS[1]).act("record_hearing", SECRETARY, protocol=text())
    assert walk.pass_time(days=40).case.decision is None
