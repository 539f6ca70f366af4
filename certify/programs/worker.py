"""`certify worker`: carries the cases and writes the record."""

import asyncio

from certify.config import Settings
from certify.procedure.whole_record import WholeRecord
from certify.programs import temporal
from certify.register.database import Database
from certify.vault.store import Vault


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until told to stop; what is under way is finished or taken up again by the next worker."""
    database = Database(settings.database_url)
    client = await temporal.connect(temporal.sealed(settings))
    whole = WholeRecord.of(settings, database)
    async with temporal.worker(client, database, Vault(settings.evidence_url), whole=whole):
        await stop.wait()
    await database.close()
