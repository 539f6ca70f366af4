"""Serves a web application until told to stop, as all web programs do."""

import asyncio

import uvicorn
from starlette.types import ASGIApp

from certify.config import Settings


async def serve_until(
    stop: asyncio.Event, app: ASGIApp, settings: Settings, protocol: type[asyncio.Protocol] | None = None
) -> None:
    """Serve on the host and port of the settings; what is being answered at the end has ten seconds.

    `protocol` takes the place of the server's own HTTP.
    """
    config = uvicorn.Config(
        app,
        http=protocol or "auto",
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  # `serve` would take the signals that are ours
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving
