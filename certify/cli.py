"""The command `certify`: every program and every act that has no page.

Exit codes: 0 ok, 1 failed or refused, 2 usage or an unreadable file, 3 not authentic, out of force, or not what a
decision record amounts to, 4 could not check.
"""

import asyncio
import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from certify import (
    __version__,
    act_commands,
    adoption_commands,
    audit_commands,
    decision_commands,
    key_commands,
    mirror_commands,
    operating_commands,
    report_commands,
    scheme_commands,
    vault_commands,
)
from certify.command_options import SERVER, AsJson, Data, Server, TokenFile, settings_for, token_in
from certify.programs.processes import leave_quietly, loading, log_to_stderr, run
from schemas.application import ActorRole
from schemas.errors import LabelError, ProcedureError, Unavailable
from schemas.people import Role
from schemas.scheme import BUILT_IN

app = typer.Typer(
    name="certify", no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False, rich_markup_mode=None
)
people_app = typer.Typer(name="people", no_args_is_help=True, help="People and their roles.")
organisations_app = typer.Typer(name="organisations", no_args_is_help=True, help="The Register of participants.")
for part in (
    people_app,
    organisations_app,
    key_commands.app,
    scheme_commands.app,
    decision_commands.app,
    mirror_commands.app,
    vault_commands.app,
    audit_commands.app,
    report_commands.app,
):
    app.add_typer(part)
_SCHEME = scheme_commands.app.command
_SCHEME(epilog="Example: certify scheme rehearse ./my-scheme --data ./certify-data")(adoption_commands.rehearse)
_SCHEME(epilog="Example: certify scheme propose ./my-scheme --reasons 'New law'")(adoption_commands.propose)
app.command(
    epilog="Example: certify act applications 0b1f7c0e declare-interests --body none.json --token-file token.txt"
)(act_commands.act)
app.command(epilog="Example: certify acts applications cast-ballot")(act_commands.acts)
app.command(epilog="Example: certify read applications 0b1f7c0e --token-file token.txt")(act_commands.read)
app.command(epilog="Example: certify reconcile --check --data ./certify-data")(operating_commands.reconcile)
app.command(epilog="Example: certify retention --dry-run --data ./certify-data")(operating_commands.retention)
app.command(epilog="Example: certify nudge --data ./certify-data")(operating_commands.nudge)

FAILED, USAGE, COULD_NOT_CHECK = 1, 2, 4

Port = Annotated[int | None, typer.Option("--port", help="Port of the web program; 0 takes a free one.", min=0)]


def main() -> None:
    """Run the command; errors become a sentence on stderr and an exit code."""
    try:
        app(standalone_mode=True)
    except ProcedureError as error:
        _fail(error.code, error.message, COULD_NOT_CHECK if isinstance(error, Unavailable) else FAILED)
    except LabelError as error:
        _fail(error.code, error.message, COULD_NOT_CHECK)
    finally:
        leave_quietly()


def _fail(code: str, message: str, exit_code: int) -> NoReturn:
    sys.stdout.flush()
    typer.echo(f"certify: {message} [{code}]", err=True)
    leave_quietly()
    sys.exit(exit_code)


def answer(as_json: bool, body: dict[str, Any], words: str) -> None:
    """Print an answer for programs or for people."""
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else words)


def wait_for(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end."""
    log_to_stderr()
    return asyncio.run(work)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"certify {__version__}")
        raise typer.Exit


@app.command(epilog="Example: certify up --data ./certify-data --port 8080")
def up(data: Data = None, port: Port = None) -> None:
    """Run everything on this machine: Temporal, worker, signer, web. Stops cleanly on SIGTERM and Ctrl-C."""
    with loading():
        from certify.programs.up import up as program  # noqa: PLC0415  # each command loads only what it runs

    settings = settings_for(data, port=port)
    run(lambda stop: program(settings, stop))


@app.command(epilog="Example: CERTIFY_DATABASE_URL=postgresql+asyncpg://… certify web --port 8080")
def web(data: Data = None, port: Port = None) -> None:
    """Run pages and API alone."""
    with loading():
        from certify.programs.web import serve  # noqa: PLC0415  # as above

    settings = settings_for(data, port=port)
    run(lambda stop: serve(settings, stop))


@app.command(epilog="Example: CERTIFY_DATABASE_URL=postgresql+asyncpg://… certify verification --port 8081")
def verification(data: Data = None, port: Port = None) -> None:
    """Run answers to scans and published files alone, beside `web`: no sign-in, no act, no Temporal."""
    with loading():
        from certify.programs.verification import serve  # noqa: PLC0415  # as above

    settings = settings_for(data, port=port)
    run(lambda stop: serve(settings, stop))


@app.command(epilog="Example: TEMPORAL_ADDRESS=temporal:7233 certify worker")
def worker(data: Data = None) -> None:
    """Run the worker alone: it carries the cases and writes the record."""
    with loading():
        from certify.programs.worker import work  # noqa: PLC0415  # as above

    settings = settings_for(data)
    run(lambda stop: work(settings, stop))


@app.command(epilog="Example: CERTIFY_KEYS_PASSPHRASE_FILE=/run/secrets/passphrase certify signer")
def signer(data: Data = None) -> None:
    """Run the signer alone: it opens the label key and signs what the record grants."""
    with loading():
        from certify.programs.signer import sign  # noqa: PLC0415  # as above

    settings = settings_for(data)
    run(lambda stop: sign(settings, stop))


@app.command(epilog="Example: certify witness --data ./certify-data")
def witness(data: Data = None) -> None:
    """Run the witness alone: it cosigns the log as long as that only grows, and remembers what it saw."""
    with loading():
        from certify.programs.witness import witness as watch  # noqa: PLC0415  # as above

    settings = settings_for(data)
    run(lambda stop: watch(settings, stop))


@app.command(epilog="Example: certify migrate --data ./certify-data")
def migrate(data: Data = None) -> None:
    """Bring the database to this version's shape, and adopt nothing."""
    from certify.programs.administration import migrate as program  # noqa: PLC0415  # as above

    wait_for(program(settings_for(data)))
    typer.echo("The database is up to date.")


@app.command(epilog="Example: certify check --data ./certify-data")
def check(data: Data = None, as_json: AsJson = False) -> None:
    """Verify chain, bodies, views, files, labels and sign log; exit 1 naming what differs."""
    from certify.programs.check import check as program  # noqa: PLC0415  # as above

    findings = wait_for(program(settings_for(data)))
    if as_json:
        typer.echo(json.dumps([finding.model_dump(mode="json") for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{finding.where}: {finding.what} [{finding.code}]")
        typer.echo("Nothing differs." if not findings else f"{len(findings)} findings.", err=bool(findings))
    raise typer.Exit(FAILED if findings else 0)


@app.command(
    epilog="Example: certify apply examples/digit-reader --server http://localhost:8080 --token-file token.txt"
)
def apply(
    folder: Annotated[Path, typer.Argument(help="Folder with application.yaml and the files it names.")],
    server: Server = SERVER,
    token_file: TokenFile = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end of the procedure.")] = False,
    as_json: AsJson = False,
) -> None:
    """Lodge an application and offer its files; exits 0 when it stands at intake."""
    from certify.programs.apply import apply as program  # noqa: PLC0415  # as above

    token = token_in(token_file)
    reading = wait_for(program(folder, server=server, token=token, wait=wait))
    body = {"application": reading["id"], "stage": reading["stage"], "tier": reading["tier"]}
    answer(
        as_json, body, f"{reading['reference']} stands at {reading['stage']} ({reading['tier']} tier): {reading['id']}"
    )


@people_app.command(
    epilog="Example: certify people invite --role expert --name 'Ada' --email ada@example.org --area ai_technical"
)
def invite(
    role: Annotated[list[Role], typer.Option("--role", help="A role; may be given several times.")],
    name: Annotated[str | None, typer.Option(help="Name, shown on pages, never in the record.")] = None,
    email: Annotated[str | None, typer.Option(help="Mail address; else the person gives it on accepting.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Id of the person's organisation.")] = None,
    area: Annotated[list[str] | None, typer.Option("--area", help="An expert's area of competence.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Admit a person and print their one-time link; it is shown once."""
    from certify.programs.administration import invite_person  # noqa: PLC0415  # as above

    person, link = wait_for(
        invite_person(
            settings_for(data), name=name, email=email, roles=role, organisation=organisation, areas=area or []
        )
    )
    answer(as_json, {"person": person, "link": link}, link)


@people_app.command(epilog="Example: certify people token --email ada@example.org > token.txt")
def token(
    email: Annotated[str | None, typer.Option(help="Whose token, by mail address.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose token, by id.")] = None,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="act, read; both by default.")] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How long it holds.")] = 90,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make an API token for a person and print it; it is shown once."""
    from certify.programs.administration import create_token  # noqa: PLC0415  # as above

    made = wait_for(
        create_token(settings_for(data), email=email, person=person, scopes=scope or ["act", "read"], days=days)
    )
    answer(as_json, {"token": made}, made)


@organisations_app.command(
    epilog="Example: certify organisations enter --name 'Acme Vision' --country EE --role developer"
)
def enter(
    name: Annotated[str, typer.Option(help="Name as in the Register.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 code, e.g. EE.")],
    role: Annotated[list[ActorRole], typer.Option("--role", help="May be given several times.")],
    officer: Annotated[str | None, typer.Option(help="Ethics officer (Code, II-2.2).")] = None,
    contact: Annotated[str | None, typer.Option(help="The officer's published contact.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Enter an organisation in the Register at once, as the engine (Code, II-2.4); `certify up` must be running."""
    from certify.procedure.institutions import Entrant  # noqa: PLC0415  # as above
    from certify.programs.administration import enter_organisation  # noqa: PLC0415  # as above

    try:
        entrant = Entrant(
            name=name, country=country, roles=tuple(role), ethics_officer=officer, officer_contact=contact
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise typer.BadParameter(f"{first['loc'][0]}: {first['msg']}") from None
    organisation = wait_for(enter_organisation(settings_for(data), entrant))
    answer(as_json, {"organisation": organisation}, organisation)


@scheme_commands.app.command(epilog="Example: certify scheme adopt --data ./certify-data")
def adopt(
    path: Annotated[Path, typer.Argument(help="Folder with the scheme's YAML files.")] = BUILT_IN,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Adopt the first version of a scheme; `certify up` does this by itself. The Commission adopts any later one."""
    from certify.programs.administration import adopt_scheme  # noqa: PLC0415  # as above

    scheme, is_new = wait_for(adopt_scheme(settings_for(data), path))
    name = f"{scheme.rules.id} {scheme.rules.version}"
    body = {"scheme": scheme.rules.id, "version": scheme.rules.version, "digest": scheme.digest, "adopted": is_new}
    answer(
        as_json,
        body,
        f"{name} is adopted for new cases."
        if is_new
        else "A version is in force; another is adopted by the Commission.",
    )


@decision_commands.app.command(epilog="Example: certify decision export A-2026-001 --data ./certify-data > record.json")
def export(
    application: Annotated[
        str, typer.Argument(help="Id of the application, or its reference where only one has it.", show_default=False)
    ],
    data: Data = None,
) -> None:
    """Print the record of a decision as JSON: all that `certify decision verify` recomputes it from, offline."""
    from certify.programs.decision_record import export as program  # noqa: PLC0415  # as above

    record = wait_for(program(settings_for(data), application))
    typer.echo(json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1))


@app.command(epilog="Example: certify demo --once --json --application examples/digit-reader --outcome refuse")
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the case has ended.")] = False,
    as_json: AsJson = False,
    application: Annotated[
        Path | None, typer.Option(help="Application folder; the built-in example by default.")
    ] = None,
    outcome: Annotated[str, typer.Option(help="grant, or refuse: one criterion is judged not met.")] = "grant",
    data: Data = None,
    port: Port = None,
) -> None:
    """Certify a real AI system before your eyes, with real acts through the API, then serve until Ctrl-C."""
    from certify.programs.demo import demo as program  # noqa: PLC0415  # as above

    if outcome not in {"grant", "refuse"}:
        raise typer.BadParameter("--outcome is grant or refuse")
    codes: list[int] = []

    async def work(stop: asyncio.Event) -> None:
        codes.append(
            await program(
                stop, folder=application, data=data, port=port, refuse=outcome == "refuse", once=once, as_json=as_json
            )
        )

    run(work)
    raise typer.Exit(codes[0])
