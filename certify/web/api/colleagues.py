"""Who acts for one's organisation: read, consented to, refused and ended, as on the page of one's account."""

from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from certify.accounts import colleagues
from certify.accounts.colleagues import Asking, Colleague
from certify.web.api.acts import PROBLEM
from certify.web.people import RequestId, Someone
from certify.web.permissions import attempting, permission
from certify.web.services import Serviced
from schemas.identifiers import Identifier

router = APIRouter(tags=["organisations"], responses=PROBLEM)


class ColleagueLine(BaseModel):
    """Somebody who acts for the organisation, or did.

    Attributes:
        email: null where they have given none, or act no more.
        since: when they were admitted.
        last_signed_in_on: the day they last came in; null where that is not known.
        ended_at: when their access ended; null while it holds.
    """

    person: str
    name: str
    email: str | None
    since: datetime
    last_signed_in_on: date | None
    ended_at: datetime | None

    @classmethod
    def of(cls, one: Colleague) -> "ColleagueLine":
        """Return the line of somebody."""
        return cls.model_validate(one, from_attributes=True)


class InvitationLine(BaseModel):
    """An invitation to act for the organisation, which waits for a second person.

    Attributes:
        asked_by: name of who of the secretariat asked.
        may_consent: whether consent is enough; a role of the body besides takes another officer.
    """

    invitation: str
    name: str
    email: str
    asked_by: str
    asked_at: datetime
    may_consent: bool

    @classmethod
    def of(cls, one: Asking) -> "InvitationLine":
        """Return the line of an invitation."""
        row, name, email = one.waiting
        return cls(
            invitation=row.id, name=name, email=email, asked_by=one.asked_by, asked_at=row.asked_at,
            may_consent=one.may_consent,
        )  # fmt: skip


class ActingPeople(BaseModel):
    """Who acts for your organisation, in the order they were admitted, and who is to."""

    people: list[ColleagueLine]
    invitations: list[InvitationLine]


class Admitted(BaseModel):
    """The new person and the address of their one-time link, which is shown once."""

    person: str
    link: str


@router.get(
    "/me/organisation",
    operation_id="read_colleagues",
    summary="List who acts for your organisation, and who is to",
    dependencies=[permission("read_colleagues")],
)
async def read(principal: Someone, services: Serviced) -> ActingPeople:
    """List everybody who was ever admitted to act for it, and the invitations that wait."""
    async with services.database.reading() as session:
        found = await colleagues.of(session, principal)
    return ActingPeople(
        people=[ColleagueLine.of(one) for one in found.people],
        invitations=[InvitationLine.of(one) for one in found.asking],
    )


@router.post(
    "/invitations/{invitation}/consent",
    operation_id="consent_to_invitation",
    summary="Let somebody act for your organisation too",
    dependencies=[permission("consent_to_invitation")],
)
async def consent(
    invitation: Identifier, request: Request, principal: Someone, services: Serviced, name: RequestId
) -> Admitted:
    """Admit the person; give the link to them yourself."""
    async with attempting(request, services, principal, "consent_to_invitation") as session:
        made = await colleagues.consent(
            session, principal, invitation=invitation, now=datetime.now(UTC), request_id=name
        )
    return Admitted(person=made.person, link=services.settings.sign_in_link(made.token))


@router.post(
    "/invitations/{invitation}/decline",
    operation_id="decline_invitation",
    status_code=204,
    summary="Keep somebody from acting for your organisation",
    dependencies=[permission("decline_invitation")],
)
async def decline(
    invitation: Identifier, request: Request, principal: Someone, services: Serviced, name: RequestId
) -> None:
    """Refuse an invitation that waits."""
    async with attempting(request, services, principal, "decline_invitation") as session:
        await colleagues.decline(session, principal, invitation=invitation, now=datetime.now(UTC), request_id=name)


@router.post(
    "/people/{person}/end-access",
    operation_id="end_colleague_access",
    status_code=204,
    summary="End the access of a colleague",
    dependencies=[permission("end_colleague_access")],
)
async def end_access(
    person: Identifier, request: Request, principal: Someone, services: Serviced, name: RequestId
) -> None:
    """End sessions, tokens and links of somebody who acts for your organisation; never your own."""
    async with attempting(request, services, principal, "end_colleague_access") as session:
        await colleagues.end_access(session, principal, person=person, now=datetime.now(UTC), request_id=name)
