"""Complaints of anybody, without an account: filed, followed and answered by tracking code (ISO/IEC 17065, 7.13)."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from certify.procedure.filing import Report, answer_as_complainant, file_complaint
from certify.web.api.acts import PROBLEM
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.complaints import (
    UNLISTED,
    ComplaintView,
    HeldOfComplaint,
    complaint_of,
    erase_contact,
    held_of,
    view_of,
)
from certify.web.people import RequestId
from certify.web.permissions import public
from certify.web.services import Serviced
from schemas.tracking_code import KEY_LENGTH, format_code

router = APIRouter(tags=["public"], route_class=GatedRoute)
PRIVATE = {**UNLISTED, "Cache-Control": "no-store"}
REPORT_MAX = 512 * 1024
"""Bytes, in which a text at its longest still fits as `\\u` escapes; anyone may send them."""
Code = Annotated[str, Field(max_length=60)]


class ReportSent(Report):
    """What somebody complains about, as a program sends it.

    Attributes:
        secret: random digits of the sender's own; sent again with the same, it is the same complaint. Whoever has them
            has the tracking code.
    """

    secret: Annotated[str, Field(min_length=KEY_LENGTH, max_length=200)] | None = None


class ReportFiled(BaseModel):
    """That a complaint was taken.

    Attributes:
        code: by which it is followed; nobody can give it a second time.
        is_recorded: False while the record takes it; what was taken is not lost.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    address: str
    is_recorded: bool


class ReportAnswer(BaseModel):
    """An answer to the question of whoever handles the complaint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1, le=99)
    answer: str


@router.post(
    "/reports",
    operation_id="file_report",
    summary="Complain about a label, a decision or the body",
    responses=PROBLEM,
    status_code=201,
    max_body_size=REPORT_MAX,
    dependencies=[public(counts="unsigned_act")],
)
async def file(
    body: Annotated[ReportSent, AS_JSON], services: Serviced, request_id: RequestId, response: Response
) -> ReportFiled:
    """File a complaint, without an account; `contact` is kept apart from the record and erased after its end."""
    report = Report.model_validate(body.model_dump(exclude={"secret"}))
    sent = await file_complaint(
        services.procedure.matters,
        services.database,
        report,
        secret=body.secret or secrets.token_hex(),
        now=datetime.now(UTC),
        request_id=request_id,
    )
    response.headers.update(PRIVATE)
    if not sent.is_recorded:
        response.status_code = 202
    address = f"{services.settings.public_url}/complaint/{sent.code}"
    return ReportFiled(code=format_code(sent.code), address=address, is_recorded=sent.is_recorded)


@router.get(
    "/reports/{code}",
    operation_id="read_report",
    summary="See how a complaint stands",
    responses=PROBLEM,
    dependencies=[public()],
)
async def status(code: Code, services: Serviced, response: Response) -> ComplaintView:
    """Read state and outcome in short, with the tracking code; nothing private."""
    response.headers.update(PRIVATE)
    return await view_of(services, await complaint_of(services, code))


@router.post(
    "/reports/{code}/answers",
    operation_id="answer_report_question",
    summary="Answer a question about a complaint",
    responses=PROBLEM,
    max_body_size=REPORT_MAX,
    dependencies=[public(counts="unsigned_act")],
)
async def answer(
    code: Code, body: Annotated[ReportAnswer, AS_JSON], services: Serviced, request_id: RequestId, response: Response
) -> ComplaintView:
    """Answer what the handler asked, with the tracking code; it stands as soon as it is recorded."""
    matter = (await complaint_of(services, code)).complaint.id
    await answer_as_complainant(
        services.procedure.matters, matter, number=body.number, answer=body.answer, request_id=request_id
    )
    response.headers.update(PRIVATE)
    return await view_of(services, await complaint_of(services, code))


@router.get(
    "/reports/{code}/data",
    operation_id="read_report_data",
    summary="Read all that is held of your complaint",
    responses=PROBLEM,
    dependencies=[public()],
)
async def data(code: Code, services: Serviced, response: Response) -> HeldOfComplaint:
    """Read what you sent and what became of it, with the tracking code; whether a contact is held, not which."""
    response.headers.update(PRIVATE)
    return await held_of(services, await complaint_of(services, code))


@router.delete(
    "/reports/{code}/contact",
    operation_id="erase_report_contact",
    summary="Erase how you can be reached",
    responses=PROBLEM,
    status_code=204,
    dependencies=[public(counts="unsigned_act")],
)
async def erase(code: Code, services: Serviced, request_id: RequestId) -> None:
    """Erase the contact that you gave; the complaint goes on without it."""
    await erase_contact(services, (await complaint_of(services, code)).complaint, request_id)
