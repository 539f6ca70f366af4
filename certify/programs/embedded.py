"""`certify up`: everything in one process tree on this machine, on one data folder; real, and restartable."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sysconfig import get_path
from time import monotonic

import httpx2
from sqlalchemy.exc import DBAPIError
from temporalio.client import Client
from temporalio.service import RPCError

from certify.accounts import people
from certify.config import Settings
from certify.procedure.matters import Matters
from certify.procedure.reconciling import reconcile
from certify.procedure.scheme_entry import adopt_first_version
from certify.procedure.sending import Sending
from certify.procedure.whole_record import WholeRecord
from certify.programs import key_record, keys, lock, temporal
from certify.programs.processes import Child
from certify.programs.record import open_record, upgrade_record
from certify.programs.vault import open_vault
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.errors import AlreadyDecided, LabelError, Unavailable
from schemas.identifiers import ENGINE
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme

READY_WITHIN = 60.0


@dataclass
class Tree:
    """The running programs."""

    settings: Settings
    database: Database
    client: Client
    children: tuple[Child, ...]
    vault: Vault

    @property
    def matters(self) -> Matters:
        """The way of acts to the matters beside the certifications."""
        return Matters(Sending(self.client, self.database), self.database, self.vault)

    @property
    def address(self) -> str:
        """Where the web program answers on this machine."""
        return f"http://localhost:{self.settings.port}"


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Tree]:
    """Run the whole tree for as long as the block runs.

    Raises:
        AlreadyDecided: `data_in_use`.
        Unavailable: `port_in_use`, or `not_ready` when the programs do not come up.
    """
    with lock.held(settings.data):
        _check_port(settings)
        port = _free_port()
        os.environ["TEMPORAL_ADDRESS"] = f"127.0.0.1:{port}"
        database, vault = await open_record(settings), open_vault(settings)
        server, *ours = children = _children(settings, port)
        going_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            await server.start()
            await upgrade_record(settings, database)
            await _prepare_keys(settings, database)
            await asyncio.gather(*(child.start() for child in ours))
            client = await temporal.connect(temporal.sealed(settings, vault.keys))
            await _prepare(settings, database, client)
            await temporal.note_sealed(settings, client, database)
            lock.announce(settings.data, {"temporal": f"127.0.0.1:{port}", "web": f"http://localhost:{settings.port}"})
            going_on = asyncio.create_task(_go_on(client, database, WholeRecord.of(settings, database)))
            yield Tree(settings, database, client, children, vault)
        finally:
            going_on.cancel()
            server, *ours = children
            await asyncio.gather(*(child.stop() for child in ours))
            await server.stop()
            await vault.aclose()
            await database.close()


def _children(settings: Settings, temporal_port: int) -> tuple[Child, ...]:
    environment, names = settings.as_environment(), ["worker", "signer", "web"]
    if settings.has_witness_of_its_own:
        witness_port = _free_port()
        own = f"http://127.0.0.1:{witness_port}"
        urls = [own if url == settings.own_witness_url else url for url in settings.witness_urls.split()]
        environment["CERTIFY_WITNESS_PORT"] = str(witness_port)
        environment["CERTIFY_WITNESS_URLS"] = " ".join(urls)
        names.append("witness")
    server = (
        str(Path(get_path("scripts")) / "temporal"), "server", "start-dev", "--headless", "--ip", "127.0.0.1",
        "--port", str(temporal_port), "--log-level", "error", "--db-filename", str(settings.data / "temporal.db"),
    )  # fmt: skip
    ours = [Child(name, (sys.executable, "-m", "certify", name), environment) for name in names]
    return (Child("temporal", server, environment, quiet=True), *ours)


async def _prepare_keys(settings: Settings, database: Database) -> None:
    """Make what is missing of the keys, and enter what the root signed; scans are answered in any case."""
    try:
        done = keys.initialise(settings, now=datetime.now(UTC))
        if done.new_root and not settings.demo:
            sys.stderr.write(f"{keys.root_warning(settings, done.root)}\n")
        await key_record.record(settings, database, authn="engine")
    except (LabelError, AlreadyDecided) as error:
        sys.stderr.write(f"The keys are not in order, see `certify check`: {error.message} [{error.code}]\n")


async def _prepare(settings: Settings, database: Database, client: Client) -> None:
    """Adopt the scheme that comes with the engine, when none of its version was, and wait until acts are taken."""
    await adopt_first_version(client, database, load_scheme(BUILT_IN), by=ENGINE)
    until = monotonic() + READY_WITHIN
    async with httpx2.AsyncClient() as http:
        while monotonic() < until:
            try:
                if (await http.get(f"http://127.0.0.1:{settings.port}/readyz")).status_code == httpx2.codes.OK:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise Unavailable("not_ready", "The programs did not come up; their messages stand above.")


async def _go_on(client: Client, database: Database, whole: WholeRecord) -> None:
    """Start again, from the record, what this Temporal does not carry: either of the two may have been restored."""
    try:
        await _until_whole(whole)
        async for found in reconcile(client, database, restart=True):
            sys.stderr.write(f"{found.workflow} was {found.difference.value}; restarted: {found.restarted}\n")
    except (RPCError, RuntimeError, DBAPIError) as error:
        sys.stderr.write(f"Not reconciled ({type(error).__name__}); run `certify reconcile`.\n")


async def _until_whole(whole: WholeRecord) -> None:
    """Wait while the record lacks what was logged: whatever began from it would not fit the one that is put back."""
    while True:
        try:
            return await whole.require_for_acts()
        except Unavailable:
            await asyncio.sleep(1)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            raise Unavailable("port_in_use", f"Port {settings.port} is in use; choose another with --port.") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_port(settings: Settings) -> Settings:
    """Return the settings with a port that is free, where port 0 was asked for."""
    if settings.port != 0:
        return settings
    return Settings(**{**settings.model_dump(exclude={"public_url"}), "port": _free_port()})


async def first_secretariat(tree: Tree) -> str | None:
    """Return the address of a one-time link for the first secretariat, when there is nobody yet."""
    async with tree.database.writing() as session:
        if not await people.is_nobody_there(session):
            return None
        invitation = await people.invite(
            session,
            name="Secretariat",
            email="secretariat@localhost",
            roles=[Role.SECRETARIAT],
            by=ENGINE,
            now=datetime.now(UTC),
            authn="engine",
        )
    return tree.settings.sign_in_link(invitation.token)
