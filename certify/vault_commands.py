"""`certify vault`: the keys of what people handed in; docs/operate/vault.md tells when."""

import asyncio
import json
import sys
from collections import Counter
from time import monotonic

import typer

from certify.command_options import AsJson, Data, settings_for
from certify.config import Settings
from certify.programs.processes import log_to_stderr

app = typer.Typer(name="vault", no_args_is_help=True, help="The keys that evidence and texts are sealed with.")

_TOLD_EVERY = 1.0


@app.command(epilog="Example: certify vault rotate --data ./certify-data")
def rotate(data: Data = None, as_json: AsJson = False) -> None:
    """Put a new master key in the place of the present one; older copies of the vault's database open no more."""
    from certify.programs.vault_keeping import rotate as program  # noqa: PLC0415  # each command loads only what it runs

    log_to_stderr()
    count = asyncio.run(program(settings_for(data)))
    typer.echo(json.dumps({"keys": count}) if as_json else f"{count} keys are wrapped under a new master key.")


@app.command("rotate-payloads", epilog="Example: certify vault rotate-payloads --data ./certify-data")
def rotate_payloads(data: Data = None, as_json: AsJson = False) -> None:
    """Add a key for the record's cells and for Temporal; programs seal with it once they are started again."""
    from certify.programs.vault_keeping import rotate_payloads as program  # noqa: PLC0415  # as above

    key = program(settings_for(data))
    words = f"Key {key} is added. Start web, worker and signer again: they seal with it, and open what others sealed."
    typer.echo(json.dumps({"key": key}) if as_json else words)


@app.command(epilog="Example: certify vault seal --data ./certify-data")
def seal(data: Data = None, as_json: AsJson = False) -> None:
    """Seal what earlier versions stored or recorded in clear; may be stopped and run again; exit 1: some is damaged."""
    log_to_stderr()
    found = asyncio.run(_seal(settings_for(data)))
    words = f"{found['sealed']} sealed, {found['before']} sealed before, {found['damaged']} damaged"
    words += f", {found['left']} that nobody acknowledged; {found['cells']} cells of the record sealed."
    typer.echo(json.dumps(found) if as_json else words)
    raise typer.Exit(1 if found["damaged"] else 0)


async def _seal(settings: Settings) -> dict[str, int]:
    from certify.programs.vault_keeping import seal as program  # noqa: PLC0415  # as above
    from certify.programs.vault_keeping import seal_record  # noqa: PLC0415  # as above
    from certify.vault.store import InPlace  # noqa: PLC0415  # as above

    told, found = monotonic(), Counter[InPlace]()
    async for done, of, last in program(settings):
        found = last
        if monotonic() - told >= _TOLD_EVERY:
            told = monotonic()
            sys.stderr.write(f"{done} of {of} objects\n")
    cells = 0
    async for column, count in seal_record(settings):
        cells += count
        sys.stderr.write(f"{column}: {count} cells\n")
    return {**{one.value: found[one] for one in InPlace}, "cells": cells}
