"""Files of lines that only grow: a line is whole and on the disk before whoever wrote it goes on.

A line cut off by a crash is the last one and was never acted upon; it is dropped before the next is written.
"""

import errno
import os
from pathlib import Path


def whole_lines(content: bytes) -> list[bytes]:
    """Return the lines that end; what follows the last line end was never finished."""
    return content.split(b"\n")[:-1]


def drop_unfinished(path: Path) -> None:
    """Make the file, its owner's alone, or cut off what was never finished."""
    if not path.exists():
        path.touch(mode=0o600)
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        whole = _end_of_last_line(file.fileno(), end)
        if whole != end:
            file.truncate(whole)
            os.fsync(file.fileno())


def last_line(path: Path) -> bytes | None:
    """Return the last line that ends, None where there is none; however long the file is, its end alone is read."""
    with path.open("rb") as file:
        end = _end_of_last_line(file.fileno(), file.seek(0, os.SEEK_END))
        if end == 0:
            return None
        begin = _end_of_last_line(file.fileno(), end - 1)
        return os.pread(file.fileno(), end - 1 - begin, begin)


def append_line(path: Path, line: bytes) -> None:
    """Write a line and return only when it is on the disk.

    Raises:
        OSError: it is not; nothing is left of it.
    """
    with path.open("ab", buffering=0) as file:
        before = file.tell()
        try:
            written = file.write(line + b"\n")
            os.fsync(file.fileno())
        except OSError:
            # What is left of it would make one unreadable line with the next.
            file.truncate(before)
            raise
        if written != len(line) + 1:
            file.truncate(before)
            raise OSError(errno.ENOSPC, "the line was not written whole")


_PART = 65_536


def _end_of_last_line(descriptor: int, end: int) -> int:
    """Return where the last line that ends before `end` ends, 0 where none does."""
    while end > 0:
        begin = max(0, end - _PART)
        found = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0
