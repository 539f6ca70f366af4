"""Receipts, and the record of a case as its readers may see it."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel

from certify.accounts.narrowing import case_for, decision_record_for, record_body_for
from certify.accounts.policy import permit
from certify.procedure.matter_kinds import KINDS
from certify.register import cases, streams
from certify.web.api.acts import PROBLEM
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.services import Serviced, Services
from schemas.decision_record import DecisionRecord
from schemas.errors import NotFound
from schemas.identifiers import ActId, Identifier
from schemas.records import Entry, Receipt
from workflows.options import case_stream

router = APIRouter(tags=["record"], responses=PROBLEM)


class RecordLine(BaseModel):
    """An entry of the journal with its digest and its body."""

    entry: Entry
    digest: str
    body: dict[str, Any]


@router.get(
    "/receipts/{act_id}",
    operation_id="read_receipt",
    summary="Read the receipt of an act",
    responses={202: {"description": "The case has taken the act; the record does not hold it yet."}},
    dependencies=[permission("read_receipt")],
)
async def receipt(
    act_id: ActId, principal: Someone, services: Serviced, response: Response, application: Identifier | None = None
) -> Receipt | None:
    """Tell whether an act is recorded (200), taken (202), or not taken (404): then the same key may be sent again."""
    found = await services.procedure.receipt(act_id)
    if found is not None:
        await _check_may_know(services, principal, found)
        return found
    if application is None or not await _is_taken(services, principal, application, act_id):
        raise _not_taken()
    response.status_code = 202
    return None


async def _is_taken(services: Services, principal: Someone, application: str, act_id: str) -> bool:
    """Ask a case that this person may know of, or one that is not on record: it may be being lodged."""
    async with services.database.reading() as session:
        case = await cases.find(session, application)
    if case is not None and not permit(principal, "read_case", case):
        # One that is not for them is not asked. One that nobody has is, so that both are answered alike, and neither
        # is told that an act was not taken while nobody can be asked.
        application = str(uuid4())
    return await services.procedure.has_taken(application, act_id)


async def _check_may_know(services: Services, principal: Someone, found: Receipt) -> None:
    """Answer whoever may not know of the case or matter as if the act had never been taken."""
    kind, _, subject = found.stream.partition("/")
    if kind in KINDS:
        try:
            await services.procedure.matters.read(principal, kind, subject)
        except NotFound as error:
            raise _not_taken() from error
        return
    application = found.stream.removeprefix(case_stream(""))
    if application == found.stream:
        raise _not_taken()
    async with services.database.reading() as session:
        if not permit(principal, "read_case", await cases.find(session, application)):
            raise _not_taken()


def _not_taken() -> NotFound:
    return NotFound("not_taken", "No act was taken under this key.")


@router.get(
    "/applications/{application}/record",
    operation_id="read_record",
    summary="Read the record of a case",
    dependencies=[permission("read_record")],
)
async def record(application: Identifier, principal: Someone, services: Serviced) -> list[RecordLine]:
    """Read every entry of a case, in order; an open round shows no choice."""
    async with services.database.reading() as session:
        case = await case_for(session, principal, application)
        rows = await streams.entries_with_bodies(session, case_stream(application))
    return [
        RecordLine(
            entry=Entry.model_validate_json(row.content),
            digest=row.digest,
            body=record_body_for(case, principal, body),
        )
        for row, body in rows
    ]


@router.get(
    "/applications/{application}/decision-record",
    operation_id="read_decision_record",
    summary="Read all that a decision is recomputed from",
    dependencies=[permission("read_decision_record")],
)
async def decision_record(application: Identifier, principal: Someone, services: Serviced) -> DecisionRecord:
    """Read the document that `certify decision verify` recomputes offline; 409 while the case is not decided."""
    async with services.database.reading() as session:
        return await decision_record_for(session, principal, application)
