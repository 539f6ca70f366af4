"""Every file that arrives is looked at and scanned before anything names it; what had to wait is looked at later."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Final, cast

import structlog
from sqlalchemy.exc import SQLAlchemyError

from certify.config import MIB
from certify.register.database import Database
from certify.vault import inspections
from certify.vault.files import StoredFile
from certify.vault.inspection.clamav import ClamAv, Scan, Scanned
from certify.vault.inspection.inspector import CouldNotInspect, Inspector, spooled
from certify.vault.inspection.report import Report
from certify.vault.inspections import FileInspection, inspection, refusal_of
from certify.vault.sealing import SealBroken
from certify.vault.spool import SealedSpool
from certify.vault.store import Stored, Vault
from certify.vault.streams import beside, pieces
from schemas.errors import NotFound, ProcedureError, Unacceptable

log = structlog.get_logger()

EVERY: Final = 60.0
"""Seconds between two rounds over what waits."""
_A_ROUND: Final = 50
_AGAIN_A_ROUND: Final = 5
"""Clean files that are scanned once more beside what waits: some 7 000 a day."""
_PIECE: Final = MIB


@dataclass(frozen=True)
class Looked:
    """What a look at a file gave: the row to keep, and why the file is not taken, if it is not."""

    row: FileInspection
    refusal: Unacceptable | None


@dataclass(frozen=True)
class Received:
    """A file that came: what lies in the store, under a key that nothing names yet, and what a look at it gave."""

    stored: Stored
    looked: Looked


@dataclass(frozen=True)
class Reception:
    """Takes files into the store and looks at them."""

    vault: Vault
    scanner: ClamAv
    inspector: Inspector = field(default_factory=Inspector)
    _unreadable: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False)

    async def take_in(self, application: str, stream: AsyncIterator[bytes], *, max_bytes: int) -> Received:
        """Store a file as it streams in, and look at a copy of it while the store gives it back.

        Raises:
            Unacceptable, NotFound, Unavailable: as `certify.vault.store.Vault.put`.
        """
        with SealedSpool() as file:
            is_whole = asyncio.Event()
            copied = _copied(pieces(stream, max_bytes), file, is_whole)
            return await self._take_in(application, copied, file, is_whole, max_bytes)

    async def take_in_spooled(self, application: str, file: SealedSpool, *, max_bytes: int) -> Received:
        """Store a file that has arrived, and look at it meanwhile; raises as `take_in`."""
        is_whole = asyncio.Event()
        is_whole.set()
        with file.another() as reading:
            return await self._take_in(application, _pieces_of(reading), file, is_whole, max_bytes)

    async def _take_in(
        self, application: str, stream: AsyncIterator[bytes], file: SealedSpool, is_whole: asyncio.Event, max_bytes: int
    ) -> Received:
        looking = asyncio.create_task(self._look_when(is_whole, file))
        try:
            stored = await self.vault.put(application, stream, max_bytes=max_bytes)
            report, scanned = await looking
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        return Received(stored, _looked(application, stored, report, scanned))

    async def _look_when(self, is_whole: asyncio.Event, file: SealedSpool) -> tuple[Report | None, Scanned]:
        await is_whole.wait()
        with file.another() as reading:
            return await self._found_in(cast("IO[bytes]", reading))

    async def look_at(self, application: str, stored: Stored) -> Looked:
        """Look at a stored file and have it scanned; a look that failed says so and refuses nothing."""
        file = await spooled(self.vault.open(application, stored.stored_digest), stored.size)
        try:
            return _looked(application, stored, *await self._found_in(file))
        finally:
            file.close()

    async def _found_in(self, file: IO[bytes]) -> tuple[Report | None, Scanned]:
        return await self._report(file), await self.scanner.scan(file)

    async def _report(self, file: IO[bytes]) -> Report | None:
        try:
            return await self.inspector.look_at(file)
        except CouldNotInspect:
            return None

    async def look_again(self, database: Database) -> int:
        """Look at what was not looked at or scanned yet, one round of it; return how many files that were.

        Then at what was found clean by a scanner that knew less, a few at a time: what was unknown on the day a file
        came may be known by the time an expert opens it.
        """
        signatures, now, passed = await self.scanner.signatures(), datetime.now(UTC), len(self._unreadable)
        async with database.reading() as session:
            waiting = await inspections.waiting(session, scanner=self.scanner.is_set, limit=_A_ROUND + passed)
            found = self._readable(waiting)[:_A_ROUND]
            if signatures is not None:
                limit = _AGAIN_A_ROUND + passed
                known_less = await inspections.known_less_of(session, signatures, now=now, limit=limit)
                found += self._readable(known_less)[:_AGAIN_A_ROUND]
        for row in found:
            if not await self._again(database, row, signatures or ""):
                break
        return len(found)

    def _readable(self, found: Sequence[StoredFile]) -> list[StoredFile]:
        """Leave out what could not be read before: it would keep its place before all others for ever."""
        return [row for row in found if (row.application, row.digest) not in self._unreadable]

    async def _again(self, database: Database, row: StoredFile, signatures: str) -> bool:
        """Look at one file; whether going on makes sense."""
        try:
            looked = await self.look_at(
                row.application, Stored(row.digest, row.stored_digest, row.size, row.sealed_with or "")
            )
        except ProcedureError as error:
            if isinstance(error, NotFound | SealBroken):
                self._unreadable.add((row.application, row.digest))  # lost or erased: `certify check` tells which
            return True
        if looked.row.scan == Scan.INFECTED:
            log.warning("file_infected", application=row.application, digest=row.digest)
        looked.row.signatures = signatures
        async with database.writing() as session:
            await inspections.keep(session, looked.row)
        return Scanned(Scan(looked.row.scan), looked.row.scan_detail) != Scanned(Scan.COULD_NOT_SCAN, "unreachable")

    async def keep_looking(self, database: Database) -> None:
        """Look again at what waits, for as long as the program runs."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look_again(database)
            except (SQLAlchemyError, OSError) as error:
                log.warning("look_put_off", exc_info=error)


def _looked(application: str, stored: Stored, report: Report | None, scanned: Scanned) -> Looked:
    return Looked(inspection(application, stored.digest, report, scanned), refusal_of(report, scanned))


async def _copied(stream: AsyncIterator[bytes], file: SealedSpool, is_whole: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield a stream, and write it to a file as well; say so when that has all of it."""
    async for piece in stream:
        await beside(file.write, piece)
        yield piece
    is_whole.set()


async def _pieces_of(file: SealedSpool) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece
