"""The public log in the hands of the signer program: entries sequenced in the order of the record, and witnessed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.publication.signature_log import LoggedKey, SignatureLog, checkpoint_name
from certify.publication.stop import Stop
from certify.publication.witnesses import WitnessClient
from certify.publication.witnessing import Witnessing
from certify.register import public_log
from certify.register.database import Database
from certify.register.public_log import PublicLog
from certify.vault.published import PublishedFiles
from certify.vault.witnessed_log import LogFiles
from labels.key_set import Use
from labels.log import checkpoints, notes
from labels.log.checkpoints import Policy, Witnessed
from labels.log.sequencer import CHECKPOINT, Sequencer
from labels.log.tiles import TiledLog
from labels.signing import Signer
from schemas.errors import Unavailable, VerificationError
from schemas.public_log import LogEntry

log = structlog.get_logger()

BATCH = 1000
WITNESS_MAY_BE_AWAY = timedelta(minutes=10)
"""How long labels are still issued when too few witnesses cosign (security F15)."""
COSIGNED_WITHIN = timedelta(hours=1)
"""An older cosignature is no answer: somebody on the way to the witness may have kept it."""


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
        self.files, self.stop = LogFiles(files), Stop(files)
        self._database, self.policy, self._witnesses = database, policy, Witnessing(witnesses, policy)
        self._signer, self._signatures = LoggedKey(signer, Use.LOG, signatures, checkpoint_name), signatures
        self._public_log = PublicLog()
        self.witnessed: Witnessed | None = None
        self._position: int | None = None

    async def open(self) -> None:
        """Read what is stored.

        Raises:
            Unavailable: `log_damaged`: nothing is signed over what is stored; `other_origin`: it is the log of another
                name.
        """
        self._sequencer = await asyncio.to_thread(self._stored_log)
        self._check_origin()
        self._position = None
        published = await asyncio.to_thread(self.files.read, CHECKPOINT)
        self.witnessed = self._believed(published) if published is not None else None
        head = self._sequencer.head
        is_signed = head is not None and not self._signatures.is_new and notes.is_signed(head, self._own_key())
        # A head of before there was a log of signatures is signed once more, so that it has its line.
        if not is_signed and self._signatures.log_size <= self.size:
            self._sign_again()
        await self.stop.recall()

    def _stored_log(self) -> Sequencer:
        try:
            return Sequencer(self.files, self.policy.origin, self._signer)
        except VerificationError as error:
            raise self.stop.found("log_damaged", f"The stored log is damaged: {error.message}") from error

    def _sign_again(self) -> None:
        try:
            self._sequencer.sign_again()
        except Unavailable as error:
            raise self.stop.found(error.code, error.message) from error

    def _check_origin(self) -> None:
        """Never sign a log under a second name: whoever verifies by the first one would find no proof any more."""
        head = self._sequencer.head
        if head is not None and (stored := checkpoints.read(head).origin) != self.policy.origin:
            what = f"The stored log is {stored}, and CERTIFY_LOG_ORIGIN says {self.policy.origin}."
            raise self.stop.found("other_origin", what)

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

    @property
    def is_answered(self) -> bool:
        """Whether enough witnesses have cosigned since the program started."""
        return self._signatures.answered_at is not None

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
                what = f"The record is not the one that was logged: {error}."
                raise self.stop.found("record_differs", what) from error
            found = await self._public_log.entries(session, after=position, limit=lacking if lacking > 0 else BATCH)
        if len(found) < lacking:
            code = "log_behind_witness" if self._signatures.log_size < known else "log_behind_signatures"
            raise self.stop.found(code, f"There was a log of {known} entries; log and record hold fewer.")
        entries = tuple(entry for _, entry in found)
        if entries:
            await self._append(entries)
        self._position = found[-1][0] if found else position
        self.stop.nothing_found()
        return entries

    def _known_size(self) -> int:
        """Return how many entries the log had; where our own lines were lost, what a witness said counts."""
        return max(self._signatures.log_size, self._witnesses.largest if self._signatures.is_new else 0)

    async def ask_how_far_it_was(self, now: datetime) -> None:
        """Learn from the witnesses how large the log was before its lines were lost; nothing is signed meanwhile."""
        if self._signatures.is_new and self._sequencer.head is not None:
            with suppress(Unavailable):
                await self.have_witnessed(now)

    async def _append(self, entries: Sequence[LogEntry]) -> None:
        try:
            await asyncio.to_thread(self._store, [entry.as_bytes() for entry in entries])
        except Unavailable as error:
            raise self.stop.found(error.code, error.message) from error

    def _store(self, entries: Sequence[bytes]) -> None:
        if self.size + len(entries) == self._signatures.log_size:
            # What was signed for once must come out again, before a file of the log is touched.
            self._signatures.require_grown(self._sequencer.grown_by(entries).text.encode())
        self._sequencer.append(entries)

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
        note, against = await self._witnesses.cosigned(self._sequencer, self.witnessed_size)
        try:
            seen = checkpoints.witnessed(str(note), self.policy)
        except VerificationError as error:
            if against is not None:
                raise self.stop.contradicted(against) from error
            log.warning("not_witnessed", code=error.code)
            return False
        if abs(now - seen.at) <= COSIGNED_WITHIN:
            self._signatures.answered_at = now
        else:
            log.warning("cosignatures_of_another_time", at=seen.at.isoformat())
        is_new = self.witnessed is None or self.witnessed.checkpoint != seen.checkpoint
        await asyncio.to_thread(self.files.write, CHECKPOINT, str(note).encode())
        self.witnessed = seen
        self.stop.taken_back()
        return is_new

    def require_issuing(self, now: datetime) -> None:
        """Refuse to issue labels on a log that a witness does not carry.

        Raises:
            Unavailable: what `sequence` and `have_witnessed` stopped for (I22); `log_not_open`: before they could;
                `witness_away`: for longer than ten minutes.
        """
        self.stop.require_none()
        if self._position is None:
            raise Unavailable("log_not_open", "Log and record were not compared yet.")
        answered_at = self._signatures.answered_at
        if answered_at is None or now - answered_at > WITNESS_MAY_BE_AWAY:
            raise Unavailable("witness_away", "No witness of the log answers; no label is signed meanwhile.")
