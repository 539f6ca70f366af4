"""What a request is answered with: made once when the web program starts."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from fastapi import Depends, FastAPI, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.passwords import Passwords
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.procedure.reception import Reception
from certify.procedure.retention import keep_retaining
from certify.procedure.whole_record import WholeRecord
from certify.register import schemes
from certify.register.clearing_images import keep_clearing
from certify.register.database import Database
from certify.register.holder_seats import KeptSeats
from certify.register.label_draws import KeptDraw
from certify.register.statistics import KeptFigures
from certify.vault.inspection.clamav import ClamAv
from certify.vault.inspection.image_encoder import ImageEncoder
from certify.vault.label_proofs import LabelProofs
from certify.vault.public_keys import PublicKeys
from certify.vault.published import PublishedFiles, label_file, published_files
from certify.vault.status_lists import StatusLists
from certify.vault.store import Vault
from certify.vault.witnessed_log import PresentPolicy
from certify.web.limits import Limits
from certify.web.scans import ScanCounter
from schemas.scheme import Scheme


@dataclass(frozen=True, kw_only=True)
class PublicServices:
    """What an answer about a label needs: the record, what is published, and the texts that everybody may read.

    No way to the procedure: whoever has these alone can act for nobody.
    """

    settings: Settings
    database: Database
    vault: Vault
    published: PublishedFiles
    keys: PublicKeys
    proofs: LabelProofs
    whole_record: WholeRecord
    lists: StatusLists
    scans: ScanCounter = field(default_factory=ScanCounter)
    limits: Limits = field(default_factory=Limits)
    schemes: dict[str, Scheme] = field(default_factory=dict)
    seats: KeptSeats = field(default_factory=KeptSeats)

    async def scheme(self, session: AsyncSession, digest: str) -> Scheme:
        """Return a scheme that a label is pinned to; it is its digest's for good, and read once.

        Raises:
            NotFound: `unknown_scheme`.
        """
        if digest not in self.schemes:
            self.schemes[digest] = await schemes.pinned(session, digest)
        return self.schemes[digest]

    async def are_published(self, label_id: str, names: Iterable[str]) -> tuple[bool, ...]:
        """Tell which files of a label are published.

        Raises:
            OSError: the published files cannot be reached now.
        """
        read, paths = self.published.read, [label_file(label_id, name) for name in names]
        return await asyncio.to_thread(lambda: tuple(read(path) is not None for path in paths))

    async def published_of(self, label_id: str, name: str) -> bytes | None:
        """Return a published file of a label, None where there is none.

        Raises:
            OSError: the published files cannot be reached now.
        """
        return await asyncio.to_thread(self.published.read, label_file(label_id, name))


def public_services(settings: Settings, database: Database, vault: Vault) -> PublicServices:
    """Return what answers about labels need, read from where the settings say."""
    return PublicServices(**_public(settings, database, vault, None))


def _public(settings: Settings, database: Database, vault: Vault, whole: WholeRecord | None) -> dict[str, Any]:
    assert settings.key_set_file is not None
    files, keys = published_files(settings.published_url), PublicKeys(settings.key_set_file)
    policy = PresentPolicy(keys, origin=settings.log_origin, quorum=settings.witness_quorum)
    return {
        "settings": settings,
        "database": database,
        "vault": vault,
        "published": files,
        "keys": keys,
        "proofs": LabelProofs(files, policy, keys),
        "whole_record": whole or WholeRecord(database, files, policy),
        "lists": StatusLists(files, keys, settings.public_url),
    }


@dataclass(frozen=True, kw_only=True)
class Services(PublicServices):
    """The record, the vault and the procedure, as the web program reaches them."""

    reception: Reception
    procedure: Procedure
    passwords: Passwords
    images: ImageEncoder = field(default_factory=ImageEncoder)
    figures: KeptFigures = field(default_factory=KeptFigures)
    draw: KeptDraw = field(default_factory=KeptDraw)

    @classmethod
    def of(
        cls,
        settings: Settings,
        database: Database,
        vault: Vault,
        procedure: Procedure,
        passwords: Passwords,
        whole: WholeRecord | None = None,
    ) -> Self:
        """Return the services of an installation, with what it publishes read from where the settings say.

        `whole` is the question that the procedure asks too, so that it is asked once.
        """
        return cls(
            **_public(settings, database, vault, whole),
            reception=Reception(vault, ClamAv(settings.clamav_url)),
            procedure=procedure,
            passwords=passwords,
        )


def services_of(request: Request) -> Services:
    """Return the services of the application a request came to."""
    services: Services = request.app.state.services
    return services


async def _serviced(request: Request) -> Services:
    # A dependency that is no coroutine is run in a thread, which costs more than many an answer.
    return services_of(request)


async def _publicly_serviced(request: Request) -> PublicServices:
    services: PublicServices = request.app.state.services
    return services


Serviced = Annotated[Services, Depends(_serviced)]
PublicServiced = Annotated[PublicServices, Depends(_publicly_serviced)]
"""For routes that `certify verification` has too."""


@asynccontextmanager
async def closing(app: FastAPI) -> AsyncIterator[None]:
    """Write what is counted while the program runs, and give the database back when it ends."""
    services: Services = app.state.services
    writing = asyncio.create_task(services.scans.keep_writing(services.database))
    beside = (
        asyncio.create_task(services.reception.keep_looking(services.database)),
        asyncio.create_task(keep_clearing(services.database, services.whole_record.require_for_acts)),
        asyncio.create_task(
            keep_retaining(
                services.database, services.settings.security_events_file, services.whole_record.require_for_acts
            )
        ),
    )
    yield
    # First: a transaction of the others that is cut off can hold the file of SQLite for as long as the program lives.
    await _end_counting(services, writing)
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    await services.vault.aclose()
    await services.database.close()


async def _end_counting(services: PublicServices, writing: asyncio.Task[None]) -> None:
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await services.scans.write(services.database)


@asynccontextmanager
async def closing_public(app: FastAPI) -> AsyncIterator[None]:
    """The same for a program that answers about labels only."""
    services: PublicServices = app.state.services
    writing = asyncio.create_task(services.scans.keep_writing(services.database))
    yield
    await _end_counting(services, writing)
    await services.vault.aclose()
    await services.database.close()
