"""Applications: lodging, listing, reading."""

from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from certify.accounts.narrowing import case_for, cases_for
from certify.accounts.policy import permit
from certify.accounts.reading import CaseReading, reading_of
from certify.procedure.acts import Sent
from certify.register import schemes
from certify.register.workload import candidates
from certify.web.api.acts import PROBLEM, Key, answered, fresh_key
from certify.web.api.gated import GatedRoute
from certify.web.casework import open_case
from certify.web.earlier_cases import earlier_cases
from certify.web.people import RequestId, Someone
from certify.web.permissions import permission
from certify.web.services import Serviced, Services
from certify.web.waiting_lines import WaitingLine, waiting_lines
from schemas.application import Application
from schemas.errors import NotFound
from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier
from schemas.review import Proposed
from schemas.scheme import Tier
from schemas.stages import Stage
from workflows.rules.case.matching import match

router = APIRouter(tags=["applications"], responses=PROBLEM, route_class=GatedRoute)
RESERVES = 40
"""As many as the act `assign_reviewers` takes."""


class ApplicationLine(BaseModel):
    """An application in a list."""

    id: str
    reference: str
    organisation_name: str
    system: str
    version: str
    stage: Stage
    tier: Tier


@router.post(
    "/applications",
    operation_id="lodge_application",
    summary="Lodge an application and accept the agreement",
    dependencies=[permission("lodge_application")],
)
async def lodge(
    body: Application, principal: Someone, services: Serviced, request: RequestId, response: Response, key: Key = None
) -> Sent:
    """Lodge for your own organisation. The same application under the same reference reaches the same case."""
    sent = await services.procedure.lodge(principal, body, key=fresh_key(key), request_id=request)
    return answered(sent, response)


@router.post(
    "/applications/{application}/amend-application",
    operation_id="amend_application",
    summary="Correct what an application states, when the secretariat has asked",
    dependencies=[permission("amend_application")],
)
async def amend(
    application: Identifier, body: Application, principal: Someone, services: Serviced, request: RequestId,
    response: Response, key: Key = None,
) -> Sent:  # fmt: skip
    """Send the whole application as it should have been; its system, version and reference stay the same."""
    sent = await services.procedure.amend(principal, application, body, key=fresh_key(key), request_id=request)
    return answered(sent, response)


@router.get(
    "/applications",
    operation_id="list_applications",
    summary="List the applications you may see",
    dependencies=[permission("list_cases")],
)
async def list_(principal: Someone, services: Serviced) -> list[ApplicationLine]:
    """List what you may know of, newest first."""
    async with services.database.reading() as session:
        found = await cases_for(session, principal)
    return [
        ApplicationLine(
            id=case.id,
            reference=case.lodged.reference,
            organisation_name=case.lodged.organisation_name,
            system=case.lodged.system.name,
            version=case.lodged.system.version,
            stage=case.stage,
            tier=case.tier,
        )
        for case in found
    ]


@router.get(
    "/waiting",
    operation_id="list_waiting",
    summary="Who waits for whom in the applications and matters you may see",
    dependencies=[permission("list_cases")],
)
async def waiting(principal: Someone, services: Serviced) -> list[WaitingLine]:
    """List who is waited for, with the clock that runs for them, what is due first at the top.

    Of matters (labels, appeals, complaints, accession, ethics questions, institutions) those you have a part in; for
    whoever reads the draws also the labels drawn in this quarter whose surveillances are still to be opened.
    """
    return await waiting_lines(services, principal)


async def read_case(services: Services, principal: Someone, application: str) -> CaseReading:
    """Return what somebody may see of a case."""
    async with services.database.reading() as session:
        case = await case_for(session, principal, application)
        scheme = await schemes.pinned(session, case.lodged.scheme.digest)
    return reading_of(case, principal, scheme.rules)


@router.get(
    "/applications/{application}",
    operation_id="read_application",
    summary="Read one application",
    dependencies=[permission("read_case")],
)
async def read(application: Identifier, principal: Someone, services: Serviced) -> CaseReading:
    """Read what of the case is for you, and what you may do in it now."""
    return await read_case(services, principal, application)


class ProposalLine(BaseModel):
    """Why an expert is proposed, kept in reserve or left out (procedure, stage 4)."""

    person: str
    place: str
    areas: tuple[str, ...]
    load: int
    earlier: int
    rank: int | None
    code: str | None


class ReviewerProposal(BaseModel):
    """Whom to ask for a review, by figures everyone can read; nobody is asked by this."""

    chosen: tuple[Proposed, ...]
    reserves: tuple[Proposed, ...]
    uncovered: tuple[str, ...]
    seats_open: int
    lines: tuple[ProposalLine, ...]


@router.get(
    "/applications/{application}/reviewer-proposal",
    operation_id="propose_reviewers",
    summary="Read whom the rules of matching propose as reviewers, and why nobody else",
    dependencies=[permission("read_participants")],
)
async def propose(application: Identifier, principal: Someone, services: Serviced) -> ReviewerProposal:
    """Match every expert to the case, and tell everybody's place; for those who keep or audit it."""
    async with services.database.reading() as session:
        case = await case_for(session, principal, application)
        permit(principal, "read_participants", case).require()
        wanted = (await schemes.pinned(session, case.lodged.scheme.digest)).rules.tiers[case.tier].reviewers
        found = match(case, await candidates(session), wanted)
    return ReviewerProposal(
        chosen=found.chosen,
        reserves=found.reserves(RESERVES),
        uncovered=found.uncovered,
        seats_open=found.seats_open,
        lines=tuple(
            ProposalLine(
                person=line.person,
                place=line.place.value,
                areas=line.areas,
                load=line.load,
                earlier=line.earlier,
                rank=line.rank,
                code=line.code,
            )
            for line in found.lines
        ),
    )


class EarlierLine(ApplicationLine):
    """An earlier application of the same organisation or system.

    Attributes:
        base: sum of its points, unknown answers counted as the most.
        answers: points by question, null for *unknown*; empty for who may not read the application.
        lowered: questions that the later application answers with less risk, each of which needs a reason.
    """

    lodged_at: datetime
    base: int
    answers: dict[str, int | None]
    lowered: tuple[str, ...]


@router.get(
    "/applications/{application}/earlier-applications",
    operation_id="list_earlier_applications",
    summary="Read the earlier applications of the same organisation or system, with their answers",
    dependencies=[permission("read_participants")],
)
async def earlier(application: Identifier, principal: Someone, services: Serviced) -> list[EarlierLine]:
    """List what the intake is compared with, newest first; for those who keep or audit the application."""
    opened = await open_case(services, principal, application)
    permit(principal, "read_participants", opened.case).require()
    return [
        EarlierLine(
            id=one.reading.id,
            reference=one.reading.reference,
            organisation_name=one.reading.organisation_name,
            system=one.reading.system.name,
            version=one.reading.system.version,
            stage=one.reading.stage,
            tier=one.reading.tier,
            lodged_at=one.reading.clock.lodged_at,
            base=one.reading.assessment.base,
            answers=dict(one.answers),
            lowered=one.lowered,
        )
        for one in await earlier_cases(services, principal, opened)
    ]


@router.get(
    "/applications/{application}/texts/{digest}",
    operation_id="read_text",
    response_class=PlainTextResponse,
    summary="Read a text that your reading of the application names",
    dependencies=[permission("read_case")],
)
async def text(application: Identifier, digest: Digest, principal: Someone, services: Serviced) -> str:
    """Read a rationale, a reason or a report."""
    reading = await read_case(services, principal, application)
    if digest not in reading.texts and digest != reading.application_digest:
        raise NotFound("unknown_text", "There is no such text.")
    return await services.vault.text(application, TextRef(digest=digest, length=1))
