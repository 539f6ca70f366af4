"""The public log in the hands of the signer program: entries sequenced in the order of the record, and witnessed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.publication.signature_log import LoggedKey, SignatureLog, checkpoint_name
from certify.publication.witnesses import WitnessAway, WitnessClient, WitnessRefused
from certify.register import public_log
from certify.register.database import Database
from certify.register.public_log import PublicLog
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import STOPPED
from certify.vault.witnessed_log import LogFiles
from labels.key_set import Use
from labels.log import checkpoints, notes
from labels.log.checkpoints import Policy, Witnessed
from labels.log.notes import Note
from labels.log.sequencer import CHECKPOINT, Sequencer
from labels.log.tiles import TiledLog
from labels.signing import Signer
from schemas.errors import Unavailable, VerificationError
from schemas.public_log import LogEntry

log = structlog.get_logger()

BATCH = 1000
_NOT_GROWN = frozenset({409, 422})
"""What a witness answers once sizes agree: this log did not grow out of the one that it saw (c2sp.org/tlog-witness)."""
OTHER_RECORD = frozenset({"record_differs", "log_behind_signatures", "log_behind_witness", "log_forked"})
"""Codes of a stop for which nothing may be answered out of the record, or added to it, until people have looked."""
_BY_WITNESS = frozenset({"log_behind_witness", "log_forked"})
WITNESS_MAY_BE_AWAY = timedelta(minutes=10)
"""How long labels are still issued when too few witnesses cosign (security F15)."""


class LogPublication:
    """Grows the log by what the record grew, and has it witnessed.

    Attributes:
        witnessed: the last checkpoint that enough witnesses saw, as published.
    """

    def __init__(
        self,
        database: Database,
        files: PublishedFiles,
        signer: Signer,
        policy: Policy,
        witnesses: Sequence[WitnessClient],
        signatures: SignatureLog,
    ) -> None:
        self.files = LogFiles(files)
        self._database, self.policy, self._witnesses = database, policy, witnesses
        self._signer, self._signatures = LoggedKey(signer, Use.LOG, signatures, checkpoint_name), signatures
        self._published = files
        self._told_stop: str | None = ""
        self._public_log = PublicLog()
        self._known: dict[WitnessClient, int] = {}
        self._answered_at: datetime | None = None
        self._trouble: str | None = None
        self._contradicted: str | None = None
        self._seen_size = 0
        self.witnessed: Witnessed | None = None

    async def open(self) -> None:
        """Read what is stored.

        Raises:
            VerificationError: the stored log is damaged; nothing is signed over it.
            Unavailable: `other_origin`: what is stored is the log of another name.
        """
        self._sequencer = await asyncio.to_thread(Sequencer, self.files, self.policy.origin, self._signer)
        self._check_origin()
        self._position: int | None = None
        published = await asyncio.to_thread(self.files.read, CHECKPOINT)
        self.witnessed = self._believed(published) if published is not None else None
        head = self._sequencer.head
        is_signed = head is not None and not self._signatures.is_new and notes.is_signed(head, self._own_key())
        # A head of before there was a log of signatures is signed once more, so that it has its line.
        if not is_signed and self._signatures.log_size <= self.size:
            self._sign_again()
        told = await asyncio.to_thread(self._published.read, STOPPED + "code")
        if told is not None and told.decode() in _BY_WITNESS:
            self._contradicted = told.decode()  # until a witness takes it back

    def _sign_again(self) -> None:
        try:
            self._sequencer.sign_again()
        except Unavailable as error:
            raise self._stopped(error.code, error.message) from error

    def _check_origin(self) -> None:
        """Never sign a log under a second name: whoever verifies by the first one would find no proof any more."""
        head = self._sequencer.head
        if head is not None and (stored := checkpoints.read(head).origin) != self.policy.origin:
            what = f"The stored log is {stored}, and CERTIFY_LOG_ORIGIN says {self.policy.origin}."
            raise self._stopped("other_origin", what)

    def _believed(self, published: bytes) -> Witnessed | None:
        """Return the published checkpoint; None where its witness is trusted no more: it is witnessed again."""
        try:
            return checkpoints.witnessed(published, self.policy)
        except VerificationError as error:
            log.warning("published_checkpoint_not_believed", code=error.code)
            return None

    def _own_key(self) -> notes.NoteKey:
        return notes.NoteKey(self.policy.origin, notes.ED25519, notes.ed25519(self._signer.public_key))

    @property
    def size(self) -> int:
        """How many entries are sequenced."""
        return self._sequencer.size

    @property
    def witnessed_size(self) -> int:
        """How many entries enough witnesses have seen."""
        return self.witnessed.checkpoint.size if self.witnessed is not None else 0

    async def sequence(self) -> tuple[LogEntry, ...]:
        """Take in what the record has more than the log, one batch, and return it.

        A log of before, that was put back, first grows to the size that was signed for: it must come out the same.

        Raises:
            Unavailable: `record_differs`: the record is shorter than the log, or another one; `log_behind_signatures`,
                `log_forked`: than the log that was signed for (I22).
        """
        known = self._known_size()
        lacking = known - self.size
        async with self._database.reading() as session:
            try:
                position = self._position
                if position is None:
                    position = await public_log.position_of(session, self.size)
                await self._check_same_record(session, position)
            except LookupError as error:
                raise self._stopped("record_differs", f"The record is not the one that was logged: {error}.") from error
            found = await self._public_log.entries(session, after=position, limit=lacking if lacking > 0 else BATCH)
        if len(found) < lacking:
            code = "log_behind_witness" if self._signatures.log_size < known else "log_behind_signatures"
            raise self._stopped(code, f"There was a log of {known} entries; log and record hold fewer.")
        entries = tuple(entry for _, entry in found)
        if entries:
            await self._append(entries)
        self._position = found[-1][0] if found else position
        self._trouble = None
        return entries

    def _known_size(self) -> int:
        """Return how many entries the log had; where our own lines were lost, what a witness said counts."""
        return max(self._signatures.log_size, self._seen_size if self._signatures.is_new else 0)

    async def ask_how_far_it_was(self, now: datetime) -> None:
        """Learn from the witnesses how large the log was before its lines were lost; nothing is signed meanwhile."""
        if self._signatures.is_new and self._sequencer.head is not None:
            with suppress(Unavailable):
                await self.have_witnessed(now)

    def require_same_record(self) -> None:
        """Refuse to publish while a witness says that this is another log, also once it falls silent.

        Raises:
            Unavailable: `log_behind_witness` or `log_forked` (I22).
        """
        if self._contradicted is not None:
            raise Unavailable(self._contradicted, "A witness saw another log, and has not taken it back.")

    async def _append(self, entries: Sequence[LogEntry]) -> None:
        try:
            await asyncio.to_thread(self._sequencer.append, [entry.as_bytes() for entry in entries])
        except Unavailable as error:
            raise self._stopped(error.code, error.message) from error

    def _stopped(self, code: str, what: str) -> Unavailable:
        """Return why nothing is published or issued, and keep it until log and record agree again."""
        self._trouble = code
        return Unavailable(code, what)

    async def tell_stop(self, code: str | None) -> None:
        """Tell everybody who answers out of the record whether it is the one that was logged, as far as is known here.

        Raises:
            OSError: it was not told.
        """
        if code == self._told_stop or code not in {None, *OTHER_RECORD}:
            return
        if code is None:
            await asyncio.to_thread(self._published.remove_folder, STOPPED)
            if await asyncio.to_thread(self._published.read, STOPPED + "code") is not None:
                raise OSError("the stop is told still; remove it by hand")
        else:
            await asyncio.to_thread(self._published.write, STOPPED + "code", code.encode())
        self._told_stop = code

    async def _check_same_record(self, session: AsyncSession, position: int) -> None:
        if self.size == 0:
            return
        (last,) = await asyncio.to_thread(lambda: tuple(self.stored().entries(self.size - 1, self.size)))
        if await public_log.digest_at(session, position) != LogEntry.from_bytes(last).digest:
            raise LookupError(f"its entry {self.size} is another one")

    def stored(self, size: int | None = None) -> TiledLog:
        """Return the log as it is stored."""
        return TiledLog(self.files, self.size if size is None else size)

    async def have_witnessed(self, now: datetime) -> bool:
        """Ask the witnesses for their cosignatures and publish the checkpoint; tell whether a new one was published.

        One that contradicts stops nothing while enough others cosign: it may be that one which errs.

        Raises:
            Unavailable: `log_behind_witness`, `log_forked`: a witness saw a larger log than this one, or another, and
                too few others cosign (I22).
        """
        head = self._sequencer.head
        assert head is not None
        note, against = head, None
        for witness in self._witnesses:
            try:
                note = await self._cosigned(witness, head, note)
            except Unavailable as error:
                log.warning("witness_contradicts", witness=witness.url, code=error.code, why=error.message)
                against = error
        try:
            seen = checkpoints.witnessed(str(note), self.policy)
        except VerificationError as error:
            if against is not None:
                self._contradicted = against.code
                raise against from error
            log.warning("not_witnessed", code=error.code)
            return False
        self._answered_at = now
        is_new = self.witnessed is None or self.witnessed.checkpoint != seen.checkpoint
        await asyncio.to_thread(self.files.write, CHECKPOINT, str(note).encode())
        self.witnessed, self._contradicted = seen, None
        return is_new

    async def _cosigned(self, witness: WitnessClient, head: Note, note: Note) -> Note:
        try:
            lines = await self._ask(witness, head)
            self._known[witness] = self.size
            return checkpoints.cosigned(note, lines, self.policy)
        except (WitnessAway, WitnessRefused, VerificationError) as error:
            if isinstance(error, WitnessRefused) and error.status in _NOT_GROWN:
                raise Unavailable("log_forked", "A witness saw another log under this name.") from error
            log.warning("witness_gave_no_cosignature", witness=witness.url, why=str(error))
            return note

    async def _ask(self, witness: WitnessClient, head: Note) -> str:
        older = self._known.get(witness, self.witnessed_size)
        try:
            return await witness.add_checkpoint(older, self._growth(older), head)
        except WitnessRefused as refusal:
            if refusal.size is None or refusal.size == older:
                raise
            if refusal.size > self.size:
                what = f"A witness saw a log of {refusal.size} entries; this one has {self.size}."
                self._seen_size = max(self._seen_size, refusal.size)
                raise Unavailable("log_behind_witness", what) from refusal
            return await witness.add_checkpoint(refusal.size, self._growth(refusal.size), head)

    def _growth(self, older: int) -> tuple[bytes, ...]:
        return self._sequencer.growth_since(older) if older <= self.size else ()

    def require_issuing(self, now: datetime) -> None:
        """Refuse to issue labels on a log that a witness does not carry.

        Raises:
            Unavailable: what `sequence` and `have_witnessed` stopped for (I22); `witness_away`: for longer than ten
                minutes.
        """
        if trouble := self._trouble or self._contradicted:
            raise Unavailable(trouble, "The log is not the one its witness saw; no label is signed meanwhile.")
        if self._answered_at is None or now - self._answered_at > WITNESS_MAY_BE_AWAY:
            raise Unavailable("witness_away", "No witness of the log answers; no label is signed meanwhile.")
