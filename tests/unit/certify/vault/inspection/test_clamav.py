"""What the virus scanner says, and what is said when it does not (ASVS 5.4.3)."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certify.vault.inspection.clamav import ClamAv, Scan, Scanned
from tests.clamd import CLAMD, EICAR, fake_clamd, real_clamd


@pytest.fixture(params=["fake", *(["real"] if CLAMD else [])])
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A scanner that knows one signature: the protocol played, and clamd itself where Debian's is installed."""
    async with real_clamd(tmp_path) if request.param == "real" else fake_clamd() as found:
        yield found


async def test_a_file_is_clean_or_infected_and_is_read_from_its_beginning(address: str) -> None:
    scanner, bad = ClamAv(address), io.BytesIO(EICAR.encode())
    bad.seek(5)

    assert await scanner.scan(io.BytesIO(b"# Policy\n" * 10_000)) == Scanned(Scan.CLEAN)
    assert (await scanner.scan(bad)).scan == Scan.INFECTED
    assert bad.tell() == 0


async def test_without_a_scanner_a_file_is_unscanned() -> None:
    assert await ClamAv("").scan(io.BytesIO(b"x")) == Scanned(Scan.UNSCANNED)


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd.sock", "tcp://127.0.0.1:1"])
async def test_a_scanner_that_is_away_says_nothing_good_or_bad(address: str) -> None:
    found = await ClamAv(address).scan(io.BytesIO(b"x"))

    assert found == Scanned(Scan.COULD_NOT_SCAN, "unreachable")
    assert not found.is_final


async def test_a_file_too_large_for_the_scanner_is_not_asked_about_for_ever(address: str) -> None:
    found = await ClamAv(address).scan(io.BytesIO(b"x" * 5_000_000))

    assert found.scan == Scan.COULD_NOT_SCAN
    assert found.is_final


async def test_a_scanner_tells_what_it_knows_and_one_that_is_away_tells_nothing(address: str) -> None:
    known = await ClamAv(address).signatures()
    assert known is not None
    assert known.startswith("ClamAV")
    for away in ("", "unix:/nowhere/clamd.sock", "tcp://127.0.0.1:1"):
        assert await ClamAv(away).signatures() is None
