"""How the label of a case would look, for the applicant alone: watermarked, unsigned, with a number of no label."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.accounts.principal import Principal
from certify.register import holder_images
from certify.register.certificates import preview_facts
from certify.web.applicant.room import ROOM
from certify.web.casework import OpenCase
from certify.web.language import language_of
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.services import Serviced, Services
from labels.artwork import png, svg
from labels.certificate.document import document
from labels.layout import Form
from schemas.certificate import CertificateFacts
from schemas.identifiers import Identifier

router = APIRouter()


@router.get("/{application}/label-preview.svg", dependencies=[permission("read_case")])
async def preview_svg(
    request: Request, application: Identifier, principal: Someone, services: Serviced, form: Form = Form.STANDARD
) -> Response:
    """Draw the label as it would be printed."""
    facts = await _facts(request, services, principal, application)
    return Response(svg(facts.label, form=form), media_type="image/svg+xml")


@router.get("/{application}/label-preview.png", dependencies=[permission("read_case")])
async def preview_png(
    request: Request, application: Identifier, principal: Someone, services: Serviced, form: Form = Form.STANDARD
) -> Response:
    """Draw the label as it would be shown."""
    facts = await _facts(request, services, principal, application)
    return Response(png(facts.label, form=form), media_type="image/png")


@router.get("/{application}/label-preview.pdf", dependencies=[permission("read_case")])
async def preview_pdf(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Set the certificate, not signed and without a token."""
    opened = await ROOM.open(services, principal, application)
    facts, now = _facts_of(request, services, opened), datetime.now(UTC).replace(microsecond=0)
    async with services.database.reading() as session:
        digest = await holder_images.chosen(session, opened.case.lodged.organisation)
        image = await holder_images.printed(session, digest, preview_of=application)
    made = await asyncio.to_thread(document, facts, at=now, holder_image=image)
    disposition = {"Content-Disposition": 'inline; filename="label-preview.pdf"'}
    return Response(made, media_type="application/pdf", headers=disposition)


async def _facts(request: Request, services: Services, principal: Principal, application: str) -> CertificateFacts:
    return _facts_of(request, services, await ROOM.open(services, principal, application))


def _facts_of(request: Request, services: Services, opened: OpenCase) -> CertificateFacts:
    language = language_of(request, remembered=True)
    return preview_facts(opened.case, opened.scheme, services.settings, language, datetime.now(UTC))
