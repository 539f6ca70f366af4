"""A file is looked at by a process that may die of it; ours goes on, and says which of the two it was (ASVS 15.2.5)."""

import asyncio
import io
import os
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import IO, Self

import psutil
import pytest

from certify.vault.inspection import child, inspector
from certify.vault.inspection.inspector import CouldNotInspect, Inspector, spooled
from tests.files import BOMBS, archive, pdf
from tests.programs import Started

pytestmark = pytest.mark.slow
MIB = 1024 * 1024


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


class Watched:
    """How far the memory of this program rises while it runs, and how far that of the programs it starts, in MiB."""

    def __init__(self) -> None:
        self._own, self._is_over = psutil.Process(), threading.Event()
        self._before = self._own.memory_info().rss
        self._started = Started()
        self.rise, self.of_child = 0.0, 0.0
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.005):
            self.rise = max(self.rise, (self._own.memory_info().rss - self._before) / MIB)
            for started in self._started.running():
                with suppress(psutil.Error):
                    self.of_child = max(self.of_child, started.memory_info().rss / MIB)


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_takes_little_memory_of_the_child_and_none_to_speak_of_here(name: str) -> None:
    """T3: less than 200 MB more, in the program that people wait for and in the one that looks."""
    _, make, _ = BOMBS[name]
    with await spool(make()) as file, Watched() as memory:
        await Inspector().look_at(file)

    assert memory.rise < 32
    assert 0 < memory.of_child < 200


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
