import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify.vault.objects import CHUNK, Objects
from certify.vault.sealing import SealBroken, sealed_size
from certify.vault.store import TEXT_MAX, Vault
from schemas.errors import NotFound, Unacceptable, Unavailable
from schemas.evidence import TextRef
from tests.builders import sha256
from tests.vaults import vault_in

PLENTY = 100 * CHUNK
A, B = "case-a", "case-b"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    async with aclosing(vault_in(tmp_path)) as opened:
        yield opened


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


def objects(folder: Path) -> dict[str, bytes]:
    """All files under the store's folder, whatever the store calls them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def whole(vault: Vault, application: str, digest: str) -> bytes:
    return b"".join([chunk async for chunk in vault.open(application, digest)])


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
async def test_a_file_comes_back_as_it_went_in(vault: Vault, folder: Path, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    cuts = [content[start : start + 100_000] for start in range(0, size, 100_000)]

    stored = await vault.put("case-1", parts(*cuts), max_bytes=size)

    digest = hashlib.sha256(content).hexdigest()
    ((name, lies_there),) = objects(folder).items()
    assert (stored.digest, stored.size, len(lies_there)) == (digest, size, sealed_size(size))
    assert name == f"case/case-1/{stored.stored_digest}"
    assert stored.stored_digest == hashlib.sha256(lies_there).hexdigest() != digest
    for asked in (digest, stored.stored_digest):
        assert await whole(vault, "case-1", asked) == content
        assert await vault.size_of("case-1", asked) == size


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.binary(max_size=40), min_size=1, max_size=20).filter(any))
async def test_it_does_not_matter_in_which_pieces_a_file_arrives(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[bytes]
) -> None:
    async with aclosing(vault_in(tmp_path_factory.mktemp("pieces"))) as vault:
        stored = await vault.put("case-1", parts(*cuts), max_bytes=PLENTY)

        assert stored.digest == hashlib.sha256(b"".join(cuts)).hexdigest()
        assert await whole(vault, "case-1", stored.digest) == b"".join(cuts)


@pytest.mark.parametrize("content", [(), (b"",), (b"", b"")])
async def test_an_empty_file_is_refused_and_nothing_stays(
    vault: Vault, folder: Path, content: tuple[bytes, ...]
) -> None:
    with pytest.raises(Unacceptable, match="file_empty"):
        await vault.put("case-1", parts(*content), max_bytes=10)

    assert objects(folder) == {}


@pytest.mark.parametrize("size", [11, CHUNK, 2 * CHUNK + 1])
async def test_a_file_over_its_limit_is_refused_and_nothing_stays(vault: Vault, folder: Path, size: int) -> None:
    content = [b"x" * min(CHUNK, size - start) for start in range(0, size, CHUNK)]

    with pytest.raises(Unacceptable, match="file_too_large"):
        await vault.put("case-1", parts(*content), max_bytes=min(size - 1, CHUNK + CHUNK // 2))

    await _settled(folder, {})


async def test_a_file_over_its_limit_is_not_read_to_its_end(vault: Vault) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1000

    with pytest.raises(Unacceptable, match="file_too_large"):
        await vault.put("case-1", endless(), max_bytes=10_000)
    assert sent == 11


@pytest.mark.parametrize("before", [0, 1, CHUNK + 1, 3 * CHUNK])
async def test_a_client_that_disconnects_leaves_nothing(vault: Vault, folder: Path, before: int) -> None:
    async def cut_off() -> AsyncIterator[bytes]:
        for start in range(0, before, CHUNK):
            yield b"x" * min(CHUNK, before - start)
        raise ConnectionResetError("the client is gone")

    with pytest.raises(ConnectionResetError):
        await vault.put("case-1", cut_off(), max_bytes=PLENTY)

    await _settled(folder, {})


@pytest.mark.parametrize("before", [1, 3 * CHUNK])
async def test_an_upload_that_is_given_up_leaves_nothing(vault: Vault, folder: Path, before: int) -> None:
    waiting = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        for start in range(0, before, CHUNK):
            yield b"x" * min(CHUNK, before - start)
        waiting.set()
        await asyncio.sleep(60)

    upload = asyncio.create_task(vault.put("case-1", stalled(), max_bytes=PLENTY))
    await waiting.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    await _settled(folder, {})


async def test_the_same_file_of_two_cases_is_two_objects_that_nobody_can_link(vault: Vault, folder: Path) -> None:
    one, two, again = [
        await vault.put(application, parts(b"the same"), max_bytes=10) for application in ("case-1", "case-2", "case-1")
    ]

    assert one == again
    assert objects(folder).keys() == {f"case/case-1/{one.stored_digest}", f"case/case-2/{two.stored_digest}"}
    sealed = list(objects(folder).values())
    assert not {sealed[0][at : at + 8] for at in range(8, 41)} & {sealed[1][at : at + 8] for at in range(8, 41)}


async def test_a_lost_object_is_mended_to_the_byte_when_its_file_comes_again(vault: Vault, folder: Path) -> None:
    stored = await vault.put("case-1", parts(b"the same"), max_bytes=10)
    before = objects(folder)
    (folder / "case" / "case-1" / stored.stored_digest).unlink()

    assert await vault.put("case-1", parts(b"the same"), max_bytes=10) == stored
    assert objects(folder) == before


async def test_an_object_that_stood_in_for_another_gives_nothing_out(vault: Vault, folder: Path) -> None:
    stored = [await vault.put(one, parts(text), max_bytes=10) for one, text in ((A, b"one"), (A, b"two"), (B, b"one"))]
    where = [folder / "case" / case / one.stored_digest for case, one in zip((A, A, B), stored, strict=True)]
    contents = [path.read_bytes() for path in where]

    for put, by in ((0, 1), (0, 2), (2, 0)):
        where[put].write_bytes(contents[by])
        with pytest.raises(SealBroken, match="seal_of_another"):
            await whole(vault, (A, A, B)[put], stored[put].digest)
        where[put].write_bytes(contents[put])


async def test_a_changed_object_ends_before_its_first_wrong_byte(vault: Vault, folder: Path) -> None:
    content = b"".join(number.to_bytes(4, "big") for number in range(800_000))
    stored = await vault.put("case-1", parts(content), max_bytes=PLENTY)
    path, given = folder / "case" / "case-1" / stored.stored_digest, b""
    sealed = path.read_bytes()
    path.write_bytes(sealed[:2_600_000] + bytes([sealed[2_600_000] ^ 1]) + sealed[2_600_001:])

    async def take() -> None:
        nonlocal given
        async for piece in vault.open("case-1", stored.digest):
            given += piece

    with pytest.raises(SealBroken, match="seal_broken"):
        await take()

    assert content.startswith(given)
    assert 0 < len(given) < 2_600_000


async def test_what_was_stored_in_clear_before_the_vault_is_still_read(vault: Vault, folder: Path) -> None:
    text, digest = "Written years ago.", sha256("Written years ago.")
    path = folder / "case" / "case-1" / digest
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode())

    assert await vault.text("case-1", TextRef(digest=digest, length=18)) == text
    assert await vault.size_of("case-1", digest) == 18

    path.write_bytes(b"Written just now..")
    with pytest.raises(SealBroken):
        await vault.text("case-1", TextRef(digest=digest, length=18))


async def test_no_word_that_was_handed_in_lies_anywhere_but_sealed(vault: Vault, tmp_path: Path) -> None:
    await vault.put("case-1", parts(b"before CANARY-7f3a after"), max_bytes=100)
    await vault.put_text("case-1", "The text has CANARY-7f3a too.")

    assert [name for name, content in objects(tmp_path).items() if b"CANARY-7f3a" in content] == []


async def test_the_same_file_twice_at_once_is_one_object(vault: Vault, folder: Path) -> None:
    stored = await asyncio.gather(*(vault.put("case-1", parts(b"the ", b"same"), max_bytes=10) for _ in range(10)))

    (one,) = set(stored)
    assert one.digest == sha256("the same")
    assert objects(folder).keys() == {f"case/case-1/{one.stored_digest}"}


@pytest.mark.parametrize(
    "change",
    [
        lambda chunk: bytes([chunk[0] ^ 1]) + chunk[1:],
        lambda chunk: chunk[:-1],
        lambda chunk: chunk + b"x",
        lambda _: b"",
    ],
    ids=["another byte", "one byte less", "one byte more", "nothing"],
)
async def test_a_store_that_gives_back_other_bytes_is_noticed_before_the_file_is_acknowledged(
    vault: Vault, folder: Path, change: Any
) -> None:
    class Changing(Objects):
        async def read(self, name: str) -> AsyncIterator[bytes]:
            async for chunk in super().read(name):
                yield change(chunk)

    vault._objects = Changing(folder.as_uri())

    with pytest.raises(Unavailable, match="not_read_back"):
        await vault.put("case-1", parts(b"content"), max_bytes=10)
    assert objects(folder) == {}


async def test_what_is_not_there_is_not_in_the_store(vault: Vault) -> None:
    await vault.put("case-1", parts(b"content"), max_bytes=10)

    for application, digest in (("case-1", sha256("other")), ("case-2", sha256("content"))):
        with pytest.raises(NotFound, match="not_in_store"):
            await whole(vault, application, digest)
        assert await vault.size_of(application, digest) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=200).filter(str.strip))
async def test_a_text_comes_back_and_its_length_is_in_characters(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    async with aclosing(vault_in(tmp_path_factory.mktemp("texts"))) as vault:
        ref = await vault.put_text("case-1", text)

        assert (ref.digest, ref.length) == (sha256(text), len(text))
        assert await vault.text("case-1", ref) == text


async def test_a_character_beyond_the_basic_plane_is_one_character(vault: Vault) -> None:
    text = "Reader 🤖 ё\u0301"

    ref = await vault.put_text("case-1", text)

    assert ref.length == 11
    assert await vault.text("case-1", ref) == text


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
async def test_an_empty_text_is_refused(vault: Vault, text: str) -> None:
    with pytest.raises(Unacceptable, match="text_empty"):
        await vault.put_text("case-1", text)


async def test_a_text_has_a_longest_length(vault: Vault, folder: Path) -> None:
    assert (await vault.put_text("case-1", "я" * TEXT_MAX)).length == TEXT_MAX
    with pytest.raises(Unacceptable, match="text_too_long"):
        await vault.put_text("case-1", "я" * (TEXT_MAX + 1))

    assert len(objects(folder)) == 1


STREAMER = """
import asyncio, hashlib, json, sys, threading, time
import psutil
from pathlib import Path
from tests.vaults import vault_in

async def generated(size):
    for start in range(0, size, 65536):
        yield start.to_bytes(8, "big") * (min(65536, size - start) // 8)

async def main(folder, size):
    vault, process = vault_in(Path(folder)), psutil.Process()
    await vault.put("warm", generated(8 * 1024 * 1024), max_bytes=size)
    before, highest, done = process.memory_info().rss, 0, False

    def watch():
        nonlocal highest
        while not done:
            highest = max(highest, process.memory_info().rss)
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    stored = await vault.put("case-1", generated(size), max_bytes=size)
    done = True
    watcher.join()
    print(json.dumps({"size": stored.size, "rise": highest - before}))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.slow
def test_a_file_of_500_mb_does_not_raise_memory_by_64_mb(folder: Path) -> None:
    size = 500 * 1024 * 1024

    ended = subprocess.run(
        [sys.executable, "-c", STREAMER, str(folder), str(size)], capture_output=True, check=True, text=True
    )

    measured = json.loads(ended.stdout)
    assert measured["size"] == size
    assert measured["rise"] < 64 * 1024 * 1024


async def _settled(folder: Path, expected: dict[str, bytes]) -> None:
    """What the store throws away it may throw away a moment later, in a thread of its own."""
    async with asyncio.timeout(5):
        while objects(folder) != expected:  # noqa: ASYNC110  # the store tells nobody when it is done
            await asyncio.sleep(0.01)


async def test_what_was_there_before_a_stream_brought_it_again_is_not_the_streams(vault: Vault) -> None:
    first, again = [await vault.put("case-1", parts(b"other"), max_bytes=10) for _ in range(2)]

    assert (first.is_new, again.is_new) == (True, False)
