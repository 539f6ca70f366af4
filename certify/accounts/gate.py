"""The one gate: whichever way somebody came in, what they are and may do is read from the record here."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import factors, people, sessions, tokens
from certify.accounts.principal import ALL_SCOPES, Authn, Principal, Scope
from certify.accounts.sessions import SignedIn
from certify.accounts.strength import SignInRules, lacking, strong_since
from certify.register import access_ends, appeals, recoveries
from certify.register import people as register
from certify.register.database import Database
from schemas.errors import NotPermitted
from schemas.people import Role

DEMANDING = SignInRules()


async def principal_of_session(
    database: Database, cookie: str, now: datetime, rules: SignInRules = DEMANDING
) -> Principal:
    """Return who is behind a cookie, and keep the session from falling idle.

    Raises:
        NotPermitted: `not_signed_in`.
    """
    async with database.reading() as session:
        found = await sessions.find_live(session, cookie, now)
        principal = await principal_of_row(session, found, now, rules)
    if now >= found.last_seen_at + sessions.NOTED_EVERY:
        async with database.writing() as session:
            await sessions.note_use(session, found.id_digest, now)
    return principal


async def principal_of_row(
    session: AsyncSession, found: SignedIn, now: datetime, rules: SignInRules = DEMANDING
) -> Principal:
    """Return who is behind a live session, as the record has them now.

    Raises:
        NotPermitted: `not_signed_in`.
    """
    principal = await _let_in(session, found.person, found.way, ALL_SCOPES)
    recovery = await recoveries.open_of(session, found.person)
    # Whoever came in by two factors has them; only a password asks what else there is.
    has_factor = bool(await factors.of_person(session, found.person)) if found.is_by_password else True
    principal = _weighed(principal, found.way, rules, proven_at=found.strong_at, has_factor=has_factor, now=now)
    return principal.model_copy(update={"recovery": recovery.id if recovery else None})


async def principal_of_token(
    database: Database, token: str, now: datetime, rules: SignInRules = DEMANDING, *, request_id: str = "none"
) -> Principal:
    """Return who is behind an API token, and note the day of use.

    Raises:
        NotPermitted: `token_invalid`, or `not_signed_in` when its person is not in the record.
    """
    async with database.reading() as session:
        found = await tokens.find_live(session, token, now, request_id=request_id)
        principal = await _let_in(session, found.person, "token", found.granted)
        principal = _weighed(principal, "token", rules, proven_at=None, has_factor=False, now=now)
    if found.last_used_on != now.date():
        async with database.writing() as session:
            await tokens.note_use(session, found.id, now)
    return principal


async def _let_in(session: AsyncSession, person: str, authn: Authn, scopes: frozenset[Scope]) -> Principal:
    facts = await register.find(session, person)
    account = await people.find(session, person)
    if facts is None or account is None or await access_ends.has_ended(session, person):
        raise NotPermitted("not_signed_in", "Sign in first.")
    hears = await appeals.heard_by(session, person) if facts.has(Role.APPEAL_MEMBER) else frozenset()
    return Principal(facts=facts, name=account.name, authn=authn, scopes=scopes, hears=hears)


def _weighed(
    principal: Principal,
    authn: Authn,
    rules: SignInRules,
    *,
    proven_at: datetime | None,
    has_factor: bool,
    now: datetime,
) -> Principal:
    """Return a principal with how strongly they are signed in."""
    person = principal.facts
    since = strong_since(authn, person, rules, proven_at=proven_at, has_factor=has_factor, now=now)
    lacks = lacking(authn, person, rules, has_factor=has_factor)
    return principal.model_copy(update={"strong_at": since, "lacks": lacks})
