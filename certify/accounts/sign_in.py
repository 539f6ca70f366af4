"""The ways in that begin a session: a password, a passkey, an invitation, a sign-in link."""

from collections.abc import Iterable
from datetime import datetime

from certify.accounts import links, people, sessions, throttle
from certify.accounts.assertions import finish_assertion
from certify.accounts.passwords import LENGTH_MAX, Passwords
from certify.accounts.proven import is_ours
from certify.accounts.relying_party import RelyingParty
from certify.accounts.security_events import note, tell
from certify.register.database import Database
from schemas.errors import NotPermitted


async def sign_in(
    database: Database,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    network: str = "",
    device: str = "",
    now: datetime,
    request_id: str = "none",
) -> str:
    """Begin a session with a password and return the cookie's value.

    An unknown address, an account without a password and a wrong password take the same time and give the
    same answer. No transaction is open while argon2 runs.

    Raises:
        NotPermitted: `sign_in_failed`, also when the password was replaced meanwhile; or `too_many_attempts` at this
            address, whether anybody has it or not.
        Unavailable: `busy_signing_in` or `not_told`.
    """
    address = people.address_of(email)
    async with passwords.turn() as turn:
        async with database.writing() as session:
            try:
                await throttle.count_attempt_from(session, f"mail/{address}", network, now)
            except NotPermitted as error:
                note("sign_in_refused", None, at=now, authn="password", request_id=request_id, code=error.code)
                raise
            account = await people.find_by_email(session, address)
            stored = people.hash_to_check(session, account, password)
        checked = await turn.check(password[:LENGTH_MAX], stored)
    if account is None or not checked.matches:
        known = account.person if account is not None else None
        note("sign_in_failed", known, at=now, authn="password", request_id=request_id)
        raise NotPermitted("sign_in_failed", "The e-mail address or the password is wrong.")
    async with database.writing() as session:
        await people.keep_hash(session, account.person, checked=stored, fresh=checked.fresh_hash or stored)
        await throttle.forgive(session, f"mail/{address}", network)
        who = account.person
        cookie = await sessions.begin(
            session, person=who, authn="password", device=device, now=now, strong_at=now, request_id=request_id
        )
        tell(session, "signed_in", who, at=now, authn="password", request_id=request_id)
    return cookie


async def sign_in_with_passkey(
    database: Database,
    *,
    ceremony: str,
    answer: str,
    relying: RelyingParty,
    device: str = "",
    now: datetime,
    request_id: str = "none",
) -> str:
    """Begin a session by a passkey, which tells who its person is, and return the cookie's value.

    Raises:
        NotPermitted: `challenge_over` or `passkey_refused`.
        Unavailable: `not_told`.
    """
    try:
        async with database.writing() as session:
            proof = await finish_assertion(
                session, ceremony, answer, person=None, purpose="sign_in", relying=relying, now=now
            )
            cookie = await sessions.begin(
                session, person=proof.person, authn="passkey", device=device, now=now, strong_at=now,
                request_id=request_id,
            )  # fmt: skip
            tell(session, "signed_in", proof.person, at=now, authn="passkey", request_id=request_id)
    except NotPermitted as error:
        note("sign_in_failed", None, at=now, authn="passkey", request_id=request_id, code=error.code)
        raise
    return cookie


async def hashed_for_link(
    database: Database,
    passwords: Passwords,
    token: str,
    purpose: links.Purpose,
    *,
    password: str,
    now: datetime,
    known: Iterable[str] = (),
) -> str:
    """Return the hash of the password that somebody sets through a one-time link, which stays good until it is used.

    No transaction is open while argon2 runs. `known` are name and address that are being set with it.

    Raises:
        Unacceptable: as `check_password`.
        NotPermitted: `link_invalid`.
        Unavailable: `busy_signing_in`.
    """
    async with database.reading() as session:
        person = await links.holder_of(session, token, purpose=purpose, now=now)
        account = await people.find(session, person)
    passwords.check_new(password, *known, *people.known_of(account))
    async with passwords.turn() as turn:
        return await turn.hash(password)


async def accept_invitation(
    database: Database,
    passwords: Passwords,
    *,
    token: str,
    password: str,
    name: str = "",
    email: str = "",
    device: str = "",
    now: datetime,
    request_id: str = "none",
) -> str:
    """Set a first password through a one-time link, begin a session and return the cookie's value.

    Name and address are set with it where the invitation left them open (`people.come_in`).
    A second invitation of the same person is void once there is a password.

    Raises:
        Unacceptable: as `check_password` and `people.come_in`; the link may be used again.
        NotPermitted: `link_invalid`.
        Unavailable: `busy_signing_in` or `not_told`.
    """
    hashed = await hashed_for_link(
        database, passwords, token, "invitation", password=password, now=now, known=(name, email)
    )
    async with database.writing() as session:
        person = await links.use(session, token, purpose="invitation", now=now)
        account = await session.get_one(people.Account, person, with_for_update=True)
        if account.password_hash is not None or not is_ours(session, account):
            raise links.invalid()
        await people.come_in(session, account, name=name, email=email)
        people.set_hash(session, account, hashed)
        cookie = await sessions.begin(
            session, person=person, authn="password", device=device, now=now, strong_at=now, request_id=request_id
        )
        tell(session, "invitation_accepted", person, at=now, authn="password", request_id=request_id)
    return cookie


async def sign_in_with_link(
    database: Database, *, token: str, device: str = "", now: datetime, request_id: str = "none"
) -> str:
    """Begin a session by a link of the demonstration and return the cookie's value.

    Raises:
        NotPermitted: `link_invalid`.
        Unavailable: `not_told`.
    """
    async with database.writing() as session:
        person = await links.use(session, token, purpose="demo", now=now)
        cookie = await sessions.begin(
            session, person=person, authn="link", device=device, now=now, request_id=request_id
        )
        tell(session, "signed_in", person, at=now, authn="link", request_id=request_id)
    return cookie
