"""`certify web`: pages and API."""

import asyncio

from certify.accounts import security_events
from certify.accounts.passwords import Passwords
from certify.accounts.relying_party import RelyingParty
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.procedure.signed_acts import Signatures
from certify.procedure.whole_record import WholeRecord
from certify.programs import temporal
from certify.programs.record import open_record
from certify.programs.serving import serve_until
from certify.programs.vault import open_vault
from certify.register.database import Database, Waits
from certify.web.app import create
from certify.web.services import Services


def signatures(settings: Settings, database: Database) -> Signatures | None:
    """Return how people sign what they do, None where the body asks for no signatures."""
    if not settings.signed_ballots:
        return None
    return Signatures(database, RelyingParty.of(settings.public_url, settings.body))


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until told to stop. Scans are answered without Temporal; acts wait for it."""
    database, vault = await open_record(settings, waits=Waits()), open_vault(settings, waits=Waits())
    client = await temporal.connect(temporal.sealed(settings, vault.keys), lazy=True)
    assert settings.security_events_file is not None
    security_events.write_to(settings.security_events_file)
    whole = WholeRecord.of(settings, database)
    procedure = Procedure(client, database, vault, whole=whole, signatures=signatures(settings, database))
    passwords = Passwords(known=(settings.body, settings.body_ru, settings.public_url))
    services = Services.of(settings, database, vault, procedure, passwords, whole)
    await serve_until(stop, create(services), settings)
