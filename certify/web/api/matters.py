"""Matters beside the applications: routes made from their kinds, as those of the acts in a case are."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from certify.accounts.matter_reading import MatterReading
from certify.procedure.matter_kinds import KINDS, MatterKind
from certify.procedure.matters import SentToMatter, subject_of, vault_key
from certify.web.api.acts import PROBLEM, Key, fresh_key
from certify.web.api.as_json import AS_JSON
from certify.web.api.gated import GatedRoute
from certify.web.matters.open_matter import digests_in
from certify.web.people import RequestId, Someone
from certify.web.permissions import permission
from certify.web.services import Serviced
from schemas.errors import NotFound
from schemas.evidence import TextRef
from schemas.identifiers import Digest, MatterId

router = APIRouter(responses=PROBLEM, route_class=GatedRoute)


def _answered(sent: SentToMatter, response: Response) -> SentToMatter:
    if sent.receipt is None:
        response.status_code = 202
    return sent


def _opening(kind: MatterKind, act: str, body_type: type[BaseModel]) -> Callable[..., Awaitable[SentToMatter]]:
    async def do(
        body: Annotated[body_type, AS_JSON],  # type: ignore[valid-type]  # a model made from the act
        principal: Someone,
        services: Serviced,
        request: RequestId,
        response: Response,
        key: Key = None,
    ) -> SentToMatter:
        key = fresh_key(key)
        subject = subject_of(principal.person, kind.kernel.name, body, key)
        sent = await services.procedure.matters.act(
            principal, kind.kernel.name, act, subject, body, key=key, request_id=request
        )
        return _answered(sent, response)

    return do


def _acting(kind: MatterKind, act: str, body_type: type[BaseModel]) -> Callable[..., Awaitable[SentToMatter]]:
    async def do(
        matter: MatterId,
        body: Annotated[body_type, AS_JSON],  # type: ignore[valid-type]  # a model made from the act
        principal: Someone,
        services: Serviced,
        request: RequestId,
        response: Response,
        key: Key = None,
    ) -> SentToMatter:
        sent = await services.procedure.matters.act(
            principal, kind.kernel.name, act, matter, body, key=fresh_key(key), request_id=request
        )
        return _answered(sent, response)

    return do


def _reading(kind: MatterKind) -> Callable[..., Awaitable[MatterReading]]:
    async def read(matter: MatterId, principal: Someone, services: Serviced) -> MatterReading:
        return await services.procedure.matters.read(principal, kind.kernel.name, matter)

    return read


def _listing(kind: MatterKind) -> Callable[..., Awaitable[list[MatterReading]]]:
    async def list_(principal: Someone, services: Serviced) -> list[MatterReading]:
        return await services.procedure.matters.all_for(principal, kind.kernel.name)

    return list_


def _text(kind: MatterKind) -> Callable[..., Awaitable[str]]:
    async def text(matter: MatterId, digest: Digest, principal: Someone, services: Serviced) -> str:
        reading = await services.procedure.matters.read(principal, kind.kernel.name, matter)
        if digest not in digests_in(reading.facts):
            raise NotFound("unknown_text", "There is no such text.")
        return await services.vault.text(vault_key(kind.kernel.name, matter), TextRef(digest=digest, length=1))

    return text


def _add(kind: MatterKind) -> None:
    at, name = f"/{kind.collection}", kind.kernel.name
    tags: list[str | Enum] = [kind.collection]
    router.add_api_route(
        at,
        _listing(kind),
        dependencies=[permission("list_matters")],
        methods=["GET"],
        operation_id=f"list_{kind.collection}",
        response_model=list[MatterReading],
        tags=tags,
        summary=f"List the {kind.collection} you may see",
    )
    router.add_api_route(
        f"{at}/{{matter}}",
        _reading(kind),
        dependencies=[permission("read_matter")],
        methods=["GET"],
        operation_id=f"read_{name}",
        response_model=MatterReading,
        tags=tags,
        summary="Read what is for you, and what you may do now",
    )
    router.add_api_route(
        f"{at}/{{matter}}/texts/{{digest}}",
        _text(kind),
        dependencies=[permission("read_matter")],
        methods=["GET"],
        operation_id=f"read_{name}_text",
        response_class=PlainTextResponse,
        tags=tags,
        summary="Read a text that your reading names",
    )
    for act, body in kind.bodies.items():
        opens = kind.makes_id(act)
        router.add_api_route(
            at if opens else f"{at}/{{matter}}/{act.replace('_', '-')}",
            _opening(kind, act, body) if opens else _acting(kind, act, body),
            dependencies=[permission(act)],
            methods=["POST"],
            operation_id=act if opens else f"{name}_{act}",
            response_model=SentToMatter,
            responses={202: {"model": SentToMatter, "description": "Accepted; the record does not hold it yet."}},
            tags=tags,
            summary=(kind.kernel.acts[act].__doc__ or act).splitlines()[0],
        )


for _kind in KINDS.values():
    _add(_kind)
