"""Sealing a large file against a plain copy by the same way: `PYTHONPATH=. python tests/bench/bench_vault.py [MiB]`.

A plain copy takes the file in, hashes it, and reads it back as the release before did. Prints medians of three rounds
by the clock and by the processor, and by how much memory rose while the file was sealed.
"""

import asyncio
import hashlib
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import psutil

from certify.vault.objects import Objects
from tests.vaults import vault_in

MIB = 1024 * 1024
PIECE = bytes(range(256)) * 256
ROUNDS = 3


async def generated(mib: int) -> AsyncIterator[bytes]:
    """A file in pieces as a socket gives them."""
    for _ in range(mib * MIB // len(PIECE)):
        yield PIECE


async def copied(folder: Path, mib: int) -> None:
    """What a plain copy does: in, hashed, renamed, read back, hashed again."""
    objects, digest = Objects(folder.as_uri()), hashlib.sha256()

    async def hashed() -> AsyncIterator[bytes]:
        async for piece in generated(mib):
            digest.update(piece)
            yield piece

    incoming = await objects.take_in(hashed())
    await objects.rename(incoming, f"case/one/{digest.hexdigest()}")
    again = hashlib.sha256()
    async for piece in objects.read(f"case/one/{digest.hexdigest()}"):
        again.update(piece)
    assert again.digest() == digest.digest()


async def sealed(folder: Path, mib: int) -> None:
    """What the vault does."""
    async with aclosing(vault_in(folder)) as vault:
        await vault.put("one", generated(mib), max_bytes=mib * MIB)


async def timed(work: Callable[[Path, int], Awaitable[None]], mib: int) -> tuple[float, float, float]:
    """Seconds by the clock and by the processor, and MiB by which memory rose."""
    process, highest, done = psutil.Process(), 0, False

    def watch() -> None:
        nonlocal highest
        while not done:
            highest = max(highest, process.memory_info().rss)
            time.sleep(0.01)

    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        before, watcher = process.memory_info().rss, threading.Thread(target=watch)
        watcher.start()
        began, used = time.perf_counter(), time.process_time()
        await work(Path(folder), mib)
        taken = time.perf_counter() - began, time.process_time() - used
        done = True
        watcher.join()
    return *taken, (highest - before) / MIB


async def main(mib: int) -> None:
    """Measure in turn, so that what else the machine does meets both."""
    await timed(sealed, 8)
    rounds = [(await timed(copied, mib), await timed(sealed, mib)) for _ in range(ROUNDS)]
    plain, ours = zip(*rounds, strict=True)
    for name, index in (("clock", 0), ("processor", 1)):
        one, two = (statistics.median(each[index] for each in found) for found in (plain, ours))
        told = f"copied {one:.2f} s, sealed {two:.2f} s, {two / one:.2f} times"
        print(f"{mib} MiB by the {name}: {told}")  # noqa: T201  # the result
    print(f"memory rose by {max(each[2] for each in ours):.0f} MiB")  # noqa: T201  # as above


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024))
