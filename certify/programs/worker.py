"""`certify worker`: carries the cases and writes the record."""

import asyncio

from certify.config import Settings
from certify.procedure.whole_record import WholeRecord
from certify.programs import temporal
from certify.programs.record import open_record
from certify.programs.vault import open_vault
from certify.vault.public_keys import PublicKeys


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until told to stop; what is under way is finished or taken up again by the next worker."""
    database, vault = await open_record(settings), open_vault(settings)
    client = await temporal.connect(temporal.sealed(settings, vault.keys))
    assert settings.key_set_file is not None
    whole = WholeRecord.of(settings, database)
    async with temporal.worker(client, database, vault, whole=whole, keys=PublicKeys(settings.key_set_file)):
        await stop.wait()
    await vault.aclose()
    await database.close()
