"""Who lets a new person into the body: for a role of the body two officers, for an applicant one (security I17).

(1) the secretariat names a person and roles   (2) another officer, of the secretariat or a label officer, confirms and
is shown the link   (3) the person sets a password through it. Until there is a second officer who has come in, the
first one invites alone, and so does whoever has the machine (`certify people invite`): a body begins with one. An
officer whose access ended still counts, so that nobody becomes the only one by ending the others'.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import people
from certify.accounts.officers import require_officer
from certify.accounts.people_stream import hold, record
from certify.accounts.policy.outside_table import OFFICERS
from certify.accounts.principal import Principal
from certify.register import invitations
from certify.register import people as register
from certify.register.invitations import InvitationRecord
from schemas.account_events import InvitationAsked, InvitationConfirmed, InvitationRefused
from schemas.errors import NotFound, NotPermitted, OutOfOrder
from schemas.people import Role


class InvitedPerson(SQLModel, table=True):
    """Working table: how somebody is called and reached whom a second officer has not confirmed yet."""

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
        Unacceptable: as `people.admit`.
    """
    if {*roles} <= {Role.APPLICANT} or await _is_first(session, principal.person):
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
        NotPermitted: `role_missing`, or `same_officer`.
        NotFound: `unknown_invitation`.
        OutOfOrder: `invitation_ended`.
        Unacceptable: `email_taken`; somebody has taken the address meanwhile.
        StepUpNeeded: the officer must prove who they are.
    """
    require_officer(officer, "confirm_invitation", now)
    row = await _waiting(session, invitation)
    if row.asked_by == officer.person:
        raise NotPermitted("same_officer", "Whoever asked for an invitation does not confirm it; another officer does.")
    invited = await session.get_one(InvitedPerson, invitation)
    roles, organisation, areas = row.asked_roles, row.organisation, row.asked_areas
    event = InvitationConfirmed(at=now, actor=officer.person, invitation=invitation)
    await record(session, (event,), authn=officer.authn, request_id=request_id)
    await session.delete(invited)
    return await people.invite(
        session, name=invited.name, email=invited.email, roles=roles, organisation=organisation, areas=areas,
        by=officer.person, now=now, authn=officer.authn, request_id=request_id,
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
    await _waiting(session, invitation)
    event = InvitationRefused(at=now, actor=officer.person, invitation=invitation)
    await record(session, (event,), authn=officer.authn, request_id=request_id)
    await session.delete(await session.get_one(InvitedPerson, invitation))


async def waiting(session: AsyncSession) -> list[Waiting]:
    """Return the invitations that wait for a second officer, the oldest first."""
    rows = await invitations.waiting(session)
    known = {one.invitation: one for one in (await session.exec(select(InvitedPerson))).all()}
    return [Waiting(row, known[row.id].name, known[row.id].email) for row in rows if row.id in known]


async def _is_first(session: AsyncSession, person: str) -> bool:
    """Whether no other officer has ever come in."""
    held = {one.person for role in sorted(OFFICERS) for one in await register.with_role(session, role)} - {person}
    query = select(people.Account.person).where(
        col(people.Account.person).in_(held), col(people.Account.password_hash).is_not(None)
    )
    return (await session.exec(query.limit(1))).first() is None


async def _waiting(session: AsyncSession, invitation: str) -> InvitationRecord:
    await hold(session)
    row = await invitations.find(session, invitation)
    if row is None:
        raise NotFound("unknown_invitation", "There is no such invitation.")
    if row.ended is not None:
        raise OutOfOrder("invitation_ended", "This invitation was confirmed or refused before.")
    return row
