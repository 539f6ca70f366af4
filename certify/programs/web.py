"""`certify web`: pages and API."""

import asyncio

import uvicorn

from certify.accounts.passwords import Passwords
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.programs import temporal
from certify.register.database import Database
from certify.vault.label_proofs import LabelProofs
from certify.vault.published import published_files
from certify.vault.store import Vault
from certify.web.app import create
from certify.web.services import Services
from labels.key_set import KeySet
from labels.log.checkpoints import Policy
from labels.log.policy import policy_of


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until told to stop. Scans are answered without Temporal; acts wait for it."""
    database, vault = Database(settings.database_url), Vault(settings.evidence_url)
    files = published_files(settings.published_url)
    client = await temporal.connect(lazy=True)
    services = Services(
        settings=settings,
        database=database,
        vault=vault,
        procedure=Procedure(client, database, vault),
        passwords=Passwords(),
        published=files,
        proofs=LabelProofs(files, lambda: _policy(settings)),
    )
    config = uvicorn.Config(
        create(services),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  # `serve` would take the signals that are ours
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


def _policy(settings: Settings) -> Policy:
    assert settings.key_set_file is not None
    return policy_of(KeySet.read(settings.key_set_file), settings.log_origin, quorum=settings.witness_quorum)
