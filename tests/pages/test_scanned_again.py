"""What was handed in while the virus scanner was away is scanned when it is back (ASVS 5.4.3)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from certify.procedure import reception
from certify.procedure.reception import Reception
from certify.vault import inspections
from certify.vault.inspection.clamav import ClamAv, Scan, Scanned
from certify.vault.inspections import find
from tests.builders import APPLICANT
from tests.clamd import EICAR, FakeClamd, fake_clamd
from tests.pages.api import OFFER, act, is_problem, tokens_at
from tests.pages.conftest import House, walk
from tests.programs import free_port

CLEAN, INFECTED = b"All tests passed.", EICAR.encode()


async def said_of(house: House, content: bytes) -> str:
    async with house.services.database.reading() as session:
        found = await find(session, "case-1", hashlib.sha256(content).hexdigest())
    assert found is not None
    return found.scan


@asynccontextmanager
async def scanned_by(
    scanner: FakeClamd, house: House, *, from_the_first: bool = True
) -> AsyncIterator[tuple[FakeClamd, Reception, httpx2.AsyncClient]]:
    """A case, what scans its files, as they arrive unless said, and a program of its applicant."""
    await house.holds(walk().to_intake())
    async with fake_clamd(scanner) as address, tokens_at(house) as open_with_token_of:
        looks = Reception(house.services.vault, ClamAv(address))
        if from_the_first:
            house.services = replace(house.services, reception=looks)
        yield scanner, looks, await open_with_token_of(APPLICANT)


async def test_a_scanner_that_comes_back_is_given_what_came_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "EVERY", 0.05)
    port, scanner = free_port(), FakeClamd()
    looks = Reception(house.services.vault, ClamAv(f"tcp://127.0.0.1:{port}"))
    house.services = replace(house.services, reception=looks)
    await house.holds(walk().to_intake())
    async with tokens_at(house) as open_with_token_of:
        client = await open_with_token_of(APPLICANT)
        for content in (CLEAN, INFECTED):
            assert (await client.post("/api/applications/case-1/files", content=content)).status_code == 200
            assert await said_of(house, content) == "could_not_scan"

        server = await asyncio.start_server(scanner.answer, "127.0.0.1", port)
        looking = asyncio.create_task(looks.keep_looking(house.services.database))
        async with server, asyncio.timeout(30):
            while (await said_of(house, CLEAN), await said_of(house, INFECTED)) != ("clean", "infected"):  # noqa: ASYNC110  # another program writes it
                await asyncio.sleep(0.05)
        asked = scanner.asked
        await asyncio.sleep(0.2)
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

        assert scanner.asked == asked == 2, "what it said for good is not asked again"
        offer = {**OFFER, "digest_of_file": hashlib.sha256(INFECTED).hexdigest()}
        is_problem(await act(client, "offer_evidence", offer), 422, "file_infected")


async def test_a_file_that_newer_signatures_find_is_closed_to_whoever_might_open_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scanned_by(FakeClamd(), house) as (scanner, looks, client):
        assert (await client.post("/api/applications/case-1/files", content=CLEAN)).status_code == 200
        assert await said_of(house, CLEAN) == "clean"
        scanner.learn(CLEAN)
        assert await looks.look_again(house.services.database) == 0, "not every day"

        monkeypatch.setattr(inspections, "AGAIN_AFTER", timedelta(0))
        assert await looks.look_again(house.services.database) == 1

        assert await said_of(house, CLEAN) == "infected"
        offer = {**OFFER, "digest_of_file": hashlib.sha256(CLEAN).hexdigest()}
        is_problem(await act(client, "offer_evidence", offer), 422, "file_infected")


@pytest.mark.parametrize("is_scanned", [True, False])
async def test_files_that_were_erased_keep_no_other_from_being_scanned(
    house: House, monkeypatch: pytest.MonkeyPatch, is_scanned: bool
) -> None:
    monkeypatch.setattr(inspections, "AGAIN_AFTER", timedelta(0))
    monkeypatch.setattr(reception, "_A_ROUND", 2)
    monkeypatch.setattr(reception, "_AGAIN_A_ROUND", 2)
    async with scanned_by(FakeClamd(), house, from_the_first=is_scanned) as (scanner, looks, client):
        contents = [f"File {number}".encode() for number in range(5)]
        for content in contents:
            await client.post("/api/applications/case-1/files", content=content)
        for content in contents[:4]:
            await house.services.vault.erase("case-1", hashlib.sha256(content).hexdigest())
        scanner.learn(contents[4])
        for _ in range(4):
            await looks.look_again(house.services.database)

        assert await said_of(house, contents[4]) == "infected"
        assert await looks.look_again(house.services.database) == 0


async def test_what_was_scanned_before_is_scanned_anew_where_the_scanner_goes_away_meanwhile(house: House) -> None:
    digest = hashlib.sha256(CLEAN).hexdigest()
    clean = inspections.inspection("case-1", digest, None, Scanned(Scan.CLEAN))
    clean.signatures = "of yesterday"
    away = inspections.inspection("case-1", digest, None, Scanned(Scan.COULD_NOT_SCAN, "unreachable"))
    away.signatures = "of today"
    async with house.services.database.writing() as session:
        await inspections.keep(session, clean)
    async with house.services.database.writing() as session:
        await inspections.keep(session, away)
    async with house.services.database.reading() as session:
        found = await find(session, "case-1", digest)
    assert found is not None
    assert (found.scan, found.signatures) == ("clean", "of yesterday")


async def test_a_clean_file_is_scanned_once_by_what_the_scanner_knows(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspections, "AGAIN_AFTER", timedelta(0))
    async with scanned_by(FakeClamd(), house) as (scanner, looks, client):
        await client.post("/api/applications/case-1/files", content=CLEAN)
        assert [await looks.look_again(house.services.database) for _ in range(3)] == [1, 0, 0]
        scanner.learn(b"something else")
        assert [await looks.look_again(house.services.database) for _ in range(2)] == [1, 0]
        assert scanner.asked == 3
