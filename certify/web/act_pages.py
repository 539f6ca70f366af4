"""One act, one page: the form, where needed a page to check it, the act itself, and the way back to the case."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.parts import Part
from certify.accounts.principal import Principal
from certify.web.casework import OpenCase, open_case
from certify.web.errors import status_of
from certify.web.language import language_of, sentence
from certify.web.reasons import reason_of, refusal_in
from certify.web.rendering import render
from certify.web.services import Services
from certify.web.work import send, signed_in_bar
from schemas.errors import NotFound, ProcedureError, Unacceptable
from schemas.records import Receipt
from workflows.options import case_stream

_TEXTS = ("reasons", "reason", "statement", "report", "protocol", "rationale", "note")
"""Fields in which people write; what they wrote is given back even where there is no form any more."""


@dataclass(frozen=True)
class Typed:
    """What a person typed into a form: kept, and shown again when the act is refused."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the text of a field, empty where there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that can have several."""
        return self.values.get(name, ())


@dataclass(frozen=True, kw_only=True)
class Before:
    """All there is when a page is filled."""

    request: Request
    services: Services
    principal: Principal
    opened: OpenCase
    typed: Typed


async def _nothing_more(_: Before) -> dict[str, object]:
    return {}


@dataclass(frozen=True, kw_only=True)
class ActPage:
    """The page of one kind of act.

    Attributes:
        fields: from what was typed to the fields of the act's body.
        anchor: field to which the error summary leads; `anchors` the same for some codes.
        required: fields that are asked for before anything is sent, each with its sentence.
        check: template on which a person sees what will happen before it does.
        more: what the template is filled with besides the case.
        preset: fields that the address may fill; a link must never fill in what a person decides.
    """

    kind: str
    template: str
    fields: Callable[[Typed], dict[str, Any]]
    anchor: str
    anchors: Mapping[str, str] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    check: str | None = None
    more: Callable[[Before], Awaitable[dict[str, object]]] = _nothing_more
    preset: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Room:
    """The pages of one audience.

    Attributes:
        path: where they begin.
        parts: what a person must be to a case to find it here.
        pages: by the last part of their address.
    """

    path: str
    parts: frozenset[Part]
    pages: Mapping[str, ActPage]

    async def open(self, services: Services, principal: Principal, application: str) -> OpenCase:
        """Return a case that somebody finds in this room.

        Raises:
            NotFound: `unknown_application`.
        """
        opened = await open_case(services, principal, application)
        if not self.parts & set(opened.reading.parts):
            raise NotFound("unknown_application", "There is no such application.")
        return opened

    def page(self, name: str) -> ActPage:
        """Return the page of an act.

        Raises:
            NotFound: `no_such_page`.
        """
        if name not in self.pages:
            raise NotFound("no_such_page", "There is no such page.")
        return self.pages[name]


async def typed_in(request: Request) -> Typed:
    """Return what a form sent; line ends as everywhere else, no blanks around."""
    return typed_of((await request.form()).multi_items())


def typed_of(items: Iterable[tuple[str, object]]) -> Typed:
    """Return the texts among the fields of a form."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in items:
        if isinstance(value, str):
            found[name] = (*found.get(name, ()), value.replace("\r\n", "\n").strip())
    return Typed(found)


async def show_act(
    request: Request, services: Services, principal: Principal, room: Room, application: str, name: str
) -> Response:
    """Show the form of an act, or why it cannot be done now."""
    page, opened = room.page(name), await room.open(services, principal, application)
    typed = Typed({name: (request.query_params[name],) for name in page.preset if name in request.query_params})
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    return await _form(before, room, page)


async def take_act(
    request: Request, services: Services, principal: Principal, room: Room, application: str, name: str
) -> Response:
    """Take what a form sent: check it, go back to change it, or do the act."""
    page, opened = room.page(name), await room.open(services, principal, application)
    typed = await typed_in(request)
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    step = typed.one("step")
    lacking = _lacking(before, page)
    if step == "change" or lacking:
        return await _form(before, room, page, status=422 if lacking else 200, errors=lacking)
    if page.check and step != "confirmed":
        return await _fill(before, room, page.check, page)
    try:
        fields = {**page.fields(typed), "idempotency_key": typed.one("idempotency_key")}
        sent = await send(request, services, principal, page.kind, application, fields)
    except ProcedureError as error:
        return await _refused(before, room, page, error)
    return RedirectResponse(f"{room.path}/{application}?done={sent.act_id}", status_code=303)


def _lacking(before: Before, page: ActPage) -> tuple[tuple[str, str], ...]:
    language = language_of(before.request, remembered=True)
    return tuple(
        (name, sentence(language, asked)) for name, asked in page.required.items() if not before.typed.one(name)
    )


async def _refused(before: Before, room: Room, page: ActPage, error: ProcedureError) -> Response:
    """Show the form again with what was typed and why; the case may have moved meanwhile."""
    opened = await room.open(before.services, before.principal, before.opened.reading.id)
    now = Before(
        request=before.request,
        services=before.services,
        principal=before.principal,
        opened=opened,
        typed=before.typed,
    )
    words = refusal_in(language_of(before.request, remembered=True), error)
    errors = ((page.anchors.get(error.code, page.anchor), words),)
    return await _form(now, room, page, status=status_of(error), errors=errors, code=error.code)


async def _form(
    before: Before,
    room: Room,
    page: ActPage,
    *,
    status: int = 200,
    errors: tuple[tuple[str, str], ...] = (),
    code: str | None = None,
) -> Response:
    barred = before.opened.reading.may[page.kind]
    if barred is not None:
        return _not_now(before, room, code or barred, errors)
    return await _fill(before, room, page.template, page, status=status, errors=errors, code=code)


def _not_now(before: Before, room: Room, code: str, errors: tuple[tuple[str, str], ...]) -> Response:
    language = language_of(before.request, remembered=True)
    why = errors[0][1] if errors else reason_of(language, code)
    written = [text for name in _TEXTS for text in before.typed.all(name) if text]
    bar = signed_in_bar(before.request, before.principal)
    status = 403 if code == "role_missing" else 409
    return render(
        before.request,
        "casework/not_now.html",
        status,
        person=bar,
        room=room.path,
        why=why,
        code=code,
        written=written,
        **before.opened.context,
    )


async def _fill(
    before: Before,
    room: Room,
    template: str,
    page: ActPage,
    *,
    status: int = 200,
    errors: tuple[tuple[str, str], ...] = (),
    code: str | None = None,
) -> Response:
    try:
        more = await page.more(before)
    except Unacceptable as error:
        return _not_now(before, room, error.code, ((page.anchor, error.message),))
    return render(
        before.request,
        template,
        status,
        person=signed_in_bar(before.request, before.principal),
        room=room.path,
        action=f"{room.path}/{before.opened.reading.id}/{page.kind.replace('_', '-')}",
        key=str(uuid7()),
        typed=before.typed,
        errors=errors,
        code=code,
        **{**before.opened.context, **more},
    )


async def receipt_shown(request: Request, services: Services, application: str) -> Receipt | None:
    """Return the receipt of the act that led to this page, if it is recorded and belongs to this case."""
    done = request.query_params.get("done", "")[:64]
    receipt = await services.procedure.receipt(done) if done else None
    return receipt if receipt and receipt.stream == case_stream(application) else None
