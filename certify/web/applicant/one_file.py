"""One file for several requirements: sent once, ticked for what it shows, and offered once for each type ticked."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.principal import Principal
from certify.web.act_pages import Before, Typed, show_act
from certify.web.applicant.acts import FILE_DESCRIPTION, OFFER, offered
from certify.web.applicant.evidence import lacking, received
from certify.web.applicant.room import ROOM
from certify.web.casework import OpenCase
from certify.web.errors import status_of
from certify.web.language import Language, language_of, marked, sentence
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.requirements import checklist
from certify.web.services import Serviced, Services
from certify.web.uploads import UNBOUNDED
from certify.web.work import send, signed_in_bar
from schemas.errors import ProcedureError
from schemas.evidence import EvidenceItem
from schemas.identifiers import Identifier

router = APIRouter()
AS = "as-"
"""Field names of the ticks begin with this; the criterion follows, the values are types of evidence."""
_OF_THE_FILE = {name: words for name, words in OFFER.required.items() if name not in {"type", "criteria"}}
_NOTHING_TICKED = marked("Tick at least one requirement that the file shows.")


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """The ticks of one requirement: the types of evidence as which the file may show it, and its words."""

    name: str
    title: str
    requirement: str
    types: tuple[tuple[str, str], ...]
    is_missing: bool


@router.get("/{application}/one-file", dependencies=[permission("read_case")])
async def ask(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show the requirements of a case with the types of evidence that each of them takes."""
    opened = await ROOM.open(services, principal, application)
    if opened.reading.may[OFFER.kind] is not None:
        return await show_act(request, services, principal, ROOM, application, "offer-evidence")
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=Typed())
    return _form(before)


@router.post("/{application}/one-file", max_body_size=UNBOUNDED, dependencies=[permission("offer_evidence")])
async def offer(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Take a file once and offer it for all that was ticked; what was offered before a refusal stays offered."""
    opened = await ROOM.open(services, principal, application)
    if opened.reading.may[OFFER.kind] is not None:
        return await show_act(request, services, principal, ROOM, application, "offer-evidence")
    typed, failure = await received(request, services, application)
    before = Before(request=request, services=services, principal=principal, opened=opened, typed=typed)
    language = language_of(request, remembered=True)
    if failure is not None:
        return _form(before, (("file", refusal_in(language, failure)),), failure)
    missing = _missing(language, before)
    if missing:
        return _form(before, missing)
    try:
        act_id = await _offer_each(request, services, principal, before)
    except ProcedureError as error:
        now = await _as_it_stands(before)
        return _form(now, (("main-content", refusal_in(language, error)),), error)
    return RedirectResponse(f"{ROOM.path}/{application}" + (f"?done={act_id}" if act_id else ""), status_code=303)


def ticked(opened: OpenCase, typed: Typed) -> dict[str, tuple[str, ...]]:
    """Return the criteria ticked by type of evidence, in the scheme's order."""
    chosen = {criterion: typed.all(f"{AS}{criterion}") for criterion in opened.scheme.rules.criteria}
    by_type = {
        kind: tuple(sorted(criterion for criterion, kinds in chosen.items() if kind in kinds))
        for kind in opened.scheme.rules.evidence_types
    }
    return {kind: criteria for kind, criteria in by_type.items() if criteria}


def _missing(language: Language, before: Before) -> tuple[tuple[str, str], ...]:
    ticks = ticks_of(language, before.opened)
    nothing = () if ticked(before.opened, before.typed) else ((ticks[0].name, sentence(language, _NOTHING_TICKED)),)
    return (*nothing, *lacking(before, _OF_THE_FILE))


async def _offer_each(request: Request, services: Services, principal: Principal, before: Before) -> str:
    """Offer the file as each type ticked, and return the id of the last act; what stands already is not done again."""
    typed, application, act_id = before.typed, before.opened.reading.id, ""
    for kind, criteria in ticked(before.opened, typed).items():
        if _stands(before.opened.reading.evidence, typed, kind, criteria):
            continue
        key = f"{typed.one('idempotency_key')}-{kind}"
        fields = {**offered(typed), "type": kind, "criteria": criteria, "idempotency_key": key}
        act_id = (await send(request, services, principal, OFFER.kind, application, fields)).act_id
    return act_id


def _stands(evidence: tuple[EvidenceItem, ...], typed: Typed, kind: str, criteria: tuple[str, ...]) -> bool:
    sought = (typed.one("file_name"), typed.one("digest"), kind, criteria)
    return sought in {(item.file, item.digest, item.type, tuple(sorted(item.criteria))) for item in evidence}


async def _as_it_stands(before: Before) -> Before:
    opened = await ROOM.open(before.services, before.principal, before.opened.reading.id)
    return Before(
        request=before.request,
        services=before.services,
        principal=before.principal,
        opened=opened,
        typed=before.typed,
    )


def ticks_of(language: Language, opened: OpenCase) -> tuple[Ticks, ...]:
    """Return every requirement that can be shown, what is missing first."""
    listed = checklist(opened.reading)
    shown = [one.criterion for one in (*listed.mandatory, *listed.recommended)]
    texts, types = opened.scheme.texts.criteria, opened.scheme.texts.evidence_types
    ticks = [
        Ticks(
            name=f"{AS}{one}",
            title=f"{texts[one].title.in_language(language)} ({one})",
            requirement=texts[one].requirement.in_language(language),
            types=tuple(
                (kind, types[kind].in_language(language)) for kind in opened.scheme.rules.criteria[one].evidence
            ),
            is_missing=one in opened.reading.missing,
        )
        for one in shown
    ]
    return tuple(sorted(ticks, key=lambda one: not one.is_missing))


def _form(before: Before, errors: tuple[tuple[str, str], ...] = (), error: ProcedureError | None = None) -> Response:
    language = language_of(before.request, remembered=True)
    context: Mapping[str, object] = {**before.opened.context, **FILE_DESCRIPTION}
    return render(
        before.request,
        "applicant/one_file.html",
        status_of(error) if error else 422 if errors else 200,
        person=signed_in_bar(before.request, before.principal),
        room=ROOM.path,
        action=f"{ROOM.path}/{before.opened.reading.id}/one-file",
        key=str(uuid7()),
        typed=before.typed,
        ticks=ticks_of(language, before.opened),
        errors=errors,
        code=error.code if error else None,
        **context,
    )
