"""What the public may know of everything at once: cases, times kept, outcomes, labels, participants (no names)."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from certify.register import schemes
from certify.register.statistics import Statistics, StepFigures
from certify.web.language import Language, marked, sentence
from certify.web.public.views import READ
from certify.web.rendering import render
from certify.web.services import Serviced, Services
from certify.web.standing import figures
from schemas.errors import NotFound
from schemas.scheme import BUILT_IN, Scheme, Tier
from schemas.stages import Stage
from workflows.rules.case.timeliness import Step

router = APIRouter()
_STEPS = {
    Step.APPLICATION_REVIEW: marked("Review of the application"),
    Step.EVALUATION: marked("Evaluation"),
    Step.DECISION: marked("Decision"),
}


@router.api_route("/statistics", methods=READ)
async def statistics(request: Request, services: Serviced) -> Response:
    """Show the figures; where nothing has happened yet, they are 0."""
    found = await figures(services, datetime.now(UTC))
    response = render(
        request,
        "public/statistics.html",
        found=found,
        scheme=await _in_force(services),
        tiers=tuple(Tier),
        under_way=[stage for stage in Stage if not stage.is_final],
        ended=[stage for stage in Stage if stage.is_final],
        steps=_by_step(found),
        step_in=_step_in,
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


async def _in_force(services: Services) -> Scheme | None:
    """Return the scheme whose words name tiers, roles and criteria; None before the first is adopted."""
    try:
        async with services.database.reading() as session:
            return await schemes.in_force(session, BUILT_IN.name)
    except NotFound:
        return None


def _by_step(found: Statistics) -> dict[Step, list[StepFigures]]:
    return {step: [one for one in found.cases.times if one.step == step] for step in Step}


def _step_in(language: Language, step: Step) -> str:
    return sentence(language, _STEPS[step])
