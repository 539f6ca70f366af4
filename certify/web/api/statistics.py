"""The statistics for programs; without an account."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response

from certify.register.statistics import Statistics
from certify.web.api.acts import PROBLEM
from certify.web.permissions import public
from certify.web.services import Serviced
from certify.web.standing import figures

router = APIRouter(tags=["public"])


@router.get(
    "/statistics",
    operation_id="read_statistics",
    summary="Read the figures about all cases and labels",
    responses={429: PROBLEM[429]},
    dependencies=[public()],
)
async def statistics(services: Serviced, response: Response) -> Statistics:
    """Read cases by stage and tier, times kept, labels by standing, participants by role. Public; names nobody."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return await figures(services, datetime.now(UTC))
