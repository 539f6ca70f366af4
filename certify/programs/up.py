"""`certify up`."""

import asyncio

import typer

from certify.config import Settings
from certify.programs.embedded import first_secretariat, running, with_port


async def up(settings: Settings, stop: asyncio.Event) -> None:
    """Run the tree until told to stop; print its address, and a link for the first secretariat."""
    async with running(with_port(settings)) as tree:
        typer.echo(f"Certify is ready: {tree.address}")
        link = await first_secretariat(tree)
        if link:
            typer.echo(f"Nobody has an account yet. The secretariat's one-time link: {link}")
        typer.echo(f"State is kept in {tree.settings.data}; press Ctrl-C to stop.")
        await stop.wait()
        typer.echo("Stopping.", err=True)
