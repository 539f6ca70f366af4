"""A label to look at and to take away: picture, certificate, print sheet and the badge for a website."""

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.register.certificates import label_facts
from certify.web.conditional import as_stored
from certify.web.language import Language, language_of, marked, sentence
from certify.web.public import answers
from certify.web.public.lookup import (
    SCANNED,
    answer_for_number,
    answered,
    count_answer,
    granted,
    keep_for_a_minute,
)
from certify.web.public.views import READ, AnswerView, ScanView, answer_for, headline
from certify.web.rendering import render
from certify.web.scans import Way
from certify.web.services import PublicServiced, PublicServices
from labels.artwork import MIN_MODULE_MM, millimetres, png, svg
from labels.badge import WIDTH, Badge, badge_svg
from labels.layout import Form
from schemas.errors import NotFound
from schemas.label import LabelFacts
from schemas.label_number import MistypedNumber, parse_number

router = APIRouter()
SHEET = {Form.STANDARD: (MIN_MODULE_MM, 0.5, 0.75), Form.MINI: (MIN_MODULE_MM, 0.5, 0.75)}
"""Sizes of a module, in mm, at which the print sheet shows each form."""
_OTHER_SITE = marked("Shown on another site than the holder's: open the register")
_NO_SITE = marked("%(standing)s; its holder named no website")


@router.api_route("/{number}.badge.svg", methods=READ)
async def badge(request: Request, number: str, services: PublicServiced) -> Response:
    """Draw how a label stands now, for the website of its holder; on any other website it says so."""
    view = await answered(request, lambda: _by_number(request, services, number))
    count_answer(request, services, Way.BADGE, view)
    language = language_of(request)
    drawn = badge_svg(badge_of(view, language, answers.host_of(services.settings)))
    response = Response(drawn, answer_for(view).status, media_type="image/svg+xml")
    response.headers["Vary"] = "Referer, Accept-Language"
    response.headers["Content-Language"] = language
    # The one picture that other sites show: W3C Fetch, 3.7.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return keep_for_a_minute(response)


async def _by_number(request: Request, services: PublicServices, number: str) -> AnswerView:
    try:
        return await answer_for_number(request, services, parse_number(number))
    except MistypedNumber as slip:
        return answers.mistyped(number, slip)


def badge_of(view: AnswerView, language: Language, host: str) -> Badge:
    """Say what a badge says: how the label stands; in force, and yet on another site, only that.

    Where the holder named no website, a copy on any site would look like the holder's: it says so, and is not green.
    """
    answer, label = answer_for(view), view.label if isinstance(view, ScanView) else None
    said, tone, sign = headline(view, language), answer.tone, answer.icon
    if isinstance(view, ScanView) and label is not None and view.is_elsewhere and answer.tone == "good":
        if label.websites:
            said, tone, sign = sentence(language, _OTHER_SITE), "caution", "question"
        else:
            said, tone = sentence(language, _NO_SITE, standing=said), "unknown"
    return Badge(
        headline=said,
        tone=tone,
        sign=sign,
        product=f"{label.product} {label.version}" if label is not None else "",
        host=host,
        language=language,
    )


@router.api_route("/{number}.svg", methods=READ)
async def picture_svg(
    request: Request,
    number: str,
    services: PublicServiced,
    form: Form = Form.STANDARD,
    module_mm: float = MIN_MODULE_MM,
) -> Response:
    """Draw a label for print."""
    facts = await _facts(request, services, number)
    drawn = svg(facts, form=form, module_mm=module_mm, watermark="DEMO" if services.settings.demo else None)
    return Response(drawn, media_type="image/svg+xml", headers={**SCANNED, "Vary": "Accept-Language"})


@router.api_route("/{number}.png", methods=READ)
async def picture_png(
    request: Request, number: str, services: PublicServiced, form: Form = Form.STANDARD, module_pixels: int = 8
) -> Response:
    """Draw a label as a picture."""
    facts = await _facts(request, services, number)
    drawn = png(facts, form=form, module_pixels=module_pixels, watermark="DEMO" if services.settings.demo else None)
    return Response(drawn, media_type="image/png", headers={**SCANNED, "Vary": "Accept-Language"})


@router.api_route("/{number}.pdf", methods=READ)
async def certificate(request: Request, number: str, services: PublicServiced) -> Response:
    """Give out the certificate as the signer made it at issue."""
    language = language_of(request)
    try:
        label = await granted(services, number)
    except NotFound:
        return render(request, "public/certificate_awaited.html", 404, label_id=parse_number(number))
    stored = await services.published_of(label.issued.id, f"certificate.{language}.pdf")
    if stored is None:
        return render(request, "public/certificate_awaited.html", 404, label_id=label.issued.id)
    name = f"certificate-{label.issued.id}-{language}.pdf"
    disposition = {"Content-Disposition": f'inline; filename="{name}"', "Vary": "Accept-Language"}
    return as_stored(request, stored, "application/pdf", {**SCANNED, **disposition})


@router.api_route("/{number}/print", methods=READ)
async def print_sheet(request: Request, number: str, services: PublicServiced) -> Response:
    """Show both forms at several sizes, to print and cut out, and what to put on a website."""
    facts = await _facts(request, services, number)
    sizes = [
        (form, module, *millimetres(facts, form=form, module_mm=module)) for form in Form for module in SHEET[form]
    ]
    return render(
        request,
        "public/print.html",
        facts=facts,
        sizes=sizes,
        smallest=MIN_MODULE_MM,
        snippet=snippet_of(facts),
    )


def snippet_of(facts: LabelFacts) -> str:
    """Return what a holder puts into a page: the badge, which leads to the register and tells it the page's origin."""
    address = f"{facts.url}/{facts.id}"
    words = sentence(facts.language, marked("Label of %(product)s"), product=f"{facts.product} {facts.version}")
    alt = escape(words, quote=True)
    return (
        f'<a href="{address}" referrerpolicy="origin"><img src="{address}.badge.svg?lang={facts.language}"'
        f' width="{WIDTH}" alt="{alt}" referrerpolicy="origin"></a>'
    )


async def _facts(request: Request, services: PublicServices, number: str) -> LabelFacts:
    return label_facts(await granted(services, number), services.settings, language_of(request))
