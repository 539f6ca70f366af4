"""A file is looked at by a process that may die of it; ours goes on, and says which of the two it was (ASVS 15.2.5)."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from typing import IO

import pytest

from certify.vault.inspection import child, inspector
from certify.vault.inspection.inspector import CouldNotInspect, Inspector, spooled
from tests.files import BOMBS, archive, pdf

pytestmark = pytest.mark.slow


async def in_parts(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


async def spool(content: bytes) -> IO[bytes]:
    return await spooled(in_parts(content), len(content))


@pytest.mark.parametrize("place", ["memory", "disk"])
async def test_what_the_child_found_is_told(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if place == "disk":
        monkeypatch.setattr(inspector, "_IN_MEMORY", 0)
    with await spool(pdf()) as file:
        assert (b"%PDF" in os.pread(file.fileno(), 100, 0)) is (place == "memory"), "on disk it is sealed"
        report = await Inspector().look_at(file)
        assert (report.kinds, report.code) == (("pdf",), None)
        assert file.read() == pdf(), "the file can be read again by the scanner"


@pytest.mark.parametrize("name", ["dense", "PDF that unpacks", "deep JSON", "growing entities"])
async def test_a_bomb_goes_off_in_the_child_and_gets_a_code(name: str) -> None:
    file_name, make, code = BOMBS[name]
    with await spool(make()) as file:
        report = await Inspector().look_at(file)
    assert file_name
    assert report.code == code or (not code and (report.code or "json" not in report.kinds))


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("no.such.module", "it ends with an error"),
        ("this", "it says something else"),
        ("tests.unit.certify.vault.inspection.sleeper", "it takes too long"),
        ("tests.unit.certify.vault.inspection.killed", "it is killed"),
    ],
)
async def test_a_child_that_dies_or_babbles_calls_nothing_good_or_bad(module: str, why: str) -> None:
    with await spool(b"text") as file, pytest.raises(CouldNotInspect):
        await Inspector(within=3, child=module).look_at(file)
    assert why


async def test_no_more_children_than_allowed_run_at_once() -> None:
    looking, running, most = Inspector(at_once=2), 0, 0

    async def ask(*_: object) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return b'{"kinds": [], "remarks": [], "code": null}'

    looking._ask = ask  # type: ignore[method-assign]  # counts the calls
    with await spool(b"text") as file:
        await asyncio.gather(*(looking.look_at(file) for _ in range(8)))

    assert most == 2


@pytest.mark.parametrize("size", [10, 40 * 1024 * 1024])
async def test_a_spooled_file_has_no_name_that_anybody_could_open(size: int) -> None:
    with await spool(b"x" * size) as file:
        assert os.fstat(file.fileno()).st_nlink == 0
        assert os.fstat(file.fileno()).st_size == size


def test_an_archive_is_not_unpacked_to_disk() -> None:
    assert child.MEMORY_BYTES <= 512 * 1024 * 1024
    assert len(archive({"a": io.BytesIO(b"0" * 10**6).getvalue()})) < 10**4
