"""What becomes of a complaint, for whoever has its tracking code: state and outcome in short, nothing private."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from certify.procedure.filing import answer_as_complainant
from certify.web.acting import Typed, lacking_in
from certify.web.complaints import UNLISTED, Followed, complaint_of, erase_contact, held_of
from certify.web.errors import status_of
from certify.web.language import asked_language, language_of, marked
from certify.web.matters.matter_reasons import refusal_in
from certify.web.people import request_id
from certify.web.permissions import public
from certify.web.public.forms import small_form
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from schemas.errors import ProcedureError
from schemas.tracking_code import parse_code

router = APIRouter()
_REQUIRED = {"answer": marked("Write your answer.")}


@router.get("/complaint")
async def find(request: Request, code: str = "") -> Response:
    """Show the field for a tracking code, and lead from a typed one to its page."""
    if not code:
        return _code_form(request)
    try:
        language = asked_language(request)
        return RedirectResponse(f"/complaint/{parse_code(code[:60])}" + (f"?lang={language}" if language else ""), 303)
    except ProcedureError as error:
        return _code_form(request, code, error)


@router.get("/complaint/{code}")
async def status(request: Request, code: str, services: Serviced) -> Response:
    """Show how a complaint stands."""
    try:
        followed = await complaint_of(services, code)
    except ProcedureError as error:
        return _code_form(request, code, error)
    return await _page(request, services, followed)


@router.post("/complaint/{code}", dependencies=[public(counts="unsigned_act")])
async def answer(request: Request, code: str, services: Serviced) -> Response:
    """Take an answer to the handler's question."""
    typed = await small_form(request)
    try:
        followed = await complaint_of(services, code)
    except ProcedureError as error:
        return _code_form(request, code, error)
    lacking = lacking_in(language_of(request), _REQUIRED, typed)
    number = typed.one("number")
    if lacking or not number.isdecimal() or len(number) > 2:
        return await _page(request, services, followed, typed=typed, status=422, errors=lacking)
    try:
        await answer_as_complainant(
            services.procedure.matters, followed.complaint.id, number=int(number), answer=typed.one("answer"),
            request_id=request_id(request),
        )  # fmt: skip
    except ProcedureError as error:
        shown = (("answer", refusal_in(language_of(request), error)),)
        now = await complaint_of(services, code)
        return await _page(request, services, now, typed=typed, status=status_of(error), errors=shown)
    language = asked_language(request)
    return RedirectResponse(f"/complaint/{followed.code}?answered" + (f"&lang={language}" if language else ""), 303)


@router.get("/complaint/{code}/data")
async def data(request: Request, code: str, services: Serviced) -> Response:
    """Give out all that is held of what the complainant sent."""
    try:
        found = await held_of(services, await complaint_of(services, code))
    except ProcedureError as error:
        return _code_form(request, code, error)
    attached = {"Content-Disposition": 'attachment; filename="my-report.json"', "Cache-Control": "no-store"}
    return Response(found.model_dump_json(indent=1), media_type="application/json", headers={**UNLISTED, **attached})


@router.post("/complaint/{code}/contact", dependencies=[public(counts="unsigned_act")])
async def erase(request: Request, code: str, services: Serviced) -> Response:
    """Erase how the complainant can be reached."""
    await small_form(request)
    try:
        followed = await complaint_of(services, code)
    except ProcedureError as error:
        return _code_form(request, code, error)
    try:
        await erase_contact(services, followed.complaint, request_id(request))
    except ProcedureError as error:
        shown = (("contact", refusal_in(language_of(request), error)),)
        return await _page(request, services, followed, status=status_of(error), errors=shown)
    language = asked_language(request)
    return RedirectResponse(f"/complaint/{followed.code}?erased" + (f"&lang={language}" if language else ""), 303)


def _code_form(request: Request, code: str = "", error: ProcedureError | None = None) -> Response:
    errors = (("code", refusal_in(language_of(request), error)),) if error else ()
    status = status_of(error) if error else 200
    return render(request, "public/complaint_code.html", status, typed=code[:60], errors=errors)


async def _page(
    request: Request,
    services: Services,
    followed: Followed,
    *,
    typed: Typed | None = None,
    status: int = 200,
    errors: tuple[tuple[str, str], ...] = (),
) -> Response:
    response = render(
        request,
        "public/complaint.html",
        status,
        view=await held_of(services, followed),
        erased="erased" in request.query_params,
        typed=typed or Typed(),
        errors=errors,
        filed="filed" in request.query_params,
        answered="answered" in request.query_params,
    )
    response.headers.update(UNLISTED)
    return response
