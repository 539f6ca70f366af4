"""`certify keys`: make the keys, replace them every year, tell which were stolen; docs/operate/keys.md tells when."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.command_options import AsJson, Data, settings_for
from certify.config import Settings
from certify.programs.processes import log_to_stderr
from labels.key_set import TrustedKey, Use
from schemas.errors import Unavailable

if TYPE_CHECKING:
    from certify.programs.keys import Published

app = typer.Typer(name="keys", no_args_is_help=True, help="The keys labels are signed with.")

NOT_RECORDED = "It is not in the record yet; run `certify keys record` where the database can be reached."


@app.command(epilog="Example: certify keys init --data ./certify-data")
def init(data: Data = None, as_json: AsJson = False) -> None:
    """Make passphrases, root and keys where they are missing, and sign the key set; a key is never replaced."""
    from certify.programs.keys import initialise, root_warning  # noqa: PLC0415  # each command loads only what it runs

    settings = settings_for(data)
    done = initialise(settings, now=datetime.now(UTC))
    if done.new_root:
        typer.echo(root_warning(settings, done.root), err=True)
    _answer(settings, done, as_json=as_json, otherwise="Every key is there; nothing was changed.")


@app.command(epilog="Example: certify keys rotate --use label --data ./certify-data")
def rotate(
    use: Annotated[Use, typer.Option(help="What the new key is for.")] = Use.LABEL,
    uri: Annotated[
        str | None, typer.Option(help="A key that is there already: pkcs11:… or file:PATH; by default one is made.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Add a key for the next year; the keys before it stay in the set, so that what they signed still verifies."""
    from certify.programs.keys import rotate as program  # noqa: PLC0415  # as above

    settings = settings_for(data)
    _answer(settings, program(settings, use=use, now=datetime.now(UTC), uri=uri), as_json=as_json)


@app.command(epilog="Example: certify keys trust-witness witness-public.pem --data ./certify-data")
def trust_witness(
    file: Annotated[
        Path, typer.Argument(help="Their public key, Ed25519 in PEM.", exists=True, dir_okay=False, show_default=False)
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Trust a witness of the log that other people run; their private key stays with them."""
    from certify.programs.keys import trust_witness as program  # noqa: PLC0415  # as above

    settings = settings_for(data)
    _answer(settings, program(settings, content=file.read_bytes(), now=datetime.now(UTC)), as_json=as_json)


@app.command(epilog="Example: certify keys compromise 3f9a12c4 --at 2027-03-01T08:00Z --data ./certify-data")
def compromise(
    kid: Annotated[str, typer.Argument(help="The key, as `certify keys show` calls it.", show_default=False)],
    at: Annotated[str, typer.Option(help="Since when it may be in other hands, ISO 8601; without a zone in UTC.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Publish that a key may be in other hands since a time; what it signed since is not authentic any more."""
    from certify.programs.keys import compromise as program  # noqa: PLC0415  # as above

    settings, moment = settings_for(data), _moment(at)
    done = program(settings, kid=kid, at=moment, now=datetime.now(UTC))
    _answer(settings, done, as_json=as_json, otherwise=f"Key {kid}: in other hands since {moment:%Y-%m-%d %H:%M %Z}.")


@app.command(epilog="Example: certify keys show --data ./certify-data --json")
def show(data: Data = None, as_json: AsJson = False) -> None:
    """Show the published keys, and the fingerprint of the root that signed them."""
    from certify.programs.keys import show as program  # noqa: PLC0415  # as above

    settings = settings_for(data)
    done = program(settings)
    typer.echo(json.dumps(_body(settings, done)) if as_json else _words(done))


@app.command(epilog="Example: certify keys record --data ./certify-data")
def record(data: Data = None, as_json: AsJson = False) -> None:
    """Enter in the record the signed versions of the key set that it does not hold yet."""
    from certify.programs.key_record import record_as_operator  # noqa: PLC0415  # as above

    log_to_stderr()
    entered = asyncio.run(record_as_operator(settings_for(data)))
    typer.echo(json.dumps({"recorded": entered}) if as_json else f"{entered} versions were entered.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no time; write it as 2027-03-01T08:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _answer(settings: Settings, done: "Published", *, as_json: bool, otherwise: str = "") -> None:
    """Enter what was published, where the record is at hand, and print what was done."""
    is_recorded = _record(settings)
    if as_json:
        typer.echo(json.dumps({**_body(settings, done), "recorded": is_recorded}))
        return
    made = "\n".join(f"Made {_line(key)}" for key in done.added) or otherwise
    typer.echo(f"{made}\nKey set version {done.key_set.version}, signed by the root {done.root.fingerprint}.")
    if not is_recorded:
        typer.echo(NOT_RECORDED, err=True)


def _record(settings: Settings) -> bool:
    from certify.programs.key_record import record_as_operator  # noqa: PLC0415  # as above

    log_to_stderr()
    try:
        asyncio.run(record_as_operator(settings))
    except Unavailable:
        return False
    return True


def _body(settings: Settings, done: "Published") -> dict[str, Any]:
    labels = [key for key in done.added if key.use is Use.LABEL]
    return {
        "kid": labels[0].kid if labels else None,
        "added": [key.kid for key in done.added],
        "version": done.key_set.version,
        "digest": done.key_set.digest,
        "root": done.root.fingerprint,
        "root_file": str(settings.root_file),
        "key_set": str(settings.key_set_file),
        "signed_key_set": str(settings.signed_key_set_file),
        "keys": [
            {name: value for name, value in key.as_jwk().items() if name not in {"x", "y", "crv", "kty", "use"}}
            for key in done.key_set.keys.keys
        ],
    }


def _words(done: "Published") -> str:
    lines = [f"Key set version {done.key_set.version} of {done.key_set.issued_at:%Y-%m-%d %H:%M} UTC"]
    lines += [f"Root {done.root.fingerprint}", *(_line(key) for key in done.key_set.keys.keys)]
    return "\n".join(lines)


def _line(key: TrustedKey) -> str:
    lost = f", in other hands since {key.compromised_at:%Y-%m-%d %H:%M} UTC" if key.compromised_at else ""
    return f"{key.kid} {key.use} ({key.alg}) from {key.valid_from} to {key.valid_to}{lost}"
