"""Fakes: the real contracts, kept in memory, easy to read and without surprises."""

import asyncio
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from certify.vault.label_proofs import LabelProofs, Proved, differs
from labels.key_set import KeySet
from schemas.canonical import canonical_json
from schemas.errand import Errand, ErrandAnswer
from schemas.errors import CouldNotCheck
from schemas.event import Event
from schemas.extract import SignedExtract
from schemas.label import Authenticity, IssuedLabel
from schemas.public_facts import PublicFacts
from schemas.records import Batch, PendingEntry
from tests.builders import sha256
from workflows.activities import (
    SIGNING_REFUSED,
    STREAM_FORKED,
    Errands,
    ExtractOrder,
    ExtractSigning,
    RecordKeeping,
    Signing,
    SigningOrder,
)


class FakeRecord(RecordKeeping):
    """Streams in memory, as strict as the journal; it can be away for a while, or say nothing when it is done."""

    def __init__(self) -> None:
        self.streams: dict[str, list[PendingEntry]] = {}
        self.calls = 0
        self.away = 0
        self.says_nothing = 0

    @activity.defn(name="record")
    async def record(self, batch: Batch) -> int | None:  # type: ignore[override]  # as whoever forges an answer
        self.calls += 1
        if self.away > 0:
            self.away -= 1
            raise ConnectionError("the database is away")
        stream = self.streams.setdefault(batch.stream, [])
        for entry in batch.entries:
            if entry.number <= len(stream):
                if canonical_json(stream[entry.number - 1]) != canonical_json(entry):
                    raise ApplicationError("forked", type=STREAM_FORKED, non_retryable=True)
            else:
                assert entry.number == len(stream) + 1
                stream.append(entry)
        if self.says_nothing > 0:
            self.says_nothing -= 1
            return None
        return batch.entries[-1].number

    def keep(self, stream: str, number: int, event: Event) -> None:
        """Hold an event as recorded before."""
        entry = PendingEntry(
            number=number, kind=event.kind, version=event.version, at=event.at, actor=event.actor, authn="engine",
            request_id="none", body=event.model_dump(mode="json"),
        )  # fmt: skip
        self.streams.setdefault(stream, []).append(entry)

    def kinds(self, stream: str) -> list[str]:
        """What happened in a stream, in order."""
        return [entry.kind for entry in self.streams.get(stream, [])]

    async def reaches(self, stream: str, number: int) -> None:
        """Wait until a stream holds so many entries."""
        async with asyncio.timeout(10):
            while len(self.streams.get(stream, [])) < number:  # noqa: ASYNC110  # the streams know no events of asyncio
                await asyncio.sleep(0.01)

    async def holds(self, stream: str, kind: str, times: int = 1) -> None:
        """Wait until a stream holds an entry of a kind, or several."""
        async with asyncio.timeout(10):
            while self.kinds(stream).count(kind) < times:  # noqa: ASYNC110  # the streams know no events of asyncio
                await asyncio.sleep(0.01)


class FakeSigner(Signing):
    """Makes a label with no key behind it; it can be away, take its time, refuse once, or answer another order."""

    def __init__(self) -> None:
        self.orders: list[SigningOrder] = []
        self.away = 0
        self.refuses: str | None = None
        self.answers_another = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    @activity.defn(name="issue_label")
    async def issue_label(self, order: SigningOrder) -> IssuedLabel:
        self.orders.append(order)
        if self.away > 0:
            self.away -= 1
            raise ConnectionError("the signer is away")
        await self.may_answer.wait()
        if self.refuses is not None:
            code, self.refuses = self.refuses, None
            raise ApplicationError(code, code, order.decision, type=SIGNING_REFUSED, non_retryable=True)
        decision = order.decision
        if self.answers_another > 0:
            self.answers_another -= 1
            decision = "case-1/1"
        return IssuedLabel(
            id="0123456789ABCDEF",
            token="T0KEN",
            kid="00000000",
            decision_number=decision,
            status_index=1,
            subject_digest=sha256("subject")[:24],
            name_version="Digit Reader 1.2.0",
            tier="low",
            holder="Acme Vision",
            issued_at=datetime(2026, 3, 2, tzinfo=UTC),
            expires_at=datetime(2028, 3, 2, tzinfo=UTC),
        )

    async def asked(self, times: int) -> None:
        """Wait until a label was asked for so many times."""
        async with asyncio.timeout(10):
            while len(self.orders) < times:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.01)


class FakeExtracts(ExtractSigning):
    """Makes extracts with no key behind them; it can answer another order."""

    def __init__(self) -> None:
        self.orders: list[ExtractOrder] = []
        self.answers_another = 0

    @activity.defn(name="sign_extract")
    async def sign_extract(self, order: ExtractOrder) -> SignedExtract:
        self.orders.append(order)
        entry = order.entry
        if self.answers_another > 0:
            self.answers_another -= 1
            entry = 1
        return SignedExtract(
            organisation=order.organisation, entry=entry, digest=sha256(f"{order}"), kid="00000000", signed="AAAA"
        )


class FakeErrands(Errands):
    """Keeps what other matters are told; it can be away for a while, answer another errand, or find one refused."""

    def __init__(self) -> None:
        self.told: list[Errand] = []
        self.away = 0
        self.answers_another = 0
        self.refused: str | None = None
        self.refusing: dict[str, str] = {}

    @activity.defn(name="run_errand")
    async def run_errand(self, errand: Errand) -> ErrandAnswer:
        if self.away > 0:
            self.away -= 1
            raise ConnectionError("the other matter is away")
        if self.answers_another > 0:
            self.answers_another -= 1
            return ErrandAnswer(key="another")
        self.told.append(errand)
        return ErrandAnswer(key=errand.key, refused=self.refusing.get(errand.subject, self.refused))


class SeenByWitnesses(LabelProofs):
    """Says of every label that witnesses saw its issue, as they do of all within seconds; a test takes some away.

    Attributes:
        lost: labels whose key was stolen before witnesses saw them.
        differing: labels of which something else is kept than was signed.
    """

    def __init__(self) -> None:
        self.unseen: set[str] = set()
        self.unreadable: set[str] = set()
        self.lost: set[str] = set()
        self.differing: set[str] = set()

    async def of(self, label_id: str) -> Proved | None:
        """Return nothing: who is asked about a label's number only knows the labels it is shown."""

    def require_as_signed(self, label: IssuedLabel) -> KeySet:
        """Refuse what is said to be another."""
        if label.id in self.differing:
            raise differs(label.id)
        return KeySet(())

    async def require_certified(self, label: IssuedLabel, facts: PublicFacts) -> None:
        """Believe what is told: where a test makes no certificate, none says otherwise."""

    def authenticity_of(self, label: IssuedLabel, seen_at: datetime | None) -> Authenticity:
        """Return whether the key was stolen before."""
        self.require_as_signed(label)
        return Authenticity.NOT_IN_LOG if label.id in self.lost else Authenticity.AUTHENTIC

    async def seen_at(self, label: IssuedLabel) -> datetime | None:
        """Return when it was seen."""
        if label.id in self.unreadable:
            raise CouldNotCheck("proof_unreadable", "damaged")
        return None if label.id in self.unseen else label.issued_at
