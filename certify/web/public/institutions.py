"""The institutions as everybody may know them: seats and terms; names only of those who agreed (Code, II-2.3)."""

import asyncio
from datetime import UTC, date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.procedure.matters import vault_key
from certify.register import institutions, people
from certify.web.language import Language, language_of, sentence
from certify.web.matters.institution_words import BODIES, PURPOSES, SECTORS
from certify.web.public.body_views import BodyRow, GroupRow, ReportRow
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from schemas.errors import NotFound
from schemas.evidence import TextRef
from schemas.institution import ROLE_IN, THE_BODY, Body, Institution, Office, WorkingGroup
from schemas.people import InstitutionFacts
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.seats import day_of, members_on, substitutes_on

router = APIRouter()


@router.get("/institutions")
async def show(request: Request, services: Serviced) -> Response:
    """Show who decides, who hears appeals and who watches over impartiality, by seats."""
    language, today = language_of(request), day_of(datetime.now(UTC))
    async with services.database.reading() as session:
        state, seated = await institutions.find(session), await institutions.facts(session)
    if state is None:
        bodies = [await _by_roles(services, body, language, seated) for body in Body]
        return render(request, "public/institutions.html", bodies=bodies, groups=(), reports=())
    rows = [await _body(services, state, body, language, today, seated) for body in Body]
    reports = await asyncio.gather(*(_text(services, one.text) for one in state.reports))
    return render(
        request,
        "public/institutions.html",
        bodies=rows,
        groups=[_group(one, language) for one in state.groups],
        reports=[
            ReportRow(year=one.year, text=text)
            for one, text in zip(state.reports, reports, strict=True)
            if text is not None
        ],
    )


async def _by_roles(services: Services, body: Body, language: Language, seated: InstitutionFacts) -> BodyRow:
    if body == Body.IMPARTIALITY_COMMITTEE:
        async with services.database.reading() as session:
            held = len(await people.serving(session, ROLE_IN[body]))
    else:
        held = len(seated.commission if body == Body.COMMISSION else seated.appeal_pool)
    return BodyRow(name=sentence(language, BODIES[body]), elected=False, held=held)


async def _body(
    services: Services, state: Institution, body: Body, language: Language, today: date, seated: InstitutionFacts
) -> BodyRow:
    if not state.is_elected(body, today):
        return await _by_roles(services, body, language, seated)
    members = members_on(state, body, today)
    texts = await asyncio.gather(
        *(_text(services, state.names[one.person]) for one in members if one.person in state.names)
    )
    return BodyRow(
        name=sentence(language, BODIES[body]),
        elected=True,
        seats=state.sizes[body],
        held=len(members),
        vacant=max(state.sizes[body] - len(members), 0),
        substitutes=len(substitutes_on(state, body, today)),
        has_chair=any(one.office == Office.CHAIR for one in members) if body == Body.COMMISSION else None,
        until=max((one.until for one in members), default=None),
        names=tuple(sorted(name for name in texts if name is not None)),
    )


def _group(group: WorkingGroup, language: Language) -> GroupRow:
    return GroupRow(
        name=group.name,
        purpose=sentence(language, PURPOSES[group.purpose]),
        inside=len(group.members),
        outside=tuple((one.organisation, sentence(language, SECTORS[one.sector])) for one in group.outside),
    )


async def _text(services: Services, ref: TextRef) -> str | None:
    try:
        return await services.vault.text(vault_key(INSTITUTION.name, THE_BODY), ref)
    except NotFound:
        # A text that the store lost hides nothing else.
        return None
