"""Ballots, reports and releases are signed from the third edition on, and in no case lodged before (I2, T22)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.canonical import digest_of
from schemas.errors import ProcedureError
from schemas.events import BallotCast, LabelReleased, ThirdPartyReportRecorded
from schemas.people import Role
from schemas.scheme import Tier
from schemas.signed_acts import Countersigned
from schemas.stages import Choice, Stage
from tests.builders import LABEL_OFFICER, SECRETARY, THIRD_PARTY, Walk, person, text
from tests.receipts import SIGNED_AT
from tests.small_scheme import SmallWalk
from workflows.rules.case.grants import check_grant

OTHER_SECRETARY = person("silas", Role.SECRETARIAT)


def open_round(tier: Tier = Tier.LOW) -> SmallWalk:
    return SmallWalk(tier, edition=3).to_round()


def refused(walk: Walk, code: str, kind: str, who: Any, **content: Any) -> None:
    with pytest.raises(ProcedureError) as refusal:
        walk.act(kind, who, **content)
    assert refusal.value.code == code


def ballot(walk: Walk, **changes: Any) -> dict[str, Any]:
    vote = walk.case.rounds[-1]
    usual = {"round": vote.number, "choice": Choice.GRANT, "manifest_digest": vote.manifest_digest}
    return {**usual, "scheme_digest": vote.scheme_digest, **changes}


def countersigned(walk: Walk, **changes: Any) -> Countersigned:
    usual = {"countersigner": "sofia", "countersigned_at": walk.now, "authenticated_at": walk.now}
    return Countersigned(**{**usual, **changes})


def test_a_round_of_the_third_edition_freezes_the_address_at_which_it_is_signed() -> None:
    assert open_round().case.rounds[-1].origin == SIGNED_AT
    assert SmallWalk(edition=2).to_round().case.rounds[-1].origin is None


def test_no_round_is_opened_where_the_body_says_not_where_people_sign() -> None:
    refused(SmallWalk(edition=3).to_decision(), "origin_missing", "open_round", SECRETARY, origin=None)


def test_a_ballot_names_its_receipt_which_stands_in_the_event_alone() -> None:
    walk = open_round()
    event = walk.ballot(walk.voters()[0], Choice.GRANT).events[-1]

    assert isinstance(event, BallotCast)
    assert event.receipt is not None
    assert event.ballot.proof == digest_of(event.receipt)
    assert "signature" not in walk.case.model_dump_json()


def test_a_ballot_without_a_receipt_is_refused_and_with_one_where_none_is_asked_for_too() -> None:
    walk = open_round()
    refused(walk, "receipt_missing", "cast_ballot", walk.voters()[0], **ballot(walk), proof=None)
    before = SmallWalk(edition=2).to_round()
    refused(
        before,
        "receipt_not_asked_for",
        "cast_ballot",
        before.voters()[0],
        **ballot(before),
        proof=countersigned(before),
    )


def test_a_case_lodged_before_goes_on_without_receipts_and_its_events_are_written_as_ever() -> None:
    walk = SmallWalk(edition=2).to_round()
    event = walk.ballot(walk.voters()[0], Choice.GRANT).events[-1]

    assert isinstance(event, BallotCast)
    assert "receipt" not in event.model_dump(mode="json")
    assert event.model_dump(mode="json")["ballot"]["proof"] is None


def test_the_release_of_a_label_is_signed_like_the_ballots_it_rests_on() -> None:
    walk = SmallWalk(Tier.CRITICAL, edition=3).to_grant().act("declare_interests", LABEL_OFFICER, has_interest=False)
    refused(walk, "receipt_missing", "release_label", LABEL_OFFICER, proof=None)
    event = walk.act("release_label", LABEL_OFFICER).events[-1]

    assert isinstance(event, LabelReleased)
    assert event.receipt is not None
    assert walk.case.release_proof == digest_of(event.receipt)


def test_somebody_of_the_secretariat_countersigns_for_a_member_without_a_passkey() -> None:
    walk = open_round()
    voter = walk.voters()[0]
    walk.act("countersign", SECRETARY, person=voter.person, round=1)
    event = walk.act("cast_ballot", voter, **ballot(walk), proof=countersigned(walk)).events[-1]

    assert isinstance(event, BallotCast)
    assert event.receipt == countersigned(walk)
    assert walk.case.rounds[-1].ballots[voter.person].voice == "in_favour"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("not_countersigned", {"countersigner": "silas"}),
        ("not_countersigned", {"countersigned_at": "2026-01-01T00:00:00Z"}),
        ("step_up_needed", {"authenticated_at": "2026-01-01T00:00:00Z"}),
        ("step_up_needed", {"authenticated_at": "2027-01-01T00:00:00Z"}),
    ],
)
def test_a_countersigned_ballot_names_the_countersignature_that_was_given(code: str, changes: dict[str, Any]) -> None:
    walk = open_round()
    voter = walk.voters()[0]
    walk.act("countersign", SECRETARY, person=voter.person, round=1)

    refused(walk, code, "cast_ballot", voter, **ballot(walk), proof=countersigned(walk, **changes))


def test_a_countersignature_is_good_for_one_person_and_one_round() -> None:
    walk = open_round()
    first, second, *_ = walk.voters()
    walk.act("countersign", SECRETARY, person=first.person, round=1)

    refused(walk, "not_countersigned", "cast_ballot", second, **ballot(walk), proof=countersigned(walk))
    refused(walk, "already_countersigned", "countersign", SECRETARY, person=first.person, round=1)
    refused(walk, "another_round", "countersign", SECRETARY, person=second.person, round=2)


def test_whoever_votes_or_is_meant_countersigns_nothing() -> None:
    walk = open_round()
    voter = walk.voters()[0]
    both = voter.model_copy(update={"roles": (*voter.roles, Role.SECRETARIAT)})

    refused(walk, "votes_and_countersigns", "countersign", both, person=walk.voters()[1].person, round=1)
    refused(walk, "own_countersignature", "countersign", SECRETARY, person="sofia", round=1)
    refused(walk, "role_missing", "countersign", voter, person=walk.voters()[1].person, round=1)
    refused(walk, "signs_nothing", "countersign", SECRETARY, person="edda", round=1)


def test_nothing_is_countersigned_where_nothing_is_signed() -> None:
    refused(SmallWalk(edition=3).to_decision(), "nothing_to_countersign", "countersign", SECRETARY,
            person="member-a", round=1)  # fmt: skip
    refused(SmallWalk(edition=2).to_round(), "nothing_to_countersign", "countersign", SECRETARY,
            person="member-a", round=1)  # fmt: skip
    walk = open_round()
    voter = walk.voters()[0]
    walk.ballot(voter, Choice.GRANT)
    refused(walk, "already_voted", "countersign", SECRETARY, person=voter.person, round=1)


def test_a_label_officer_without_a_passkey_releases_with_a_countersignature() -> None:
    walk = SmallWalk(Tier.CRITICAL, edition=3).to_grant().act("declare_interests", LABEL_OFFICER, has_interest=False)
    officers = {LABEL_OFFICER.person: LABEL_OFFICER}
    refused(walk, "signs_nothing", "countersign", OTHER_SECRETARY, person="edda", round=1)
    walk.act("countersign", OTHER_SECRETARY, person=LABEL_OFFICER.person, round=1, people=officers)
    walk.act("release_label", LABEL_OFFICER, proof=countersigned(walk, countersigner="silas"))

    assert walk.case.released_by == LABEL_OFFICER.person


def test_a_ballot_after_recusal_is_refused_whatever_was_signed_before() -> None:
    walk = open_round(Tier.MEDIUM)
    voter = walk.voters()[0]
    act = walk.build("cast_ballot", voter, **ballot(walk))
    walk.act("recuse", voter, reason=text("Asked for advice."))

    refused(walk, "recused", "cast_ballot", voter, **act.model_dump(include={*ballot(walk), "proof"}))


@pytest.mark.parametrize("seconds", [-901, 901])
@pytest.mark.parametrize("inside", [True, False])
def test_the_code_of_a_countersigned_ballot_may_be_a_quarter_of_an_hour_away(seconds: int, *, inside: bool) -> None:
    walk = open_round()
    voter = walk.voters()[0]
    walk.act("countersign", SECRETARY, person=voter.person, round=1)
    away = timedelta(seconds=seconds - (1 if seconds > 0 else -1) * (2 if inside else 0))
    proof = countersigned(walk, authenticated_at=walk.now + away)
    if inside:
        assert walk.act("cast_ballot", voter, **ballot(walk), proof=proof)
    else:
        refused(walk, "step_up_needed", "cast_ballot", voter, **ballot(walk), proof=proof)


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.CRITICAL])
def test_the_signer_asks_for_a_receipt_of_every_ballot_and_of_the_release(tier: Tier) -> None:
    walk = SmallWalk(tier, edition=3).to_grant()
    if tier == Tier.CRITICAL:
        walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    case, digest = walk.case, walk.lodged.scheme.digest
    assert case.stage == Stage.ATTESTATION
    check_grant(case, walk.rules, digest)
    vote = case.rounds[-1]
    member, cast = next(iter(vote.ballots.items()))
    unsigned = vote.model_copy(update={"ballots": {**vote.ballots, member: cast.model_copy(update={"proof": None})}})
    lacking = [
        case.model_copy(update={"rounds": (unsigned,)}),
        case.model_copy(update={"rounds": (vote.model_copy(update={"origin": None}),)}),
    ]
    if tier == Tier.CRITICAL:
        lacking += [case.model_copy(update={one: None}) for one in ("release_proof", "third_party_signed")]
    for without in lacking:
        with pytest.raises(Exception, match="receipt_missing"):
            check_grant(without, walk.rules, digest)


def drawn(**changes: Any) -> SmallWalk:
    walk = SmallWalk(Tier.CRITICAL, edition=3).to_recommendation().act("draw_third_party", SECRETARY, **changes)
    return walk.act("declare_interests", THIRD_PARTY, has_interest=False)


REPORT = {"report": text("Report"), "summary": text("Summary")}


def test_a_report_is_signed_at_the_address_where_the_body_was_when_its_author_was_drawn() -> None:
    walk = drawn().act("record_third_party_report", THIRD_PARTY, **REPORT)
    event = walk.events[-1]

    assert walk.case.third_party_origin == SIGNED_AT
    assert isinstance(event, ThirdPartyReportRecorded)
    assert event.receipt is not None
    assert walk.case.third_party_signed is not None
    assert walk.case.third_party_signed.proof == digest_of(event.receipt)
    assert walk.case.third_party_summary == text("Summary")


def test_nobody_is_drawn_where_the_body_says_not_where_people_sign() -> None:
    walk = SmallWalk(Tier.CRITICAL, edition=3).to_recommendation()
    refused(walk, "origin_missing", "draw_third_party", SECRETARY, origin=None)


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("receipt_missing", {**REPORT, "proof": None}),
        ("summary_missing", {"report": text("Report"), "proof": None}),
        ("passkey_needed", {**REPORT, "proof": "countersigned"}),
    ],
)
def test_a_report_without_signature_or_summary_is_refused_and_nobody_vouches_for_one(
    code: str, content: dict[str, Any]
) -> None:
    walk = drawn()
    if content["proof"] is not None:
        content = {**content, "proof": countersigned(walk)}
    refused(walk, code, "record_third_party_report", THIRD_PARTY, **content)
    assert walk.case.third_party_report is None


def test_in_a_case_lodged_before_a_report_is_taken_as_ever_and_no_receipt_with_it() -> None:
    walk = SmallWalk(Tier.CRITICAL, edition=2).to_recommendation().act("draw_third_party", SECRETARY)
    walk.act("declare_interests", THIRD_PARTY, has_interest=False)
    with_receipt = {"report": text("Report"), "proof": countersigned(walk)}
    refused(walk, "receipt_not_asked_for", "record_third_party_report", THIRD_PARTY, **with_receipt)
    event = walk.act("record_third_party_report", THIRD_PARTY, report=text("Report")).events[-1]

    assert set(event.model_dump(mode="json")) >= {"report"}
    assert not {"receipt", "signed", "summary"} & set(event.model_dump(mode="json"))
    assert walk.case.third_party_report == text("Report")


def test_an_interest_of_the_third_party_takes_its_report_out_with_signature_and_summary() -> None:
    walk = drawn().act("record_third_party_report", THIRD_PARTY, **REPORT)
    walk.act("declare_interests", THIRD_PARTY, has_interest=True, statement=text())

    assert (walk.case.third_party_report, walk.case.third_party_summary, walk.case.third_party_signed) == (None,) * 3


def test_whoever_is_drawn_next_signs_at_the_same_address() -> None:
    other = person("otto", Role.NEUTRAL_THIRD_PARTY)
    pool = {one.person: one for one in (THIRD_PARTY, other)}
    walk = SmallWalk(Tier.CRITICAL, edition=3).to_recommendation().act("draw_third_party", SECRETARY, people=pool)
    first = walk.case.third_party_drawn
    assert first is not None
    walk.act("declare_interests", pool[first], has_interest=True, statement=text())

    assert {first, walk.case.third_party_drawn} == set(pool)
    assert walk.case.third_party_origin == SIGNED_AT
