"""Recording a demonstration or an interview: written at any pace, checked, and then evidence (stages 3 and 5)."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.principal import Principal
from certify.register.drafts import PROTOCOL
from certify.web import drafting
from certify.web.act_pages import Typed, typed_in
from certify.web.acting import lacking_in
from certify.web.casework import OpenCase
from certify.web.errors import status_of
from certify.web.language import Language, language_of, marked
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.reasons import reason_of, refusal_in
from certify.web.rendering import render
from certify.web.reviewer.acts import ROOM
from certify.web.services import Serviced
from certify.web.work import send, signed_in_bar
from schemas.errors import ProcedureError
from schemas.identifiers import Identifier
from workflows.rules.case.protocols import KIND

router = APIRouter()

_TEXTS: Final = ("participants", "shown", "observed")
_REQUIRED: Final[Mapping[str, str]] = {
    "form": marked("Say what it was: a demonstration or an interview."),
    "held_on": marked("Say on which day it took place."),
    "participants": marked("Say who took part, by function."),
    "criteria": marked("Choose at least one requirement that it concerns."),
    "shown": marked("Write what was shown or said."),
    "observed": marked("Write what you saw of it."),
}
_ANCHORS: Final[Mapping[str, str]] = {
    "held_later": "held_on",
    "held_before_asked": "held_on",
    "participants_too_long": "participants",
    "unknown_item": "item",
    "malformed_form": "held_on",
}

Errors = tuple[tuple[str, str], ...]


@router.get("/{application}/record-protocol", dependencies=[permission("read_case")])
async def write(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show the protocol in writing, as it was last saved."""
    opened = await ROOM.open(services, principal, application)
    kept = await drafting.begun(services, principal, _subject(application))
    return _form(request, principal, opened, kept.typed if kept else Typed(), saved_at=kept.saved_at if kept else None)


@router.post("/{application}/record-protocol", dependencies=[permission("write_draft")])
async def save(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Save the draft, however incomplete, and go on writing or to the check."""
    opened = await ROOM.open(services, principal, application)
    typed = await typed_in(request)
    if opened.reading.may[KIND] is not None:
        return _form(request, principal, opened, typed)
    await drafting.save(services, principal, _subject(application), typed)
    way_on = "" if "save" in typed.values else "/check"
    return RedirectResponse(f"{_here(application)}{way_on}", status_code=303)


@router.get("/{application}/record-protocol/check", dependencies=[permission("read_case")])
async def check(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show what will be recorded, or what is missing."""
    opened = await ROOM.open(services, principal, application)
    kept = await drafting.begun(services, principal, _subject(application))
    typed = kept.typed if kept else Typed()
    lacking = lacking_in(language_of(request, remembered=True), _REQUIRED, typed)
    if lacking or opened.reading.may[KIND] is not None:
        return _form(request, principal, opened, typed, errors=lacking)
    return _page(request, principal, opened, "check", typed=typed, key=str(uuid7()))


@router.post("/{application}/record-protocol/check", dependencies=[permission(KIND)])
async def record(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Record exactly what the check showed; the draft stays until the case has taken it."""
    typed = await typed_in(request)
    language = language_of(request, remembered=True)
    lacking = lacking_in(language, _REQUIRED, typed)
    if lacking:
        opened = await ROOM.open(services, principal, application)
        return _form(request, principal, opened, typed, status=422, errors=lacking)
    try:
        sent = await send(request, services, principal, KIND, application, _fields(typed))
    except ProcedureError as error:
        opened = await ROOM.open(services, principal, application)
        errors = ((_ANCHORS.get(error.code, "criteria"), refusal_in(language, error)),)
        return _form(request, principal, opened, typed, status=status_of(error), errors=errors, code=error.code)
    await drafting.discard(services, principal, _subject(application))
    return RedirectResponse(f"{ROOM.path}/{application}?done={sent.act_id}", status_code=303)


def _subject(application: str) -> str:
    return f"{PROTOCOL}{application}"


def _here(application: str) -> str:
    return f"{ROOM.path}/{application}/record-protocol"


def _fields(typed: Typed) -> dict[str, Any]:
    return {
        "form": typed.one("form"),
        "held_on": typed.one("held_on"),
        "criteria": typed.all("criteria"),
        "item": typed.one("item") or None,
        **{name: typed.one(name) for name in _TEXTS},
        "idempotency_key": typed.one("idempotency_key"),
    }


def _form(
    request: Request,
    principal: Principal,
    opened: OpenCase,
    typed: Typed,
    *,
    status: int = 200,
    code: str | None = None,
    **filled: Any,
) -> Response:
    """Show the form, or why nothing can be recorded now; what was written is given back."""
    barred = opened.reading.may[KIND]
    if barred is not None:
        return _not_now(request, principal, opened, code or barred, typed)
    return _page(request, principal, opened, "write", status=status, typed=typed, code=code, **filled)


def _not_now(request: Request, principal: Principal, opened: OpenCase, code: str, typed: Typed) -> Response:
    return render(
        request,
        "casework/not_now.html",
        409,
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        why=reason_of(language_of(request, remembered=True), code),
        code=code,
        written=[typed.one(name) for name in _TEXTS if typed.one(name)],
        **opened.context,
    )


def _page(
    request: Request, principal: Principal, opened: OpenCase, name: str, *, status: int = 200, **filled: Any
) -> Response:
    language = language_of(request, remembered=True)
    reading = opened.reading
    items = [(item.id, f"{item.id} {item.file}") for item in reading.evidence if item.id not in reading.set_aside]
    return render(
        request,
        f"reviewer/protocol_{name}.html",
        status,
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        here=_here(reading.id),
        criteria=_criteria(language, opened),
        items=items,
        **{"errors": (), "code": None, "saved_at": None, **opened.context, **filled},
    )


def _criteria(language: Language, opened: OpenCase) -> list[tuple[str, str]]:
    texts = opened.scheme.texts.criteria
    return [(one, f"{texts[one].title.in_language(language)} ({one})") for one in opened.reading.own.outstanding]
