"""ClamAV over its socket: `INSTREAM`, as clamd(8) describes it; no bytes of ours are kept there (ASVS 5.4.3)."""

import asyncio
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Final
from urllib.parse import urlsplit

_CHUNK: Final = 64 * 1024
_WITHIN: Final = 120.0
_TOO_LARGE: Final = "INSTREAM size limit exceeded"
_AWAY: Final = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Scan(StrEnum):
    """What a virus scanner says of a file.

    Attributes:
        UNSCANNED: no scanner has seen it.
        COULD_NOT_SCAN: a scanner is set and did not answer, or does not take files as large as this.
    """

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"
    COULD_NOT_SCAN = "could_not_scan"


@dataclass(frozen=True)
class Scanned:
    """An answer of the scanner, with the name of what it found, or why it could not look."""

    scan: Scan
    detail: str = ""

    @property
    def is_final(self) -> bool:
        """Whether asking again would give the same answer."""
        return self.scan in {Scan.CLEAN, Scan.INFECTED} or self.detail == _TOO_LARGE


class ClamAv:
    """A clamd at `tcp://host:port` or `unix:/path`; one without an address scans nothing."""

    def __init__(self, url: str, *, within: float = _WITHIN) -> None:
        self.url, self._within = url, within

    @property
    def is_set(self) -> bool:
        """Whether there is a scanner to ask."""
        return bool(self.url)

    async def scan(self, file: IO[bytes]) -> Scanned:
        """Return what the scanner says of a file."""
        if not self.is_set:
            return Scanned(Scan.UNSCANNED)
        try:
            async with asyncio.timeout(self._within):
                answer = await self._instream(file)
        except _AWAY:
            return Scanned(Scan.COULD_NOT_SCAN, "unreachable")
        return _read(answer)

    async def signatures(self) -> str | None:
        """Return what the scanner knows today, by its own words on its version; None where nobody answers."""
        if not self.is_set:
            return None
        try:
            async with asyncio.timeout(self._within):
                reader, writer = await self._connect()
                try:
                    writer.write(b"zVERSION\0")
                    await writer.drain()
                    return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")[:100]
                finally:
                    writer.close()
        except _AWAY:
            return None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = urlsplit(self.url)
        if place.scheme == "unix":
            return await asyncio.open_unix_connection(place.path)
        return await asyncio.open_connection(place.hostname, place.port or 3310)

    async def _instream(self, file: IO[bytes]) -> str:
        reader, writer = await self._connect()
        # It may answer before the end and close at once: whoever reads only then reads nothing.
        answer = asyncio.ensure_future(reader.readuntil(b"\0"))
        try:
            await self._send(file, writer, answer)
            return (await answer).rstrip(b"\0").decode(errors="replace")
        finally:
            answer.cancel()
            writer.close()

    async def _send(self, file: IO[bytes], writer: asyncio.StreamWriter, answer: asyncio.Future[bytes]) -> None:
        file.seek(0)
        writer.write(b"zINSTREAM\0")
        try:
            while not answer.done() and (chunk := await asyncio.to_thread(file.read, _CHUNK)):
                writer.write(struct.pack("!I", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!I", 0))
            await writer.drain()
        except ConnectionError:
            return  # it has seen enough
        finally:
            file.seek(0)


def _read(answer: str) -> Scanned:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Scanned(Scan.CLEAN)
    if said.endswith(" FOUND"):
        return Scanned(Scan.INFECTED, said.removesuffix(" FOUND")[:100])
    return Scanned(Scan.COULD_NOT_SCAN, _TOO_LARGE if _TOO_LARGE in said else said[:100])
