"""A register that publishes over HTTP, and a monitor that comes by with the root it pinned."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from labels.log.policy import policy_of
from labels.monitor.addresses import LogFiles, PublishedAddresses
from labels.monitor.memory import Memory
from labels.monitor.observation import Observation, observe
from labels.root import Root
from schemas.public_log import LogEntry
from tests.unit.labels.mirror.made import KEYS, ORIGIN, ROOT, Made, digest_of_nothing, later


class Server(ThreadingHTTPServer):
    """Gives the files of a register out, but for what a test answers otherwise.

    Attributes:
        files: by path, without the slash before.
        instead: answers of a test by path: a status with headers, or what to write to the connection.
        asked: the paths that were asked for.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.files: dict[str, bytes] = {}
        self.instead: dict[str, tuple[int, dict[str, str]] | Callable[[Any], None]] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        """Answer."""
        path = self.path.removeprefix("/")
        self.server.asked.append(path)
        instead = self.server.instead.get(path)
        content = self.server.files.get(path)
        if callable(instead):
            instead(self)
        elif instead is not None:
            self._head(instead[0], {"Content-Length": "0", **instead[1]})
        elif content is None:
            self._head(404, {"Content-Length": "0"})
        else:
            self._head(200, {"Content-Length": str(len(content))})
            self.wfile.write(content)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class Visited:
    """A register, its server and the monitor's folder."""

    server: Server
    folder: Path
    made: Made
    waits: list[float] = field(default_factory=list)

    def publishes(self, made: Made | None = None, *, seen_at: datetime | None = None) -> None:
        """Publish what a register says now, of this one or another one of the same keys."""
        source = made or self.made
        source.seen_at = seen_at or source.seen_at
        self.server.files = source.files()

    def observe(self, at: datetime | None = None, **options: Any) -> Observation:
        """Come by once."""
        addresses = PublishedAddresses(self.server.url, lambda: 0.0, sleep=self.waits.append)
        policy = policy_of(KEYS, ORIGIN, quorum=options.pop("quorum", 1))
        moment = at or later(minutes=1)
        return observe(LogFiles(addresses.read), self.memory, policy, at=moment, **options)

    @property
    def memory(self) -> Memory:
        """What the monitor remembers."""
        return Memory(self.folder)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        serving = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        serving.start()
        yield running
        running.shutdown()
        serving.join()


@pytest.fixture
def visited(server: Server, tmp_path: Path) -> Visited:
    """A register with 300 entries, more than one tile, as it is published."""
    made = Made()
    made.begin()
    made.grant("one")
    grown(made, 300)
    found = Visited(server, tmp_path / "seen", made)
    found.publishes()
    return found


@pytest.fixture
def root_file(tmp_path: Path) -> Path:
    path = tmp_path / "root.json"
    path.write_text(Root.of(ROOT).as_json())
    return path


def grown(made: Made, size: int) -> Made:
    """Let a register say as much of which nothing is public as makes a log of some size."""
    more = range(made.sequencer.size, size)
    made.sequencer.append([LogEntry(digest=digest_of_nothing(number)).as_bytes() for number in more])
    return made


def said(found: Observation) -> tuple[list[str], list[str]]:
    """The codes of what is false, and of what was not checked."""
    return [one.code for one in found.false], [one.code for one in found.unchecked]
