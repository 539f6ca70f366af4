"""The guided tour of the demonstration, ticked by what really happened."""

from collections.abc import Sequence

from fastapi import Request

from certify.register import cases, labels
from certify.web.language import language_of, marked, sentence
from certify.web.public.views import TourStep
from certify.web.services import Services
from schemas.case import Case

_APPLICANT = marked("(sign in as the applicant)")
_EXPERT = marked("(sign in as an expert reviewer)")
_MEMBER = marked("(sign in as a member of the Commission)")
_STEPS = (
    (marked("An organisation lodges an application for one version of one AI system"), "/applicant", _APPLICANT),
    (marked("It hands in evidence, and the manifest is frozen"), "/applicant", _APPLICANT),
    (marked("Independent experts review it, blind to each other"), "/reviewer", _EXPERT),
    (marked("The Commission decides by ballot"), "/commission", _MEMBER),
    (marked("A signed label with a QR code is issued"), "/labels", None),
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
        TourStep(text=sentence(language, text), href=href, done=reached, who=who and sentence(language, who))
        for (text, href, who), reached in zip(_STEPS, done, strict=True)
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
