"""What a request is answered with: made once when the web program starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from certify.accounts.passwords import Passwords
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.register.database import Database
from certify.register.statistics import KeptFigures
from certify.vault.store import Vault


@dataclass(frozen=True)
class Services:
    """The record, the vault and the procedure, as this program reaches them."""

    settings: Settings
    database: Database
    vault: Vault
    procedure: Procedure
    passwords: Passwords
    figures: KeptFigures = field(default_factory=KeptFigures)


def services_of(request: Request) -> Services:
    """Return the services of the application a request came to."""
    services: Services = request.app.state.services
    return services


Serviced = Annotated[Services, Depends(services_of)]


@asynccontextmanager
async def closing(app: FastAPI) -> AsyncIterator[None]:
    """Give the database back when the program ends."""
    yield
    await app.state.services.database.close()
