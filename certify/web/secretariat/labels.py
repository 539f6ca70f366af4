"""Labels as the secretariat keeps them: surveillances, votes, notices, and the draw of a quarter."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from certify.accounts.matter_parts import MatterPart
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.register import label_draws, schemes
from certify.web.acting import typed_in
from certify.web.errors import status_of
from certify.web.language import language_of, marked
from certify.web.matters.label_pages import KEEPER, KIND, OWN
from certify.web.matters.matter_pages import MatterRoom, body_of, routes_of
from certify.web.matters.matter_reasons import refusal_in
from certify.web.people import Someone, request_id
from certify.web.permissions import permission
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.work import signed_in_bar
from schemas.errors import NotFound, ProcedureError
from schemas.scheme import BUILT_IN, Tier
from workflows.rules.label.sampling import quarter_of, sampled, seed_of

SCHEME = BUILT_IN.name
ROOM = MatterRoom(
    path="/secretariat/labels",
    kind=KIND,
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=marked("Labels"),
    intro=marked("Every label that lives, with what is due."),
    own=OWN,
    shows_scans=True,
    pages=KEEPER,
)
router = APIRouter()


@router.get("/labels/draw", dependencies=[permission("read_draws")])
async def draw(request: Request, principal: Someone, services: Serviced, quarter: str = "") -> Response:
    """Show which labels are looked at out of turn in a quarter."""
    return await _draw(request, services, principal, quarter or quarter_of(datetime.now(UTC)))


@router.post("/labels/draw", dependencies=[permission("open_extraordinary_surveillance")])
async def open_drawn(request: Request, principal: Someone, services: Serviced) -> Response:
    """Open the surveillance of one label that was drawn."""
    typed = await typed_in(request)
    label, quarter = typed.one("label"), typed.one("quarter")
    key = typed.one("idempotency_key") or request_id(request)
    try:
        body = body_of(KIND, "open_extraordinary_surveillance", {"cause": "sample", "quarter": quarter})
        await services.procedure.matters.act(
            principal, KIND, "open_extraordinary_surveillance", label, body, key=key, request_id=request_id(request)
        )
    except ProcedureError as error:
        errors = (("draw", refusal_in(language_of(request, remembered=True), error)),)
        shown = quarter or quarter_of(datetime.now(UTC))
        return await _draw(request, services, principal, shown, errors=errors, status=status_of(error))
    return RedirectResponse(f"{ROOM.path}/{label}", status_code=303)


async def _draw(
    request: Request,
    services: Services,
    principal: Principal,
    quarter: str,
    *,
    errors: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Response:
    permit(principal, "read_draws").require()
    language = language_of(request, remembered=True)
    try:
        async with services.database.reading() as session:
            scheme = await schemes.in_force(session, SCHEME)
            heads = {tier: await label_draws.heads(session, quarter, tier) for tier in Tier}
    except ValueError:
        raise NotFound("no_such_page", "There is no such page.") from None
    draws = [
        {
            "tier": scheme.texts.tiers[tier].name.in_language(language),
            "percent": scheme.rules.tiers[tier].surveillance.random_sample_percent,
            "pool": len(found),
            "seed": seed_of(quarter, tier, found),
            "drawn": sampled(quarter, tier, found, scheme.rules),
        }
        for tier, found in heads.items()
    ]
    return render(
        request,
        "secretariat/label_draw.html",
        status,
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        quarter=quarter,
        draws=draws,
        errors=errors,
        may_open=not errors,
    )


# After the routes above, whose addresses it would take for labels.
router.include_router(routes_of(ROOM))
