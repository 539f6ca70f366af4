"""The pages of matters: a room lists what somebody may see of a kind, shows one, and has a page for each act.

ROOM = MatterRoom(path="/commission/questions", kind="question", pages={**VOTING, "propose-answer": …}, …)
router.include_router(routes_of(ROOM))
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from certify.accounts.matter_parts import TIED, MatterPart
from certify.accounts.matter_reading import MatterReading
from certify.accounts.principal import Principal
from certify.procedure.matter_kinds import KINDS
from certify.procedure.matters import subject_of
from certify.register import scan_counts
from certify.register.scan_counts import LabelScans
from certify.web import acting
from certify.web.acting import ActRoom, Before, show_act, take_act
from certify.web.casework import ballots_needed
from certify.web.language import Language, language_of, marked, sentence
from certify.web.matters.matter_reasons import reason_of, refusal_in
from certify.web.matters.matter_words import clock_title, party_name, subject_title, timeline
from certify.web.matters.open_matter import BEGINNING, OpenMatter, beginning, list_matters, may_open, open_matter
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from certify.web.wrong_fields import malformed_form
from schemas.errors import ConflictOfInterest, NotFound, ProcedureError
from schemas.identifiers import MatterId
from schemas.records import Receipt
from workflows.options import matter_stream

_NOBODYS = frozenset(
    {"role_missing", "no_open_motion", "not_in_electorate", "no_part_in_matter", "matter_ended", "opened_already"}
)
"""Reasons for which an act is not listed at all: it is another person's, or nobody's now."""
_FOR_OTHERS: Final = marked(
    "A standing tie or an interest of yours keeps you out of this matter; another person does this."
)
_CORRECTING: Final = frozenset({"/secretariat", "/commission"})
_TO_DO, _DONE, _LATER, _IF_NEEDED = marked("To do"), marked("Done"), marked("Cannot start yet"), marked("If needed")


def _never(_: MatterReading) -> bool:
    return False


async def _nothing_more(_s: Services, _p: Principal, _o: OpenMatter, _l: Language) -> dict[str, Any]:
    return {}


def _always(_: MatterReading) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class MatterPage(acting.ActPage[OpenMatter]):
    """The page of one act in a matter.

    Attributes:
        name: how the act is called in a list of tasks, marked for the catalogue.
        is_done: whether the reader did it before.
        is_optional: nobody waits for it.
        is_due: whether somebody waits for it from this reader now.
        unlisted: further reasons for which it is not listed as a task.
    """

    name: str
    is_done: Callable[[MatterReading], bool] = _never
    is_optional: bool = False
    is_due: Callable[[MatterReading], bool] = _always
    unlisted: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class MatterRoom(ActRoom[OpenMatter]):
    """The pages of one audience about one kind of matter.

    Attributes:
        kind: of the matters.
        parts: what a person must be to a matter to find it here.
        title: heading of the list; `intro` the sentence below it; both marked for the catalogue.
        own: template with the macros `heading`, `state` and `about` of this kind of matter.
        opening: page of the act that opens one, where this audience may.
        links: further pages about a matter: the last part of the address, and the marked text that leads there.
        begun_as: the id of what somebody opens, where that is known before; there is one for each of them.
        beside: further pages of the room: their address, and the marked text that leads there from the list.
        shows_scans: whether the readers are told how often a label was looked at.
        more: what the page of a matter is filled with besides, and the template `below` that shows it.
    """

    not_now: ClassVar[str] = "matters/not_now.html"

    kind: str
    parts: frozenset[MatterPart]
    title: str
    intro: str
    own: str
    opening: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    begun_as: Callable[[Principal], str] | None = None
    beside: Mapping[str, str] = field(default_factory=dict)
    shows_scans: bool = False
    more: Callable[[Services, Principal, OpenMatter, Language], Awaitable[dict[str, Any]]] = _nothing_more
    below: str | None = None

    async def open(self, services: Services, principal: Principal, subject: str) -> OpenMatter:
        """Return a matter that somebody finds in this room, or what is shown before one is opened.

        Raises:
            NotFound: `unknown_matter`.
        """
        if subject == BEGINNING and self.opening is not None:
            found = await beginning(services, principal, self.kind)
        else:
            found = await open_matter(services, principal, self.kind, subject)
            self.require(found)
        return replace(found, shown={"own": self.own})

    def holds(self, reading: MatterReading) -> bool:
        """Whether a matter belongs into this room for its reader."""
        return not self.parts.isdisjoint(reading.parts)

    def require(self, found: OpenMatter) -> None:
        """Refuse whoever is nothing to the matter that belongs into this room.

        Raises:
            NotFound: `unknown_matter`.
            ConflictOfInterest: `tied_to_party`, for who would keep or decide the matter and is tied to its party.
        """
        if not self.holds(found.reading):
            if self.is_for_others(found.reading):
                raise ConflictOfInterest("tied_to_party", _FOR_OTHERS)
            raise NotFound("unknown_matter", "There is no such matter.")

    def is_for_others(self, reading: MatterReading) -> bool:
        """Whether the reader would keep or decide a matter here if nothing tied them to its party."""
        here = {tied for part, tied in TIED.items() if part in self.parts}
        return not here.isdisjoint(reading.parts)

    async def send(self, before: Before[OpenMatter], kind: str, fields: dict[str, Any], key: str) -> tuple[str, str]:
        """Do an act in a matter, or open one; return the matter and the act's id."""
        principal, key = before.principal, key or request_id(before.request)
        subject, body = before.opened.reading.id, body_of(self.kind, kind, fields)
        if subject == BEGINNING:
            known = self.begun_as(principal) if self.begun_as else None
            subject = known or subject_of(principal.person, self.kind, body, key)
        sent = await before.services.procedure.matters.act(
            principal, self.kind, kind, subject, body, key=key,
            request_id=request_id(before.request),
        )  # fmt: skip
        return sent.matter, sent.act_id

    def reason(self, language: Language, code: str) -> str:
        """Return what a code says to the person who wants to act here."""
        return reason_of(language, code)

    def refusal(self, language: Language, error: ProcedureError) -> str:
        """Return the sentence of a refusal here."""
        return refusal_in(language, error)

    def page_of(self, name: str) -> MatterPage:
        """Return a page as the list of tasks knows it."""
        page = self.pages[name]
        assert isinstance(page, MatterPage)
        return page


def body_of(matter: str, kind: str, fields: dict[str, Any]) -> BaseModel:
    """Return the content of an act from a form.

    Raises:
        MalformedForm: `malformed_form`, with every field that is wrong.
    """
    try:
        return KINDS[matter].bodies[kind].model_validate(fields)
    except ValidationError as error:
        raise malformed_form(error) from None


def tasks_of(language: Language, room: MatterRoom, reading: MatterReading) -> list[dict[str, object]]:
    """Return the reader's tasks in a matter, as a task list shows them."""
    pages = ((name, room.page_of(name)) for name in room.pages)
    return [
        _task(language, f"{room.path}/{reading.id}/{name}", page, reading)
        for name, page in pages
        if page.kind in reading.may and reading.may[page.kind] not in _NOBODYS | page.unlisted
    ]


def _task(language: Language, href: str, page: MatterPage, reading: MatterReading) -> dict[str, object]:
    barred, done = reading.may[page.kind], page.is_done(reading)
    status = (
        _DONE if done else _LATER if barred else _IF_NEEDED if page.is_optional or not page.is_due(reading) else _TO_DO
    )
    return {
        "name": sentence(language, page.name),
        "href": None if barred else href,
        "hint": reason_of(language, barred) if barred and not done else None,
        "status": sentence(language, status),
        "done": done,
    }


def awaits_reader(room: MatterRoom, reading: MatterReading) -> bool:
    """Whether something in a matter waits for its reader."""
    return awaited_page(room, reading) is not None


def awaited_page(room: MatterRoom, reading: MatterReading) -> MatterPage | None:
    """Return the first page on which somebody waits for the reader, None where nobody does."""
    pages = (room.page_of(name) for name in room.pages)
    return next((page for page in pages if _is_awaited(page, reading)), None)


def _is_awaited(page: MatterPage, reading: MatterReading) -> bool:
    barred = page.is_optional or reading.may.get(page.kind, "") is not None
    return not barred and page.is_due(reading) and not page.is_done(reading)


def routes_of(room: MatterRoom) -> APIRouter:
    """Return the routes of a room; they are included where the audience's own come from."""
    router = APIRouter(prefix=f"/{room.path.rpartition('/')[2]}")

    @router.get("", dependencies=[permission("list_matters")])
    async def list_(request: Request, principal: Someone, services: Serviced) -> Response:
        return await show_list(request, services, principal, room)

    @router.get("/{matter}", dependencies=[permission("read_matter")])
    async def matter(request: Request, matter: MatterId, principal: Someone, services: Serviced) -> Response:
        return await show_matter(request, services, principal, room, matter)

    @router.get("/{matter}/{act}", dependencies=[permission("read_matter")])
    async def form(request: Request, matter: MatterId, act: str, principal: Someone, services: Serviced) -> Response:
        return await show_act(request, services, principal, room, matter, act)

    @router.post("/{matter}/{act}", dependencies=[permission("act_in_matter")])
    async def send(request: Request, matter: MatterId, act: str, principal: Someone, services: Serviced) -> Response:
        return await take_act(request, services, principal, room, matter, act)

    return router


async def show_list(request: Request, services: Services, principal: Principal, room: MatterRoom) -> Response:
    """Show the matters of a room: what waits for the reader, what runs, what has ended."""
    every = await list_matters(services, principal, room.kind)
    listed = [one for one in every if room.holds(one.reading)]
    waiting = [one for one in listed if awaits_reader(room, one.reading)]
    running = [one for one in listed if one.reading.ended_at is None and one not in waiting]
    ended = [one for one in listed if one.reading.ended_at is not None and one not in waiting]
    language = language_of(request, remembered=True)
    return render(
        request,
        "matters/list.html",
        person=signed_in_bar(request, principal),
        room=room.path,
        home=room.path.rpartition("/")[0],
        title=sentence(language, room.title),
        intro=sentence(language, room.intro),
        own=room.own,
        opening=None if room.begun_as and listed else _opening(language, room, principal),
        beside=[(href, sentence(language, text)) for href, text in room.beside.items()],
        waiting=waiting,
        running=running,
        ended=ended,
        for_others=any(room.is_for_others(one.reading) for one in every),
        done="done" in request.query_params,
        receipt=await _receipt_shown(request, services, room.kind, request.query_params.get("left", "")),
    )


def _opening(language: Language, room: MatterRoom, principal: Principal) -> tuple[str, str] | None:
    """Return how a matter is opened here; nothing where the reader may open none, as an auditor may not."""
    if room.opening is None or not may_open(principal, room.kind):
        return None
    return sentence(language, room.page_of(room.opening).name), f"{room.path}/{BEGINNING}/{room.opening}"


async def show_matter(
    request: Request, services: Services, principal: Principal, room: MatterRoom, subject: str
) -> Response:
    """Show one matter: what it is about, the reader's part in it, its clocks, votes and history."""
    opened = await room.open(services, principal, subject)
    if opened.reading.id == BEGINNING:
        raise NotFound("unknown_matter", "There is no such matter.")
    language = language_of(request, remembered=True)
    return render(
        request,
        "matters/matter.html",
        person=signed_in_bar(request, principal),
        room=room.path,
        title=sentence(language, room.title),
        tasks=tasks_of(language, room, opened.reading),
        links=[(f"{room.path}/{subject}/{name}", sentence(language, text)) for name, text in room.links.items()],
        done="done" in request.query_params,
        receipt=await _receipt_shown(request, services, room.kind, subject),
        scans=await _scans(services, subject) if room.shows_scans else None,
        below=room.below,
        correcting=_correcting(principal, room, subject),
        **await room.more(services, principal, opened, language),
        **opened.context,
        **shared(language, opened),
    )


def _correcting(principal: Principal, room: MatterRoom, subject: str) -> str | None:
    """Return where an entry of a matter's history is corrected, None in a room whose people correct none."""
    audience = room.path.rpartition("/")[0]
    if audience not in _CORRECTING or not may_open(principal, "correction"):
        return None
    return f"{audience}/corrections/{BEGINNING}/propose-correction?stream={matter_stream(room.kind, subject)}"


def shared(language: Language, opened: OpenMatter) -> dict[str, Any]:
    """Return what the shared part is filled with that shows clocks, votes and history of a matter."""
    return {
        "needed": ballots_needed,
        "subject_title": lambda subject: subject_title(language, subject),
        "clock_title": lambda kind: clock_title(language, kind),
        "party_name": lambda party: party_name(language, party),
        "timeline_entries": timeline(language, opened.history, opened.names),
    }


async def _scans(services: Services, label_id: str) -> LabelScans:
    async with services.database.reading() as session:
        return await scan_counts.of_label(session, label_id, datetime.now(UTC))


async def _receipt_shown(request: Request, services: Services, kind: str, subject: str) -> Receipt | None:
    """Return the receipt of the act that led to this page, if it is recorded and belongs to this matter."""
    done = request.query_params.get("done", "")[:64]
    receipt = await services.procedure.receipt(done) if done else None
    return receipt if receipt and receipt.stream == matter_stream(kind, subject) else None
