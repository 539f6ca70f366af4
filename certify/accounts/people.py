"""Accounts: names, addresses and password hashes, beside the record, which knows people only by opaque ids."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, NamedTuple

from sqlmodel import Field, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from uuid6 import uuid7

from certify.accounts.links import create_link
from certify.accounts.passwords import LENGTH_MAX
from certify.accounts.people_stream import hold, record
from certify.accounts.policy.exclusions import apart
from certify.accounts.proven import is_ours
from certify.register import people as register
from certify.register.people import PersonRecord
from certify.register.row_proofs import Proven, prove
from schemas.errors import NotFound, NotPermitted, Unacceptable
from schemas.identifiers import ENGINE, one_line
from schemas.people import PersonFacts, Role
from schemas.record_events import PersonAdmitted

INVITATION_HOLDS = timedelta(days=7)
NAME_MAX = 200
ADDRESS_MAX = 254
_ADDRESS: Final = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")

PLACEHOLDER = "@invited.invalid"
"""End of the addresses of people who have not given their own yet (RFC 2606: `.invalid` belongs to nobody)."""


class Account(Proven, table=True):
    """Working table: how a person is called, reached and recognised.

    Attributes:
        last_signed_in_on: the day on which they last came in, for whoever else acts for their organisation.
    """

    __tablename__ = "account"
    # Also without a password: else whoever takes one away has its person invited once more.
    PROVEN: ClassVar = ("person", "password_hash")

    person: str = Field(primary_key=True)
    name: str
    email: str = Field(unique=True)
    password_hash: str | None = None
    last_signed_in_on: date | None = None


def given_address(account: Account) -> str | None:
    """Return the address of an account, None while the person has not given one."""
    return None if account.email.endswith(PLACEHOLDER) else account.email


def known_of(account: Account | None) -> tuple[str, ...]:
    """Return what others know of a person, and no password is made of."""
    return (account.name, account.email) if account is not None else ()


class Invitation(NamedTuple):
    """A person who was admitted and the token of the link that lets them set a password."""

    person: str
    token: str


class Listed(NamedTuple):
    """A person as the secretariat's list shows them."""

    facts: PersonFacts
    name: str
    email: str


def placeholder_address(role: Role) -> str:
    """Return an address for somebody invited by role alone; they give their own when they accept."""
    return f"{role.value}-{uuid7().hex[-8:]}{PLACEHOLDER}"


def address_of(email: str) -> str:
    """Return an address as we keep and compare it."""
    return email.strip().lower()


async def admit(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    roles: Collection[Role],
    organisation: str | None = None,
    areas: Collection[str] = (),
    by: str,
    now: datetime,
    authn: str = "session",
    request_id: str = "none",
) -> str:
    """Enter a person in the record with their roles, make the account, and return the new id.

    `by` is the person who admits, or `engine` for the first one. The transaction is the caller's.

    Raises:
        Unacceptable: `name_missing`, `email_malformed`, `email_taken`, `roles_missing`, `roles_apart` or
            `organisation_missing`.
    """
    address = await require_admissible(session, name=name, email=email, roles=roles, organisation=organisation)
    person = str(uuid7())
    event = PersonAdmitted(
        at=now,
        actor=by,
        person=person,
        roles=tuple(sorted(roles)),
        organisation=organisation,
        areas=tuple(sorted(areas)),
    )
    await record(session, (event,), authn=authn, request_id=request_id)
    account = Account(person=person, name=name.strip(), email=address)
    prove(session, account)
    session.add(account)
    await session.flush()
    return person


async def require_admissible(
    session: AsyncSession, *, name: str, email: str, roles: Collection[Role], organisation: str | None
) -> str:
    """Refuse who cannot be admitted so, keep others from the stream `people`, and return the address as we keep it.

    Raises:
        Unacceptable: as `admit`.
    """
    address = address_of(email)
    _check_person(name.strip(), address)
    _check_roles(frozenset(roles), organisation)
    # The number comes first: it keeps others from the stream, so that no address is taken twice.
    await hold(session)
    if await find_by_email(session, address) is not None:
        raise Unacceptable("email_taken", "There is an account with this address.")
    return address


def _is_one_line(text: str) -> bool:
    try:
        return one_line(text) == text
    except ValueError:
        return False


def _check_person(name: str, address: str) -> None:
    if not 1 <= len(name) <= NAME_MAX:
        raise Unacceptable("name_missing", f"A name has 1 to {NAME_MAX} characters.")
    if not _is_one_line(name):
        raise Unacceptable("name_malformed", "A name is one line, without control characters.")
    if len(address) > ADDRESS_MAX or not _ADDRESS.fullmatch(address) or not _is_one_line(address):
        raise Unacceptable("email_malformed", "This is not an e-mail address.")


def _check_roles(roles: frozenset[Role], organisation: str | None) -> None:
    if not roles:
        raise Unacceptable("roles_missing", "A person has at least one role.")
    if (clash := apart(roles)) is not None:
        named = ", ".join(sorted(clash[1]))
        raise Unacceptable("roles_apart", f"Nobody is {clash[0].value} and {named}.")
    if Role.APPLICANT in roles and organisation is None:
        raise Unacceptable("organisation_missing", "An applicant acts for an organisation; name it.")


async def invite(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    roles: Collection[Role],
    organisation: str | None = None,
    areas: Collection[str] = (),
    by: str,
    now: datetime,
    authn: str = "session",
    request_id: str = "none",
) -> Invitation:
    """Admit a person and return the one-time link's token, which is shown once and kept nowhere.

    Raises:
        Unacceptable: as `admit`.
    """
    person = await admit(
        session,
        name=name,
        email=email,
        roles=roles,
        organisation=organisation,
        areas=areas,
        by=by,
        now=now,
        authn=authn,
        request_id=request_id,
    )
    return Invitation(person, await invite_again(session, person=person, now=now))


async def invite_again(session: AsyncSession, *, person: str, now: datetime) -> str:
    """Return a new one-time link's token for a person who was admitted before.

    Raises:
        NotFound: `unknown_person`.
        Unacceptable: `has_password`; an invitation is no way around somebody's password.
    """
    account = await find(session, person)
    if account is None:
        raise NotFound("unknown_person", "There is no such person.")
    if account.password_hash is not None or not is_ours(session, account):
        raise Unacceptable("has_password", "This person has set a password before.")
    return await create_link(session, person=person, purpose="invitation", expires_at=now + INVITATION_HOLDS)


async def names_oneself(session: AsyncSession, person: str) -> bool:
    """Whether an invited person says how they are called and reached.

    Whom the operator admitted does. Whom people admitted is whom those had before their eyes, and no other.
    """
    return await register.admitted_by(session, person) == ENGINE


async def come_in(session: AsyncSession, account: Account, *, name: str, email: str) -> None:
    """Let the invited person say how they are called and reached, where they may; an empty value says nothing.

    Raises:
        Unacceptable: `named_by_invitation`; also as `present_oneself`.
    """
    if await names_oneself(session, account.person):
        await present_oneself(session, account, name=name, email=email)
    elif name.strip() not in {"", account.name} or address_of(email) not in {"", account.email}:
        raise Unacceptable(
            "named_by_invitation",
            "The invitation names who comes in by it. Change the address in your account later.",
        )


async def present_oneself(session: AsyncSession, account: Account, *, name: str, email: str) -> None:
    """Keep how somebody says they are called and reached; an empty value leaves what is there.

    Raises:
        Unacceptable: `name_missing`, `email_malformed` or `email_taken`.
    """
    account.name = name.strip() or account.name
    address = address_of(email) or account.email
    _check_person(account.name, address)
    if address != account.email:
        await hold(session)  # of two who take one address at once, the second finds it taken
        if await find_by_email(session, address) is not None:
            raise Unacceptable("email_taken", "There is an account with this address.")
    account.email = address


async def keep_hash(session: AsyncSession, person: str, *, checked: str | None, fresh: str | None) -> None:
    """Keep the hash of a password, if the one that was checked is still the account's.

    argon2 runs in no transaction: meanwhile the password may have been replaced, and the old one is worth nothing.

    Raises:
        NotPermitted: `sign_in_failed`; it was replaced.
    """
    account = await session.get_one(Account, person, with_for_update=True, populate_existing=True)
    if account.password_hash is None or account.password_hash != checked or not is_ours(session, account):
        raise NotPermitted("sign_in_failed", "The password is wrong.")
    set_hash(session, account, fresh)


def set_hash(session: AsyncSession, account: Account, hashed: str | None) -> None:
    """Keep the hash of a password that its person has just set, or none."""
    account.password_hash = hashed
    prove(session, account)
    session.add(account)


def hash_to_check(session: AsyncSession, account: Account | None, password: str) -> str | None:
    """Return the hash that a typed password is compared with; None where nothing can match: then it takes as long."""
    if account is None or account.password_hash is None or len(password) > LENGTH_MAX:
        return None
    return account.password_hash if is_ours(session, account) else None


async def note_sign_in(session: AsyncSession, person: str, day: date) -> None:
    """Keep the day on which somebody came in."""
    await session.exec(update(Account).where(col(Account.person) == person).values(last_signed_in_on=day))


async def is_nobody_there(session: AsyncSession) -> bool:
    """Whether no account exists yet."""
    return (await session.exec(select(Account).limit(1))).first() is None


async def find(session: AsyncSession, person: str) -> Account | None:
    """Return a person's account."""
    return await session.get(Account, person)


async def find_by_email(session: AsyncSession, address: str) -> Account | None:
    """Return the account with an address in the form of `address_of`."""
    return (await session.exec(select(Account).where(Account.email == address))).first()


async def names_of(session: AsyncSession, people: Iterable[str]) -> dict[str, str]:
    """Return the names of those of these people who have an account."""
    query = select(Account).where(col(Account.person).in_(set(people)))
    return {account.person: account.name for account in (await session.exec(query)).all()}


async def everyone(session: AsyncSession) -> Sequence[Listed]:
    """Return everyone who was admitted, by name."""
    query = select(Account, PersonRecord).where(Account.person == PersonRecord.id)
    rows = (await session.exec(query.order_by(col(Account.name), col(Account.person)))).all()
    return [Listed(record.facts, account.name, account.email) for account, record in rows]
