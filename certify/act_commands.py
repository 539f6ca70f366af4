"""`certify act`, `certify acts` and `certify read`: every act and every reading of the API, from the command line.

Exit codes are those of all commands: 0 taken, 1 refused, 2 usage, 4 the register could not be reached.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.command_options import SERVER, AsJson, Server, TokenFile, token_in
from certify.programs.processes import log_to_stderr

if TYPE_CHECKING:
    from certify.programs.act_addresses import ActAddress

_BEFORE = timedelta(minutes=1)
"""What was recorded longer ago was an earlier command's."""


def act(
    where: Annotated[
        list[str],
        typer.Argument(
            metavar="COLLECTION [ID] ACT",
            help="`certify acts` lists them; the id stays out where the act opens something new.",
            show_default=False,
        ),
    ],
    body: Annotated[
        str | None, typer.Option("--body", help="File with the act's content as JSON; - reads it from stdin.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="A file to upload first, for an act that offers one.", exists=True, dir_okay=False),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            help="The same act under the same key is taken once. Made from the act itself where none is given: to do "
            "the very same once more, give another one.",
        ),
    ] = None,
    server: Server = SERVER,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Do one act of the procedure through the API, and print its receipt."""
    from certify.programs.acting import act as program  # noqa: PLC0415  # each command loads only what it runs

    at, subject = _found(where)
    if file is not None and not at.takes_file:
        raise typer.BadParameter(f"{at.word} offers no file", param_hint="--file")
    content, token, began_at = _content_of(body), token_in(token_file), datetime.now(UTC)
    log_to_stderr()
    answer = asyncio.run(program(at, subject, content, file=file, key=key, server=server, token=token))
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else _in_words(at, answer))
    receipt = answer.get("receipt")
    if receipt and datetime.fromisoformat(receipt["recorded_at"]) < began_at - _BEFORE:
        typer.echo("certify: this very act was recorded before; --key does it once more", err=True)


def acts(
    collection: Annotated[str | None, typer.Argument(help="Only the acts of this collection.")] = None,
    name: Annotated[str | None, typer.Argument(metavar="[ACT]", help="The JSON Schema of one act's body.")] = None,
    as_json: AsJson = False,
) -> None:
    """List which acts there are in each collection, or show what the body of one is; asks no server."""
    from certify.programs.act_addresses import act_addresses  # noqa: PLC0415  # as above

    found = [one for one in act_addresses() if collection in {None, one.collection}]
    if not found:
        raise typer.BadParameter(f"there is no collection {collection}; `certify acts` lists them")
    if collection is not None and name is not None:
        at = _act_of(collection, name)
        typer.echo(json.dumps(at.body.model_json_schema(), ensure_ascii=False, indent=None if as_json else 1))
    elif as_json:
        typer.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
    else:
        typer.echo("\n".join(_line(one) for one in found))


def read(
    path: Annotated[
        list[str],
        typer.Argument(
            help="Parts of an address below /api: `waiting`, `applications`, `appeals ID`.", show_default=False
        ),
    ],
    server: Server = SERVER,
    token_file: TokenFile = None,
) -> None:
    """Print what the API has at an address as JSON; a text or a file comes out as it is."""
    from certify.programs.acting import read as program  # noqa: PLC0415  # as above

    token = token_in(token_file)
    log_to_stderr()
    answer = asyncio.run(program("/".join(path), server=server, token=token))
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        typer.echo(json.dumps(answer.json(), ensure_ascii=False, indent=1))
        return
    sys.stdout.buffer.write(answer.content)
    sys.stdout.buffer.flush()


def _found(where: list[str]) -> tuple["ActAddress", str | None]:
    """Return which act the words name, and in what."""
    if len(where) not in {2, 3}:
        raise typer.BadParameter("give COLLECTION, ID and ACT; `certify acts` lists them")
    at = _act_of(where[0], where[-1])
    if at.opens and len(where) != 2:
        raise typer.BadParameter(f"{at.word} opens something new and takes no ID")
    if not at.opens and (len(where) != 3 or not where[1].strip(".")):
        raise typer.BadParameter(f"{at.word} needs the ID of what it is done in")
    return at, None if at.opens else where[1]


def _act_of(collection: str, name: str) -> "ActAddress":
    from certify.programs.act_addresses import act_addresses  # noqa: PLC0415  # as above

    found = {(one.collection, one.word): one for one in act_addresses()}
    at = found.get((collection, name.replace("_", "-")))
    if at is None:
        raise typer.BadParameter(f"there is no act {name} of {collection}; `certify acts` lists them")
    return at


def _content_of(body: str | None) -> dict[str, Any]:
    """Return what is written for an act."""
    if body is None:
        return {}
    try:
        content = json.loads(sys.stdin.buffer.read() if body == "-" else Path(body).read_bytes())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{body} cannot be read: {error}", param_hint="--body") from None
    if not isinstance(content, dict):
        raise typer.BadParameter("the content of an act is a JSON object", param_hint="--body")
    return content


def _in_words(at: "ActAddress", answer: dict[str, Any]) -> str:
    subject = answer.get("matter") or answer.get("application") or answer.get("organisation") or ""
    if "receipt" not in answer:
        return f"{at.collection} {subject}: done."
    receipt = answer["receipt"]
    if receipt is None:
        return f"{at.collection} {subject}: taken, not recorded yet; the same command again gives the receipt."
    return (
        f"{at.collection} {subject}: entry {receipt['number']} of {receipt['stream']} ({receipt['kind']}), "
        f"recorded at {receipt['recorded_at']}, digest {receipt['digest']}"
    )


def _line(at: "ActAddress") -> str:
    where = f"{at.collection} {'' if at.opens else 'ID '}{at.word}"
    asks = [*(["signed with a passkey"] if at.is_signed else []), *(["a fresh proof"] if at.asks_proof else [])]
    return f"{where:56} {at.about}" + (f" [{', '.join(asks)}]" if asks else "")


def _as_json(at: "ActAddress") -> dict[str, Any]:
    return {
        "collection": at.collection,
        "act": at.act,
        "address": at.address,
        "about": at.about,
        "opens": at.opens,
        "takes_file": at.takes_file,
        "is_signed": at.is_signed,
        "asks_proof": at.asks_proof,
    }
