"""The security events as the retention job and their people read them: which lines are due, and whose lines are whose.

The files are written by `certify.accounts.security_events`; what strangers cause, beside the one that is named here.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from certify.accounts.security_events import strangers_file

_ABOUT = ("person", "actor")


class DueLines(NamedTuple):
    """How many lines are due (`number`), and how old the oldest is."""

    number: int = 0
    oldest: datetime | None = None


def due_lines(path: Path | None, before: datetime, kept: Collection[str] = ()) -> DueLines:
    """Return what is older than a moment in all files of events; lines of people `kept` stay."""
    moments = [at for one in _files(path) for at in _due_in(one, before, kept)]
    return DueLines(len(moments), min(moments, default=None))


def _due_in(path: Path, before: datetime, kept: Collection[str]) -> Iterator[datetime]:
    """Yield when each due line of a file was written; all are read: a clock that was wrong puts one out of order."""
    for line in _lines(path):
        at = _time_of(event := _event(line))
        if at is not None and _is_due(event, at, before, kept):
            yield at


def drop_lines(path: Path | None, before: datetime, kept: Collection[str] = ()) -> None:
    """Drop those lines; whoever writes meanwhile waits, and goes on in the new file."""
    for one in _files(path):
        if any(True for _ in _due_in(one, before, kept)):
            _rewrite(one, before, kept)


def lines_about(path: Path | None, person: str) -> list[dict[str, Any]]:
    """Return the events that name a person, the oldest first."""
    lines = (line for one in reversed(_files(path)) for line in _lines(one))
    named = [event for event in (_event(line) for line in lines if person in line) if person in _people_of(event)]
    return sorted(named, key=lambda event: str(event.get("at")))


def _people_of(event: dict[str, Any]) -> set[Any]:
    return {event.get(name) for name in _ABOUT}


def _files(path: Path | None) -> list[Path]:
    """Return the file and that of strangers, each followed by those it was turned over to, the newest first."""
    if path is None:
        return []
    return [one for file in (path, strangers_file(path)) for one in (file, *_turned_over(file)) if one.exists()]


def _turned_over(file: Path) -> list[Path]:
    found = (one for one in file.parent.glob(f"{file.name}.*") if one.suffix[1:].isdigit())
    return sorted(found, key=lambda one: int(one.suffix[1:]))


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from file


def _event(line: str) -> dict[str, Any]:
    """Return what a line says; one that was cut off says nothing."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _time_of(event: dict[str, Any]) -> datetime | None:
    """Return when an event was, None for one that tells no time: it stays."""
    try:
        found = datetime.fromisoformat(str(event.get("at")))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _is_due(event: dict[str, Any], at: datetime | None, before: datetime, kept: Collection[str]) -> bool:
    return at is not None and at < before and not _people_of(event) & {*kept}


def _rewrite(path: Path, before: datetime, kept: Collection[str]) -> None:
    with path.open(encoding="utf-8", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not path.exists() or os.fstat(file.fileno()).st_ino != path.stat().st_ino:
            return  # turned over meanwhile: the next run finds it under its new name
        fresh = path.with_name(f"{path.name}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.writelines(line for line in file if not _is_due(found := _event(line), _time_of(found), before, kept))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
