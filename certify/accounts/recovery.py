"""Recovery of an account whose credentials are lost (security T32; ASVS 5.0, 6.4.4): two officers, a day, a notice.

(1) an officer asks   (2) another one agrees; neither is the person   (3) a day passes, in which the person reads of it
on every page and the person or any officer may stop it   (4) an officer makes a link that works once   (5) the person
sets a new password through it: earlier passkeys, codes, sessions and tokens are void. Nobody else ever sets one. It is
also the one way back for somebody whose access was ended (`certify.accounts.access`).
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import links, passkeys, people, sessions, tokens, totp
from certify.accounts.officers import is_officer, not_free, require_officer
from certify.accounts.passwords import Passwords
from certify.accounts.people_stream import hold, record
from certify.accounts.principal import Principal
from certify.accounts.sign_in import hashed_for_link
from certify.register import access_ends, acting_for, recoveries
from certify.register import passkeys as keys
from certify.register import people as register
from certify.register.database import Database
from certify.register.recoveries import RecoveryRecord
from schemas.account_events import (
    AccessRestored,
    RecoveryApproved,
    RecoveryCancelled,
    RecoveryDone,
    RecoveryLinkMade,
    RecoveryRequested,
)
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder
from schemas.event import Event
from schemas.people import Role

LINK_HOLDS = timedelta(days=2)


async def request(
    session: AsyncSession, officer: Principal, *, person: str, now: datetime, request_id: str = "none"
) -> str:
    """Ask that a person may set new credentials; returns the recovery's id.

    Raises:
        NotPermitted: `role_missing`.
        ConflictOfInterest: `own_account`, or `interest_in_organisation`.
        NotFound: `unknown_person`.
        AlreadyDecided: `recovery_open`.
        StepUpNeeded: the officer must prove who they are.
    """
    require_officer(officer, "request_recovery", now)
    if person == officer.person:
        raise ConflictOfInterest("own_account", "Nobody recovers their own account; ask two other officers.")
    if await people.find(session, person) is None:
        raise NotFound("unknown_person", "There is no such person.")
    await _require_free(session, officer, person)
    event = RecoveryRequested(at=now, actor=officer.person, recovery=str(uuid4()), person=person)
    # The stream is held before one looks, so that of two at once the second finds the first.
    await hold(session)
    if await recoveries.open_of(session, person) is not None:
        raise AlreadyDecided("recovery_open", "A recovery of this account is under way.")
    await record(session, (event,), authn=officer.authn, request_id=request_id)
    return event.recovery


async def approve(
    session: AsyncSession,
    officer: Principal,
    *,
    recovery: str,
    delay: timedelta,
    now: datetime,
    request_id: str = "none",
) -> datetime:
    """Agree as a second officer; returns from when a link can be made.

    Raises:
        NotPermitted: `role_missing`.
        ConflictOfInterest: `own_account`, `same_officer`, or `interest_in_organisation`.
        NotFound: `unknown_recovery`.
        OutOfOrder: `recovery_ended` or `recovery_approved`.
        StepUpNeeded: the officer must prove who they are.
    """
    require_officer(officer, "approve_recovery", now)
    row = await _open(session, recovery)
    if officer.person == row.person:
        raise ConflictOfInterest("own_account", "Nobody recovers their own account; ask two other officers.")
    if officer.person == row.requested_by:
        raise ConflictOfInterest(
            "same_officer", "Whoever asked for a recovery does not agree to it; another officer does."
        )
    await _require_free(session, officer, row.person)
    if row.approved_by is not None:
        raise OutOfOrder("recovery_approved", "This recovery was agreed to before.")
    due_at = now + delay
    event = RecoveryApproved(at=now, actor=officer.person, recovery=row.id, person=row.person, due_at=due_at)
    await record(session, (event,), authn=officer.authn, request_id=request_id)
    return due_at


async def cancel(
    session: AsyncSession, principal: Principal, *, recovery: str, now: datetime, request_id: str = "none"
) -> None:
    """Stop a recovery: its person may, by a weak sign-in too, for stopping gives nobody anything; and any officer.

    An officer whose second factor is still to come stops their own only: a stolen password keeps nobody else out.

    Raises:
        NotPermitted: `token_too_weak`; nor does a stolen token.
        NotFound: `unknown_recovery`; also for whoever has no part in it.
        OutOfOrder: `recovery_ended`.
    """
    if principal.authn == "token":
        raise NotPermitted("token_too_weak", "A token cannot do this; sign in and do it yourself.")
    row = await recoveries.find(session, recovery)
    is_for_others = is_officer(principal) and not principal.lacks
    if row is None or not (is_for_others or principal.person == row.person):
        raise _unknown()
    row = await _open(session, recovery)
    # A link that was made already must not serve a later recovery of the same person.
    await links.void(session, person=row.person, purpose="recovery")
    event = RecoveryCancelled(at=now, actor=principal.person, recovery=row.id, person=row.person)
    await record(session, (event,), authn=principal.authn, request_id=request_id)


async def make_link(
    session: AsyncSession, officer: Principal, *, recovery: str, now: datetime, request_id: str = "none"
) -> str:
    """Return the token of the link by which the person sets a new password; it is kept nowhere.

    Raises:
        NotPermitted: `role_missing`.
        ConflictOfInterest: `own_account`, or `interest_in_organisation`.
        NotFound: `unknown_recovery`.
        OutOfOrder: `recovery_ended` or `recovery_too_early`.
        StepUpNeeded: the officer must prove who they are.
    """
    require_officer(officer, "complete_recovery", now)
    row = await _open(session, recovery)
    if officer.person == row.person:
        raise ConflictOfInterest("own_account", "Nobody recovers their own account; ask two other officers.")
    await _require_free(session, officer, row.person)
    if row.due_at is None or now < row.due_at:
        raise OutOfOrder("recovery_too_early", "The time in which the person can object is not over.")
    event = RecoveryLinkMade(at=now, actor=officer.person, recovery=row.id, person=row.person)
    await record(session, (event,), authn=officer.authn, request_id=request_id)
    return await links.create_link(session, person=row.person, purpose="recovery", expires_at=now + LINK_HOLDS)


async def finish(
    database: Database,
    passwords: Passwords,
    *,
    token: str,
    password: str,
    device: str = "",
    now: datetime,
    request_id: str = "none",
) -> str:
    """Set a new password through the link, make everything earlier void, begin a session and return its cookie.

    Raises:
        Unacceptable: as `check_password`; the link may be used again.
        NotPermitted: `link_invalid`; also when the recovery was stopped meanwhile.
        Unavailable: `busy_signing_in`.
    """
    hashed = await hashed_for_link(database, passwords, token, "recovery", password=password, now=now)
    async with database.writing() as session:
        await hold(session)
        person = await links.use(session, token, purpose="recovery", now=now)
        row = await recoveries.open_of(session, person)
        if row is None or row.due_at is None or now < row.due_at:
            raise links.invalid()
        await links.void(session, person=person, purpose="recovery")
        await _void(session, person, row.id, now=now, request_id=request_id)
        account = await session.get_one(people.Account, person, with_for_update=True)
        people.set_hash(session, account, hashed)
        return await sessions.begin(
            session, person=person, authn="password", device=device, now=now, strong_at=now, request_id=request_id
        )


async def _void(session: AsyncSession, person: str, recovery: str, *, now: datetime, request_id: str) -> None:
    """End all by which a person could come in, and record that the recovery is done."""
    held = [row.credential_id for row in await keys.of_person(session, person)]
    events: list[Event] = [*passkeys.removals(person, held, by=person, now=now)]
    events.append(RecoveryDone(at=now, actor=person, recovery=recovery, person=person))
    if await access_ends.has_ended(session, person):
        events.append(AccessRestored(at=now, actor=person, person=person))
    await record(session, events, authn="link", request_id=request_id)
    await passkeys.forget(session, held)
    await totp.remove(session, person)
    await tokens.revoke_all(session, person=person, now=now)
    await sessions.end_all(session, person)


async def _require_free(session: AsyncSession, officer: Principal, person: str) -> None:
    """Keep an officer away from the account of somebody who acts for an organisation that they are tied to."""
    whose = await register.find(session, person)
    if whose is None or whose.organisation is None or not whose.has(Role.APPLICANT):
        return
    if not await acting_for.is_free(session, officer.facts, whose.organisation):
        raise not_free()


async def _open(session: AsyncSession, recovery: str) -> RecoveryRecord:
    await hold(session)
    row = await recoveries.find(session, recovery)
    if row is None:
        raise _unknown()
    if row.ended is not None:
        raise OutOfOrder("recovery_ended", "This recovery was stopped or is done.")
    return row


def _unknown() -> NotFound:
    return NotFound("unknown_recovery", "There is no such recovery.")
