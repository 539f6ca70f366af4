"""A complaint as whoever has its tracking code may know it, on its page and over the API (ISO/IEC 17065, 7.13)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict

from certify.accounts import complainants
from certify.accounts.access_ledger import enter_contact
from certify.procedure.filing import KIND
from certify.procedure.matters import vault_key
from certify.register import complaints, matters
from certify.web.services import Services
from schemas.complaint import About, Complaint, ComplaintOutcome
from schemas.errors import NotFound, OutOfOrder
from schemas.evidence import TextRef
from schemas.identifiers import PUBLIC, WITHOUT_ACCOUNT
from schemas.label import LabelId
from schemas.record_events import ContactErased
from schemas.tracking_code import format_code, matter_behind, parse_code

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


class AnsweredView(_View):
    """What a complainant was asked, and what they answered."""

    number: int
    question: str
    answer: str


class HeldOfComplaint(ComplaintView):
    """All that is held of what a complainant sent, for whoever has the tracking code (GDPR, article 15).

    Attributes:
        has_contact: whether a way to reach them is held; not the way itself: a code can be found by somebody else.
    """

    about: About
    label: LabelId | None
    life_at_risk: bool
    text: str
    answers: tuple[AnsweredView, ...]
    has_contact: bool


@dataclass(frozen=True)
class Followed:
    """A complaint, with the code by which somebody came to it."""

    code: str
    complaint: Complaint


async def complaint_of(services: Services, typed: str) -> Followed:
    """Return the complaint that a code leads to; the id of one is no code, but of those filed before it was apart.

    Raises:
        Unacceptable: `mistyped_code`.
        NotFound: `unknown_code`.
    """
    code = parse_code(typed[:60])
    async with services.database.reading() as session:
        found = await matters.find(session, Complaint, KIND, matter_behind(code))
        if found is None:
            earlier = await matters.find(session, Complaint, KIND, code)
            found = earlier if earlier is not None and not earlier.by_code else None
    if found is None:
        raise NotFound("unknown_code", "No complaint has this tracking code.")
    return Followed(code, found)


async def view_of(services: Services, followed: Followed) -> ComplaintView:
    """Return how a complaint stands, as whoever has its code may know."""
    complaint = followed.complaint
    decision, asked = complaint.decision, complaint.open_question
    return ComplaintView(
        id=followed.code,
        code=format_code(followed.code),
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


async def held_of(services: Services, followed: Followed) -> HeldOfComplaint:
    """Return all that is held of what a complainant sent."""
    view, complaint = await view_of(services, followed), followed.complaint
    answers = [
        AnsweredView(
            number=one.number,
            question=await _text(services, complaint, one.question),
            answer=await _text(services, complaint, one.answer) if one.answer else "",
        )
        for one in complaint.questions
    ]
    async with services.database.reading() as session:
        contact = await complainants.find(session, complaint.id)
    return HeldOfComplaint(
        **dict(view),
        about=complaint.about,
        label=complaint.label,
        life_at_risk=complaint.life_at_risk,
        text=await _text(services, complaint, complaint.text),
        answers=tuple(answers),
        has_contact=contact is not None,
    )


async def erase_contact(services: Services, complaint: Complaint, request_id: str) -> None:
    """Erase how a complainant can be reached, as they ask; the ledger tells that it was they.

    Raises:
        OutOfOrder: `legal_hold`.
    """
    async with services.database.writing() as session:
        if await complaints.is_held(session, complaint.id):
            raise OutOfOrder("legal_hold", "A legal hold stands; nothing it covers is erased.")
        if await complainants.erase(session, complaint.id):
            gone = ContactErased(at=datetime.now(UTC), actor=PUBLIC, person=PUBLIC)
            await enter_contact(session, complaint.id, gone, authn=WITHOUT_ACCOUNT, request_id=request_id)
