"""The witness over HTTP (c2sp.org/tlog-witness): one address, no session, no page."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from labels.log.witness import MAX_BODY_BYTES, Witness, WitnessRefusal

log = structlog.get_logger()

SIZE = "text/x.tlog.size"


def witness_app(witness: Callable[[], Witness]) -> Starlette:
    """Return the application of a witness, which is asked for at every request: the log may have a new key."""

    async def add_checkpoint(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too long\n", status_code=400)
        try:
            line = await run_in_threadpool(lambda: witness().add_checkpoint(body, at=datetime.now(UTC)))
        except WitnessRefusal as refusal:
            log.warning("not_cosigned", code=refusal.code, status=refusal.status)
            if refusal.size is not None:
                return Response(f"{refusal.size}\n", status_code=refusal.status, media_type=SIZE)
            return PlainTextResponse(f"{refusal.code}\n", status_code=refusal.status)
        return PlainTextResponse(line)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


async def _body(request: Request) -> bytes | None:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY_BYTES:
            return None
    return bytes(found)
