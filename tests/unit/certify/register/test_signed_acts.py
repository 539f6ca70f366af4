"""What signatures of people hold against whoever owns the database (security I2, I3, T26; ASVS 4.1.5)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from certify.activities.sign_log import read
from certify.decision_commands import with_signatures
from certify.register.database import Database
from certify.register.decisions import decision_record
from labels.__main__ import main as labels_command
from labels.signed_acts import counted, signature_problems
from schemas.account_events import PasskeyRemoved
from schemas.canonical import digest_of
from schemas.decision_record import DecisionRecord
from schemas.event import Event
from schemas.events import (
    ApplicationLodged,
    BallotCast,
    LabelReleased,
    RoundOpened,
    SigningRefused,
    ThirdPartyReportRecorded,
)
from schemas.scheme import Tier
from schemas.signed_acts import Countersigned
from schemas.stages import Choice, Outcome
from tests.builders import LABEL_OFFICER, MEMBERS, SECRETARY, THIRD_PARTY, text
from tests.cells import CELLS
from tests.receipts import Authenticator, device_of, passkeys_of, signed
from tests.unit.certify.register.certified import Body, forge, founded
from tests.unit.certify.register.records import RecordedWalk, go_on
from workflows.activities import SIGNING_REFUSED, SigningOrder
from workflows.rules.case.procedure import due
from workflows.rules.case.recomputation import recompute

SIGNERS = (*(member.person for member in MEMBERS), LABEL_OFFICER.person, THIRD_PARTY.person)
Change = Callable[[Event], Event]


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    made = await founded(Database(sqlite_url, cells=CELLS), tmp_path)
    await go_on(made.database, "people", *passkeys_of(*SIGNERS))
    return made


async def exported(body: Body) -> DecisionRecord:
    async with body.database.reading() as session:
        return await decision_record(session, "case-1")


async def refusal(body: Body, walk: RecordedWalk) -> tuple[str, str]:
    with pytest.raises(ApplicationError) as refused:
        await body.signing().issue_label(SigningOrder(decision=walk.decision_number))
    return refused.value.type or "", refused.value.message


def last_ballot(events: Sequence[Event]) -> BallotCast:
    return [event for event in events if isinstance(event, BallotCast)][-1]


def with_ballot(event: Event, chosen: BallotCast, **changes: Any) -> Event:
    if event is not chosen:
        return event
    receipt = changes.pop("receipt", chosen.receipt)
    proof = {"proof": digest_of(receipt) if receipt else None}
    return chosen.model_copy(
        update={"ballot": chosen.ballot.model_copy(update={**proof, **changes}), "receipt": receipt}
    )


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.CRITICAL])
async def test_a_label_is_signed_on_ballots_and_release_that_their_people_signed(body: Body, tier: Tier) -> None:
    await body.certified(tier, edition=3)

    assert await body.check() == []


async def test_the_same_holds_on_postgresql(database: Database, tmp_path: Path) -> None:
    made = await founded(database, tmp_path)
    await go_on(made.database, "people", *passkeys_of(*SIGNERS))
    await made.certified(Tier.CRITICAL, edition=3)

    assert await made.check() == []


async def test_a_key_that_is_removed_after_the_ballot_keeps_what_it_signed(body: Body) -> None:
    walk = await body.granted(edition=3)
    voter = last_ballot(walk.events).ballot.member
    gone = PasskeyRemoved(at=datetime.now(UTC), actor=voter, person=voter, credential_id=device_of(voter).credential_id)
    await go_on(body.database, "people", gone)

    assert await body.signing().issue_label(SigningOrder(decision=walk.decision_number))


def forged(walk: RecordedWalk, event: Event) -> Event:
    """The ballot with a signature by a key that the owner of the database made."""
    chosen = last_ballot(walk.events)
    assert chosen.receipt is not None
    stranger = Authenticator()
    receipt = {**chosen.receipt.model_dump(), "signature": stranger.receipt("AAAA", "A" * 43)["signature"]}
    return with_ballot(event, chosen, receipt=type(chosen.receipt).model_validate(receipt))


def anothers(walk: RecordedWalk, event: Event) -> Event:
    """The ballot with the receipt of another member's ballot, which is true."""
    first = next(one for one in walk.events if isinstance(one, BallotCast))
    return with_ballot(event, last_ballot(walk.events), receipt=first.receipt)


def other_grounds(walk: RecordedWalk, event: Event) -> Event:
    return with_ballot(event, last_ballot(walk.events), grounds=("I-1.1-01",))


def missing(walk: RecordedWalk, event: Event) -> Event:
    return with_ballot(event, last_ballot(walk.events), receipt=None)


def not_kept(walk: RecordedWalk, event: Event) -> Event:
    """The ballot still names its receipt, which is gone from the event."""
    return event.model_copy(update={"receipt": None}) if event is last_ballot(walk.events) else event


def vouched_for_by_nobody(walk: RecordedWalk, event: Event) -> Event:
    receipt = Countersigned(countersigner="sofia", countersigned_at=walk.now, authenticated_at=walk.now)
    return with_ballot(event, last_ballot(walk.events), receipt=receipt)


def unsigned_round(_: RecordedWalk, event: Event) -> Event:
    if not isinstance(event, RoundOpened):
        return event
    return event.model_copy(update={"round": event.round.model_copy(update={"origin": None})})


def round_elsewhere(_: RecordedWalk, event: Event) -> Event:
    if not isinstance(event, RoundOpened):
        return event
    return event.model_copy(update={"round": event.round.model_copy(update={"origin": "https://evil.example"})})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (forged, "bad_signature"),
        (anothers, "unknown_credential"),
        (other_grounds, "other_statement"),
        (missing, "receipt_missing"),
        (not_kept, "receipt_missing"),
        (vouched_for_by_nobody, "not_countersigned"),
        (unsigned_round, "receipt_missing"),
        (round_elsewhere, "other_origin"),
    ],
    ids=lambda value: value.__name__ if callable(value) else value,
)
async def test_no_label_is_signed_when_one_counted_ballot_has_no_receipt_or_a_forged_one(
    body: Body, change: Callable[[RecordedWalk, Event], Event], code: str
) -> None:
    walk = await body.granted(edition=3)
    await forge(body, walk, *(change(walk, event) for event in walk.events))

    kind, message = await refusal(body, walk)

    assert kind == SIGNING_REFUSED
    assert message.startswith(code)
    assert not body.sign_log.exists() or read(body.sign_log) == ()
    assert "receipt_not_valid" in await body.codes()


async def test_no_label_is_signed_when_its_release_was_forged(body: Body) -> None:
    walk = await body.granted(Tier.CRITICAL, edition=3)
    ballot = last_ballot(walk.events)
    await forge(
        body,
        walk,
        *(
            event.model_copy(update={"receipt": ballot.receipt}) if isinstance(event, LabelReleased) else event
            for event in walk.events
        ),
    )

    assert (await refusal(body, walk))[1].startswith("unknown_credential")
    assert "receipt_not_valid" in await body.codes()


async def test_an_outcome_turned_round_in_the_database_is_found_by_the_receipts_though_the_chain_holds(
    body: Body,
) -> None:
    """T26: a case that was refused is made one that was granted, with a chain, a tally and views that agree."""
    walk = RecordedWalk(edition=3).to_decision().act("open_round", SECRETARY).all_declare()
    walk.voted(*[Choice.REFUSE] * len(walk.voters()))
    assert walk.case.decision is not None
    assert walk.case.decision.outcome == Outcome.REFUSED
    await walk.store(body.vault)
    await walk.record(body.database)
    assert await body.check() == []

    turned = RecordedWalk(edition=3).to_decision().act("open_round", SECRETARY).all_declare()
    turned.now = walk.now
    receipts = {event.ballot.member: event.receipt for event in walk.events if isinstance(event, BallotCast)}
    for member in turned.voters():
        turned.ballot(member, Choice.GRANT, proof=receipts[member.person])
    assert turned.case.decision is not None
    assert turned.case.decision.outcome == Outcome.GRANTED
    await forge(body, walk, *turned.events)

    found = [finding for finding in await body.check() if finding.code == "receipt_not_valid"]
    assert len(found) == len(receipts)
    assert all("other_statement" in finding.what for finding in found)
    assert (await refusal(body, turned))[1].startswith("other_statement")


async def test_a_key_of_the_forgers_own_does_not_make_the_ballot_a_members(body: Body) -> None:
    """Whoever enters a key for a member after the ballot still cannot date it before."""
    walk = await body.granted(edition=3)
    chosen, stranger = last_ballot(walk.events), Authenticator()
    act = next(act for act in walk.sent if act.kind == "cast_ballot" and act.actor.person == chosen.ballot.member)
    before = [event for event in walk.events if event is not chosen]
    case = RecordedWalk(edition=3).take(tuple(before[: walk.events.index(chosen)])).case
    again = signed(act.model_copy(update={"proof": None}), case, stranger)
    entered = passkeys_of(chosen.ballot.member, at=datetime(2027, 1, 1, tzinfo=UTC))[0]
    own = entered.model_copy(update={"credential_id": stranger.credential_id, "public_key": stranger.public_key})
    await go_on(body.database, "people", own)
    await forge(body, walk, *(with_ballot(event, chosen, receipt=again.proof) for event in walk.events))  # type: ignore[attr-defined]  # a ballot

    assert (await refusal(body, walk))[1].startswith("credential_not_valid")


async def test_a_case_lodged_before_is_certified_without_receipts(body: Body) -> None:
    await body.certified(Tier.CRITICAL, edition=2)

    assert await body.check() == []


async def test_the_decision_record_lets_an_outsider_verify_every_ballot(body: Body) -> None:
    walk = await body.granted(Tier.CRITICAL, edition=3)
    record = DecisionRecord.model_validate_json((await exported(body)).model_dump_json())
    vote = walk.case.rounds[-1]

    assert recompute(record).differences == ()
    assert with_signatures(record, recompute(record)).agrees
    assert counted(vote, record.signed).passkeys == len(vote.ballots)
    assert record.release is not None
    assert record.release.person == LABEL_OFFICER.person
    assert {one.person for one in record.credentials} == {*vote.ballots, LABEL_OFFICER.person, THIRD_PARTY.person}


async def test_an_outsider_verifies_the_receipts_of_a_record_offline(
    body: Body, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await body.granted(edition=3)
    record = await exported(body)
    path = tmp_path / "record.json"
    path.write_text(record.model_dump_json())
    assert labels_command(["receipt", str(path)]) == 0
    assert "signed by passkey, 0 countersigned" in capsys.readouterr().out

    path.write_text(record.model_copy(update={"credentials": ()}).model_dump_json())
    assert labels_command(["receipt", str(path)]) == 3
    assert "[unknown_credential]" in capsys.readouterr().out
    path.write_text("{}")
    assert labels_command(["receipt", str(path)]) == 4


async def test_a_record_in_which_one_ballot_was_changed_names_it(body: Body) -> None:
    await body.granted(edition=3)
    record = await exported(body)
    vote = record.rounds[-1]
    member, ballot = next(iter(vote.ballots.items()))
    abstained = ballot.model_copy(update={"choice": Choice.ABSTAIN})
    changed = record.model_copy(
        update={"rounds": (vote.model_copy(update={"ballots": {**vote.ballots, member: abstained}}),)}
    )

    assert [(one.place, one.code) for one in signature_problems(changed, changed.signed)] == [
        (f"/rounds/0/ballots/{member}", "other_statement")
    ]


async def test_a_countersigned_ballot_counts_and_is_visible_as_such(body: Body) -> None:
    walk = RecordedWalk(edition=3).to_decision().act("open_round", SECRETARY).all_declare()
    first, *others = walk.voters()
    walk.act("countersign", SECRETARY, person=first.person, round=1)
    proof = Countersigned(countersigner="sofia", countersigned_at=walk.now, authenticated_at=walk.now)
    walk.ballot(first, Choice.GRANT, proof=proof)
    for member in others:
        walk.ballot(member, Choice.GRANT)
    await walk.store(body.vault)
    await walk.record(body.database)
    await body.signing().issue_label(SigningOrder(decision=walk.decision_number))
    record = await exported(body)
    of = counted(record.rounds[-1], record.signed)

    assert (of.passkeys, of.countersigned) == (len(others), 1)
    assert [one.by for one in record.countersigns] == ["sofia"]
    assert list(signature_problems(record, record.signed)) == []


async def test_a_release_of_a_decision_that_was_reopened_is_not_asked_of_the_one_that_took_its_place(
    body: Body,
) -> None:
    walk = RecordedWalk(Tier.CRITICAL, members=9, edition=3).to_attestation()
    voter = next(one for one in MEMBERS if one.person in walk.case.rounds[-1].ballots)
    walk.act("declare_interests", voter, has_interest=True, statement=text())
    walk.conclude(SigningRefused(at=walk.now, actor="engine", code="ballot_barred"))
    for event in due(walk.case, walk.now, walk.rules):
        walk.conclude(event)
    assert walk.case.reopened
    await walk.store(body.vault)
    await walk.record(body.database)

    record = await exported(body)

    assert await body.check() == []
    assert record.release is None
    assert list(signature_problems(record, record.signed)) == []


async def test_an_edition_turned_back_does_not_hide_missing_receipts(body: Body) -> None:
    """Whoever makes a case an earlier one leaves rounds that say where they were signed."""
    walk = await body.granted(edition=3)

    def earlier(event: Event) -> Event:
        if isinstance(event, ApplicationLodged):
            return event.model_copy(update={"edition": 2})
        return other_grounds(walk, event)

    await forge(body, walk, *(earlier(event) for event in walk.events))

    assert (await refusal(body, walk))[1].startswith("other_statement")


async def test_a_report_whose_summary_was_changed_is_named_and_no_label_rests_on_it(body: Body) -> None:
    walk = await body.granted(Tier.CRITICAL, edition=3)

    def other_summary(event: Event) -> Event:
        if isinstance(event, ThirdPartyReportRecorded):
            return event.model_copy(update={"summary": text("All is well.")})
        return event

    await forge(body, walk, *(other_summary(event) for event in walk.events))

    found = [finding.what for finding in await body.check() if finding.code == "receipt_not_valid"]
    assert [what.split(":")[0] for what in found] == ["/third_party_signed"]
    assert (await refusal(body, walk))[1].startswith("other_statement")
