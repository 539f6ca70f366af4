"""What a request is answered with: made once when the web program starts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Self

from fastapi import Depends, FastAPI, Request

from certify.accounts.passwords import Passwords
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.procedure.reception import Reception
from certify.procedure.whole_record import WholeRecord
from certify.register.clearing_images import keep_clearing
from certify.register.database import Database
from certify.register.statistics import KeptFigures
from certify.vault.inspection.clamav import ClamAv
from certify.vault.inspection.image_encoder import ImageEncoder
from certify.vault.label_proofs import LabelProofs
from certify.vault.public_keys import PublicKeys
from certify.vault.published import PublishedFiles, label_file, published_files
from certify.vault.store import Vault
from certify.vault.witnessed_log import PresentPolicy
from certify.web.limits import Limits
from certify.web.scans import ScanCounter


@dataclass(frozen=True)
class Services:
    """The record, the vault and the procedure, as this program reaches them."""

    settings: Settings
    database: Database
    vault: Vault
    reception: Reception
    procedure: Procedure
    passwords: Passwords
    published: PublishedFiles
    keys: PublicKeys
    proofs: LabelProofs
    whole_record: WholeRecord
    images: ImageEncoder = field(default_factory=ImageEncoder)
    figures: KeptFigures = field(default_factory=KeptFigures)
    scans: ScanCounter = field(default_factory=ScanCounter)
    limits: Limits = field(default_factory=Limits)

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
        assert settings.key_set_file is not None
        files, keys = published_files(settings.published_url), PublicKeys(settings.key_set_file)
        policy = PresentPolicy(keys, origin=settings.log_origin, quorum=settings.witness_quorum)
        return cls(
            settings=settings,
            database=database,
            vault=vault,
            reception=Reception(vault, ClamAv(settings.clamav_url)),
            procedure=procedure,
            passwords=passwords,
            published=files,
            keys=keys,
            proofs=LabelProofs(files, policy, keys),
            whole_record=whole or WholeRecord(database, files, policy),
        )

    async def published_of(self, label_id: str, name: str) -> bytes | None:
        """Return a published file of a label, None where there is none.

        Raises:
            OSError: the published files cannot be reached now.
        """
        return await asyncio.to_thread(self.published.read, label_file(label_id, name))


def services_of(request: Request) -> Services:
    """Return the services of the application a request came to."""
    services: Services = request.app.state.services
    return services


Serviced = Annotated[Services, Depends(services_of)]


@asynccontextmanager
async def closing(app: FastAPI) -> AsyncIterator[None]:
    """Write what is counted while the program runs, and give the database back when it ends."""
    services: Services = app.state.services
    beside = (
        asyncio.create_task(services.scans.keep_writing(services.database)),
        asyncio.create_task(services.reception.keep_looking(services.database)),
        asyncio.create_task(keep_clearing(services.database, services.whole_record.require_for_acts)),
    )
    yield
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    await services.scans.write(services.database)
    await services.vault.aclose()
    await services.database.close()
