"""`certify report`: complain without an account, follow the complaint and answer what is asked about it."""

import asyncio
import json
import secrets
from typing import Annotated, Any

import typer

from certify.command_options import SERVER, AsJson, Server
from certify.programs.processes import log_to_stderr
from schemas.complaint import About
from schemas.errors import Unacceptable
from schemas.label_number import MistypedNumber, parse_number

app = typer.Typer(
    name="report", no_args_is_help=True, help="Complaints without an account, by a tracking code (ISO/IEC 17065, 7.13)."
)
Code = Annotated[str, typer.Argument(help="The tracking code.", show_default=False)]


@app.command(epilog="Example: certify report file --about label --label EJGA-H1E9-8JEK-0736-Q --text 'It failed.'")
def file(
    about: Annotated[About, typer.Option(help="What it is about.", show_default=False)],
    text: Annotated[str, typer.Option(help="What happened.", show_default=False)],
    label: Annotated[str | None, typer.Option(help="Number of the label, as it is printed.")] = None,
    contact: Annotated[str, typer.Option(help="How you can be reached; kept apart from the record.")] = "",
    life_at_risk: Annotated[bool, typer.Option("--life-at-risk", help="Life or health is at risk.")] = False,
    server: Server = SERVER,
    as_json: AsJson = False,
) -> None:
    """File a complaint and print its tracking code, which nobody can give a second time."""
    body = {
        "about": about.value,
        "text": text,
        "label": _number(label) if label else None,
        "contact": contact,
        "life_at_risk": life_at_risk,
        "secret": secrets.token_hex(),
    }
    found = _asked(server, "POST", "/api/reports", body)
    typer.echo(json.dumps(found) if as_json else f"{found['code']}\n{found['address']}")


@app.command(epilog="Example: certify report status EJGA-H1E9-8JEK-0736-Q")
def status(code: Code, server: Server = SERVER) -> None:
    """Print how a complaint stands, as JSON."""
    typer.echo(json.dumps(_asked(server, "GET", f"/api/reports/{code}"), ensure_ascii=False, indent=1))


@app.command(epilog="Example: certify report answer EJGA-H1E9-8JEK-0736-Q 1 --text 'On 3 March.'")
def answer(
    code: Code,
    number: Annotated[int, typer.Argument(help="Number of the question.", show_default=False)],
    text: Annotated[str, typer.Option(help="Your answer.", show_default=False)],
    server: Server = SERVER,
) -> None:
    """Answer a question about a complaint, and print how it stands."""
    found = _asked(server, "POST", f"/api/reports/{code}/answers", {"number": number, "answer": text})
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


def _number(typed: str) -> str:
    try:
        return parse_number(typed)
    except MistypedNumber:
        raise Unacceptable("mistyped_number", "No label has this number as it is typed; look again.") from None


def _asked(server: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    from certify.programs.acting import unsigned  # noqa: PLC0415  # each command loads only what it runs

    log_to_stderr()
    return asyncio.run(unsigned(server, method, path, body))
