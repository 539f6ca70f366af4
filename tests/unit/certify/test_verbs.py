"""T29: a command that changes something leaves an entry, or says here why there is nothing to enter."""

from collections.abc import Iterator

import typer
from typer.main import get_command

from certify.cli import app

ENTERED = {
    "people invite": "person_admitted",
    "organisations enter": "organisation_entered, through the procedure",
    "scheme adopt": "scheme_adopted",
    "scheme propose": "scheme_proposed, by the API as its person",
    "apply": "application_lodged, by the API as its person",
    "act": "what the act itself leaves, by the API as its person",
    "report file": "complaint_filed, by the API without an account",
    "report answer": "complainant_answered, by the API without an account",
    "retention": "retention_applied, one for each class of which something was erased",
    "keys init": "keys that the root signed are entered by `keys record` and by `certify up`",
    "keys rotate": "as `keys init`",
    "keys compromise": "as `keys init`",
    "keys trust-witness": "as `keys init`",
    "keys record": "key events in the stream `keys`",
}
"""Commands that change what the record is about, and the entry that tells of it."""
EXPLAINED = {
    "up": "a program",
    "web": "a program",
    "verification": "a program; counts answers about labels, as `web` does",
    "worker": "a program",
    "signer": "a program",
    "witness": "a program; cosigns what the log already tells",
    "demo": "made-up data, by people's acts",
    "vault seal": "seals what is stored; its digests in the record stay",
    "vault rotate-payloads": "adds a key to a file; nothing that is recorded changes",
    "vault rotate": "wraps keys under another master; nothing that is recorded changes",
    "migrate": "changes the shape of tables, nothing that is recorded",
    "people token": "the security event token_created (tests/unit/certify/programs/test_audit.py)",
    "mirror export": "writes a folder of its own",
    "reconcile": "starts again what the record already says",
    "nudge": "begins new runs of what is open",
}
"""Commands that write without an entry, and why there is nothing to enter."""
READING = {
    *("check", "audit export", "keys show", "decision verify", "decision export", "mirror verify", "mirror compare"),
    *("scheme check", "scheme show", "scheme self-check", "scheme rehearse"),
    *("acts", "read", "report status"),
}


def verbs() -> Iterator[str]:
    yield from _below(get_command(app), ())


def _below(command: object, path: tuple[str, ...]) -> Iterator[str]:
    commands = getattr(command, "commands", None)
    if not commands:
        yield " ".join(path)
        return
    for name, one in commands.items():
        yield from _below(one, (*path, name))


def test_every_verb_leaves_an_entry_or_is_explained() -> None:
    assert isinstance(app, typer.Typer)
    assert set(verbs()) == {*ENTERED, *EXPLAINED, *READING}
