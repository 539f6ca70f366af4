"""What an operator does at the command line, on a data folder or a database."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.client import Client

from certify.accounts import people, security_events, tokens
from certify.config import Settings
from certify.procedure.institutions import Entrant
from certify.procedure.institutions import enter_organisation as enter
from certify.procedure.matters import Matters
from certify.procedure.scheme_entry import adopt_first_version as adopt
from certify.procedure.sealing import CaseKeys
from certify.procedure.sending import Sending
from certify.programs import lock, temporal
from certify.programs.record import open_record, upgrade_record
from certify.programs.vault import open_vault
from certify.register.database import Database
from certify.register.schema import upgrade
from certify.vault.keys import make_tables
from schemas.errors import NotFound, Unacceptable, Unavailable
from schemas.identifiers import ENGINE
from schemas.people import Role
from schemas.scheme import Scheme
from schemas.scheme_loading import SchemeError, load_scheme

OPERATOR = "operator"
"""Who acts at the command line, and how they came in: by the machine."""


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database of an installation, in this version's shape."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = await open_record(settings)
    try:
        await upgrade_record(settings, database)
        yield database
    finally:
        await database.close()


async def migrate(settings: Settings) -> None:
    """Bring the databases to this version's shape; the keys of what is sealed in them are not needed.

    The vault's own is made in full by its first user where that is a file: whoever migrates may not reach it.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database, of_vault = Database(settings.database_url), Database(settings.vault_database_url)
    try:
        await upgrade(database)
        if not of_vault.is_sqlite:
            await make_tables(of_vault)
    finally:
        await database.close()
        await of_vault.close()


async def invite_person(
    settings: Settings,
    *,
    name: str | None,
    email: str | None,
    roles: Sequence[Role],
    organisation: str | None,
    areas: Sequence[str],
) -> tuple[str, str]:
    """Admit a person and return their id and the address of the one-time link."""
    async with opened(settings) as database, database.writing() as session:
        invitation = await people.invite(
            session,
            name=name or roles[0].value.replace("_", " ").capitalize(),
            email=email or people.placeholder_address(roles[0]),
            roles=roles,
            organisation=organisation,
            areas=areas,
            by=ENGINE,
            now=datetime.now(UTC),
            authn=OPERATOR,
        )
    return invitation.person, f"{_public_url(settings)}/sign-in/link/{invitation.token}"


def _public_url(settings: Settings) -> str:
    return lock.announced(settings.data).get("web", settings.public_url)


async def create_token(
    settings: Settings, *, email: str | None, person: str | None, scopes: Sequence[str], days: int
) -> str:
    """Make an API token for a person, named by mail address or id.

    Raises:
        NotFound: `unknown_person`.
        Unavailable: `not_told`.
    """
    now, path = datetime.now(UTC), settings.security_events_file
    assert path is not None
    async with opened(settings) as database:
        with security_events.written_to(path):
            async with database.writing() as session:
                account = await _account_of(session, email, person)
                token = await tokens.create(
                    session,
                    person=account.person,
                    name="command line",
                    scopes=scopes,
                    expires_at=now + timedelta(days=days),
                    now=now,
                )
                security_events.tell(session, "token_created", account.person, actor=OPERATOR, authn=OPERATOR)
    return token


async def _account_of(session: AsyncSession, email: str | None, person: str | None) -> people.Account:
    account = await (
        people.find(session, person) if person else people.find_by_email(session, people.address_of(email or ""))
    )
    if account is None:
        raise NotFound("unknown_person", f"There is nobody with {person or email or 'no address'}.")
    return account


async def enter_organisation(settings: Settings, entrant: Entrant) -> str:
    """Enter an organisation in the Register through the running procedure.

    Raises:
        Unavailable: `not_running`.
    """
    async with opened(settings) as database, aclosing(open_vault(settings)) as vault:
        client = await _running(settings, vault.keys)
        matters = Matters(Sending(client, database), database, vault)
        return await enter(matters, database, entrant)


async def adopt_scheme(settings: Settings, folder: Path) -> tuple[Scheme, bool]:
    """Adopt the first version of a scheme; return it, and whether it was adopted now.

    Raises:
        Unacceptable: `scheme_unusable`; `certify scheme check` tells why.
        Unavailable: `not_running`.
    """
    try:
        scheme = load_scheme(folder)
    except SchemeError as error:
        raise Unacceptable("scheme_unusable", f"{folder}: {error}") from error
    client = await _running(settings)
    async with opened(settings) as database:
        return scheme, await adopt(client, database, scheme, by=ENGINE)


async def _running(settings: Settings, cases: CaseKeys | None = None) -> Client:
    """Reach the Temporal that `TEMPORAL_ADDRESS` names, else the one of the tree on this data folder."""
    if "TEMPORAL_ADDRESS" not in os.environ:
        found = lock.announced(settings.data)
        if not found:
            raise Unavailable("not_running", f"Nothing runs on {settings.data}; start `certify up` first.")
        os.environ["TEMPORAL_ADDRESS"] = found["temporal"]
    return await temporal.connect(temporal.sealed(settings, cases))
