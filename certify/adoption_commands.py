"""`certify scheme rehearse` and `certify scheme propose`: a new version before the Commission sees it, and to it."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from certify.command_options import SERVER, AsJson, Server, TokenFile, token_in
from certify.config import Settings
from certify.programs.processes import log_to_stderr

Folder = Annotated[Path, typer.Argument(help="Folder with the scheme's YAML files.", show_default=False)]


def rehearse(
    path: Folder,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder; CERTIFY_DATA, else ./certify-data.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell which labels in force would fail a version, on which criterion; nothing is adopted or changed."""
    from certify.programs.adoption import rehearsed  # noqa: PLC0415  # each command loads only what it runs

    log_to_stderr()
    found = asyncio.run(rehearsed(Settings(data=data) if data is not None else Settings(), path))
    if as_json:
        typer.echo(found.model_dump_json())
        return
    for label in found.would_fail:
        for criterion, why in label.failing.items():
            typer.echo(f"{label.label} ({label.tier_before.value}): {criterion} {why.value}")
    typer.echo(f"{len(found.would_fail)} of {len(found.labels)} labels would fail {found.scheme} {found.version}.")


def propose(
    path: Folder,
    reasons: Annotated[str, typer.Option(help="Why the scheme should change.")],
    server: Server = SERVER,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Hand a version in and propose it to the Commission, as somebody of the secretariat."""
    from certify.programs.adoption import proposed  # noqa: PLC0415  # as above

    token = token_in(token_file)
    log_to_stderr()
    made = asyncio.run(proposed(path, reasons, server=server, token=token))
    words = f"Proposed as {made['proposal']}; digest {made['digest']}."
    typer.echo(json.dumps(made) if as_json else words)
