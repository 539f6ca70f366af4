"""Has a file looked at by a process of its own, out of the store and out of reach of whatever it does to its reader."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final, cast

import structlog

from certify.vault.inspection.child import KEY_VARIABLE
from certify.vault.inspection.report import SENTENCES, Report
from certify.vault.spool import SealedSpool

log = structlog.get_logger()

_CHILD: Final = "certify.vault.inspection.child"
_ROOT: Final = Path(__file__).parents[3]
_IN_MEMORY: Final = 32 * 1024 * 1024
_WITHIN: Final = 60.0
"""Seconds by the clock on the wall: a machine under load gives a child less than its twenty seconds of work."""
AT_ONCE: Final = 2
"""Children at a time; others wait their turn (ASVS 15.2.2)."""


class CouldNotInspect(Exception):  # noqa: N818  # "could not check" is never "bad"
    """The process that looked was ended, or said nothing that can be read."""


async def spooled(stream: AsyncIterator[bytes], size: int) -> IO[bytes]:
    """Return a file without a name that holds a stream: in memory where it is small, else on disk and sealed.

    Nobody can open it by a path, and it is gone when it is closed, however this program ends.
    """
    file: IO[bytes] = _in_memory() if size <= _IN_MEMORY else cast("IO[bytes]", SealedSpool())
    try:
        async for chunk in stream:
            await asyncio.to_thread(file.write, chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _in_memory() -> IO[bytes]:
    return os.fdopen(os.memfd_create("looked-at", os.MFD_CLOEXEC), "w+b", buffering=0)


class Inspector:
    """Looks at files, a few at a time."""

    def __init__(self, *, within: float = _WITHIN, at_once: int = AT_ONCE, child: str = _CHILD) -> None:
        self._within, self._child = within, child
        self._places = asyncio.Semaphore(at_once)

    async def look_at(self, file: IO[bytes]) -> Report:
        """Return what a spooled file is.

        Raises:
            CouldNotInspect: the child was ended, by the clock or otherwise, or cannot be started now.
        """
        return _report(await self.said_of(file))

    async def said_of(self, file: IO[bytes]) -> bytes:
        """Return what the child says of a spooled file; raises as `look_at` does."""
        async with self._places:
            # The place to read from is shared with the child.
            file.seek(0)
            try:
                return await self._ask(file.fileno(), getattr(file, "key", None))
            finally:
                file.seek(0)

    async def _ask(self, standard_input: int, key: bytes | None) -> bytes:
        try:
            # No secret of ours is in reach of a parser: the key opens what it is given to read, and nothing else.
            opened_with = {KEY_VARIABLE: key.hex()} if key is not None else {}
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._child),
                stdin=standard_input,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", **opened_with},
                cwd="/",
            )
        except OSError as error:
            raise CouldNotInspect from error
        try:
            async with asyncio.timeout(self._within):
                said, _ = await child.communicate()
        except TimeoutError:
            raise CouldNotInspect from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode != 0:
            log.warning("inspection_ended", status=child.returncode)
            raise CouldNotInspect
        return said


def _report(said: bytes) -> Report:
    try:
        found = json.loads(said)
        report = Report(kinds=tuple(found["kinds"]), remarks=tuple(found["remarks"]), code=found["code"])
    except (ValueError, KeyError, TypeError):
        raise CouldNotInspect from None
    if report.code is not None and report.code not in SENTENCES:
        raise CouldNotInspect
    return report
