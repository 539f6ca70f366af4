"""Where anybody complains, from the scan page and without an account: no cookie, no script, no address kept."""

import secrets
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from certify.accounts.complainants import CONTACT_MAX
from certify.procedure.filing import Report, file_complaint
from certify.register import labels
from certify.web.acting import Typed, lacking_in
from certify.web.errors import status_of
from certify.web.language import asked_language, language_of, marked, sentence
from certify.web.matters.matter_reasons import refusal_in
from certify.web.people import request_id
from certify.web.permissions import public
from certify.web.public.forms import small_form
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from schemas.complaint import About
from schemas.errors import ProcedureError, Unacceptable
from schemas.label_number import MistypedNumber, format_number, parse_number
from schemas.tracking_code import KEY_LENGTH, format_code
from workflows.rules.matter.complaints import TEXT_MAX

router = APIRouter()

_REQUIRED = {
    "about": marked("Say what it is about."),
    "text": marked("Describe what happened."),
}
_NUMBER_NEEDED = marked("Type the number of the label; it stands under the square code.")
_NUMBER_WRONG = marked("No label has this number as it is typed; look again.")
_CONTACT_LONG = marked("Write at most %(most)s characters.")


@router.get("/report")
async def blank(request: Request, services: Serviced) -> Response:
    """Show the form without a label."""
    return await _form(request, services, Typed())


@router.get("/report/{number}")
async def about_label(request: Request, number: str, services: Serviced) -> Response:
    """Show the form about one label."""
    return await _form(request, services, Typed({"number": (number[:40],), "about": (About.LABEL,)}))


@router.post("/report", dependencies=[public(counts="unsigned_act")])
@router.post("/report/{number}", dependencies=[public(counts="unsigned_act")])
async def report(request: Request, services: Serviced, number: str = "") -> Response:
    """Take a complaint and show its tracking code."""
    typed = await small_form(request)
    if number and not typed.one("number"):
        typed = Typed({**typed.values, "number": (number[:40],)})
    secret = typed.one("secret") if len(typed.one("secret")) >= KEY_LENGTH else secrets.token_hex()
    errors = _lacking(request, typed)
    if errors:
        return await _form(request, services, typed, status=422, errors=errors)
    try:
        sent = await file_complaint(
            services.procedure.matters, services.database, _report(typed), secret=secret, now=datetime.now(UTC),
            request_id=request_id(request),
        )  # fmt: skip
    except ProcedureError as error:
        shown = (("text", refusal_in(language_of(request), error)),)
        return await _form(request, services, typed, status=status_of(error), errors=shown)
    if not sent.is_recorded:
        return render(request, "public/report_accepted.html", 202, code=format_code(sent.code))
    language = asked_language(request)
    return RedirectResponse(f"/complaint/{sent.code}?filed" + (f"&lang={language}" if language else ""), 303)


def _report(typed: Typed) -> Report:
    """Return what was typed.

    Raises:
        Unacceptable: `malformed_form`, for what the form does not offer.
    """
    try:
        return Report.model_validate(
            {
                "about": typed.one("about"),
                "label": parse_number(typed.one("number")) if typed.one("number") else None,
                "life_at_risk": typed.one("life_at_risk") == "yes",
                "text": typed.one("text"),
                "contact": typed.one("contact"),
            }
        )
    except ValidationError:
        raise Unacceptable("malformed_form", "This is not what the form sends; please fill it in again.") from None


def _lacking(request: Request, typed: Typed) -> tuple[tuple[str, str], ...]:
    language = language_of(request)
    found = list(lacking_in(language, _REQUIRED, typed))
    number = typed.one("number")
    if typed.one("about") == About.LABEL and not number:
        found.append(("number", sentence(language, _NUMBER_NEEDED)))
    if number and _is_mistyped(number):
        found.append(("number", sentence(language, _NUMBER_WRONG)))
    if len(typed.one("contact")) > CONTACT_MAX:
        found.append(("contact", sentence(language, _CONTACT_LONG, most=CONTACT_MAX)))
    return tuple(found)


def _is_mistyped(number: str) -> bool:
    try:
        parse_number(number)
    except MistypedNumber:
        return True
    return False


async def _form(
    request: Request,
    services: Services,
    typed: Typed,
    *,
    status: int = 200,
    errors: tuple[tuple[str, str], ...] = (),
) -> Response:
    return render(
        request,
        "public/report.html",
        status,
        typed=typed,
        errors=errors,
        secret=secrets.token_hex(),
        product=await _product(services, typed.one("number")),
        text_max=TEXT_MAX,
        contact_max=CONTACT_MAX,
    )


async def _product(services: Services, number: str) -> tuple[str, str] | None:
    """Return what the directory calls the label, and its number as it is printed; None where it has none."""
    if not number or _is_mistyped(number):
        return None
    label_id = parse_number(number)
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
    return (f"{row.product} {row.public_facts.version}", format_number(row.id)) if row else None
