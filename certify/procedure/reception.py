"""Every file that arrives is looked at and scanned before anything names it; what had to wait is looked at later."""

import asyncio
from dataclasses import dataclass, field
from typing import IO, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from certify.register.database import Database
from certify.vault import inspections
from certify.vault.files import StoredFile
from certify.vault.inspection.clamav import ClamAv, Scan, Scanned
from certify.vault.inspection.inspector import CouldNotInspect, Inspector, spooled
from certify.vault.inspection.report import Report
from certify.vault.inspections import FileInspection, inspection, refusal_of
from certify.vault.store import Stored, Vault
from schemas.errors import ProcedureError, Unacceptable

log = structlog.get_logger()

EVERY: Final = 60.0
"""Seconds between two rounds over what waits."""
_A_ROUND: Final = 50


@dataclass(frozen=True)
class Looked:
    """What a look at a file gave: the row to keep, and why the file is not taken, if it is not."""

    row: FileInspection
    refusal: Unacceptable | None


@dataclass(frozen=True)
class Reception:
    """Looks at stored files, as the store gives them out."""

    vault: Vault
    scanner: ClamAv
    inspector: Inspector = field(default_factory=Inspector)

    async def look_at(self, application: str, stored: Stored) -> Looked:
        """Look at a stored file and have it scanned; a look that failed says so and refuses nothing."""
        file = await spooled(self.vault.open(application, stored.stored_digest), stored.size)
        try:
            report, scanned = await self._report(file), await self.scanner.scan(file)
        finally:
            file.close()
        return Looked(inspection(application, stored.digest, report, scanned), refusal_of(report, scanned))

    async def _report(self, file: IO[bytes]) -> Report | None:
        try:
            return await self.inspector.look_at(file)
        except CouldNotInspect:
            return None

    async def look_again(self, database: Database) -> int:
        """Look at what was not looked at or scanned yet, one round of it; return how many files that were."""
        async with database.reading() as session:
            found = await inspections.waiting(session, scanner=self.scanner.is_set, limit=_A_ROUND)
        for row in found:
            if not await self._again(database, row):
                break
        return len(found)

    async def _again(self, database: Database, row: StoredFile) -> bool:
        """Look at one file; whether going on makes sense."""
        try:
            looked = await self.look_at(
                row.application, Stored(row.digest, row.stored_digest, row.size, row.sealed_with or "")
            )
        except ProcedureError:
            return True  # lost or erased: `certify check` tells which
        if looked.row.scan == Scan.INFECTED:
            log.warning("file_infected", application=row.application, digest=row.digest)
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
