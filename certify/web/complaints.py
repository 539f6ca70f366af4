"""A complaint as whoever has its tracking code may know it, on its page and over the API (ISO/IEC 17065, 7.13)."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from certify.procedure.filing import KIND
from certify.procedure.matters import vault_key
from certify.register import matters
from certify.web.services import Services
from schemas.complaint import Complaint, ComplaintOutcome
from schemas.errors import NotFound
from schemas.evidence import TextRef
from schemas.tracking_code import format_code, parse_code

UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedView(_View):
    """What a complainant is asked, and until when an answer is waited for."""

    number: int
    question: str
    due_on: date


class ComplaintView(_View):
    """How a complaint stands, for whoever has its tracking code; days, never times.

    Attributes:
        code: as it is read out; `id` as it stands in addresses.
        due_on: by which day the outcome is told, as long as nobody is asked anything.
    """

    id: str
    code: str
    filed_on: date
    due_on: date
    is_handled: bool
    asked: AskedView | None
    outcome: ComplaintOutcome | None
    public_reason: str
    decided_on: date | None


async def complaint_of(services: Services, typed: str) -> Complaint:
    """Return the complaint that a code leads to.

    Raises:
        Unacceptable: `mistyped_code`.
        NotFound: `unknown_code`.
    """
    code = parse_code(typed[:60])
    async with services.database.reading() as session:
        found = await matters.find(session, Complaint, KIND, code)
    if found is None:
        raise NotFound("unknown_code", "No complaint has this tracking code.")
    return found


async def view_of(services: Services, complaint: Complaint) -> ComplaintView:
    """Return how a complaint stands, as whoever has its code may know."""
    decision, asked = complaint.decision, complaint.open_question
    return ComplaintView(
        id=complaint.id,
        code=format_code(complaint.id),
        filed_on=complaint.opened_at.date(),
        due_on=complaint.due_at.date(),
        is_handled=complaint.handler is not None,
        asked=AskedView(
            number=asked.number, question=await _text(services, complaint, asked.question), due_on=asked.due_at.date()
        )
        if asked
        else None,
        outcome=decision.outcome if decision else None,
        public_reason=await _text(services, complaint, decision.public_reason) if decision else "",
        decided_on=decision.decided_at.date() if decision else None,
    )


async def _text(services: Services, complaint: Complaint, ref: TextRef) -> str:
    try:
        return await services.vault.text(vault_key(KIND, complaint.id), ref)
    except NotFound:
        # A text that the store lost must not hide how the complaint stands.
        return ""
