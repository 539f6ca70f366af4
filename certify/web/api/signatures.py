"""How a client signs an act: ask for the challenge, have the person's passkey sign it, send the act with the receipt.

`POST …/cast-ballot/challenge` with the ballot as it will be cast, then `navigator.credentials.get({publicKey})` at the
register's own address, then `POST …/cast-ballot` with the same ballot and the `proof`.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from certify.procedure.bodies import BODIES
from certify.procedure.signed_acts import SIGNED, Asked
from certify.web.api.acts import PROBLEM
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.services import Serviced
from schemas.identifiers import Identifier

router = APIRouter(tags=["acts"], route_class=GatedRoute)


def _route(kind: str, body_type: type[BaseModel]) -> Callable[..., Awaitable[Asked]]:
    async def ask(
        application: Identifier,
        body: Annotated[body_type, AS_JSON],  # type: ignore[valid-type]  # a model made from the act
        principal: Someone,
        services: Serviced,
    ) -> Asked:
        return await services.procedure.ask_signature(principal, kind, application, body)

    return ask


for _kind in sorted(SIGNED):
    router.add_api_route(
        f"/applications/{{application}}/{_kind.replace('_', '-')}/challenge",
        _route(_kind, BODIES[_kind]),
        methods=["POST"],
        operation_id=f"ask_to_sign_{_kind}",
        response_model=Asked,
        responses=PROBLEM,
        dependencies=[permission(_kind)],
        summary=f"Ask what to sign for {_kind.replace('_', ' ')}; good for five minutes and for one act.",
    )
