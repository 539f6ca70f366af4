"""The guided tour of the demonstration, ticked by what really happened."""

from collections.abc import Sequence

from fastapi import Request

from certify.register import cases, labels
from certify.web.language import language_of, marked, sentence
from certify.web.public.views import TourStep
from certify.web.services import Services
from schemas.case import Case

_STEPS = (
    (marked("An organisation lodges an application for one version of one AI system"), "/sign-in"),
    (marked("It hands in evidence, and the manifest is frozen"), "/applicant"),
    (marked("Independent experts review it, blind to each other"), "/reviewer"),
    (marked("The Commission decides by ballot"), "/commission"),
    (marked("A signed label with a QR code is issued"), "/labels"),
)
_SCAN = marked("Scan the label, and see whether it stands")


async def steps(request: Request, services: Services) -> tuple[TourStep, ...]:
    """Return the steps of the tour, none outside the demonstration."""
    if not services.settings.demo:
        return ()
    async with services.database.reading() as session:
        found = await cases.every(session)
        issued = await labels.directory(session)
    language = language_of(request)
    done = _done(found)
    listed = [
        TourStep(text=sentence(language, text), href=href, done=reached)
        for (text, href), reached in zip(_STEPS, done, strict=True)
    ]
    scan = TourStep(text=sentence(language, _SCAN), href=f"/{issued[0].id}" if issued else None)
    return (*listed, scan)


def _done(found: Sequence[Case]) -> tuple[bool, ...]:
    return (
        bool(found),
        any(case.manifest is not None for case in found),
        any(case.results for case in found),
        any(case.decision is not None for case in found),
        any(case.label is not None for case in found),
    )
