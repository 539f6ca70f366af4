"""The program that looks at one file, on its standard input, and says what it found as JSON: `Report`.

It has no settings, no database, no argument, and no key but that of the file. Memory, time and files are bounded before
any parser is loaded.
"""

import io
import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from types import FrameType
from typing import BinaryIO, Final

KEY_VARIABLE: Final = "SPOOL_KEY"
MEMORY_BYTES: Final = 512 * 1024 * 1024
CPU_SECONDS: Final = 20


class TooLong(Exception):  # noqa: N818  # what the signal says
    """The time is over."""


def main() -> None:
    """Look at standard input."""
    bound()
    from certify.vault.inspection.looking import look_at  # noqa: PLC0415  # after the bounds
    from certify.vault.inspection.report import Refused, Report  # noqa: PLC0415  # as above

    try:
        with opened() as file:
            report = look_at(file)
    except Refused as refused:
        report = Report(code=refused.code)
    except (MemoryError, RecursionError, TooLong):
        report = Report(code="file_too_costly")
    sys.stdout.write(json.dumps(asdict(report)))


def opened() -> BinaryIO:
    """Return standard input as a file; sealed on disk, it is opened with the key that came along."""
    key = os.environ.pop(KEY_VARIABLE, None)
    if key is None:
        return os.fdopen(0, "rb")
    from certify.vault.spool import SealedSpool  # noqa: PLC0415  # after the bounds

    return io.BufferedReader(SealedSpool.again(0, bytes.fromhex(key)))


def bound() -> None:
    """Take away from this process what no look at a file needs; `TooLong` is raised when its time is over."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # A second more to say so; then the kernel ends it.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    signal.signal(signal.SIGXCPU, _stop)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


if __name__ == "__main__":
    main()
