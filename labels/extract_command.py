"""`python -m labels extract FILE --keys FILE`: verify an extract of the Register of participants offline."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from labels.extracts import ExtractVerification, verify_extract
from labels.key_set import KeySet
from labels.signed_key_set import trusted_keys
from schemas.errors import CouldNotCheck
from schemas.extract import ExtractStatement
from schemas.label import Authenticity

NAME = "extract"
AUTHENTIC, NOT_AUTHENTIC, COULD_NOT_CHECK = 0, 3, 4
_EPILOG = """exit codes: 0 authentic; 2 wrong arguments; 3 not authentic; 4 could not check.
Example: python -m labels extract extract.json --keys label-keys.json"""


def add_to(commands: Any) -> None:
    """Add the command to the parser of `python -m labels`."""
    command = commands.add_parser(NAME, help="is this extract of the Register ours and unaltered?", epilog=_EPILOG)
    command.add_argument("file", metavar="FILE", type=Path, help="the extract as the Register gives it (JSON)")
    add_keys_to(command)
    command.add_argument("--json", action="store_true", help="one JSON object on stdout")


def add_keys_to(command: argparse.ArgumentParser) -> None:
    """Add the options that tell which keys are trusted."""
    command.add_argument("--keys", metavar="FILE", type=Path, required=True, help="signed key set, or JWK set")
    command.add_argument("--root", metavar="FILE", type=Path, help="the root you pinned, which must have signed it")
    command.add_argument(
        "--at-least", metavar="VERSION", type=int, default=1, help="the highest version of the signed set you know (1)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the answer on stdout, what went wrong on stderr; return the exit code."""
    try:
        keys = trusted_keys(options.keys, options.root, at_least=options.at_least)
        answer = _verified(_read(options.file), keys)
    except CouldNotCheck as error:
        if options.json:
            print(json.dumps({"authenticity": None, "code": error.code}))  # noqa: T201  # the answer
        print(error, file=sys.stderr)  # noqa: T201  # as above
        return COULD_NOT_CHECK
    print(_as_json(answer) if options.json else _as_text(answer))  # noqa: T201  # as above
    return AUTHENTIC if answer.authenticity is Authenticity.AUTHENTIC else NOT_AUTHENTIC


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise CouldNotCheck("file_unreadable", f"The extract cannot be read: {error.strerror}: {path}.") from error
    except (ValueError, RecursionError) as error:
        raise CouldNotCheck("file_unreadable", f"The extract cannot be read: {path} is no JSON.") from error
    if not isinstance(document, dict) or not isinstance(document.get("signed"), str):
        raise CouldNotCheck("file_unreadable", f"The extract cannot be read: {path} holds no signed extract.")
    return document


def _verified(document: dict[str, Any], keys: KeySet) -> ExtractVerification:
    """Answer for the signature, and for what the file says beside it: a reader must not be shown something else."""
    answer = verify_extract(document["signed"], keys)
    if answer.statement is None or _is_same(document.get("statement"), answer.statement):
        return answer
    reason = "The file says something else than what was signed."
    return ExtractVerification(Authenticity.BAD_SIGNATURE, None, answer.kid, reason)


def _is_same(shown: Any, signed: ExtractStatement) -> bool:
    return shown is None or shown == signed.model_dump(mode="json")


def _as_json(answer: ExtractVerification) -> str:
    statement = answer.statement.model_dump(mode="json") if answer.statement else None
    document = {
        "authenticity": answer.authenticity,
        "kid": answer.kid,
        "reason": answer.reason,
        "statement": statement,
    }
    return json.dumps(document, ensure_ascii=False)


def _as_text(answer: ExtractVerification) -> str:
    lines = [f"authenticity: {answer.authenticity}", answer.reason]
    if answer.statement is not None:
        said = answer.statement
        left = f", left {said.left_at:%Y-%m-%d}" if said.left_at else ""
        lines += [
            f"participant: {said.name}, {said.country} ({', '.join(said.roles)})",
            f"entered {said.entered_at:%Y-%m-%d}{left}; ethics officer: {said.officer.replace('_', ' ')}",
            f"as of {said.as_of:%Y-%m-%d %H:%M} UTC, entry {said.entry}; what holds today, only the Register knows.",
        ]
    return "\n".join(lines)
