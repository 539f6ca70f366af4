"""`python -m labels monitor URL|FOLDER --root FILE --state FOLDER`: did the log only grow since the last time?"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from labels.key_set import KeySet
from labels.log.policy import policy_of
from labels.mirror.folder import SIGNED_KEYS, MirrorFolder
from labels.monitor.addresses import LogFiles, PublishedAddresses
from labels.monitor.memory import Memory
from labels.monitor.observation import AGE, Observation, observe
from labels.root import Root
from labels.signed_key_set import trusted_keys, verify_key_set
from schemas.errors import CouldNotCheck

NAME = "monitor"
HELD, FALSE, COULD_NOT_CHECK = 0, 3, 4
_EPILOG = """exit codes: 0 the log only grew, and was seen by its witnesses a moment ago; 2 wrong arguments; 3 what is
published contradicts what was signed: a fork, a smaller log, no signature, other entries than were signed; 4 could not
check: no answer, or an old one. Example: python -m labels monitor https://v.example.eu --root root.json --state seen"""


class _Files(Protocol):
    def read(self, path: str) -> bytes | None:
        """Return a published file, None where there is none."""


def add_to(commands: Any, moment: Any) -> None:
    """Add the command to the parser of `python -m labels`; `moment` reads a time."""
    command = commands.add_parser(NAME, help="did the public log only grow since the last time?", epilog=_EPILOG)
    command.add_argument("log", metavar="URL|FOLDER", help="the register, https://HOST, or a copy of what it publishes")
    command.add_argument("--state", metavar="FOLDER", type=Path, required=True, help="what this monitor remembers")
    command.add_argument(
        "--root", metavar="FILE", type=Path, help="the root you pinned, which must have signed the keys"
    )
    command.add_argument(
        "--keys", metavar="FILE", type=Path, help="key set to believe (the published one, by the root)"
    )
    command.add_argument("--origin", metavar="ORIGIN", help="name of the log (HOST/log)")
    command.add_argument("--quorum", metavar="N", type=int, default=1, help="witnesses that must have seen it (1)")
    command.add_argument(
        "--age", metavar="SECONDS", type=int, default=int(AGE.total_seconds()), help="how old it may be (600)"
    )
    command.add_argument("--at", metavar="TIME", type=moment, help="moment asked about, ISO 8601 (now)")
    command.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(options: argparse.Namespace, now: datetime, clock: Callable[[], float]) -> int:
    """Look once; print the answer on stdout, what went wrong on stderr; return the exit code."""
    memory = Memory(options.state)
    try:
        files, host = _published(options.log, clock)
        keys = _keys(options, files, memory)
        policy = policy_of(keys, _origin(options.origin, host, memory), quorum=options.quorum)
        age = timedelta(seconds=options.age)
        found = observe(LogFiles(files.read), memory, policy, at=options.at or now, age=age)
    except CouldNotCheck as error:
        if options.json:
            print(json.dumps({"verified": None, "code": error.code}))  # noqa: T201  # the answer
        print(error, file=sys.stderr)  # noqa: T201  # what went wrong
        return COULD_NOT_CHECK
    print(json.dumps(found.as_json()) if options.json else _in_words(found))  # noqa: T201  # the answer
    return FALSE if found.false else COULD_NOT_CHECK if found.unchecked else HELD


def _published(log: str, clock: Callable[[], float]) -> tuple[_Files, str | None]:
    """Return what is published, and the host it was asked of."""
    if "://" not in log:
        return MirrorFolder(Path(log)), None
    addresses = PublishedAddresses(log, clock)
    return addresses, addresses.host


def _keys(options: argparse.Namespace, files: _Files, memory: Memory) -> KeySet:
    """Return whom to believe: keys the reader brought, or the published ones that the pinned root signed.

    Raises:
        CouldNotCheck: `root_missing`: neither is given; `key_set_missing`; as `trusted_keys` and `verify_key_set`, so
            also `older_key_set`: an earlier version than this monitor saw.
    """
    if options.keys is not None:
        return trusted_keys(options.keys, options.root)
    if options.root is None:
        raise CouldNotCheck("root_missing", "Say with --root which root you pinned, or with --keys whom to believe.")
    root, known = Root.read(options.root), memory.key_set()
    at_least = verify_key_set(known, root).version if known is not None else 1
    signed = files.read(SIGNED_KEYS)
    if signed is None:
        raise CouldNotCheck("key_set_missing", "No signed key set is published.")
    found = verify_key_set(signed, root, at_least=at_least)
    memory.remember_keys(signed)
    return found.keys


def _origin(named: str | None, host: str | None, memory: Memory) -> str:
    """Return the name of the log: as given, as remembered, or as a register names its log by its host.

    Raises:
        CouldNotCheck: `origin_missing`.
    """
    known = memory.checkpoint()
    origin = named or (known[0].origin if known is not None else None) or (f"{host}/log" if host else None)
    if origin is None:
        raise CouldNotCheck("origin_missing", "Say with --origin of which log this folder should be.")
    return origin


def _in_words(found: Observation) -> str:
    lines = [f"{found.origin}: {found.size} entries, root {found.root or 'unknown'}."]
    if found.seen_at is not None:
        lines.append(f"Witnesses had seen it by {found.seen_at:%Y-%m-%d %H:%M:%S} UTC.")
    if found.remembered and found.since is None:
        lines.append(f"First visit: all {found.entries} entries lie under that root; it is remembered.")
    elif found.remembered:
        lines.append(
            f"It grew out of the {found.since} entries seen before; {found.entries} new ones lie under its root."
        )
    lines += [f"FALSE: {one}" for one in found.false]
    lines += [f"NOT CHECKED: {one}" for one in found.unchecked]
    if found.evidence is not None:
        lines.append(f"Both signed checkpoints are kept in {found.evidence}: publish them.")
    return "\n".join(lines)
