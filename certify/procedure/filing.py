"""What somebody without an account does: files a complaint, and answers a question about it with the tracking code."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from certify.accounts import complainants
from certify.procedure.matter_kinds import KINDS
from certify.procedure.matters import Matters, SentToMatter
from certify.register import report_counts
from certify.register.database import Database
from certify.register.matters import find
from schemas.complaint import About, Complaint
from schemas.errors import Unacceptable
from schemas.identifiers import one_line
from schemas.label import LabelId
from schemas.tracking_code import code_from, matter_behind

KIND = "complaint"
NO_LABEL = "none"


class Report(BaseModel):
    """What somebody complains about.

    Attributes:
        contact: how they can be reached, kept apart from the record; empty for who stays unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: About
    label: LabelId | None = None
    life_at_risk: StrictBool = False
    text: str
    contact: Annotated[str, Field(max_length=complainants.CONTACT_MAX), AfterValidator(one_line)] = ""


class Filed(BaseModel):
    """What became of a complaint: its tracking code, for nobody but who filed it, and whether the record has it."""

    model_config = ConfigDict(frozen=True)

    code: str
    matter: str
    is_recorded: bool


async def file_complaint(
    matters: Matters, database: Database, report: Report, *, secret: str, now: datetime, request_id: str
) -> Filed:
    """File a complaint; the same secret sent again reaches the same complaint.

    Raises:
        Unavailable: `too_many_reports`, or the procedure cannot take acts now.
        ProcedureError: the act is refused.
    """
    async with database.writing() as session:
        await report_counts.count(session, report.label or NO_LABEL, now)
    code, act = code_from(secret), "file_complaint"
    async with database.reading() as session:
        before = await find(session, Complaint, KIND, code)
    apart = before is None or before.by_code
    matter = matter_behind(code) if apart else code  # sent once before ids and codes were apart
    body = _body(act, {**report.model_dump(exclude={"contact"}), "by_code": apart})
    sent = await matters.public_act(KIND, act, matter, body, key=act, request_id=request_id)
    if report.contact:
        async with database.writing() as session:
            await complainants.keep(session, matter, report.contact)
    return Filed(code=code, matter=matter, is_recorded=sent.receipt is not None)


async def answer_as_complainant(
    matters: Matters, matter: str, *, number: int, answer: str, request_id: str
) -> SentToMatter:
    """Answer the question that the handler asked.

    Raises:
        NotFound: `unknown_matter`.
        ProcedureError: the act is refused.
    """
    act = "answer_as_complainant"
    body = _body(act, {"number": number, "answer": answer})
    return await matters.public_act(KIND, act, matter, body, key=f"{act}/{number}", request_id=request_id)


def _body(act: str, fields: dict[str, Any]) -> BaseModel:
    try:
        return KINDS[KIND].public_bodies[act].model_validate(fields)
    except ValidationError:
        raise Unacceptable("malformed_form", "This is not what the form sends; please fill it in again.") from None
