"""The label in the formats of others: signed files as they were made at issue, and JSON-LD of the present standing."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certify.register.attested import attestation_of
from certify.web.conditional import as_stored
from certify.web.language import language_of
from certify.web.public.export_files import EXPORTS, Export
from certify.web.public.lookup import granted
from certify.web.public.views import READ
from certify.web.services import PublicServiced, PublicServices
from certify.web.standing import present_standing
from labels.exports.schema_org import certification_jsonld

router = APIRouter()
_KEPT = {"Cache-Control": "public, max-age=60"}


@router.api_route("/{number}.vc.jwt", methods=READ)
async def open_badge(request: Request, number: str, services: PublicServiced) -> Response:
    """Give out the Open Badge as it was signed at issue."""
    return await _as_published(request, services, number, EXPORTS["vc.jwt"])


@router.api_route("/{number}.dcc.jwt", methods=READ)
async def conformity_credential(request: Request, number: str, services: PublicServiced) -> Response:
    """Give out the conformity credential as it was signed at issue."""
    return await _as_published(request, services, number, EXPORTS["dcc.jwt"])


@router.api_route("/{number}.cose", methods=READ)
async def certificate(request: Request, number: str, services: PublicServiced) -> Response:
    """Give out the full certificate as it was signed at issue."""
    return await _as_published(request, services, number, EXPORTS["cose"])


@router.api_route("/{number}.jsonld", methods=READ)
async def json_ld(request: Request, number: str, services: PublicServiced) -> Response:
    """Tell search engines what was certified, and whether it is in force now."""
    language, label = language_of(request), await granted(services, number)
    standing = await present_standing(services, label.issued.id, datetime.now(UTC))
    document = certification_jsonld(attestation_of(label, services.settings, language), standing)
    headers = {**_KEPT, "Vary": "Accept-Language", "Content-Language": language}
    return Response(document, media_type="application/ld+json", headers=headers)


async def _as_published(request: Request, services: PublicServices, number: str, export: Export) -> Response:
    label = await granted(services, number)
    content = await services.published_of(label.issued.id, export.file)
    if content is None:
        raise HTTPException(404, "There is no such file of this label.")
    return as_stored(request, content, export.media_type, _KEPT)
