"""Which stored files are looked at next, on both databases."""

from datetime import UTC, datetime, timedelta

from certify.register.database import Database
from certify.vault import inspections
from certify.vault.files import StoredFile
from certify.vault.inspection.clamav import Scan, Scanned
from certify.vault.inspections import inspection
from tests.builders import sha256

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


async def stored(database: Database, name: str, scanned: Scanned | None = None, *, at: datetime = NOW) -> None:
    """A file that lies in the store; with a scan, one that was looked at."""
    digest = sha256(name)
    async with database.writing() as session:
        session.add(StoredFile(application="case-1", digest=digest, stored_digest=digest, size=1, stored_at=at))
        if scanned is not None:
            found = inspection("case-1", digest, None, scanned)
            found.state = "accepted"
            await inspections.keep(session, found)


async def waiting(database: Database, *, scanner: bool, limit: int = 50) -> list[str]:
    async with database.reading() as session:
        return [one.digest for one in await inspections.waiting(session, scanner=scanner, limit=limit)]


async def test_files_nobody_looked_at_come_before_those_the_scanner_failed_on(database: Database) -> None:
    await stored(database, "failed", Scanned(Scan.COULD_NOT_SCAN, "unreachable"), at=NOW - timedelta(days=1))
    await stored(database, "new")
    await stored(database, "newer", at=NOW + timedelta(days=1))

    assert await waiting(database, scanner=True) == [sha256("new"), sha256("newer"), sha256("failed")]
    assert await waiting(database, scanner=True, limit=1) == [sha256("new")]


async def test_what_a_scanner_said_for_good_waits_no_more(database: Database) -> None:
    await stored(database, "clean", Scanned(Scan.CLEAN))
    await stored(database, "infected", Scanned(Scan.INFECTED, "Eicar"))
    await stored(database, "large", Scanned(Scan.COULD_NOT_SCAN, "INSTREAM size limit exceeded"))
    await stored(database, "unscanned", Scanned(Scan.UNSCANNED))

    assert await waiting(database, scanner=True) == [sha256("unscanned")]
    assert await waiting(database, scanner=False) == []
