"""The label in the formats of others: signed files as they were made at issue, and JSON-LD of the present standing."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certify.register.attested import attestation_of
from certify.web.language import language_of
from certify.web.public.export_files import EXPORTS, Export
from certify.web.public.lookup import granted
from certify.web.services import Serviced, Services
from certify.web.standing import present_standing
from labels.exports.schema_org import certification_jsonld

router = APIRouter()
_KEPT = {"Cache-Control": "public, max-age=60"}


@router.get("/{number}.vc.jwt")
async def open_badge(number: str, services: Serviced) -> Response:
    """Give out the Open Badge as it was signed at issue."""
    return await _as_published(services, number, EXPORTS["vc.jwt"])


@router.get("/{number}.dcc.jwt")
async def conformity_credential(number: str, services: Serviced) -> Response:
    """Give out the conformity credential as it was signed at issue."""
    return await _as_published(services, number, EXPORTS["dcc.jwt"])


@router.get("/{number}.cose")
async def certificate(number: str, services: Serviced) -> Response:
    """Give out the full certificate as it was signed at issue."""
    return await _as_published(services, number, EXPORTS["cose"])


@router.get("/{number}.jsonld")
async def json_ld(request: Request, number: str, services: Serviced) -> Response:
    """Tell search engines what was certified, and whether it is in force now."""
    language, label = language_of(request), await granted(services, number)
    standing = await present_standing(services, label.issued.id, datetime.now(UTC))
    document = certification_jsonld(attestation_of(label, services.settings, language), standing)
    headers = {**_KEPT, "Vary": "Accept-Language", "Content-Language": language}
    return Response(document, media_type="application/ld+json", headers=headers)


async def _as_published(services: Services, number: str, export: Export) -> Response:
    label = await granted(services, number)
    content = await services.published_of(label.issued.id, export.file)
    if content is None:
        raise HTTPException(404, "There is no such file of this label.")
    return Response(content, media_type=export.media_type, headers=_KEPT)
