"""`python -m labels mirror FOLDER` and `python -m labels compare FOLDER FOLDER`: verify mirrors offline."""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from labels.mirror.comparison import Comparison, compare_mirrors
from labels.mirror.report import Report
from labels.mirror.verification import verify_mirror
from labels.root import Root
from schemas.errors import CouldNotCheck

VERIFY, COMPARE = "mirror", "compare"
VERIFIED, FALSE, COULD_NOT_CHECK = 0, 3, 4
_EPILOG = """exit codes: 0 it proves what it says; 2 wrong arguments; 3 something is false, and is named; 4 could not
check. Example: python -m labels mirror ./mirror --root root.json --origin v.example.eu/log"""
_PROVED = "The mirror proves what it says."
_COMPARE_EPILOG = """exit codes: 0 one log is the beginning of the other; 3 they forked; 4 could not check.
Example: python -m labels compare ./mirror-of-may ./mirror-of-june --root root.json"""


def add_to(commands: Any, moment: Any) -> None:
    """Add the commands to the parser of `python -m labels`; `moment` reads a time."""
    verify = commands.add_parser(VERIFY, help="does this mirror prove what it says?", epilog=_EPILOG)
    verify.add_argument("folder", metavar="FOLDER", type=Path, help="the mirror")
    verify.add_argument("--origin", metavar="ORIGIN", help="name of the log you expect (the mirror's own)")
    verify.add_argument("--at", metavar="TIME", type=moment, help="moment asked about, ISO 8601 (the mirror's)")
    compare = commands.add_parser(COMPARE, help="is one log the beginning of the other?", epilog=_COMPARE_EPILOG)
    compare.add_argument("folder", metavar="FOLDER", type=Path, help="a mirror")
    compare.add_argument("other", metavar="OTHER", type=Path, help="another mirror of the same log")
    for command in (verify, compare):
        command.add_argument("--root", metavar="FILE", type=Path, help="the root you pinned (the mirror's own)")
        command.add_argument("--quorum", metavar="N", type=int, default=1, help="witnesses that must have seen it (1)")
        command.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(options: argparse.Namespace) -> int:
    """Print the answer on stdout; return the exit code."""
    if options.command == COMPARE:
        return compare(options.folder, options.other, root=options.root, quorum=options.quorum, as_json=options.json)
    return verify(
        options.folder,
        root=options.root,
        origin=options.origin,
        at=options.at,
        quorum=options.quorum,
        as_json=options.json,
    )


def verify(
    folder: Path, *, root: Path | None, origin: str | None, at: datetime | None, quorum: int, as_json: bool
) -> int:
    """Verify a mirror, print what it proves, and return the exit code."""
    try:
        pinned = Root.read(root) if root is not None else None
        report = verify_mirror(folder, root=pinned, origin=origin, moment=at, quorum=quorum)
    except CouldNotCheck as error:
        return _could_not_check(error, as_json=as_json)
    print(json.dumps(report.as_json(), ensure_ascii=False) if as_json else _in_words(report))  # noqa: T201  # the answer
    return FALSE if report.false else COULD_NOT_CHECK if report.unchecked else VERIFIED


def compare(folder: Path, other: Path, *, root: Path | None, quorum: int, as_json: bool) -> int:
    """Compare two mirrors, print what that proves, and return the exit code."""
    try:
        pinned = Root.read(root) if root is not None else None
        found = compare_mirrors(folder, other, root=pinned, quorum=quorum)
    except CouldNotCheck as error:
        return _could_not_check(error, as_json=as_json)
    print(json.dumps(found.as_json()) if as_json else _compared_in_words(found))  # noqa: T201  # the answer
    return FALSE if found.forked_at is not None else VERIFIED


def _could_not_check(error: CouldNotCheck, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"verified": None, "code": error.code}))  # noqa: T201  # the answer
    print(error, file=sys.stderr)  # noqa: T201  # what went wrong
    return COULD_NOT_CHECK


def _in_words(report: Report) -> str:
    lines = [f"Mirror of {report.origin}, {report.size} entries."]
    if report.as_of is not None:
        lines[0] = f"Mirror of {report.origin} as of {report.as_of:%Y-%m-%d %H:%M:%S} UTC, {report.size} entries."
    lines += report.proved
    if report.standings and not report.false:
        counts = ", ".join(f"{count} {standing}" for standing, count in sorted(report.standings.items()))
        lines.append(f"Standing at {report.asked_at:%Y-%m-%d %H:%M:%S} UTC: {counts}.")
    if not report.root_pinned:
        lines.append(f"The root is the mirror's own: compare {report.root_fingerprint} with the printed fingerprint.")
    lines += [f"NOT PROVED: {one}" for one in report.told]
    lines += [f"FALSE: {one}" for one in report.false]
    lines += [f"NOT CHECKED: {one}" for one in report.unchecked]
    found = len(report.false) + len(report.unchecked)
    proved = "The mirror proves what it says, but for what is named as not proved." if report.told else _PROVED
    return "\n".join([*lines, f"{found} findings." if found else proved])


def _compared_in_words(found: Comparison) -> str:
    older, newer = found.older, found.newer
    lines = [
        f"{one.checkpoint.origin}: {one.checkpoint.size} entries, root {one.checkpoint.root.hex()}, "
        f"seen by {one.seen_at:%Y-%m-%d %H:%M:%S} UTC"
        for one in (older, newer)
    ]
    if found.forked_at is None:
        return "\n".join(
            [*lines, f"The first log is the beginning of the second ({len(found.hashes)} hashes prove it)."]
        )
    fork = f"FALSE: the logs fork at entry {found.forked_at}; both of these checkpoints are signed: [log_forked]"
    return "\n".join([*lines, fork, older.note, newer.note])
