"""Verify a label offline: `python -m labels verify TOKEN|URL|PICTURE --keys FILE [--root FILE]`.

The keys come as a JWK set, which is as trustworthy as the way it came, or as the signed key set of
`/.well-known/label-keys`, with the root that you pinned.

Two answers, always apart: is the label authentic, and does it stand? Offline only its own end is known, so
that of an authentic label the standing is `could_not_check` (ask the register) or `expired`.

`python -m labels extract FILE --keys FILE` does the same for an extract of the Register of participants.
`python -m labels mirror FOLDER` verifies a mirror of everything public, `python -m labels compare` two of them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labels import extract_command, mirror_command
from labels.key_set import KeySet
from labels.reading import texts_in
from labels.signed_key_set import trusted_keys
from labels.verification import Verification, token_in, verify
from schemas.errors import CouldNotCheck, VerificationError
from schemas.label import Authenticity, Standing
from schemas.label_number import format_number

AUTHENTIC, WRONG_ARGUMENTS, NOT_AUTHENTIC, COULD_NOT_CHECK = 0, 2, 3, 4

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".svg", ".pdf"})
_EPILOG = """exit codes: 0 authentic and not past its end; 2 wrong arguments; 3 not authentic, or known to be out of
force; 4 could not check. Example: python -m labels verify label.png --keys label-keys.cose --root root.json"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print the answer on stdout, what went wrong on stderr; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == extract_command.NAME:
        return extract_command.run(options)
    if options.command in {mirror_command.VERIFY, mirror_command.COMPARE}:
        return mirror_command.run(options)
    try:
        keys = trusted_keys(options.keys, options.root, at_least=options.at_least)
        answer = _verified(options.label, keys, options.at or datetime.now(UTC))
    except CouldNotCheck as error:
        if options.json:
            print(json.dumps({"authenticity": None, "standing": "could_not_check", "code": error.code}))  # noqa: T201  # the answer
        print(error, file=sys.stderr)  # noqa: T201  # as above
        return COULD_NOT_CHECK
    standing = _standing(answer)
    print(_as_json(answer, standing) if options.json else _as_text(answer, standing))  # noqa: T201  # as above
    return _exit_code(standing, asked_for_standing=options.standing)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m labels", description="Verify labels offline.", epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="is this label ours and unaltered?", epilog=_EPILOG)
    command.add_argument("label", metavar="TOKEN|URL|PICTURE", help="what the QR says, or a picture of it")
    extract_command.add_keys_to(command)
    command.add_argument("--standing", action="store_true", help="exit 4 where the standing cannot be told")
    command.add_argument("--at", metavar="TIME", type=_moment, help="moment asked about, ISO 8601 (now)")
    command.add_argument("--json", action="store_true", help="one JSON object on stdout")
    extract_command.add_to(commands)
    mirror_command.add_to(commands, _moment)
    return parser


def _moment(text: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _verified(label: str, keys: KeySet, at: datetime) -> Verification:
    if not _is_picture(label):
        return _verified_text(label, keys, at)
    return _best([_verified_text(text, keys, at) for text in _texts_with_tokens(Path(label))])


def _is_picture(label: str) -> bool:
    path = Path(label)
    return "://" not in label and (path.suffix.lower() in _PICTURES or (len(label) < 256 and path.is_file()))


def _texts_with_tokens(picture: Path) -> tuple[str, ...]:
    """Return what the codes in a picture say; a mini label's number beside a token is no obstacle."""
    texts = texts_in(picture)
    with_tokens = tuple(text for text in texts if "/C/" in text.upper())
    return with_tokens or texts


def _best(answers: list[Verification]) -> Verification:
    """Return the first failure: a picture that also shows a false label is not called authentic."""
    return next((answer for answer in answers if answer.authenticity is not Authenticity.AUTHENTIC), answers[0])


def _verified_text(text: str, keys: KeySet, at: datetime) -> Verification:
    try:
        return verify(token_in(text), keys, at=at)
    except VerificationError as error:
        return Verification(Authenticity(error.code), None, None, None, error.message)


def _standing(answer: Verification) -> Standing | None:
    """Return what can be told offline; a token that is not ours has no standing."""
    if answer.authenticity is not Authenticity.AUTHENTIC:
        return None
    return Standing.EXPIRED if answer.expired else Standing.COULD_NOT_CHECK


def _exit_code(standing: Standing | None, *, asked_for_standing: bool) -> int:
    if standing is not Standing.COULD_NOT_CHECK:
        return NOT_AUTHENTIC
    return COULD_NOT_CHECK if asked_for_standing else AUTHENTIC


def _as_json(answer: Verification, standing: Standing | None) -> str:
    statement = answer.statement.model_dump(mode="json") if answer.statement else None
    document: dict[str, Any] = {
        "authenticity": answer.authenticity,
        "standing": standing,
        "kid": answer.kid,
        "reason": answer.reason,
        "statement": statement,
    }
    return json.dumps(document, ensure_ascii=False)


def _as_text(answer: Verification, standing: Standing | None) -> str:
    lines = [f"authenticity: {answer.authenticity}", f"standing: {standing or 'none'}", answer.reason]
    if answer.statement:
        statement = answer.statement
        lines += [
            f"label {format_number(statement.id)}: {statement.name_version}, {statement.tier} risk",
            f"ends {statement.expires_at:%Y-%m-%d} at the latest",
            *([f"holder: {statement.holder}"] if statement.holder else []),
        ]
    if standing is Standing.COULD_NOT_CHECK:
        lines.append("Whether it still stands, only the register knows: scan the label while online.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
