"""The label in the formats of others: signed files as they were made at issue, and JSON-LD of the present standing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certify.config import Settings
from certify.register import labels, schemes
from certify.register.labels import LabelRecord
from certify.web.language import Language, language_of, marked, sentence
from certify.web.public.attested import attestation_of
from certify.web.public.published import is_published, published_file
from certify.web.rendering import Link
from certify.web.services import Serviced, Services
from labels.exports.schema_org import certification_jsonld
from schemas.label_number import MistypedNumber, parse_number
from schemas.scheme import Scheme

router = APIRouter()
_KEPT = {"Cache-Control": "public, max-age=60"}


@dataclass(frozen=True, kw_only=True)
class _Export:
    """A file of the published folder: its name there, its media type, and what people read of it."""

    file: str
    media_type: str
    text: str


_EXPORTS: Mapping[str, _Export] = {
    "vc.jwt": _Export(
        file="open-badge.jwt", media_type="application/vc+jwt", text=marked("For wallets (Open Badge, signed)")
    ),
    "dcc.jwt": _Export(
        file="conformity.jwt",
        media_type="application/vc+jwt",
        text=marked("For supply chains (conformity credential, signed)"),
    ),
    "cose": _Export(
        file="certificate.cose",
        media_type='application/cose; cose-type="cose-sign1"',  # RFC 9052, 2
        text=marked("The full certificate for programs (COSE, signed)"),
    ),
}


def links(label_id: str, settings: Settings, language: Language) -> tuple[Link, ...]:
    """Return links to the exports there are of a label; the signed ones once they are published."""
    assert settings.published_folder is not None
    found = [
        Link(text=sentence(language, export.text), href=f"/{label_id}.{suffix}")
        for suffix, export in _EXPORTS.items()
        if is_published(label_id, export.file, folder=settings.published_folder)
    ]
    json_ld = sentence(language, marked("For search engines (JSON-LD)"))
    return (Link(text=json_ld, href=f"/{label_id}.jsonld"), *found)


@router.get("/{number}.vc.jwt")
async def open_badge(number: str, services: Serviced) -> Response:
    """Give out the Open Badge as it was signed at issue."""
    return await _as_published(services, number, _EXPORTS["vc.jwt"])


@router.get("/{number}.dcc.jwt")
async def conformity_credential(number: str, services: Serviced) -> Response:
    """Give out the conformity credential as it was signed at issue."""
    return await _as_published(services, number, _EXPORTS["dcc.jwt"])


@router.get("/{number}.cose")
async def certificate(number: str, services: Serviced) -> Response:
    """Give out the full certificate as it was signed at issue."""
    return await _as_published(services, number, _EXPORTS["cose"])


@router.get("/{number}.jsonld")
async def json_ld(request: Request, number: str, services: Serviced) -> Response:
    """Tell search engines what was certified, and whether it is in force now."""
    language = language_of(request)
    row, scheme = await _known(services, number)
    attestation = attestation_of(row, scheme, services.settings, language)
    document = certification_jsonld(attestation, row.standing_at(datetime.now(UTC)))
    headers = {**_KEPT, "Vary": "Accept-Language", "Content-Language": language}
    return Response(document, media_type="application/ld+json", headers=headers)


async def _as_published(services: Services, number: str, export: _Export) -> Response:
    row, _ = await _known(services, number)
    assert services.settings.published_folder is not None
    content = published_file(row.id, export.file, folder=services.settings.published_folder)
    if content is None:
        raise HTTPException(404, "There is no such file of this label.")
    return Response(content, media_type=export.media_type, headers=_KEPT)


async def _known(services: Services, number: str) -> tuple[LabelRecord, Scheme]:
    """Return a label of the directory: a file of one that is not recorded yet is nobody's to read."""
    try:
        label_id = parse_number(number)
    except MistypedNumber:
        raise HTTPException(404, "There is no such label.") from None
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
        if row is None:
            raise HTTPException(404, "There is no such label.")
        return row, await schemes.pinned(session, row.public_facts.scheme.digest)
