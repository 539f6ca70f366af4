"""The methods, to take away: every adopted scheme by its digest, and a checklist for each of its tiers (II-2.5)."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certify.register import schemes
from certify.web.language import LANGUAGES, language_of
from certify.web.public import checklist
from certify.web.public.views import READ
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from schemas.scheme import Scheme, Tier
from schemas.scheme_writing import as_yaml

router = APIRouter()
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""What is addressed by its own digest never changes."""
_FOR_A_WHILE = {"Cache-Control": "public, max-age=60"}


@router.api_route("/scheme/download", methods=READ)
async def versions(request: Request, services: Serviced) -> Response:
    """List every version ever adopted, with what can be taken of it."""
    async with services.database.reading() as session:
        adopted = await schemes.every(session)
    return render(
        request, "public/methods.html", adopted=adopted, tiers=tuple(Tier), languages=tuple(LANGUAGES.items())
    )


@router.api_route("/scheme/{digest}/scheme.json", methods=READ)
async def canonical(digest: str, services: Serviced) -> Response:
    """Give out a version as the very bytes its digest is taken of (RFC 8785)."""
    async with services.database.reading() as session:
        record = await schemes.record_of(session, digest)
    headers = _attached(record.parsed, "scheme", "json")
    return Response(record.content.encode(), media_type="application/json", headers={**headers, **_FOR_EVER})


@router.api_route("/scheme/{digest}/scheme.yaml", methods=READ)
async def source(digest: str, services: Serviced) -> Response:
    """Give out a version as YAML, which `certify scheme check` takes in a folder of its own."""
    scheme = await _pinned(services, digest)
    headers = _attached(scheme, "scheme", "yaml")
    return Response(as_yaml(scheme), media_type="application/yaml", headers={**headers, **_FOR_A_WHILE})


@router.api_route("/scheme/{digest}/checklist/{tier}.md", methods=READ)
async def markdown(request: Request, digest: str, tier: str, services: Serviced) -> Response:
    """Give out a tier's checklist as a text with boxes to tick."""
    scheme, of, language = await _pinned(services, digest), _tier(tier), language_of(request)
    text = checklist.as_markdown(scheme, of, language)
    headers = _attached(scheme, f"checklist-{of}-{language}", "md")
    return Response(text, media_type="text/markdown", headers={**headers, **_FOR_A_WHILE, **_by_language(language)})


@router.api_route("/scheme/{digest}/checklist/{tier}.csv", methods=READ)
async def table(request: Request, digest: str, tier: str, services: Serviced) -> Response:
    """Give out a tier's checklist for spreadsheets."""
    scheme, of, language = await _pinned(services, digest), _tier(tier), language_of(request)
    content = checklist.as_table(scheme, of, language)
    headers = _attached(scheme, f"checklist-{of}-{language}", "csv")
    return Response(content, media_type="text/csv", headers={**headers, **_FOR_A_WHILE, **_by_language(language)})


@router.api_route("/scheme/{digest}/checklist/{tier}", methods=READ)
async def page(request: Request, digest: str, tier: str, services: Serviced) -> Response:
    """Show a tier's checklist, to print."""
    scheme, of, language = await _pinned(services, digest), _tier(tier), language_of(request)
    return render(
        request,
        "public/checklist.html",
        scheme=scheme,
        tier=of,
        title=checklist.title_of(scheme, of, language),
        lines=checklist.checklist(scheme, of, language),
    )


async def _pinned(services: Services, digest: str) -> Scheme:
    async with services.database.reading() as session:
        return await schemes.pinned(session, digest)


def _tier(name: str) -> Tier:
    if name not in set(Tier):
        raise HTTPException(404, "There is no such page.")
    return Tier(name)


def _attached(scheme: Scheme, what: str, suffix: str) -> dict[str, str]:
    name = quote(f"{scheme.rules.id}-{scheme.rules.version}-{what}.{suffix}", safe="")
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}


def _by_language(language: str) -> dict[str, str]:
    return {"Content-Language": language, "Vary": "Accept-Language"}
