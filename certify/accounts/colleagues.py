"""Who acts for an organisation, as its own people see and keep it (security I17, T28).

An organisation's evidence is read by whoever acts for it. So its people see who that is, consent to or refuse whom the
secretariat wants to add, and end the access of a colleague. The last of them stays, for nobody ends their own access:
that is for the secretariat, as is whoever holds a role of the body besides.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import access, invitations, people
from certify.accounts.invitations import Waiting
from certify.accounts.people_stream import hold
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.accounts.strength import require_strong
from certify.register import access_ends, acting_for
from certify.register import invitations as known
from certify.register import people as register
from certify.register.invitations import InvitationRecord
from schemas.errors import NotFound, NotPermitted
from schemas.people import PersonFacts, Role


class Colleague(NamedTuple):
    """Somebody who acts for the organisation, or did.

    Attributes:
        email: None where they have given none, or act no more.
        since: when they were admitted.
        last_signed_in_on: None where they have not come in since this is kept.
        ended_at: when their access ended, None while it holds.
        may_be_ended: whether a colleague may end it: not one's own, and not of who holds a role of the body.
    """

    person: str
    name: str
    email: str | None
    since: datetime
    last_signed_in_on: date | None
    ended_at: datetime | None
    may_be_ended: bool


class Asking(NamedTuple):
    """Somebody who is to act for the organisation.

    Attributes:
        asked_by: name of who asked, as far as it is known.
        may_consent: whether consent of a colleague is enough; a role of the body besides takes another officer.
    """

    waiting: Waiting
    asked_by: str
    may_consent: bool


class Organisation(NamedTuple):
    """Who acts for an organisation, and who is to."""

    people: Sequence[Colleague]
    asking: Sequence[Asking]


async def of(session: AsyncSession, principal: Principal) -> Organisation:
    """Return who acts for somebody's organisation, in the order they were admitted, and whose invitation waits.

    Raises:
        NotPermitted: `role_missing` or `scope_missing`.
    """
    permit(principal, "read_colleagues").require()
    organisation, gone = _organisation(principal), await access_ends.ended(session)
    listed = await acting_for.everyone(session, organisation)
    waits = [one for one in await invitations.waiting(session) if _is_into(one.row, organisation)]
    names = await people.names_of(session, [one.row.asked_by for one in waits])
    return Organisation(
        [await _colleague(session, principal, one, gone) for one in listed],
        [Asking(one, names.get(one.row.asked_by, one.row.asked_by), _takes_consent(one.row)) for one in waits],
    )


async def _colleague(
    session: AsyncSession, principal: Principal, one: acting_for.ActsFor, gone: dict[str, access_ends.AccessEnd]
) -> Colleague:
    account, ended, person = await people.find(session, one.facts.person), gone.get(one.facts.person), one.facts.person
    return Colleague(
        person=person,
        name=account.name if account is not None else person,
        email=people.given_address(account) if account is not None and ended is None else None,
        since=one.since,
        last_signed_in_on=account.last_signed_in_on if account is not None else None,
        ended_at=ended.ended_at if ended is not None else None,
        may_be_ended=ended is None and person != principal.person and not _is_of_the_body(one.facts),
    )


async def consent(
    session: AsyncSession, colleague: Principal, *, invitation: str, now: datetime, request_id: str = "none"
) -> people.Invitation:
    """Let somebody act for the organisation too; returns the token of their link, which is kept nowhere.

    The link is shown to who consents, and to nobody of the body.

    Raises:
        NotPermitted: `role_missing`, `role_of_the_body`, or `not_signed_in`: one's own access ended.
        ConflictOfInterest: `same_officer`.
        NotFound: `unknown_invitation`; also for one into another organisation.
        OutOfOrder: `invitation_ended`.
        Unacceptable: `email_taken`.
        StepUpNeeded: they must prove who they are.
    """
    require_strong(colleague, "consent_to_invitation", now)
    row = await _asking(session, colleague, "consent_to_invitation", invitation)
    if not _takes_consent(row):
        raise _of_the_body()
    return await invitations.confirm_by(session, colleague, row, now=now, request_id=request_id)


async def decline(
    session: AsyncSession, colleague: Principal, *, invitation: str, now: datetime, request_id: str = "none"
) -> None:
    """Keep somebody from acting for the organisation.

    Raises:
        NotPermitted: `role_missing` or `not_signed_in`.
        NotFound: `unknown_invitation`; also for one into another organisation.
        OutOfOrder: `invitation_ended`.
    """
    row = await _asking(session, colleague, "decline_invitation", invitation)
    await invitations.refuse_by(session, colleague, row, now=now, request_id=request_id)


async def end_access(
    session: AsyncSession, colleague: Principal, *, person: str, now: datetime, request_id: str = "none"
) -> None:
    """Keep a colleague out from now on, as an officer can (`certify.accounts.access`).

    Raises:
        NotPermitted: `role_missing`, `role_of_the_body` or `not_signed_in`.
        ConflictOfInterest: `own_access`.
        NotFound: `unknown_person`; also for whoever acts for another organisation.
        AlreadyDecided: `access_ended`.
        StepUpNeeded: they must prove who they are.
    """
    require_strong(colleague, "end_colleague_access", now)
    await _begin(session, colleague, "end_colleague_access")
    whose = await register.find(session, person)
    if whose is None or not acting_for.acts_for(whose, _organisation(colleague)):
        raise NotFound("unknown_person", "There is no such person.")
    if _is_of_the_body(whose):
        raise _of_the_body()
    await access.end_by(session, colleague, person=person, now=now, request_id=request_id)


async def _asking(session: AsyncSession, colleague: Principal, act: str, invitation: str) -> InvitationRecord:
    await _begin(session, colleague, act)
    row = await known.find(session, invitation)
    if row is None or not _is_into(row, _organisation(colleague)):
        raise invitations.unknown()
    return await invitations.waiting_one(session, invitation)


async def _begin(session: AsyncSession, colleague: Principal, act: str) -> None:
    """Refuse whoever may not; of two who end each other's access at once, the second finds their own ended."""
    permit(colleague, act).require()
    await hold(session)
    if await access_ends.has_ended(session, colleague.person):
        raise NotPermitted("not_signed_in", "Sign in first.")


def _organisation(principal: Principal) -> str:
    """Return the organisation an applicant acts for; nobody is admitted as one without (`certify.accounts.people`)."""
    assert principal.facts.organisation is not None
    return principal.facts.organisation


def _is_into(row: InvitationRecord, organisation: str) -> bool:
    return row.organisation == organisation and Role.APPLICANT in row.asked_roles


def _takes_consent(row: InvitationRecord) -> bool:
    return row.asked_roles == (Role.APPLICANT,)


def _is_of_the_body(person: PersonFacts) -> bool:
    return person.roles != (Role.APPLICANT,)


def _of_the_body() -> NotPermitted:
    return NotPermitted("role_of_the_body", "This is also about a role of the body; an officer of the body does it.")
