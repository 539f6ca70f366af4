"""The real programs, started as a person would start them, and people who act through their API.

with Tree(tmp_path / "data") as tree:       # `certify up`
    people = await Players.admitted(tree)   # accounts and tokens, as the command line makes them
    await DemoCase(people, folder, rules, refuse=False).play()
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx2
import psutil

from certify.activities import sign_log
from certify.config import Settings
from certify.procedure.institutions import Entrant, organisation_id
from certify.programs import administration
from certify.programs.client import ApiClient
from certify.programs.record import open_to_read
from certify.register.chain import verified_events
from certify.register.entries import JournalEntry
from schemas.application_folder import ApplicationFolder, read_folder
from schemas.errors import ProcedureError, Unavailable
from schemas.people import Role

CERTIFY = str(Path(sys.executable).parent / "certify")
EXAMPLE = Path(__file__).parents[1] / "examples" / "digit-reader"
READY_WITHIN = 60.0
UP_WITHIN = 240.0
"""A machine that is busy with other tests brings a whole tree up slowly."""
RESENT_WITHIN = 60.0
CAST = (
    ("Sofia", Role.SECRETARIAT, ()),
    ("Anna", Role.APPLICANT, ()),
    ("Edda", Role.EXPERT, ("ethics_or_law",)),
    ("Maria", Role.COMMISSIONER, ()),
    ("Milan", Role.COMMISSIONER, ()),
    ("Mira", Role.COMMISSIONER, ()),
)
"""As many people as a low-tier case asks for."""


def _ports_of_this_process() -> Iterator[int]:
    """Ports that the system gives to nobody by itself, a part of them for each process of the tests."""
    of_each, process = 1_000, int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first, begin = 20_000 + process * of_each, os.getpid()
    return (first + number % of_each for number in itertools.count(begin))


_PORTS = _ports_of_this_process()


def free_port() -> int:
    """A port nobody listens at, and that no test beside this one is given before a program begins to listen."""
    for port in _PORTS:
        with socket.socket() as probe:
            # As servers do: a port that a program has just left is free (RFC 9293, 3.6.1).
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise AssertionError("an endless row of ports has ended")


_OURS = ("CERTIFY_", "TEMPORAL_", "PYTHONDONTWRITEBYTECODE")


def environment(**changes: str) -> dict[str, str]:
    """The environment of a program of its own: nothing of ours is set but what the test says, and bytecode is kept.

    People here act by tokens, which prove nothing: what asks for more has tests of its own.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**clean, "CERTIFY_STRONG_SIGN_IN": "offered", **changes}


def certify(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `certify` to its end."""
    command = (CERTIFY, *map(str, arguments))
    return subprocess.run(command, env=environment(**changes), capture_output=True, text=True, timeout=120, check=False)


def wait_until(holds: Callable[[], bool], *, within: float = READY_WITHIN, what: str = "it") -> None:
    """Wait until something holds, or fail."""
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, f"{what} did not come about within {within} s"
        time.sleep(0.05)


def is_ready(address: str) -> bool:
    """Whether a web program takes acts."""
    try:
        return httpx2.get(f"{address}/readyz", timeout=2).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


class Started:
    """The programs that this one starts from now on; servers that other tests keep are none of them."""

    def __init__(self) -> None:
        self._others = psutil.Process().children()

    def running(self) -> list[psutil.Process]:
        return [one for one in psutil.Process().children() if one not in self._others]


class Tree:
    """`certify up` on a data folder: started, stopped, killed, started again."""

    def __init__(self, data: Path, **changes: str) -> None:
        self.data, self.port = data, free_port()
        self.address = f"http://localhost:{self.port}"
        # Scripts and browsers of these tests hold no passkeys; those of tests/pages/test_signed_acts.py do.
        self._changes = {"CERTIFY_SIGNED_BALLOTS": "false", **changes}
        self._log = data.with_name(f"{data.name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, port=self.port)

    @property
    def log(self) -> str:
        """What the programs said on both their outputs."""
        return self._log.read_text()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                (CERTIFY, "up", "--data", self.data, "--port", str(self.port)),
                env=environment(**self._changes),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        process = self.process
        wait_until(lambda: process.poll() is not None or self._is_announced(), within=UP_WITHIN, what="certify up")
        assert process.poll() is None, self.log

    def _is_announced(self) -> bool:
        path = self.data / "running.json"
        with contextlib.suppress(FileNotFoundError, ValueError):
            return json.loads(path.read_text())["pid"] == self.pid
        return False

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def everyone(self) -> list[psutil.Process]:
        """The supervisor and all that runs below it."""
        try:
            top = psutil.Process(self.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def program(self, name: str) -> psutil.Process:
        """One program of the tree: temporal, worker, signer or web."""
        found = [one for one in self.everyone()[1:] if name in _words_of(one)]
        assert len(found) == 1, (name, found)
        return found[0]

    def kill(self) -> None:
        """End every process of the tree at once, as a loss of power would."""
        processes = self.everyone()
        for one in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(processes, timeout=10)
        if self.process is not None:
            self.process.wait()

    def stop(self) -> int:
        """Ask the tree to stop and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def restart_after_kill(self) -> None:
        self.kill()
        self.start()


def _words_of(process: psutil.Process) -> set[str]:
    try:
        command = process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return set()
    return {Path(word).name for word in command[:4]}


@dataclass
class Post:
    """One act as it was sent, and what it was answered."""

    path: str
    content: dict[str, Any]
    answer: bytes


class PersistentClient(ApiClient):
    """Sends an act again, under the same key, until it is answered; remembers all it sent.

    `before` is told of each act before it is sent: there a test pulls the plug.
    """

    def __init__(self, server: str, token: str) -> None:
        super().__init__(server, token)
        self.server, self.token = server, token
        self.before: Callable[[str], asyncio.Task[None] | None] = lambda _path: None
        self.posts: list[Post] = []

    async def _send(self, method: str, path: str, **rest: Any) -> httpx2.Response:
        if not isinstance(rest.get("content", b""), bytes):
            rest["content"] = b"".join([chunk async for chunk in rest["content"]])
        interruption = self.before(path) if method == "POST" else None
        until = time.monotonic() + RESENT_WITHIN
        while True:
            response = await self._once(method, path, **rest)
            if interruption is not None:
                await interruption
                interruption, response = None, None
            if response is not None and response.status_code not in {202, 503}:
                break
            assert time.monotonic() < until, f"{path} was never answered"
            await asyncio.sleep(0.05)
        if "Idempotency-Key" in rest.get("headers", {}):
            self.posts.append(Post(path, rest, response.content))
        return response

    async def _once(self, method: str, path: str, **rest: Any) -> httpx2.Response | None:
        try:
            return await super()._send(method, path, **rest)
        except Unavailable:
            return None

    async def send_all_again(self) -> None:
        """Send every act once more; each must be answered with the very bytes of the first time."""
        for post in self.posts:
            again = await self._once("POST", post.path, **post.content)
            assert again is not None
            assert again.content == post.answer, post.path


@dataclass(frozen=True)
class Player:
    """Someone with an account and a token."""

    id: str
    role: Role
    api: PersistentClient
    device: None = None


@dataclass
class Players:
    """The people of a case, for a script that plays their parts (`certify.programs.demo_case.DemoCase`)."""

    players: list[Player] = field(default_factory=list)

    @classmethod
    async def admitted(cls, settings: Settings, folder: ApplicationFolder) -> Self:
        """Enter the organisation and admit a low-tier case's people, as the command line does."""
        organisation = await entered(settings, folder)
        found = cls()
        for name, role, areas in CAST:
            email = f"{name.lower()}@example.org"
            person, _ = await administration.invite_person(
                settings,
                name=name,
                email=email,
                roles=[role],
                organisation=organisation if role == Role.APPLICANT else None,
                areas=areas,
            )
            token = await administration.create_token(
                settings, email=None, person=person, scopes=["act", "read"], days=1
            )
            found.players.append(Player(person, role, PersistentClient(f"http://localhost:{settings.port}", token)))
        return found

    def all_with(self, role: Role) -> list[Player]:
        return [player for player in self.players if player.role == role]

    def one(self, role: Role) -> Player:
        return self.all_with(role)[0]

    def told_before_each_act(self, tell: Callable[[str], asyncio.Task[None] | None]) -> None:
        for player in self.players:
            player.api.before = tell

    async def close(self) -> None:
        for player in self.players:
            await player.api.close()


async def entered(settings: Settings, folder: ApplicationFolder) -> str:
    """Enter the organisation of an application in the Register, unless it stands there."""
    who, officer = folder.application.organisation, folder.application.ethics_officer
    entrant = Entrant(
        name=who.name,
        country=who.country,
        roles=tuple(role.value for role in who.roles),
        ethics_officer=officer.name,
        officer_contact=officer.email,
    )
    with temporal_of(settings), contextlib.suppress(ProcedureError):
        await administration.enter_organisation(settings, entrant)
    return organisation_id(entrant.name, entrant.country)


@contextlib.contextmanager
def temporal_of(settings: Settings) -> Any:
    """Find the running tree by its data folder alone, and leave this process's environment as it was."""
    before = os.environ.pop("TEMPORAL_ADDRESS", None)
    try:
        assert settings.data.exists()
        yield
    finally:
        os.environ.pop("TEMPORAL_ADDRESS", None)
        if before is not None:
            os.environ["TEMPORAL_ADDRESS"] = before


def example() -> ApplicationFolder:
    """The complete low-tier application that comes with the engine."""
    return read_folder(EXAMPLE)


@dataclass(frozen=True)
class Record:
    """What a data folder holds once its programs have stopped, each chain verified."""

    kinds: dict[str, list[str]]
    signatures: tuple[str, ...]

    @property
    def labels(self) -> int:
        return sum(kinds.count("label_issued") for kinds in self.kinds.values())


async def record_in(settings: Settings) -> Record:
    """Read a record from the bottom: every stream with its chain verified, and the sign log."""
    from sqlmodel import col, select  # noqa: PLC0415  # only this reads tables

    database = open_to_read(settings)
    kinds: dict[str, list[str]] = {}
    try:
        async with database.reading() as session:
            streams = (await session.exec(select(col(JournalEntry.stream)).distinct())).all()
            for stream in streams:
                kinds[stream] = [json.loads(body)["kind"] async for body in _verified(session, stream)]
    finally:
        await database.close()
    assert settings.sign_log_file is not None
    signed = [line for line in sign_log.read(settings.sign_log_file) if isinstance(line, sign_log.Signature)]
    return Record(kinds, tuple(line.decision for line in signed))


async def _verified(session: Any, stream: str) -> AsyncIterator[bytes]:
    async for body in verified_events(session, stream):
        yield body
