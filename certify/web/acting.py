"""One act, one page, whatever it is done in: the form, where needed a page to check it, the act, and the way back."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.principal import Principal
from certify.web.errors import status_of
from certify.web.language import Language, language_of, marked, sentence
from certify.web.people import still_signed_in
from certify.web.reasons import reason_of, refusal_in
from certify.web.rendering import render
from certify.web.services import Services
from certify.web.work import signed_in_bar
from certify.web.wrong_fields import MalformedForm
from schemas.errors import NotFound, ProcedureError, Unacceptable

_TEXTS = (
    "reasons",
    "reason",
    "dissent",
    "statement",
    "report",
    "protocol",
    "rationale",
    "note",
    "text",
    "answer",
    "question",
    "findings",
)
"""Fields in which people write; what they wrote is given back even where there is no form any more."""
_FOR_OTHERS = frozenset({"role_missing"})


class Readable(Protocol):
    """What the page of an act needs of a reading: where it is, and what stands in the way of each act."""

    @property
    def id(self) -> str:
        """The case or matter, as in its addresses."""

    @property
    def may(self) -> dict[str, str | None]:
        """For each kind of act None where it would be taken now, else the code of what stands in the way."""


class Opened(Protocol):
    """A case or matter open before one person."""

    @property
    def reading(self) -> Readable:
        """What this person may see of it."""

    @property
    def context(self) -> dict[str, Any]:
        """What every page about it is filled with."""


O = TypeVar("O", bound=Opened)  # noqa: E741  # one letter, as type variables have


TWICE = marked("A field was sent twice with different values. Nothing was done; please fill in the form again.")


@dataclass(frozen=True)
class Typed:
    """What a person typed into a form: kept, and shown again when the act is refused."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the text of a field, empty where there is none.

        Raises:
            Unacceptable: `field_sent_twice`, differently: nobody can tell which was meant (ASVS 15.3.7).
        """
        first, *others = {*self.all(name)} or {""}
        if others:
            raise Unacceptable("field_sent_twice", TWICE)
        return first

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field that can have several."""
        return self.values.get(name, ())


@dataclass(frozen=True, kw_only=True)
class Before(Generic[O]):
    """All there is when a page is filled."""

    request: Request
    services: Services
    principal: Principal
    opened: O
    typed: Typed


async def _nothing_more(_: Any) -> dict[str, object]:
    return {}


def _stays_open(_: Typed) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class ActPage(Generic[O]):
    """The page of one kind of act.

    Attributes:
        fields: from what was typed to the fields of the act's body.
        anchor: field to which the error summary leads; `anchors` the same for some codes.
        required: fields that are asked for before anything is sent, each with its sentence.
        check: template on which a person sees what will happen before it does.
        more: what the template is filled with besides the case; `check_more` the same of the page to check it.
        preset: fields that the address may fill; a link must never fill in what a person decides.
        permission: by which the page is found and opened, where an act has several; its kind otherwise.
        closes: whether what was typed closes what it is done in to the person: the way on is the start of the room.
    """

    kind: str
    template: str
    fields: Callable[[Typed], dict[str, Any]]
    anchor: str
    anchors: Mapping[str, str] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    check: str | None = None
    more: Callable[[Before[O]], Awaitable[dict[str, object]]] = _nothing_more
    check_more: Callable[[Before[O]], Awaitable[dict[str, object]]] = _nothing_more
    preset: tuple[str, ...] = ()
    permission: str = ""
    closes: Callable[[Typed], bool] = _stays_open

    @property
    def permitted_as(self) -> str:
        """The permission the page is about; with hyphens it is the last part of its address."""
        return self.permission or self.kind


@dataclass(frozen=True, kw_only=True)
class ActRoom(ABC, Generic[O]):
    """The pages of one audience about one kind of thing.

    Attributes:
        path: where they begin.
        pages: by the last part of their address.
    """

    not_now: ClassVar[str]
    """Template that tells why an act cannot be done now."""

    path: str
    pages: Mapping[str, ActPage[O]]

    @abstractmethod
    async def open(self, services: Services, principal: Principal, subject: str) -> O:
        """Return what somebody finds in this room.

        Raises:
            NotFound: there is none, or it is not for them.
        """

    @abstractmethod
    async def send(self, before: Before[O], kind: str, fields: dict[str, Any], key: str) -> tuple[str, str]:
        """Do an act; return what it was done in and the id of the act.

        Raises:
            ProcedureError: the act is refused.
        """

    def reason(self, language: Language, code: str) -> str:
        """Return what a code says to the person who wants to act here."""
        return reason_of(language, code)

    def refusal(self, language: Language, error: ProcedureError) -> str:
        """Return the sentence of a refusal here."""
        return refusal_in(language, error)

    def page(self, name: str) -> ActPage[O]:
        """Return the page of an act.

        Raises:
            NotFound: `no_such_page`.
        """
        if name not in self.pages:
            raise NotFound("no_such_page", "There is no such page.")
        return self.pages[name]


async def typed_in(request: Request) -> Typed:
    """Return what a form sent; line ends as everywhere else, no blanks around.

    Raises:
        NotPermitted: as `certify.web.people.still_signed_in`.
    """
    async with still_signed_in(request):
        form = await request.form()
    return typed_of(form.multi_items())


def typed_of(items: Iterable[tuple[str, object]]) -> Typed:
    """Return the texts among the fields of a form."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in items:
        if isinstance(value, str):
            found[name] = (*found.get(name, ()), value.replace("\r\n", "\n").strip())
    return Typed(found)


async def show_act(
    request: Request, services: Services, principal: Principal, room: ActRoom[O], subject: str, name: str
) -> Response:
    """Show the form of an act, or why it cannot be done now."""
    page, opened = room.page(name), await room.open(services, principal, subject)
    typed = Typed({name: (request.query_params[name],) for name in page.preset if name in request.query_params})
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    return await _form(before, room, page)


async def take_act(
    request: Request, services: Services, principal: Principal, room: ActRoom[O], subject: str, name: str
) -> Response:
    """Take what a form sent: check it, go back to change it, or do the act."""
    page, opened = room.page(name), await room.open(services, principal, subject)
    typed = await typed_in(request)
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    step = "confirmed" if typed.one("countersigned") else typed.one("step")
    if step == "change":
        return await _form(before, room, page)
    lacking = lacking_in(language_of(request, remembered=True), page.required, typed)
    if lacking:
        return await _form(before, room, page, status=422, errors=lacking)
    if page.check and step != "confirmed":
        return await _fill(before, room, page.check, page)
    try:
        subject, act_id = await room.send(before, page.kind, page.fields(typed), typed.one("idempotency_key"))
    except ProcedureError as error:
        return await _refused(before, room, page, error)
    way_on = f"{room.path}?left={subject}&" if page.closes(typed) else f"{room.path}/{subject}?"
    return RedirectResponse(f"{way_on}done={act_id}", status_code=303)


def lacking_in(language: Language, required: Mapping[str, str], typed: Typed) -> tuple[tuple[str, str], ...]:
    """Return the required fields that were left empty, each with its sentence."""
    return tuple((name, sentence(language, asked)) for name, asked in required.items() if not any(typed.all(name)))


async def _refused(before: Before[O], room: ActRoom[O], page: ActPage[O], error: ProcedureError) -> Response:
    """Show the form again with what was typed and why; the case may have moved meanwhile."""
    opened = await room.open(before.services, before.principal, before.opened.reading.id)
    now = Before(
        request=before.request,
        services=before.services,
        principal=before.principal,
        opened=opened,
        typed=before.typed,
    )
    errors = _errors_of(before, room, page, error)
    return await _form(now, room, page, status=status_of(error), errors=errors, code=error.code)


def _errors_of(
    before: Before[O], room: ActRoom[O], page: ActPage[O], error: ProcedureError
) -> tuple[tuple[str, str], ...]:
    """Return the sentences of a refusal, each with the field it leads to."""
    language, anchor = language_of(before.request, remembered=True), page.anchors.get(error.code, page.anchor)
    if not isinstance(error, MalformedForm):
        return ((anchor, room.refusal(language, error)),)
    typed = before.typed.values
    return tuple((name if name in typed else anchor, sentence(language, why)) for name, why in error.wrong)


async def _form(
    before: Before[O],
    room: ActRoom[O],
    page: ActPage[O],
    *,
    status: int = 200,
    errors: tuple[tuple[str, str], ...] = (),
    code: str | None = None,
) -> Response:
    barred = before.opened.reading.may[page.permitted_as]
    if barred is not None:
        return _not_now(before, room, code or barred, errors)
    return await _fill(before, room, page.template, page, status=status, errors=errors, code=code)


def _not_now(before: Before[O], room: ActRoom[O], code: str, errors: tuple[tuple[str, str], ...]) -> Response:
    language = language_of(before.request, remembered=True)
    why = errors[0][1] if errors else room.reason(language, code)
    written = [text for name in _TEXTS for text in before.typed.all(name) if text]
    return render(
        before.request,
        room.not_now,
        403 if code in _FOR_OTHERS else 409,
        person=signed_in_bar(before.request, before.principal),
        room=room.path,
        why=why,
        code=code,
        written=written,
        **before.opened.context,
    )


async def _fill(
    before: Before[O],
    room: ActRoom[O],
    template: str,
    page: ActPage[O],
    *,
    status: int = 200,
    errors: tuple[tuple[str, str], ...] = (),
    code: str | None = None,
) -> Response:
    try:
        more = await page.more(before)
        if template == page.check:
            more |= await page.check_more(before)
    except Unacceptable as error:
        words = room.refusal(language_of(before.request, remembered=True), error)
        return _not_now(before, room, error.code, ((page.anchor, words),))
    return render(
        before.request,
        template,
        status,
        person=signed_in_bar(before.request, before.principal),
        room=room.path,
        action=f"{room.path}/{before.opened.reading.id}/{page.permitted_as.replace('_', '-')}",
        key=str(uuid7()),
        typed=before.typed,
        errors=errors,
        code=code,
        **{**before.opened.context, **more},
    )
