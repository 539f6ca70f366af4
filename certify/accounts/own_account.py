"""What people change of their own account: password and mail address (ASVS 5.0, 6.2.2, 6.2.3)."""

from datetime import datetime

from certify.accounts import people, sessions
from certify.accounts.passwords import LENGTH_MAX, Passwords
from certify.accounts.principal import Principal
from certify.accounts.security_events import note, tell
from certify.register.database import Database
from schemas.errors import NotPermitted, Unacceptable


async def change_password(
    database: Database,
    passwords: Passwords,
    principal: Principal,
    *,
    present: str,
    new: str,
    cookie: str,
    now: datetime,
    request_id: str = "none",
) -> None:
    """Set another password, having given the present one; all other sessions end.

    Raises:
        Unacceptable: as `check_password`, or `password_same`.
        NotPermitted: `sign_in_failed`; the present password is wrong, or was replaced meanwhile; `not_signed_in`.
        Unavailable: `busy_signing_in` or `not_told`.
    """
    if present == new:
        raise Unacceptable("password_same", "This is the password you have.")
    async with database.reading() as session:
        account = await people.find(session, principal.person)
        stored = people.hash_to_check(session, account, present)
    passwords.check_new(new, *people.known_of(account))
    async with passwords.turn() as turn:
        if not (await turn.check(present[:LENGTH_MAX], stored)).matches:
            note("password_change_failed", principal.person, at=now, authn=principal.authn, request_id=request_id)
            raise NotPermitted("sign_in_failed", "The password is wrong.")
        hashed = await turn.hash(new)
    async with database.writing() as session:
        await sessions.find_live(session, cookie, now)
        await people.keep_hash(session, principal.person, checked=stored, fresh=hashed)
        ended = await sessions.end_all(session, principal.person, but=cookie)
        who, authn = principal.person, principal.authn
        tell(session, "password_changed", who, at=now, authn=authn, request_id=request_id, ended=ended)


async def change_email(
    database: Database, principal: Principal, *, email: str, now: datetime, request_id: str = "none"
) -> None:
    """Set another address to sign in with.

    Raises:
        Unacceptable: `email_malformed` or `email_taken`.
        Unavailable: `not_told`.
    """
    async with database.writing() as session:
        account = await session.get_one(people.Account, principal.person, with_for_update=True)
        await people.present_oneself(session, account, name="", email=email)
        session.add(account)
        tell(session, "email_changed", principal.person, at=now, authn=principal.authn, request_id=request_id)
