"""`certify mirror`: everything public in a folder that proves itself; see docs/operate/mirror.md."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from certify.command_options import AsJson, Data, settings_for
from certify.programs.processes import log_to_stderr

app = typer.Typer(name="mirror", no_args_is_help=True, help="A copy of everything public that proves itself.")

Folder = Annotated[Path, typer.Argument(help="Folder of the mirror.", show_default=False)]
RootFile = Annotated[Path | None, typer.Option("--root", help="The root you pinned; the mirror's own by default.")]
Quorum = Annotated[int, typer.Option(min=1, max=16, help="Witnesses that must have seen the log.")]


@app.command(epilog="Example: certify mirror export ./mirror --data ./certify-data")
def export(folder: Folder, data: Data = None, as_json: AsJson = False) -> None:
    """Make or renew a mirror: a plain folder that any web server can give out. Everything may run meanwhile."""
    from certify.programs.mirror import export as program  # noqa: PLC0415  # each command loads only what it runs

    log_to_stderr()
    done = asyncio.run(program(settings_for(data), folder))
    if as_json:
        typer.echo(json.dumps({**asdict(done), "as_of": done.as_of.isoformat()}))
        return
    typer.echo(
        f"{folder} mirrors {done.size} entries of {done.origin} and {done.labels} labels, as of "
        f"{done.as_of:%Y-%m-%d %H:%M:%S} UTC: {done.files} files, {done.written} of them written now."
    )


@app.command(epilog="Example: certify mirror verify ./mirror --root root.json --origin v.example.eu/log")
def verify(
    folder: Folder,
    root: RootFile = None,
    origin: Annotated[str | None, typer.Option(help="Name of the log you expect; the mirror's own by default.")] = None,
    at: Annotated[str | None, typer.Option(help="Moment asked about, ISO 8601; the mirror's by default.")] = None,
    quorum: Quorum = 1,
    as_json: AsJson = False,
) -> None:
    """Prove labels, standing and history out of a mirror alone; exit 3 where something is false, 4 could not check."""
    from labels import mirror_command  # noqa: PLC0415  # as above

    code = mirror_command.verify(folder, root=root, origin=origin, at=_moment(at), quorum=quorum, as_json=as_json)
    raise typer.Exit(code)


@app.command(epilog="Example: certify mirror compare ./mirror-of-may ./mirror-of-june --root root.json")
def compare(
    folder: Folder,
    other: Annotated[Path, typer.Argument(help="Another mirror of the same log.", show_default=False)],
    root: RootFile = None,
    quorum: Quorum = 1,
    as_json: AsJson = False,
) -> None:
    """Prove that one log is the beginning of the other, or show where they fork and exit 3."""
    from labels import mirror_command  # noqa: PLC0415  # as above

    raise typer.Exit(mirror_command.compare(folder, other, root=root, quorum=quorum, as_json=as_json))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no time; write it as 2027-03-01T08:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
