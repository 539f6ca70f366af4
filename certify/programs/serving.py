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
    server = uvicorn.Server(configuration(app, settings, protocol))
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  # `serve` would take the signals that are ours
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


def configuration(app: ASGIApp, settings: Settings, protocol: type[asyncio.Protocol] | None = None) -> uvicorn.Config:
    """Return how every web program is served. A proxy is believed that `FORWARDED_ALLOW_IPS` names (ASVS 4.1.3)."""
    return uvicorn.Config(
        app,
        http=protocol or "auto",
        host=settings.host,
        port=settings.port,
        log_config=None,  # its own would write tracebacks past ours
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
