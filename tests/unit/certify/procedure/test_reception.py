"""A file is looked at beside its way into the store: what is looked at is what is stored, and nothing else is kept."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from certify.procedure import reception
from certify.procedure.reception import Reception
from certify.vault.inspection.clamav import ClamAv, Scan
from certify.vault.inspection.inspector import Inspector
from certify.vault.spool import SealedSpool
from certify.vault.store import Vault
from schemas.errors import Unacceptable
from tests.builders import sha256
from tests.clamd import EICAR, fake_clamd
from tests.programs import Started
from tests.vaults import vault_in

pytestmark = pytest.mark.slow
MIB = 1024 * 1024
TEXT = "What the model was trained on, line by line.\n"
SIZES = [1, 100_000, 3 * MIB + 1]


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    async with aclosing(vault_in(tmp_path)) as opened:
        yield opened


@pytest.fixture
def started() -> Started:
    return Started()


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> list[SealedSpool]:
    """Every copy that is made for a look."""
    made: list[SealedSpool] = []

    class Kept(SealedSpool):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]  # whatever they are
            made.append(self)

    monkeypatch.setattr(reception, "SealedSpool", Kept)
    return made


async def parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


async def spooled(content: bytes) -> SealedSpool:
    file = SealedSpool()
    file.write(content)
    return file


def lying_in(folder: Path) -> list[Path]:
    return [path for path in (folder / "evidence").rglob("*") if path.is_file()]


@pytest.mark.parametrize("way", ["stream", "form"])
@pytest.mark.parametrize("size", SIZES)
async def test_what_is_looked_at_is_what_is_stored(vault: Vault, size: int, way: str) -> None:
    content, looks = (TEXT * (size // len(TEXT) + 1)).encode()[:size], Reception(vault, ClamAv(""))

    if way == "stream":
        received = await looks.take_in("case-1", parts(content), max_bytes=size)
    else:
        received = await looks.take_in_spooled("case-1", await spooled(content), max_bytes=size)

    assert received.stored.digest == received.looked.row.digest == sha256(content.decode())
    assert received.looked.row.kinds.split()[:2] == ["text", "csv"]
    assert received.looked.refusal is None
    assert b"".join([piece async for piece in vault.open("case-1", received.stored.digest)]) == content


@pytest.mark.parametrize("way", ["stream", "form"])
async def test_a_last_byte_that_no_text_has_refuses_the_file(vault: Vault, way: str) -> None:
    content, looks = TEXT.encode() * 60_000 + b"\0", Reception(vault, ClamAv(""))

    if way == "stream":
        received = await looks.take_in("case-1", parts(content), max_bytes=len(content))
    else:
        received = await looks.take_in_spooled("case-1", await spooled(content), max_bytes=len(content))

    assert received.looked.refusal is not None
    assert received.looked.refusal.code == "file_type_not_accepted"


async def test_a_scanner_is_given_the_whole_file(vault: Vault) -> None:
    content = b"a" * 900_000 + EICAR.encode()
    async with fake_clamd() as address:
        received = await Reception(vault, ClamAv(address)).take_in("case-1", parts(content), max_bytes=MIB)

    assert received.looked.row.scan == Scan.INFECTED
    assert received.looked.refusal is not None
    assert received.looked.refusal.code == "file_infected"


async def test_the_copy_for_the_look_says_nothing_on_disk_and_is_gone_at_the_end(
    vault: Vault, spools: list[SealedSpool]
) -> None:
    content, on_disk = TEXT.encode() * 60_000, b""

    async def read_the_disk_meanwhile() -> AsyncIterator[bytes]:
        nonlocal on_disk
        async for piece in parts(content):
            yield piece
        on_disk = os.pread(spools[0].fileno(), len(content), 0)

    await Reception(vault, ClamAv("")).take_in("case-1", read_the_disk_meanwhile(), max_bytes=len(content))

    assert len(on_disk) >= MIB
    assert not any(on_disk[at : at + 16] in content for at in range(0, 16_000, 16))
    assert [file.closed for file in spools] == [True] * len(spools)


async def test_a_file_over_its_limit_leaves_nothing(
    vault: Vault, tmp_path: Path, spools: list[SealedSpool], started: Started
) -> None:
    content = bytes(3 * MIB)

    with pytest.raises(Unacceptable, match="file_too_large"):
        await Reception(vault, ClamAv("")).take_in("case-1", parts(content), max_bytes=2 * MIB)

    await settled(tmp_path, spools, started)


@pytest.mark.parametrize("before", [1, 3 * MIB])
async def test_an_upload_that_is_cut_off_leaves_nothing(
    vault: Vault, tmp_path: Path, spools: list[SealedSpool], started: Started, before: int
) -> None:
    async def cut_off() -> AsyncIterator[bytes]:
        async for piece in parts(b"x" * before):
            yield piece
        raise ConnectionResetError("the client is gone")

    with pytest.raises(ConnectionResetError):
        await Reception(vault, ClamAv("")).take_in("case-1", cut_off(), max_bytes=10 * MIB)

    await settled(tmp_path, spools, started)


@pytest.mark.parametrize("before", [1, 3 * MIB])
async def test_an_upload_that_is_given_up_leaves_nothing(
    vault: Vault, tmp_path: Path, spools: list[SealedSpool], started: Started, before: int
) -> None:
    waiting = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        async for piece in parts(b"x" * before):
            yield piece
        waiting.set()
        await asyncio.sleep(60)

    upload = asyncio.create_task(Reception(vault, ClamAv("")).take_in("case-1", stalled(), max_bytes=10 * MIB))
    await waiting.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    await settled(tmp_path, spools, started)


async def test_a_look_ends_with_the_upload_that_was_given_up(
    vault: Vault, spools: list[SealedSpool], started: Started
) -> None:
    looks = Reception(vault, ClamAv(""), Inspector(child="tests.unit.certify.vault.inspection.sleeper"))
    upload = asyncio.create_task(looks.take_in("case-1", parts(TEXT.encode()), max_bytes=MIB))
    async with asyncio.timeout(30):
        while not started.running():  # noqa: ASYNC110  # another program starts
            await asyncio.sleep(0.01)
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert started.running() == []
    assert all(file.closed for file in spools)


async def settled(folder: Path, spools: list[SealedSpool], started: Started) -> None:
    """Wait until nothing is left in the store, nor of a copy, nor a program that looks."""
    async with asyncio.timeout(10):
        while lying_in(folder):  # noqa: ASYNC110  # the store takes it away in a thread of its own
            await asyncio.sleep(0.01)
    assert spools
    assert all(file.closed for file in spools)
    assert started.running() == []
