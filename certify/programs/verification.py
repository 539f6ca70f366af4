"""`certify verification`: answers about labels and published files alone, in a process of their own (security T16)."""

import asyncio

from certify.config import Settings
from certify.programs.serving import serve_until
from certify.programs.slow_clients import open_as_many_files_as_may_be, protocol_with
from certify.programs.vault import open_vault
from certify.register.database import Database, Waits
from certify.web.at_once import Room
from certify.web.services import public_services
from certify.web.verification import create


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until told to stop. It asks the record, the published files and, for texts of labels, the vault."""
    database = Database(settings.database_url, waits=Waits())
    services = public_services(settings, database, open_vault(settings, read_only=True, waits=Waits()))
    open_as_many_files_as_may_be()
    room = Room()
    await serve_until(stop, create(services, room), settings, protocol_with(room))
