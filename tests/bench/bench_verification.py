"""How many verifications one program answers a second out of 100 000 labels, and what a flood does to them (G15, T16).

`python -m tests.bench.bench_verification [LABELS]` prints one JSON object. `certify verification` runs as in earnest,
on SQLite, and the load comes from another process. Beside each figure: the same server with an application that answers
the same bytes out of memory, and the CPU time of an answer, which other work on the machine changes less.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil

from certify.web.at_once import MOST_AT_ONCE
from tests.bench.load import loaded
from tests.bench.many_labels import many_labels
from tests.programs import free_port

LABELS = 100_000
SECONDS = 20.0
POPULAR = 1_000
"""Labels that everybody scans just now: their answers are made once in some seconds (`certify.web.kept_answers`)."""
AT_ONCE = 12
"""Connections that ask without a pause: a load that is admitted; four times the limit is the flood."""
HEADERS = {"json": "Accept: application/json", "html": "Accept: text/html"}
BARE = """
import asyncio, sys, uvicorn
body, kind = sys.stdin.buffer.read(), sys.argv[2].encode()
start = {"type": "http.response.start", "status": 200, "headers": [
    (b"content-type", kind), (b"content-length", str(len(body)).encode())]}
async def app(scope, receive, send):
    await send(start)
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
"""


async def measure(labels: int = LABELS) -> dict[str, Any]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="certify-bench-") as folder:
        began = time.monotonic()
        settings, made = await many_labels(Path(folder) / "data", labels)
        found: dict[str, Any] = {"labels": labels, "made_in_s": round(time.monotonic() - began)}
        paths = [f"/{one.id}" for one in made]
        random.Random(16).shuffle(paths)  # noqa: S311  # the same order in every run
        async with _running([sys.executable, "-m", "certify", "verification"], settings.as_environment()) as one:
            for kind, header in HEADERS.items():
                asked = [f"{path}.json" for path in paths] if kind == "json" else paths
                found[kind] = await _loaded(one, asked, header, AT_ONCE)
                found[f"{kind}_popular"] = await _loaded(one, asked[-POPULAR:], header, AT_ONCE)
                found[f"{kind}_flood"] = await _loaded(one, asked, header, 4 * MOST_AT_ONCE)
                answer = await _answer(one, asked[0], header)
                found[f"{kind}_bare"] = await _bare(answer, header)
        return found


@asynccontextmanager
async def _running(
    command: list[str], environment: dict[str, str] | None = None, sent: bytes | None = None
) -> AsyncIterator[tuple[psutil.Process, int]]:
    port = free_port()
    asked = {**(environment or os.environ), "CERTIFY_PORT": str(port)}
    arguments = [one.replace("PORT", str(port)) for one in command]
    process = await asyncio.create_subprocess_exec(*arguments, env=asked, stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(sent or b"")
    process.stdin.close()
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while not await _answers(client):  # noqa: ASYNC110  # a process has no event
            await asyncio.sleep(0.2)
    try:
        yield psutil.Process(process.pid), port
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/livez")).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False


async def _loaded(one: tuple[psutil.Process, int], paths: list[str], header: str, connections: int) -> dict[str, Any]:
    process, port = one
    before = process.cpu_times()
    found = await loaded(port, paths, connections=connections, seconds=SECONDS, header=header)
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    answers = sum(status["answers"] for status in found["statuses"].values())
    warm = 1 + 2.0 / SECONDS  # what was asked before the figures count
    return {"connections": connections, **found, "cpu_ms_each": round(spent / (answers * warm) * 1000, 2)}


async def _answer(one: tuple[psutil.Process, int], path: str, header: str) -> httpx2.Response:
    name, _, value = header.partition(": ")
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{one[1]}") as client:
        return await client.get(path, headers={name: value})


async def _bare(answer: httpx2.Response, header: str) -> dict[str, Any]:
    command = [sys.executable, "-c", BARE, "PORT", answer.headers["Content-Type"]]
    async with _running(command, sent=answer.content) as one:
        return await _loaded(one, ["/"], header, AT_ONCE)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else LABELS
    print(json.dumps(asyncio.run(measure(count)), indent=1))  # noqa: T201  # what a bench is for
