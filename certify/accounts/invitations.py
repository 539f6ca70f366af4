"""Who lets a new person into the body: two people, where anything can be gained by it (security I17, T28).

(1) the secretariat names a person and roles   (2) another officer, of the secretariat or a label officer, confirms and
is shown the link   (3) the person sets a password through it. Whoever is only to act for an organisation is confirmed
by somebody who acts for it already just as well (`certify.accounts.colleagues`), who then is shown the link.

One officer admits alone whom nothing waits for: an applicant for whose organisation nobody ever acted, and in whose
name nothing is on record. Until there is a second officer who has come in, the first one invites alone, but nobody into
an organisation that has people; and so does whoever has the machine (`certify people invite`): a body begins with one.
An officer whose access ended still counts, so that nobody becomes the only one by ending the others'.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people
from certify.accounts.officers import not_free, require_officer
from certify.accounts.people_stream import hold, record
from certify.accounts.policy.outside_table import OFFICERS
from certify.accounts.principal import Principal
from certify.register import acting_for, invitations
from certify.register import people as register
from certify.register.invitations import InvitationRecord
from schemas.account_events import InvitationAsked, InvitationConfirmed, InvitationRefused
from schemas.errors import ConflictOfInterest, NotFound, OutOfOrder, Unacceptable
from schemas.people import Role


class InvitedPerson(SQLModel, table=True):
    """Working table: how somebody is called and reached whom no second person has confirmed yet."""

    __tablename__ = "invited_person"

    invitation: str = Field(primary_key=True)
    name: str
    email: str


class Waiting(NamedTuple):
    """An invitation that waits, as officers see it."""

    row: InvitationRecord
    name: str
    email: str


async def invite(
    session: AsyncSession,
    principal: Principal,
    *,
    name: str,
    email: str,
    roles: Collection[Role],
    organisation: str | None = None,
    areas: Collection[str] = (),
    now: datetime,
    request_id: str = "none",
) -> people.Invitation | str:
    """Admit a person at once, where one officer may; else ask for a second one and return the invitation's id.

    The transaction is the caller's, and so is whether the principal may invite (`invite_person`).

    Raises:
        ConflictOfInterest: `interest_in_organisation`.
        Unacceptable: as `people.admit`.
    """
    if people.address_of(email).endswith(people.PLACEHOLDER):
        raise Unacceptable("email_malformed", "This is not an e-mail address.")
    await hold(session)  # of two who invite into an empty organisation at once, the second finds somebody there
    await _require_free(session, principal, roles, organisation)
    if await _takes_one(session, principal.person, roles, organisation):
        return await people.invite(
            session, name=name, email=email, roles=roles, organisation=organisation, areas=areas, by=principal.person,
            now=now, authn=principal.authn, request_id=request_id,
        )  # fmt: skip
    address = await people.require_admissible(session, name=name, email=email, roles=roles, organisation=organisation)
    event = InvitationAsked(
        at=now, actor=principal.person, invitation=str(uuid4()), roles=tuple(sorted(roles)), organisation=organisation,
        areas=tuple(sorted(areas)),
    )  # fmt: skip
    await record(session, (event,), authn=principal.authn, request_id=request_id)
    session.add(InvitedPerson(invitation=event.invitation, name=name.strip(), email=address))
    return event.invitation


async def confirm(
    session: AsyncSession, officer: Principal, *, invitation: str, now: datetime, request_id: str = "none"
) -> people.Invitation:
    """Agree as a second officer: admit the person and return the token of their link, which is kept nowhere.

    Raises:
        NotPermitted: `role_missing`.
        ConflictOfInterest: `interest_in_organisation`, or `same_officer`.
        NotFound: `unknown_invitation`.
        OutOfOrder: `invitation_ended`.
        Unacceptable: `email_taken`; somebody has taken the address meanwhile.
        StepUpNeeded: the officer must prove who they are.
    """
    require_officer(officer, "confirm_invitation", now)
    row = await waiting_one(session, invitation)
    await _require_free(session, officer, row.asked_roles, row.organisation)
    return await confirm_by(session, officer, row, now=now, request_id=request_id)


async def confirm_by(
    session: AsyncSession, second: Principal, row: InvitationRecord, *, now: datetime, request_id: str
) -> people.Invitation:
    """Admit the person of an invitation that waits; whether `second` may confirm it is the caller's to ask.

    Raises:
        ConflictOfInterest: `same_officer`.
        Unacceptable: `email_taken`.
    """
    if row.asked_by == second.person:
        raise ConflictOfInterest(
            "same_officer", "Whoever asked for an invitation does not confirm it; another officer does."
        )
    invited = await session.get_one(InvitedPerson, row.id)
    roles, organisation, areas = row.asked_roles, row.organisation, row.asked_areas
    event = InvitationConfirmed(at=now, actor=second.person, invitation=row.id)
    await record(session, (event,), authn=second.authn, request_id=request_id)
    await session.delete(invited)
    return await people.invite(
        session, name=invited.name, email=invited.email, roles=roles, organisation=organisation, areas=areas,
        by=second.person, now=now, authn=second.authn, request_id=request_id,
    )  # fmt: skip


async def refuse(
    session: AsyncSession, officer: Principal, *, invitation: str, now: datetime, request_id: str = "none"
) -> None:
    """Turn an invitation down, or take it back: any officer may.

    Raises:
        NotPermitted: `role_missing`.
        NotFound: `unknown_invitation`.
        OutOfOrder: `invitation_ended`.
    """
    require_officer(officer, "refuse_invitation", now)
    row = await waiting_one(session, invitation)
    await refuse_by(session, officer, row, now=now, request_id=request_id)


async def refuse_by(
    session: AsyncSession, by: Principal, row: InvitationRecord, *, now: datetime, request_id: str
) -> None:
    """Turn down an invitation that waits; whether `by` may is the caller's to ask."""
    event = InvitationRefused(at=now, actor=by.person, invitation=row.id)
    await record(session, (event,), authn=by.authn, request_id=request_id)
    await session.delete(await session.get_one(InvitedPerson, row.id))


async def waiting(session: AsyncSession) -> list[Waiting]:
    """Return the invitations that wait for a second person, the oldest first."""
    rows = await invitations.waiting(session)
    known = {one.invitation: one for one in (await session.exec(select(InvitedPerson))).all()}
    return [Waiting(row, known[row.id].name, known[row.id].email) for row in rows if row.id in known]


async def may_confirm(session: AsyncSession, officer: Principal, row: InvitationRecord) -> bool:
    """Whether an officer may be the second one: they did not ask, and nothing ties them to the organisation."""
    return row.asked_by != officer.person and await _is_free(session, officer, row.asked_roles, row.organisation)


async def _is_free(
    session: AsyncSession, officer: Principal, roles: Collection[Role], organisation: str | None
) -> bool:
    if organisation is None or Role.APPLICANT not in roles:
        return True
    return await acting_for.is_free(session, officer.facts, organisation)


async def _require_free(
    session: AsyncSession, officer: Principal, roles: Collection[Role], organisation: str | None
) -> None:
    if not await _is_free(session, officer, roles, organisation):
        raise not_free()


async def _takes_one(session: AsyncSession, person: str, roles: Collection[Role], organisation: str | None) -> bool:
    """Whether one officer is enough."""
    if Role.APPLICANT in roles and organisation is not None:
        if {*roles} == {Role.APPLICANT} and await acting_for.is_empty(session, organisation):
            return True
        if await acting_for.everyone(session, organisation):
            return False
    return await _is_first(session, person)


async def _is_first(session: AsyncSession, person: str) -> bool:
    """Whether no other officer has ever come in."""
    held = {one.person for role in sorted(OFFICERS) for one in await register.with_role(session, role)} - {person}
    query = select(people.Account.person).where(
        col(people.Account.person).in_(held), col(people.Account.password_hash).is_not(None)
    )
    return (await session.exec(query.limit(1))).first() is None


async def waiting_one(session: AsyncSession, invitation: str) -> InvitationRecord:
    """Return an invitation that waits, and keep others from answering it in this transaction.

    Raises:
        NotFound: `unknown_invitation`.
        OutOfOrder: `invitation_ended`.
    """
    await hold(session)
    row = await invitations.find(session, invitation)
    if row is None:
        raise unknown()
    if row.ended is not None:
        raise OutOfOrder("invitation_ended", "This invitation was confirmed or refused before.")
    return row


def unknown() -> NotFound:
    """Return the refusal for an invitation that is not there, or is not to be known of."""
    return NotFound("unknown_invitation", "There is no such invitation.")
