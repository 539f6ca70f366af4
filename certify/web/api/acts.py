"""One route per act of a case, made from the acts themselves: `POST /api/applications/{id}/{act}`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel
from uuid6 import uuid7

from certify.procedure.acts import Sent
from certify.procedure.bodies import BODIES
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.people import RequestId, Someone
from certify.web.permissions import permission
from certify.web.services import Serviced
from schemas.acts import ACTS
from schemas.identifiers import Identifier

router = APIRouter(tags=["acts"], route_class=GatedRoute)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same act under the same key is taken once; without a key every request is a new act.",
    ),
]

PROBLEM: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in {
        401: "Nobody is signed in.",
        403: "This person may not do this.",
        404: "There is no such thing, or it is not for this person.",
        409: "Out of order, or done before.",
        410: "This was erased on purpose.",
        413: "What was sent is too large.",
        422: "The content is not acceptable.",
        429: "Too much at once; Retry-After tells when to ask again.",
        503: "The procedure cannot be reached; the same act may be sent again under the same key.",
    }.items()
}


class Problem(BaseModel):
    """An error as RFC 9457 says, with our stable code."""

    type: str
    title: str
    status: int
    code: str
    reference: str | None = None


def answered(sent: Sent, response: Response) -> Sent:
    """Answer 200 for what is recorded and 202, with the receipt's address, for what is on its way there."""
    if sent.receipt is None:
        response.status_code = 202
        response.headers["Location"] = f"/api/receipts/{sent.act_id}?application={sent.application}"
    return sent


def fresh_key(key: str | None) -> str:
    """Return the client's key, or a new one."""
    return key or str(uuid7())


def _route(kind: str, body_type: type[BaseModel]) -> Callable[..., Awaitable[Sent]]:
    async def do(
        application: Identifier,
        body: Annotated[body_type, AS_JSON],  # type: ignore[valid-type]  # a model made from the act
        principal: Someone,
        services: Serviced,
        request: RequestId,
        response: Response,
        key: Key = None,
    ) -> Sent:
        sent = await services.procedure.act(principal, kind, application, body, key=fresh_key(key), request_id=request)
        return answered(sent, response)

    return do


for _kind, _body in BODIES.items():
    router.add_api_route(
        f"/applications/{{application}}/{_kind.replace('_', '-')}",
        _route(_kind, _body),
        dependencies=[permission(_kind)],
        methods=["POST"],
        operation_id=_kind,
        response_model=Sent,
        responses={202: {"model": Sent, "description": "Accepted; the record does not hold it yet."}, **PROBLEM},
        summary=(ACTS[_kind].__doc__ or _kind).splitlines()[0],
    )
