"""A large file to the API of a real `certify web`, beside the same bytes to a bare endpoint that writes them to disk.

    PYTHONPATH=. python -m tests.bench.bench_upload [MiB]

Both are programs of their own behind HTTP on this machine, and are asked in turn. Prints medians of three rounds by the
clock, and how far the memory of `certify web` and of the programs it starts rose.
"""

import asyncio
import hashlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import httpx2
import psutil
import uvicorn
from sqlmodel import SQLModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from certify.accounts import tokens
from certify.config import Settings
from certify.register import journal
from certify.register.database import Database
from certify.register.schema import load_tables
from schemas.records import Batch
from tests.builders import APPLICANT
from tests.cells import CELLS, put_keys
from tests.pages.conftest import furnish, walk
from tests.programs import CERTIFY, environment, free_port
from tests.unit.certify.register.records import entry_of
from workflows.options import case_stream

MIB: Final = 1024 * 1024
ROUNDS: Final = 3
LINE: Final = b"The quick brown fox jumps over the lazy dog, and is tested for it.\n"
PATH: Final = "/api/applications/case-1/files"


class Asked(NamedTuple):
    """The two programs: where they answer, and the process of ours."""

    plain: str
    certify: str
    token: str
    program: psutil.Process


async def write_down(request: Request) -> JSONResponse:
    """What a plain copy does: take the bytes, hash them, write them to disk and read them back."""
    digest, again = hashlib.sha256(), hashlib.sha256()
    with tempfile.TemporaryFile(dir="/var/tmp") as file:  # where the store of the other lies
        async for piece in request.stream():
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        while piece := file.read(MIB):
            again.update(piece)
    return JSONResponse({"digest": digest.hexdigest(), "is_whole": again.digest() == digest.digest()})


plain = Starlette(routes=[Route(PATH, write_down, methods=["POST"])])


async def content(mib: int, number: int) -> AsyncIterator[bytes]:
    """A text in pieces as a socket gives them, another one each time."""
    yield (first := b"Round %d.\n" % number)
    piece = LINE * (65_536 // len(LINE))
    left = mib * MIB - len(first)
    while left > 0:
        yield piece[:left]
        left -= len(piece)


async def furnished(data: Path) -> str:
    """Put a case on record that takes evidence, and return a token of its applicant."""
    load_tables()
    put_keys(data)
    database = Database(Settings(data=data).database_url, cells=CELLS)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await furnish(database)
    events, now = walk().to_intake().events, datetime.now(UTC)
    async with database.writing() as session:
        entries = tuple(entry_of(number, event) for number, event in enumerate(events, start=1))
        await journal.append(session, Batch(stream=case_stream("case-1"), entries=entries))
        token = await tokens.create(
            session, person=APPLICANT.person, name="bench", scopes=("act", "read"),
            expires_at=now + timedelta(days=1), now=now,
        )  # fmt: skip
    await database.close()
    return token


async def sent(address: str, token: str, mib: int, number: int) -> float:
    """Seconds until a file is acknowledged."""
    async with httpx2.AsyncClient(timeout=600) as client:
        began = time.perf_counter()
        answer = await client.post(
            f"{address}{PATH}", content=content(mib, number), headers={"Authorization": f"Bearer {token}"}
        )
    assert answer.status_code == 200, answer.text
    print(f"  {address}: {answer.text[:300]}", file=sys.stderr)  # noqa: T201  # what was made of it
    return time.perf_counter() - began


@contextmanager
def memory_of(program: psutil.Process) -> Iterator[dict[str, float]]:
    """How many MiB a program rose meanwhile, and how many its children took at most."""
    before, found, is_over = program.memory_info().rss, {"rise": 0.0, "children": 0.0}, threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            found["rise"] = max(found["rise"], (program.memory_info().rss - before) / MIB)
            for child in program.children():
                try:
                    found["children"] = max(found["children"], child.memory_info().rss / MIB)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        is_over.set()
        watcher.join()


async def ready(address: str) -> None:
    """Wait until something answers."""
    async with asyncio.timeout(120), httpx2.AsyncClient() as client:
        while True:
            with suppress(httpx2.TransportError):
                await client.get(f"{address}/livez")
                return
            await asyncio.sleep(0.2)


@contextmanager
def running(folder: Path, token: str) -> Iterator[Asked]:
    """Run both programs on a data folder."""
    port, bare = free_port(), free_port()
    variables = {
        "CERTIFY_DATA": str(folder),
        "CERTIFY_PORT": str(port),
        "CERTIFY_STRONG_SIGN_IN": "offered",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
    }
    ours = subprocess.Popen([CERTIFY, "web"], env=environment(**variables))
    other = subprocess.Popen([sys.executable, "-m", "tests.bench.bench_upload", "--plain", str(bare)])
    try:
        yield Asked(f"http://127.0.0.1:{bare}", f"http://127.0.0.1:{port}", token, psutil.Process(ours.pid))
    finally:
        for program in (ours, other):
            program.terminate()
            program.wait()


async def measured(asked: Asked, mib: int) -> tuple[list[float], list[float], dict[str, float]]:
    """The seconds of each round, plain and ours, and what memory ours took; a small file goes first."""
    for address in (asked.plain, asked.certify):
        await ready(address)
        await sent(address, asked.token, 8, 0)
    copied, uploaded = [], []
    with memory_of(asked.program) as memory:
        for number in range(1, ROUNDS + 1):
            copied.append(await sent(asked.plain, asked.token, mib, number))
            uploaded.append(await sent(asked.certify, asked.token, mib, number))
    return copied, uploaded, memory


async def main(mib: int) -> None:
    """Measure in turn, so that what else the machine does meets both."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # on the disk, not in memory
        token = await furnished(Path(folder))
        with running(Path(folder), token) as asked:
            copied, uploaded, memory = await measured(asked, mib)
    one, two = statistics.median(copied), statistics.median(uploaded)
    print(f"{mib} MiB over HTTP: copied {one:.2f} s, uploaded {two:.2f} s, {two / one:.2f} times")  # noqa: T201  # the result
    print(f"certify web rose by {memory['rise']:.0f} MiB, its child took {memory['children']:.0f}")  # noqa: T201  # as above


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain"]:
        uvicorn.run(plain, port=int(sys.argv[2]), log_level="warning", access_log=False)
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1023))
