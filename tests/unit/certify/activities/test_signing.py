import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from certify.activities import signing as module
from certify.activities.sign_log import Intent, Signature, SignLog, SignLogBroken, read
from certify.activities.signing import LabelSigning
from certify.register.cases import CaseRecord
from certify.register.database import Database
from labels.encoding import to_base36
from labels.key_set import KeySet
from labels.keys import KeyInMemory
from labels.signing import prepare, sign
from labels.verification import verify
from schemas.errors import LabelError, Unavailable
from schemas.event import Event
from schemas.events import BallotCast, DecisionTaken, InterestsDeclared, LabelReleased, ReviewSubmitted
from schemas.label import Authenticity, IssuedLabel
from schemas.label_number import bytes_of
from schemas.scheme import Tier
from tests.builders import scheme, sha256
from tests.cells import CELLS, rewrite
from tests.unit.certify.register.certified import Body, forge, founded
from tests.unit.certify.register.records import RecordedWalk
from workflows.activities import SigningOrder
from workflows.rules.case.attestation import attest


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def issue(signing: LabelSigning, walk: RecordedWalk) -> IssuedLabel:
    return await signing.issue_label(SigningOrder(decision=walk.decision_number))


@pytest.mark.parametrize("tier", list(Tier))
async def test_a_recorded_grant_becomes_an_authentic_label(body: Body, tier: Tier) -> None:
    walk = await body.granted(tier)
    decision = walk.case.decision
    assert decision is not None

    label = await issue(body.signing(), walk)

    answer = verify(label.token, KeySet.read(body.key_set), at=datetime.now(UTC))
    assert answer.authenticity == Authenticity.AUTHENTIC
    assert answer.statement is not None
    assert (answer.statement.id, answer.statement.status_index) == (label.id, label.status_index)
    assert (label.tier, label.name_version, label.holder) == (tier.value, "Digit Reader 1.2.0", "Acme Vision")
    assert (label.decision_number, label.issued_at) == (decision.number, decision.decided_at)
    assert label.expires_at == answer.statement.expires_at


async def test_the_label_is_the_same_on_postgresql(database: Database, tmp_path: Path) -> None:
    body = await founded(database, tmp_path)
    walk = await body.granted()

    label = await issue(body.signing(), walk)

    assert verify(label.token, KeySet.read(body.key_set), at=datetime.now(UTC)).authenticity == Authenticity.AUTHENTIC


async def test_the_same_decision_gives_the_same_label_also_after_a_restart(body: Body) -> None:
    walk = await body.granted()
    signing = body.signing()

    first = await issue(signing, walk)
    again = await issue(signing, walk)
    after_restart = await issue(body.signing(), walk)

    assert first == again == after_restart
    assert [line.kind for line in read(body.sign_log)] == ["intent", "signature"]


async def test_ten_orders_for_one_decision_are_one_label(body: Body) -> None:
    walk = await body.granted()
    signing = body.signing()

    made = await asyncio.gather(*(issue(signing, walk) for _ in range(10)))

    assert len({label.token for label in made}) == 1
    assert len(read(body.sign_log)) == 2


async def test_a_crash_after_the_intent_ends_in_the_label_that_was_intended(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await body.granted()

    def crash(_self: KeyInMemory, _message: bytes) -> bytes:
        raise SystemError("killed between intent and signature")

    with monkeypatch.context() as patched:
        patched.setattr(KeyInMemory, "sign", crash)
        with pytest.raises(SystemError):
            await issue(body.signing(), walk)
    (intent,) = read(body.sign_log)
    assert isinstance(intent, Intent)

    label = await issue(body.signing(), walk)

    assert [line.kind for line in read(body.sign_log)] == ["intent", "signature"]
    claims = label.model_dump(include=set(type(intent.statement).model_fields) - {"holder"})
    assert claims == intent.statement.model_dump(exclude={"holder"})


async def crashed_before_the_signature(body: Body, walk: RecordedWalk, monkeypatch: pytest.MonkeyPatch) -> Intent:
    """Sign, and be killed between intent and signature."""

    def crash(_self: KeyInMemory, _message: bytes) -> bytes:
        raise SystemError("killed between intent and signature")

    with monkeypatch.context() as patched:
        patched.setattr(KeyInMemory, "sign", crash)
        with pytest.raises(SystemError):
            await issue(body.signing(), walk)
    line = read(body.sign_log)[-1]
    assert isinstance(line, Intent)
    return line


async def test_what_was_begun_before_a_rotation_is_finished_with_the_old_key_and_gives_its_bytes(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await body.granted()
    intent = await crashed_before_the_signature(body, walk, monkeypatch)
    old = body.keyring().keys.keys[0]
    expected = to_base36(sign(prepare(intent.statement), body.keyring().signers[0]))

    body.rotate(began_days_ago=0)
    label = await issue(body.signing(), walk)

    assert (intent.kid, label.kid, label.token) == (old.kid, old.kid, expected)
    walk.conclude(attest(walk.case, label, walk.now))
    await walk.record(body.database)
    assert await body.check() == []


async def test_the_next_label_after_a_rotation_is_signed_with_the_new_key(body: Body) -> None:
    old = (await issue(body.signing(), await body.granted(application="case-1"))).kid
    new = body.rotate(began_days_ago=0)

    label = await issue(body.signing(), await body.granted(application="case-2"))

    assert label.kid == new.kid != old
    assert await body.codes() == []


async def test_what_was_begun_with_a_key_that_was_then_stolen_is_signed_with_another(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await body.granted()
    intent = await crashed_before_the_signature(body, walk, monkeypatch)
    new = body.rotate(began_days_ago=0)
    body.compromise(intent.kid, at=datetime.now(UTC) - timedelta(hours=1))

    label = await issue(body.signing(), walk)

    assert (label.kid, label.id, label.status_index) == (new.kid, intent.statement.id, intent.statement.status_index)
    assert [line.kind for line in read(body.sign_log)] == ["intent", "intent", "signature"]
    walk.conclude(attest(walk.case, label, walk.now))
    await walk.record(body.database)
    assert await body.check() == []


async def test_an_intent_of_the_time_of_one_key_is_finished_with_the_oldest(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await body.granted()
    intent = await crashed_before_the_signature(body, walk, monkeypatch)
    body.sign_log.unlink()
    SignLog(body.sign_log).append(intent.model_copy(update={"kid": None, "previous": None}))
    assert b"kid" not in body.sign_log.read_bytes()
    old = body.keyring().keys.keys[0]
    body.rotate(began_days_ago=0)

    assert (await issue(body.signing(), walk)).kid == old.kid


async def test_while_no_key_may_sign_nothing_is_written_and_a_new_key_signs_what_waited(body: Body) -> None:
    walk = await body.granted()
    (stolen,) = body.keyring().keys.keys
    body.compromise(stolen.kid, at=datetime.now(UTC))
    signing = body.signing()

    with pytest.raises(LabelError, match="no_key_for_today"):
        await issue(signing, walk)
    assert read(body.sign_log) == ()
    new = body.rotate(began_days_ago=0)

    assert (await issue(signing, walk)).kid == new.kid


async def test_a_crash_after_the_signature_gives_the_very_bytes_that_were_logged(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await body.granted()
    append = SignLog.append

    def crash_after(self: SignLog, line: Intent | Signature) -> None:
        append(self, line)
        if line.kind == "signature":
            raise SystemError("killed between signature and reply")

    with monkeypatch.context() as patched:
        patched.setattr(SignLog, "append", crash_after)
        with pytest.raises(SystemError):
            await issue(body.signing(), walk)
    logged = read(body.sign_log)[-1]
    assert isinstance(logged, Signature)

    assert await issue(body.signing(), walk) == logged.label


async def test_a_status_index_is_never_drawn_twice(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARD", 8)
    monkeypatch.setattr(module, "FULL", 7)
    signing = body.signing()

    made = [await issue(signing, await body.granted(application=f"case-{number}")) for number in range(9)]

    indices = [label.status_index for label in made]
    assert len(set(indices)) == 9
    # A shard is left when it is nearly full: of its 8 places 7 are drawn.
    assert [index // 8 for index in indices] == [0, 0, 0, 0, 0, 0, 0, 1, 1]


async def test_a_signer_with_a_broken_log_does_not_start(body: Body) -> None:
    await issue(body.signing(), await body.granted())
    body.sign_log.write_bytes(b"".join(body.sign_log.read_bytes().splitlines(keepends=True)[1:]))

    with pytest.raises(SignLogBroken):
        body.signing()


def _without(kind: type[Event]) -> Callable[[Event], Event | None]:
    return lambda event: None if isinstance(event, kind) else event


def _other_scheme(event: Event) -> Event:
    if not isinstance(event, BallotCast):
        return event
    return event.model_copy(update={"ballot": event.ballot.model_copy(update={"scheme_digest": sha256("other")})})


def _other_manifest(event: Event) -> Event:
    if not isinstance(event, DecisionTaken):
        return event
    decision = event.decision.model_copy(update={"manifest_digest": sha256("other")})
    return event.model_copy(update={"decision": decision})


def _other_number(event: Event) -> Event:
    if not isinstance(event, DecisionTaken):
        return event
    return event.model_copy(update={"decision": event.decision.model_copy(update={"number": "case-1/31"})})


def _undeclared_voter(event: Event) -> Event | None:
    return None if isinstance(event, InterestsDeclared) and event.interests.person == "member-b" else event


NOT_GRANTED = pytest.mark.parametrize(
    ("tier", "change", "code"),
    [
        (Tier.LOW, _without(DecisionTaken), "unknown_decision"),
        (Tier.LOW, _without(BallotCast), "no_majority"),
        (Tier.LOW, _other_scheme, "other_scheme"),
        (Tier.LOW, _other_manifest, "other_manifest"),
        (Tier.LOW, _other_number, "unknown_decision"),
        (Tier.LOW, _without(ReviewSubmitted), "review_missing"),
        (Tier.LOW, _undeclared_voter, "ballot_barred"),
        (Tier.CRITICAL, _without(LabelReleased), "not_granted"),
    ],
)


@NOT_GRANTED
async def test_what_the_record_does_not_grant_is_not_signed(
    body: Body, tier: Tier, change: Callable[[Event], Event | None], code: str
) -> None:
    walk = await body.granted(tier)
    changed = [after for event in walk.events if (after := change(event)) is not None]
    await forge(body, walk, *changed)

    with pytest.raises(ApplicationError, match=code) as refused:
        await issue(body.signing(), walk)

    assert (refused.value.type, refused.value.non_retryable) == ("not_signed", False)
    assert read(body.sign_log) == ()


@NOT_GRANTED
async def test_what_the_record_grants_no_more_is_not_signed_though_it_was_begun(
    body: Body, monkeypatch: pytest.MonkeyPatch, tier: Tier, change: Callable[[Event], Event | None], code: str
) -> None:
    walk = await body.granted(tier)
    begun = await crashed_before_the_signature(body, walk, monkeypatch)
    await forge(body, walk, *(after for event in walk.events if (after := change(event)) is not None))

    with pytest.raises(ApplicationError, match=code):
        await issue(body.signing(), walk)

    assert read(body.sign_log) == (begun,)


async def test_a_decision_nobody_took_is_not_signed(body: Body) -> None:
    for decision in ("case-9/1", "nothing"):
        with pytest.raises(ApplicationError, match="unknown_decision"):
            await body.signing().issue_label(SigningOrder(decision=decision))


async def test_a_case_whose_chain_is_broken_is_not_signed(body: Body) -> None:
    walk = await body.granted()
    third = "stream = 'case/case-1' AND number = 3"
    await body.as_owner()
    await rewrite(body.database, "journal_body.body", lambda said: said + b" ", where=third)

    with pytest.raises(ApplicationError, match="case/case-1 3: the body is not the one that was hashed"):
        await issue(body.signing(), walk)

    await body.as_owner(f"UPDATE journal_body SET body = CAST(body || x'20' AS BLOB) WHERE {third}")  # noqa: S608  # our own
    with pytest.raises(ApplicationError, match="cell_not_opened"):
        await issue(body.signing(), walk)


async def test_a_case_of_a_scheme_that_is_not_in_the_record_is_not_signed(body: Body) -> None:
    walk = await body.granted()
    await body.as_owner(
        f"DELETE FROM journal_entry WHERE stream = 'scheme/{scheme().rules.id}'",  # noqa: S608  # our own name
    )

    with pytest.raises(ApplicationError, match="unknown_scheme"):
        await issue(body.signing(), walk)


async def test_views_that_were_edited_deceive_no_signer(body: Body) -> None:
    walk = RecordedWalk().to_round()
    await walk.store(body.vault)
    await walk.record(body.database)
    granted = RecordedWalk().to_attestation()
    async with body.database.writing() as session:
        row = await session.get(CaseRecord, "case-1")
        assert row is not None
        row.state = granted.case.model_dump_json()
        session.add(row)

    with pytest.raises(ApplicationError, match="unknown_decision"):
        await issue(body.signing(), granted)


async def test_no_label_is_given_a_number_of_previews(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = await body.granted()
    drawn = iter([bytes_of("TEST" + "0" * 12), bytes_of("TEST" + "Z" * 12), bytes(10)])
    monkeypatch.setattr(module.secrets, "token_bytes", lambda _: next(drawn))

    assert (await issue(body.signing(), walk)).id == "0" * 16


async def test_nothing_is_signed_while_the_log_is_not_carried_by_its_witness(body: Body) -> None:
    """Security I22: no label is issued, and nothing of one is written down."""
    walk = await body.granted()
    stopped = Unavailable("log_behind_witness", "A witness saw a larger log.")

    def refuse() -> None:
        raise stopped

    signing = LabelSigning(body.database, body.keyring, SignLog(body.sign_log), require_issuing=refuse)
    with pytest.raises(ApplicationError, match="log_behind_witness") as refused:
        await issue(signing, walk)
    assert (refused.value.type, refused.value.non_retryable) == ("not_signed", False)
    assert read(body.sign_log) == ()
