"""What was found in stored files, and which are looked at next, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from certify.register.database import Database
from certify.vault import inspections
from certify.vault.files import StoredFile
from certify.vault.inspection.clamav import Scan, Scanned
from certify.vault.inspections import inspection
from schemas.errors import NotPermitted, Unacceptable
from tests.builders import sha256

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


async def stored(database: Database, name: str, scanned: Scanned | None = None, *, at: datetime = NOW) -> None:
    """A file that lies in the store; with a scan, one that was looked at."""
    digest = sha256(name)
    async with database.writing() as session:
        session.add(StoredFile(application="case-1", digest=digest, stored_digest=digest, size=1, stored_at=at))
    if scanned is not None:
        await looked_at(database, name, scanned)


async def looked_at(database: Database, name: str, scanned: Scanned) -> None:
    """Keep what was found in a file that is accepted."""
    found = inspection("case-1", sha256(name), None, scanned)
    found.state = "accepted"
    async with database.writing() as session:
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


@pytest.mark.parametrize(
    "later",
    [
        Scanned(Scan.COULD_NOT_SCAN, "unreachable"),
        Scanned(Scan.COULD_NOT_SCAN, "INSTREAM size limit exceeded"),
        Scanned(Scan.UNSCANNED),
    ],
    ids=["the scanner is away", "it takes no file as large", "there is none any more"],
)
async def test_an_infected_file_stays_infected_when_it_comes_again_unscanned(
    database: Database, later: Scanned
) -> None:
    await stored(database, "infected", Scanned(Scan.INFECTED, "Eicar"))

    await looked_at(database, "infected", later)

    async with database.reading() as session:
        with pytest.raises(NotPermitted, match="file_infected"):
            await inspections.require_openable(session, "case-1", sha256("infected"))
        with pytest.raises(Unacceptable, match="file_infected"):
            await inspections.require_offerable(session, "case-1", digest=sha256("infected"), name="a.txt")
        found = await inspections.find(session, "case-1", sha256("infected"))
    assert found is not None
    assert (found.scan_detail, found.scanned_at is not None) == ("Eicar", True)


async def test_what_a_scanner_says_later_takes_the_place_of_what_one_said_before(database: Database) -> None:
    await stored(database, "found out", Scanned(Scan.CLEAN))

    await looked_at(database, "found out", Scanned(Scan.INFECTED, "Eicar"))

    async with database.reading() as session:
        with pytest.raises(NotPermitted, match="file_infected"):
            await inspections.require_openable(session, "case-1", sha256("found out"))


async def known_less_of(database: Database, signatures: str, *, days: float, limit: int = 50) -> list[str]:
    now = datetime.now(UTC) + timedelta(days=days)
    async with database.reading() as session:
        found = await inspections.known_less_of(session, signatures, now=now, limit=limit)
        return [one.digest for one in found]


async def test_a_clean_file_is_scanned_again_after_a_week_by_a_scanner_that_knows_more(database: Database) -> None:
    await stored(database, "first", Scanned(Scan.CLEAN))
    await stored(database, "second", Scanned(Scan.CLEAN))
    await stored(database, "infected", Scanned(Scan.INFECTED, "Eicar"))
    await stored(database, "nobody looked at")

    assert await known_less_of(database, "27001", days=6.9) == []
    assert await known_less_of(database, "27001", days=7.1) == [sha256("first"), sha256("second")]
    assert await known_less_of(database, "27001", days=7.1, limit=1) == [sha256("first")]
    async with database.writing() as session:
        row = await inspections.find(session, "case-1", sha256("first"))
        assert row is not None
        row.signatures = "27001"
        session.add(row)
    assert await known_less_of(database, "27001", days=7.1) == [sha256("second")]
