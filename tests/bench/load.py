"""A load of GET requests over kept connections, by a program that shares nothing with who answers.

`python -m tests.bench.load PORT CONNECTIONS SECONDS HEADER < paths` prints one JSON object.
"""

import asyncio
import itertools
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any


class Asking(asyncio.Protocol):
    """One connection: it asks, reads the whole answer, and asks again."""

    def __init__(self, paths: Iterator[str], header: str, taken: dict[int, list[float]]) -> None:
        self._paths, self._header, self._taken = paths, header, taken
        self._got = b""
        self.is_asking = True

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        head = f"GET {next(self._paths)} HTTP/1.1\r\nHost: v.example.eu\r\n{self._header}\r\n\r\n"
        self._began = time.perf_counter()
        self._transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, separator, body = self._got.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length:
            self._taken[int(head[9:12])].append(time.perf_counter() - self._began)
            self._got = b""
            if self.is_asking:
                self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if self.is_asking:
            self._taken[0].append(0.0)


async def load(port: int, connections: int, seconds: float, header: str, paths: list[str]) -> dict[str, Any]:
    """Ask for some seconds; return how many answers there were of each status, and how long they took."""
    loop, taken = asyncio.get_running_loop(), defaultdict[int, list[float]](list)
    endless = itertools.cycle(paths)
    made = [
        (await loop.create_connection(lambda: Asking(endless, header, taken), "127.0.0.1", port))
        for _ in range(connections)
    ]
    await asyncio.sleep(min(2.0, seconds / 4))  # until everything is warm
    taken.clear()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    lasted = time.perf_counter() - began
    for _, one in made:
        one.is_asking = False
    return {"seconds": lasted, "statuses": {status: _told(found, lasted) for status, found in sorted(taken.items())}}


def _told(found: list[float], seconds: float) -> dict[str, float]:
    return {
        "answers": len(found),
        "a_second": round(len(found) / seconds, 1),
        "median_ms": round(statistics.median(found) * 1000, 1),
        "p99_ms": round(sorted(found)[len(found) * 99 // 100] * 1000, 1),
        "max_ms": round(max(found) * 1000, 1),
    }


async def loaded(port: int, paths: list[str], *, connections: int, seconds: float, header: str) -> dict[str, Any]:
    """Let another process make the load."""
    command = [sys.executable, "-m", "tests.bench.load", str(port), str(connections), str(seconds), header]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    told, _ = await process.communicate("\n".join(paths).encode())
    found: dict[str, Any] = json.loads(told)
    return found


if __name__ == "__main__":
    port, connections, seconds, header = sys.argv[1:]
    asked = sys.stdin.read().split()
    print(json.dumps(asyncio.run(load(int(port), int(connections), float(seconds), header, asked))))  # noqa: T201  # the answer
