"""`certify reconcile` and `certify nudge`: what is open in the record goes on in Temporal."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.converter import DataConverter

from certify.config import Settings
from certify.procedure.reconciling import Reconciled, nudge, reconcile
from certify.procedure.whole_record import WholeRecord
from certify.programs import lock, temporal
from certify.programs.record import open_to_read
from certify.programs.vault import open_keys
from certify.register.database import Database
from schemas.errors import Unavailable


async def reconcile_all(settings: Settings, *, restart: bool) -> list[Reconciled]:
    """Compare everything that is open, and with `restart` start again what is missing, ended, behind or ahead.

    Raises:
        Unavailable: `temporal_unreachable`: nobody answers at Temporal's address; `record_behind_log`: the record is
            not the one that is to be gone on with.
    """
    async with _reached(settings, only_when_whole=restart) as (client, database):
        return [found async for found in reconcile(client, database, restart=restart)]


async def nudge_all(settings: Settings) -> int:
    """Tell every open case and matter to begin a new run; returns how many were told.

    Raises:
        Unavailable: `temporal_unreachable`: nobody answers at Temporal's address.
    """
    async with _reached(settings) as (client, database):
        return await nudge(client, database)


@asynccontextmanager
async def _reached(settings: Settings, *, only_when_whole: bool = False) -> AsyncIterator[tuple[Client, Database]]:
    running = lock.announced(settings.data)
    if "temporal" in running:
        os.environ.setdefault("TEMPORAL_ADDRESS", running["temporal"])
    database, keys = open_to_read(settings), open_keys(settings)
    try:
        if only_when_whole:
            await WholeRecord.of(settings, database).require_for_acts()
        yield await _client(temporal.sealed(settings, keys)), database
    finally:
        await keys.close()
        await database.close()


async def _client(converter: DataConverter) -> Client:
    try:
        return await temporal.connect(converter)
    except RuntimeError:
        message = "Temporal does not answer; start it, or set TEMPORAL_ADDRESS. Nothing was compared."
        raise Unavailable("temporal_unreachable", message) from None
