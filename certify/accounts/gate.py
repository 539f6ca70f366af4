"""The one gate: whichever way somebody came in, what they are and may do is read from the record here."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people, sessions, tokens
from certify.accounts.principal import ALL_SCOPES, Authn, Principal, Scope
from certify.accounts.sessions import SignedIn
from certify.register import appeals
from certify.register import people as register
from certify.register.database import Database
from schemas.errors import NotPermitted
from schemas.people import Role


async def principal_of_session(database: Database, cookie: str, now: datetime) -> Principal:
    """Return who is behind a cookie, and keep the session from falling idle.

    Raises:
        NotPermitted: `not_signed_in`.
    """
    async with database.reading() as session:
        found = await sessions.find_live(session, cookie, now)
        principal = await principal_of_row(session, found)
    if now >= found.last_seen_at + sessions.NOTED_EVERY:
        async with database.writing() as session:
            await sessions.note_use(session, found.id_digest, now)
    return principal


async def principal_of_row(session: AsyncSession, found: SignedIn) -> Principal:
    """Return who is behind a live session, as the record has them now.

    Raises:
        NotPermitted: `not_signed_in`.
    """
    authn: Authn = "link" if found.authn == "link" else "session"
    return await _let_in(session, found.person, authn, ALL_SCOPES)


async def principal_of_token(database: Database, token: str, now: datetime) -> Principal:
    """Return who is behind an API token, and note the day of use.

    Raises:
        NotPermitted: `token_invalid`, or `not_signed_in` when its person is not in the record.
    """
    async with database.reading() as session:
        found = await tokens.find_live(session, token, now)
        principal = await _let_in(session, found.person, "token", found.granted)
    if found.last_used_on != now.date():
        async with database.writing() as session:
            await tokens.note_use(session, found.id, now)
    return principal


async def _let_in(session: AsyncSession, person: str, authn: Authn, scopes: Collection[Scope]) -> Principal:
    facts = await register.find(session, person)
    account = await people.find(session, person)
    if facts is None or account is None:
        raise NotPermitted("not_signed_in", "Sign in first.")
    hears = await appeals.heard_by(session, person) if facts.has(Role.APPEAL_MEMBER) else frozenset()
    return Principal(facts=facts, name=account.name, authn=authn, scopes=frozenset(scopes), hears=hears)
