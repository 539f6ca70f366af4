"""What labels have beside their acts: files of surveillances, and the draw of a quarter."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from certify.accounts.policy import permit
from certify.procedure.label_files import require_offering
from certify.register import label_draws, matters, schemes
from certify.web.api.acts import PROBLEM
from certify.web.api.evidence import Uploaded, sha256_of, taken
from certify.web.downloads import item_of_label
from certify.web.people import Someone, still_signed_in
from certify.web.permissions import permission
from certify.web.services import Serviced
from certify.web.uploads import UNBOUNDED, room_left
from schemas.identifiers import Digest, ItemId
from schemas.label import LabelId
from schemas.label_facts import Quarter
from schemas.label_life import LabelLife
from schemas.scheme import BUILT_IN, Tier
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.sampling import sampled, seed_of

router = APIRouter(tags=["labels"], responses=PROBLEM)
SCHEME = BUILT_IN.name


class Draw(BaseModel):
    """The draw among the labels of a tier in a quarter; from `heads` anyone draws it again.

    Attributes:
        percent: the tier's share, rounded up to whole labels.
        heads: digest of the last entry before the quarter of each label, by label.
        seed: digest of quarter, tier and heads.
        drawn: the labels in the sample, sorted.
    """

    quarter: Quarter
    tier: Tier
    percent: int
    heads: dict[LabelId, Digest]
    seed: Digest
    drawn: tuple[LabelId, ...]


@router.get(
    "/surveillance-draws/{quarter}",
    operation_id="read_surveillance_draw",
    summary="Read which labels of each tier are looked at out of turn in a quarter",
    dependencies=[permission("read_draws")],
)
async def draws(quarter: Quarter, principal: Someone, services: Serviced) -> list[Draw]:
    """Draw again what the record gives for a quarter."""
    permit(principal, "read_draws").require()
    async with services.database.reading() as session:
        rules = (await schemes.in_force(session, SCHEME)).rules
        found = {tier: await label_draws.heads(session, quarter, tier) for tier in Tier}
    return [
        Draw(
            quarter=quarter,
            tier=tier,
            percent=rules.tiers[tier].surveillance.random_sample_percent,
            heads=heads,
            seed=seed_of(quarter, tier, heads),
            drawn=sampled(quarter, tier, heads, rules),
        )
        for tier, heads in found.items()
    ]


@router.post(
    "/labels/{label}/files",
    operation_id="upload_label_file",
    summary="Upload a file before offering it as fresh evidence",
    max_body_size=UNBOUNDED,
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {}}}}},
    dependencies=[permission("offer_fresh_evidence")],
)
async def upload(
    label: LabelId,
    request: Request,
    principal: Someone,
    services: Serviced,
    content_digest: Annotated[str | None, Header(description="RFC 9530, `sha-256=:…:`")] = None,
) -> Uploaded:
    """Stream a file in, beside the evidence of the label's case."""
    require_offering(await services.procedure.matters.read(principal, LABEL.name, label))
    async with services.database.reading() as session:
        application = (await matters.get(session, LabelLife, LABEL.name, label)).application
    expected = sha256_of(content_digest)
    room = await room_left(services, application)
    async with still_signed_in(request):
        received = await services.reception.take_in(application, request.stream(), max_bytes=room)
    return await taken(services, application, received, expected)


@router.get(
    "/labels/{label}/evidence/{item}",
    operation_id="download_label_evidence",
    response_class=StreamingResponse,
    summary="Download one item that a label rests on",
    dependencies=[permission("read_label_evidence")],
)
async def download(label: LabelId, item: ItemId, request: Request, principal: Someone, services: Serviced) -> Response:
    """Stream a file out to the holder, the secretariat and those who judge a surveillance."""
    return await item_of_label(request, services, principal, label, item)
