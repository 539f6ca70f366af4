"""`python -m labels verify TOKEN|URL|PICTURE --keys FILE …`: both answers about a label, offline."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from labels import extract_command
from labels.attached import tokens_attached
from labels.bundle import Bundle, read_bundle
from labels.encoding import to_base36
from labels.offline import NO_LIST, NO_PROOF, Answer, Evidence, answer_for
from labels.reading import content_of, texts_in
from labels.signed_key_set import trusted_keys
from labels.status import StatusList
from schemas.errors import CouldNotCheck
from schemas.label import Standing
from schemas.label_number import format_number

NAME = "verify"
AUTHENTIC, NOT_AUTHENTIC, COULD_NOT_CHECK = 0, 3, 4

_MAX_PROLOGUE = 1000  # of an SVG, before its first element
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".svg", ".pdf"})
EPILOG = """exit codes: 0 authentic, and in force as far as what was given tells; 2 wrong arguments; 3 not authentic,
known to be out of force, or at the address of another host; 4 could not check what was asked: a list or a proof that
was given cannot be relied on. Of several labels in a picture each is told, and the gravest decides: 3, then 4.
Example: python -m labels verify label.png --keys label-keys.cose --root root.json --bundle offline.bundle"""


def add_to(commands: Any, moment: Callable[[str], datetime]) -> None:
    """Add the command to the parser of `python -m labels`; `moment` reads the times of its arguments."""
    command = commands.add_parser(NAME, help="is this label ours and unaltered, and does it stand?", epilog=EPILOG)
    command.add_argument(
        "label", metavar="TOKEN|URL|PICTURE", help="what the QR says, a picture of it, or the certificate (PDF)"
    )
    extract_command.add_keys_to(command)
    command.add_argument(
        "--status", metavar="FILE", type=Path, action="append", default=[], help="a status list (/s/N)"
    )
    command.add_argument("--bundle", metavar="FILE", type=Path, help="/offline.bundle: its status lists and its origin")
    command.add_argument("--proof", metavar="FILE", type=Path, help="the .tlog-proof of the label")
    command.add_argument("--origin", metavar="ORIGIN", help="name of the log, HOST/log (the bundle's)")
    command.add_argument(
        "--known-version",
        metavar="[N=]VERSION",
        type=_known_version,
        action="append",
        default=[],
        help="the highest version you have seen of the list /s/N, without N= of the label's own; may be repeated",
    )
    command.add_argument(
        "--quorum", metavar="N", type=int, default=1, help="how many witnesses must have seen the log (1)"
    )
    command.add_argument(
        "--standing", action="store_true", help="exit 4 where the standing cannot be told, or a list alone tells it"
    )
    command.add_argument("--at", metavar="TIME", type=moment, help="moment asked about, ISO 8601 (now)")
    command.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(options: argparse.Namespace, now: datetime) -> int:
    """Print the answer on stdout, what went wrong on stderr; return the exit code."""
    try:
        evidence = _evidence(options)
        answers = _answers(options.label, evidence, options.at or now)
    except CouldNotCheck as error:
        if options.json:
            print(json.dumps({"authenticity": None, "standing": "could_not_check", "code": error.code}))  # noqa: T201  # the answer
        print(error, file=sys.stderr)  # noqa: T201  # as above
        return COULD_NOT_CHECK
    answers.sort(key=lambda answer: _GRAVITY.index(_exit_code(answer, options)))
    print((_as_json if options.json else _as_text)(answers))  # noqa: T201  # as above
    return _exit_code(answers[0], options)


def _evidence(options: argparse.Namespace) -> Evidence:
    """Return what the files hold.

    Raises:
        CouldNotCheck: `keys_unreadable` and what else `trusted_keys` raises; `file_unreadable`; `bundle_unreadable`;
            `origin_missing`: a proof is given, and of which log it should be nobody says.
    """
    keys = trusted_keys(options.keys, options.root, at_least=options.at_least)
    bundle = read_bundle(_content(options.bundle)) if options.bundle else Bundle("", {})
    origin = options.origin or bundle.origin or None
    if options.proof and origin is None:
        raise CouldNotCheck("origin_missing", "Say with --origin of which log the proof should be.")
    return Evidence(
        keys,
        lists=(*bundle.lists.values(), *map(_content, options.status)),
        proof=_content(options.proof) if options.proof else None,
        origin=origin,
        known_versions=dict(sorted(options.known_version, key=lambda one: one[1])),
        quorum=options.quorum,
    )


def _known_version(text: str) -> tuple[int | None, int]:
    """Read `VERSION`, or `SHARD=VERSION`."""
    shard, named, version = text.rpartition("=")
    return (int(shard) if named else None), int(version)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CouldNotCheck("file_unreadable", f"A file cannot be read: {error.strerror}: {path}.") from error


def _answers(label: str, evidence: Evidence, at: datetime) -> list[Answer]:
    texts = _texts_with_tokens(Path(label)) if _is_picture(label) else (label,)
    return [answer_for(text, evidence, at=at) for text in dict.fromkeys(texts)]


def _is_picture(label: str) -> bool:
    path = Path(label)
    return "://" not in label and (path.suffix.lower() in _PICTURES or (len(label) < 256 and path.is_file()))


def _texts_with_tokens(picture: Path) -> tuple[str, ...]:
    """Return what the codes in a picture say, or what is attached to a certificate.

    A mini label's number beside a token is no obstacle.

    Raises:
        CouldNotCheck: `no_readable_code`, `no_token_attached`; `svg_not_read`: whoever draws it decides what it shows,
            and what it says of itself need not be that.
    """
    content = content_of(picture)
    if content.startswith(b"%PDF-"):
        return tuple(map(to_base36, tokens_attached(content)))
    if b"<svg" in content[:_MAX_PROLOGUE]:
        raise CouldNotCheck("svg_not_read", "An SVG is not drawn here: give the PNG of the label, or its address.")
    texts = texts_in(content)
    with_tokens = tuple(text for text in texts if "/C/" in text.upper())
    return with_tokens or texts


_GRAVITY = (NOT_AUTHENTIC, COULD_NOT_CHECK, AUTHENTIC)
"""Of several labels in a picture the gravest decides: one that also shows a false label is not called authentic."""


def _exit_code(answer: Answer, options: argparse.Namespace) -> int:
    if answer.is_other_host or answer.standing not in {Standing.IN_FORCE, Standing.COULD_NOT_CHECK}:
        return NOT_AUTHENTIC
    if options.standing and answer.code == NO_PROOF:
        return COULD_NOT_CHECK
    asked_for_standing = options.standing or options.status or options.bundle
    is_open = answer.standing is Standing.COULD_NOT_CHECK and (asked_for_standing or answer.code != NO_LIST)
    return COULD_NOT_CHECK if is_open else AUTHENTIC


def _as_json(answers: list[Answer]) -> str:
    """Return one object about the gravest answer, with those about other labels of the picture in it."""
    first, *others = map(_document, answers)
    return json.dumps({**first, "others": others}, ensure_ascii=False)


def _document(answer: Answer) -> dict[str, Any]:
    found, told_by = answer.verification, answer.told_by
    return {
        "authenticity": found.authenticity,
        "standing": answer.standing,
        "code": answer.code,
        "kid": found.kid,
        "reason": found.reason,
        "statement": found.statement.model_dump(mode="json") if found.statement else None,
        "list": _list_in_json(told_by) if told_by else None,
        "witnessed_at": _spelt(answer.seen.at) if answer.seen else None,
        "host": answer.host,
        "is_other_host": answer.is_other_host,
    }


def _list_in_json(told_by: StatusList) -> dict[str, Any]:
    return {"address": told_by.address, "version": told_by.version, "as_of": _spelt(told_by.issued_at)}


def _spelt(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _as_text(answers: list[Answer]) -> str:
    return "\n\n".join(map(_in_words, answers))


def _in_words(answer: Answer) -> str:
    found = answer.verification
    lines = [f"authenticity: {found.authenticity}", f"standing: {answer.standing or 'none'}", found.reason]
    if found.statement:
        statement = found.statement
        lines += [
            f"label {format_number(statement.id)}: {statement.name_version}, {statement.tier} risk",
            f"ends {statement.expires_at:%Y-%m-%d} at the latest",
            *([f"holder: {statement.holder}"] if statement.holder else []),
        ]
    return "\n".join([*lines, *_sources(answer)])


def _sources(answer: Answer) -> Iterator[str]:
    """Yield what the answer rests on, and what it leaves open."""
    if told_by := answer.told_by:
        yield f"standing as of {told_by.issued_at:%Y-%m-%d %H:%M} UTC, version {told_by.version} of {told_by.address}"
    if answer.seen is not None:
        yield f"witnesses saw its issue in the log by {answer.seen.at:%Y-%m-%d %H:%M} UTC"
    if answer.code == NO_PROOF:
        yield "by the list alone: that the label is in the public log was not shown (--proof)"
    elif answer.code not in {None, NO_LIST}:
        yield f"something that was given cannot be relied on: {answer.code}"
    if answer.is_other_host:
        yield f"THE ADDRESS LEADS TO {answer.host}, which is not the register's host: do not open it."
    elif answer.host is not None:
        yield f"the address leads to {answer.host}"
    if answer.standing is Standing.COULD_NOT_CHECK:
        yield "Whether it still stands, only the register knows: scan the label while online."
