"""A virus scanner for tests: the protocol of clamd with one signature, and the real clamd where it is installed."""

import asyncio
import shutil
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless text that every scanner finds (eicar.org), in two halves here lest one finds this file."""
CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin")


class FakeClamd:
    """Answers INSTREAM and VERSION as clamd does.

    Attributes:
        limit: its StreamMaxLength.
        asked: how many files it was given.
        signatures: number of its database.
        known: texts it finds.
    """

    def __init__(self, *, limit: int = 1_000_000) -> None:
        self.limit, self.asked, self.signatures, self.known = limit, 0, 27_000, [EICAR.encode()]

    def learn(self, text: bytes) -> None:
        """Take in newer signatures."""
        self.signatures += 1
        self.known.append(text)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\0")
        if asked == b"zVERSION\0":
            writer.write(f"ClamAV 1.4.3/{self.signatures}/Mon Mar  2 08:00:00 2026\0".encode())
        else:
            assert asked == b"zINSTREAM\0"
            self.asked += 1
            await self._scan(reader, writer)
        await writer.drain()
        writer.close()

    async def _scan(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = b""
        while size := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
            if len(content) > self.limit:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                break
        else:
            is_known = any(one in content for one in self.known)
            writer.write(b"stream: Eicar-Test FOUND\0" if is_known else b"stream: OK\0")


@asynccontextmanager
async def fake_clamd(scanner: FakeClamd | None = None) -> AsyncIterator[str]:
    """Run a fake scanner and yield its address."""
    server = await asyncio.start_server((scanner or FakeClamd()).answer, "127.0.0.1", 0)
    async with server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def real_clamd(folder: Path) -> AsyncIterator[str]:
    """Run clamd with a database of one signature, and yield its address; it needs no network."""
    database, socket = folder / "db", folder / "clamd.sock"
    database.mkdir()
    (database / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.encode().hex()}\n")
    settings = folder / "clamd.conf"
    settings.write_text(f"LocalSocket {socket}\nDatabaseDirectory {database}\nForeground yes\nStreamMaxLength 1M\n")
    assert CLAMD is not None
    scanner = await asyncio.create_subprocess_exec(
        CLAMD, "-c", str(settings), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            while not socket.exists():  # noqa: ASYNC110  # another program makes it
                await asyncio.sleep(0.1)
        yield f"unix:{socket}"
    finally:
        scanner.terminate()
        await scanner.wait()
