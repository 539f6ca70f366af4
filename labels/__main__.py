"""Verify a label offline: `python -m labels verify TOKEN|URL|PICTURE --keys FILE [--root FILE] [--bundle FILE] …`.

The keys come as a JWK set, which is as trustworthy as the way it came, or as the signed key set of
`/.well-known/label-keys`, with the root that you pinned.

Two answers, always apart: is the label authentic, and does it stand? The second comes from a signed status list
(`--status`, or those of `--bundle`); without one it is `could_not_check` or, past its end, `expired`. The label's
`.tlog-proof` (`--proof`) shows when witnesses saw its issue, which decides where its key was stolen later.

`python -m labels extract FILE --keys FILE` does the same for an extract of the Register of participants.
`python -m labels receipt FILE` verifies who cast the ballots of a decision record.
`python -m labels mirror FOLDER` verifies a mirror of everything public, `python -m labels compare` two of them.
`python -m labels monitor URL --root FILE --state FOLDER` watches that the log only grows; it alone asks a server.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from labels import extract_command, mirror_command, monitor_command, receipt_command, verify_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print the answer on stdout, what went wrong on stderr; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == extract_command.NAME:
        return extract_command.run(options)
    if options.command == receipt_command.NAME:
        return receipt_command.run(options)
    if options.command in {mirror_command.VERIFY, mirror_command.COMPARE}:
        return mirror_command.run(options)
    if options.command == monitor_command.NAME:
        return monitor_command.run(options, datetime.now(UTC), time.monotonic)
    return verify_command.run(options, datetime.now(UTC))


def _parser() -> argparse.ArgumentParser:
    epilog = verify_command.EPILOG
    parser = argparse.ArgumentParser(prog="python -m labels", description="Verify labels offline.", epilog=epilog)
    commands = parser.add_subparsers(dest="command", required=True)
    verify_command.add_to(commands, _moment)
    extract_command.add_to(commands)
    receipt_command.add_to(commands)
    mirror_command.add_to(commands, _moment)
    monitor_command.add_to(commands, _moment)
    return parser


def _moment(text: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
