"""Commands of whoever audits the body: what was done and what was refused, for another system to keep."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from certify.command_options import Data, settings_for
from certify.config import Settings
from certify.programs.processes import log_to_stderr

app = typer.Typer(name="audit", no_args_is_help=True, help="What was done and what was refused.")

Since = Annotated[
    datetime | None,
    typer.Option(
        "--since", help="Only what was recorded from then on, UTC.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Also entries of cases and matters; still no content.")]


@app.command(epilog="Example: certify audit export --since 2026-11-01 > audit.jsonl")
def export(data: Data = None, since: Since = None, everything: Everything = False) -> None:
    """Print who did what, when and how strongly signed in, refused acts too: one JSON line each, no content."""
    log_to_stderr()
    begin = since.replace(tzinfo=UTC) if since is not None else None
    asyncio.run(_print(settings_for(data), begin, everything=everything))


async def _print(settings: Settings, since: datetime | None, *, everything: bool) -> None:
    from certify.programs import audit  # noqa: PLC0415  # each command loads only what it runs

    async for one in audit.export(settings, since=since, everything=everything):
        typer.echo(one)
