"""People, organisations, the scheme: what stands around the cases."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from certify.accounts import invitations, people
from certify.accounts.policy import permit
from certify.procedure import adoption
from certify.procedure.institutions import Entrant, ProposedEntry
from certify.register import schemes
from certify.web.api.acts import PROBLEM
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.people import RequestId, Someone
from certify.web.permissions import attempting, permission, public
from certify.web.services import Serviced
from schemas.identifiers import Digest, Identifier, Line, Name, Word
from schemas.people import PersonFacts, Role
from schemas.rehearsal import Rehearsal
from schemas.scheme import Scheme

router = APIRouter(tags=["institutions"], responses=PROBLEM, route_class=GatedRoute)


class PersonLine(BaseModel):
    """A person in the secretariat's list."""

    facts: PersonFacts
    name: str


class NewPerson(BaseModel):
    """Who is invited, and as what."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    email: Line
    roles: tuple[Role, ...] = Field(min_length=1, max_length=16)
    organisation: Identifier | None = None
    areas: tuple[Word, ...] = Field(default=(), max_length=8)


class Invited(BaseModel):
    """The new person and the address of their one-time link, or what a second person is to confirm.

    Attributes:
        invitation: id of one that waits for a second person, who is shown the link; then person and link are null.
    """

    person: str | None = None
    link: str | None = None
    invitation: str | None = None


@router.get(
    "/people",
    operation_id="list_people",
    summary="List people with their roles",
    dependencies=[permission("read_people")],
)
async def list_people(principal: Someone, services: Serviced) -> list[PersonLine]:
    """List everyone who was admitted."""
    permit(principal, "read_people").require()
    async with services.database.reading() as session:
        listed = await people.everyone(session)
    return [PersonLine(facts=one.facts, name=one.name) for one in listed]


@router.post(
    "/people", operation_id="invite_person", summary="Invite a person", dependencies=[permission("invite_person")]
)
async def invite(
    body: Annotated[NewPerson, AS_JSON], request: Request, principal: Someone, services: Serviced, name: RequestId
) -> Invited:
    """Invite somebody to act for an organisation, or to a role of the body.

    The first person of an organisation in whose name nothing is on record is admitted at once; the link lets them
    choose a password once. Everybody else waits: for another officer or, into an organisation, for one of its people.
    """
    permit(principal, "invite_person").require()
    async with attempting(request, services, principal, "invite_person") as session:
        invited = await invitations.invite(
            session, principal, **body.model_dump(), now=datetime.now(UTC), request_id=name
        )
    if isinstance(invited, str):
        return Invited(invitation=invited)
    return Invited(person=invited.person, link=services.settings.sign_in_link(invited.token))


@router.post(
    "/organisations",
    operation_id="enter_organisation",
    summary="Propose to enter an organisation in the Register",
    dependencies=[permission("enter_organisation")],
)
async def enter(
    body: Annotated[Entrant, AS_JSON], principal: Someone, services: Serviced, request: RequestId
) -> ProposedEntry:
    """Propose to enter an organisation that joined before the Register was kept here (II-2.4).

    It waits for another person of the secretariat, who sends `confirm_entry` or `reject_entry` with its number.
    """
    permit(principal, "enter_organisation").require()
    return await services.procedure.propose_entry(body, by=principal, request_id=request)


class HandedIn(BaseModel):
    """A version that was handed in: propose it by its digest (`propose_scheme`)."""

    digest: Digest
    version: str
    stricter: tuple[str, ...]
    softer: tuple[str, ...]


@router.post(
    "/schemes",
    operation_id="hand_in_scheme",
    summary="Hand in a scheme version to be proposed",
    dependencies=[permission("hand_in_scheme")],
)
async def hand_in_scheme(body: Annotated[Scheme, AS_JSON], principal: Someone, services: Serviced) -> HandedIn:
    """Store a version; nothing is adopted by this, the Commission decides."""
    permit(principal, "hand_in_scheme").require()
    digest = await adoption.hand_in(services.vault, body)
    rules = body.rules
    return HandedIn(
        digest=digest, version=rules.version, stricter=rules.stricter_than_code, softer=rules.softer_than_code
    )


@router.get(
    "/schemes/{digest}/rehearsal",
    operation_id="rehearse_scheme",
    summary="Read what a version would mean for the labels in force",
    dependencies=[permission("rehearse_scheme")],
)
async def rehearse(digest: Digest, principal: Someone, services: Serviced) -> Rehearsal:
    """Rehearse a version that was handed in or adopted: who would fail, on which criterion."""
    permit(principal, "rehearse_scheme").require()
    async with services.database.reading() as session:
        found = await adoption.handed_in(services.vault, digest) or await schemes.pinned(session, digest)
        return await adoption.rehearsal_of(session, found)


@router.get("/scheme", operation_id="read_scheme", summary="Read the scheme in force", dependencies=[public()])
async def scheme(services: Serviced, scheme: Name = "ai-ethics-code") -> Scheme:
    """Read the whole scheme: criteria, questionnaire, tiers, clocks. Public."""
    async with services.database.reading() as session:
        return await schemes.in_force(session, scheme)
