"""The self-check for programs: answers in, what they lead to out; without an account, and nothing of it is kept."""

from typing import Annotated

from fastapi import APIRouter, Response

from certify.register import schemes
from certify.web.api.acts import PROBLEM
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.permissions import public
from certify.web.services import Serviced
from schemas.identifiers import Name
from schemas.self_check import SelfCheck, SelfCheckAnswers
from workflows.rules.self_check import self_check

router = APIRouter(tags=["public"], route_class=GatedRoute)
ANSWERS_MAX = 256 * 1024
"""Bytes, in which every sentence at its longest still fits as `\\u` escapes; anyone may send them."""


@router.post(
    "/self-check",
    operation_id="self_check",
    summary="See what answers would lead to",
    responses={status: PROBLEM[status] for status in (404, 413, 422, 429)},
    max_body_size=ANSWERS_MAX,
    dependencies=[public(counts="unsigned_act")],
)
async def check(
    body: Annotated[SelfCheckAnswers, AS_JSON], services: Serviced, response: Response, scheme: Name = "ai-ethics-code"
) -> SelfCheck:
    """Compute tier, requirements, times and fee by the scheme in force. Public; nothing of it is stored or logged."""
    async with services.database.reading() as session:
        in_force = await schemes.in_force(session, scheme)
    response.headers["Cache-Control"] = "no-store"
    return self_check(in_force, body)
