"""Commands of whoever runs the programs: what is open in the record goes on, also after a loss or a deployment."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from certify.config import Settings
from certify.programs.processes import log_to_stderr

FAILED = 1


def reconcile(
    data: Annotated[Path | None, typer.Option("--data", help="Data folder; CERTIFY_DATA, else ./certify-data.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only tell; start nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    """Start again, from the record, what Temporal lost, ended, or has behind or ahead; exit 1 while any differs."""
    from certify.programs.reconcile import reconcile_all  # noqa: PLC0415  # each command loads only what it runs

    log_to_stderr()
    found = asyncio.run(reconcile_all(_settings(data), restart=not check))
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found]))
    else:
        for one in found:
            done = ", started again from the record" if one.restarted else ""
            typer.echo(f"{one.workflow}: {one.difference.value} at entry {one.entry}{done}")
        typer.echo(f"{len(found)} differences." if found else "Nothing differs.", err=bool(found))
    raise typer.Exit(FAILED if any(not one.restarted for one in found) else 0)


def nudge(
    data: Annotated[Path | None, typer.Option("--data", help="Data folder; CERTIFY_DATA, else ./certify-data.")] = None,
) -> None:
    """After a deployment: let everything that is open begin a new run, under the code that runs now."""
    from certify.programs.reconcile import nudge_all  # noqa: PLC0415  # as above

    log_to_stderr()
    told = asyncio.run(nudge_all(_settings(data)))
    typer.echo(f"{told} workflows were told.")


def retention(
    data: Annotated[Path | None, typer.Option("--data", help="Data folder; CERTIFY_DATA, else ./certify-data.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what is due; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    """Erase what was kept long enough, by class, and tell what two people are to erase; `web` does it once a day."""
    from certify.procedure.retention_classes import CLASSES, Then  # noqa: PLC0415  # as above
    from certify.programs.retention import retention as program  # noqa: PLC0415  # as above

    log_to_stderr()
    found = asyncio.run(program(_settings(data), dry_run=dry_run))
    if as_json:
        typer.echo(json.dumps([one.model_dump(mode="json") for one in found]))
        return
    for one in found:
        done = "erased" if one.then == Then.ERASED and not dry_run else CLASSES[one.name].how
        since = f", the oldest of {one.oldest:%Y-%m-%d}: {done}" if one.oldest is not None else ""
        typer.echo(f"{one.name}: {one.count}{since}")


def _settings(data: Path | None) -> Settings:
    return Settings(data=data) if data is not None else Settings()
