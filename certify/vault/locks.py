"""Lets one program at a time change a file of keys: each reads it, adds to it and puts it back."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

_ASKED_EVERY: Final = 0.05


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file; whoever comes second waits. The lock ends with the program that holds it."""
    with _lock_file(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def locked_async(path: Path) -> AsyncIterator[None]:
    """Hold the lock of a file while other tasks of this program go on."""
    with _lock_file(path) as descriptor:
        while not _got(descriptor):  # noqa: ASYNC110  # a lock of files tells nobody that it is free
            await asyncio.sleep(_ASKED_EVERY)
        yield


@contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    """Open what is locked in place of the file, which another takes the place of."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _got(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
