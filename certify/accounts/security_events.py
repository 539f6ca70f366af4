"""What happens to accounts and permissions, told as it happens: one JSON line each, in a file of its own.

The journal and the stream `attempts` are the proof; these lines are for whoever watches (OWASP ASVS 5.0, 16.2, 16.3).
They name people by opaque id, carry no content, and only the fields of `FIELDS`.

What changes something is told before it is kept (`tell`): where that cannot be written, it is not done. A refusal is
told as well as may be (`note`): it stands, whether anybody hears of it or not (docs/decisions/0074).

What somebody can cause who is not signed in has a file beside it, of a bounded number of lines a minute: no stranger
makes the lines of others go, as old ones do when a file is full (docs/decisions/0074).
"""

import errno
import fcntl
import json
import logging
import os
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.database import at_the_end
from schemas.errors import Unavailable
from schemas.identifiers import PUBLIC, WITHOUT_ACCOUNT

LOGGER: Final = logging.getLogger("certify.security")
FIELDS: Final = frozenset({"act", "code", "ended", "known", "more"})
"""What a line may carry beside who, how, when and what became of it (ASVS 16.2.5)."""
BY_STRANGERS: Final = frozenset(
    {"link_refused", "sign_in_failed", "sign_in_refused", "token_refused", "unproven_row_refused"}
)
"""What somebody can cause who is not signed in, besides what complainants do, who need no account."""
TOLD_A_MINUTE: Final = 10
"""Lines a minute of each of these, of persons we know and of nobody apart: as many as attempts that are kept."""
MINUTE: Final = 60.0
TEXT_MAX: Final = 200
FILE_MAX_BYTES: Final = 16 * 1024 * 1024
FILES_KEPT: Final = 8
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def note(
    kind: str,
    person: str | None = None,
    *,
    at: datetime | None = None,
    actor: str | None = None,
    authn: str | None = None,
    request_id: str | None = None,
    outcome: str | None = None,
    surely: bool = False,
    **fields: object,
) -> None:
    """Tell of a security event; other fields by the names of `FIELDS`.

    A field that is not listed is left out, and its name told: a line never carries what nobody thought of.

    Args:
        kind: snake_case name of what happened, `signed_in`.
        person: whose account it concerns, by opaque id; None where nobody is known.
        at: when, if not now.
        actor: who did it; the person by default.
        authn: how the actor came in (`certify.accounts.principal.Authn`).
        request_id: the request it came with.
        outcome: `done`, `refused` or `failed`; by default what the kind ends with, else `done`.
        surely: whether it must be written, as before something is given out.
        fields: further facts: ids, codes and counts, no content.

    Raises:
        Unavailable: `not_told`, only where it must be written.
    """
    told: dict[str, object] = {"at": at} if at is not None else {}
    told |= {"kind": kind, "outcome": outcome or _outcome_of(kind), "person": person, "authn": authn}
    told |= {"request_id": request_id, **({"actor": actor} if actor not in {None, person} else {})}
    told |= {name: value for name, value in sorted(fields.items()) if name in FIELDS}
    left_out = sorted(set(fields) - FIELDS)
    told |= {"left_out": ",".join(left_out)} if left_out else {}
    by_stranger = kind in BY_STRANGERS or authn == WITHOUT_ACCOUNT
    try:
        LOGGER.info(kind, extra={"security": told, "surely": surely, "by_stranger": by_stranger})
    except OSError:
        what = "This would have to be told first, and that cannot be written now. Nothing was done; try again later."
        raise Unavailable("not_told", what) from None


def tell(
    session: AsyncSession,
    kind: str,
    person: str | None = None,
    *,
    at: datetime | None = None,
    actor: str | None = None,
    authn: str | None = None,
    request_id: str | None = None,
    **fields: object,
) -> None:
    """Tell of a change before a writing session keeps it (`attempted`), and then whether it did: `done` or `failed`.

    After a crash between the two nothing says what became of it but the rows themselves.

    Raises:
        Unavailable: `not_told`; the change must not be kept.
    """
    known: dict[str, Any] = {"at": at, "actor": actor, "authn": authn, "request_id": request_id, **fields}
    note(kind, person, outcome="attempted", surely=True, **known)
    at_the_end(session, lambda kept: note(kind, person, outcome="done" if kept else "failed", **known))


def _outcome_of(kind: str) -> str:
    end = kind.rpartition("_")[2]
    return end if end in {"refused", "failed"} else "done"


def clean(value: object) -> object:
    """Return a value that cannot forge a line or move a terminal: no line ends, escapes or reversals (ASVS 16.4.1)."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    shown = "".join("\ufffd" if unicodedata.category(sign) in _UNSAFE else sign for sign in str(value)[:TEXT_MAX])
    return shown + "…" if len(str(value)) > TEXT_MAX else shown


def line(fields: dict[str, Any]) -> str:
    """Return one JSON line of ASCII; times in it are RFC 3339 in UTC."""
    return json.dumps({name: clean(value) for name, value in fields.items()}, separators=(",", ":"))


class JsonLines(logging.Formatter):
    """Writes the events of this logger as `line` does; anything else that reaches it loses all but its level."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of an event."""
        security = getattr(record, "security", None) or {"kind": "other_message", "outcome": record.levelname}
        return line({"at": datetime.fromtimestamp(record.created, UTC), **security})


class _OwnersFile(RotatingFileHandler):
    """A file that only its owner reads, also after it was turned over; nobody writes while lines are dropped."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, whole or not at all, into the file that stands at the path now.

        Raises:
            OSError: a line that must be written (`surely`) is not.
        """
        surely = getattr(record, "surely", False)
        try:
            self._hold()
            if self.shouldRollover(record):
                self.doRollover()
                self._hold()
            self._append(f"{self.format(record)}\n".encode(), surely=surely)
        except OSError:
            if surely:
                raise
            self.handleError(record)
        finally:
            if self.stream is not None:
                fcntl.flock(self.stream, fcntl.LOCK_UN)

    def _append(self, line: bytes, *, surely: bool) -> None:
        assert self.stream is not None
        file = self.stream.fileno()
        end = os.fstat(file).st_size
        if os.write(file, line) != len(line):  # half a line would spoil the next one
            os.ftruncate(file, end)
            raise OSError(errno.ENOSPC, "the disk is full", self.baseFilename)
        if surely:  # what is kept after it outlives a power cut; so must the line
            os.fsync(file)

    def _hold(self) -> None:
        """Lock the file that stands at the path; one that was put in its place meanwhile is opened."""
        while True:
            if self.stream is None:
                self.stream = self._open()
            fcntl.flock(self.stream, fcntl.LOCK_EX)
            path = Path(self.baseFilename)
            if path.exists() and os.fstat(self.stream.fileno()).st_ino == path.stat().st_ino:
                return
            self.stream.close()
            self.stream = None

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")


class _StrangersFile(_OwnersFile):
    """Ten lines a minute of each kind, and then one that says how many more there were (`more`).

    What must be written before a change is kept (`surely`) always is: complaints, whose contact their people erase, are
    limited themselves (`certify.register.report_counts`).
    """

    def __init__(self, path: Path, *, max_bytes: int, minute: float) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=FILES_KEPT, delay=True)
        self._minute = minute
        self._counts: Counter[tuple[str, bool]] = Counter()
        self._end: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it.

        Raises:
            OSError: a line that must be written is not.
        """
        if getattr(record, "surely", False):
            super().emit(record)
            return
        told: dict[str, Any] = record.__dict__["security"]
        what = (told["kind"], told["person"] not in {None, PUBLIC})
        self._counts[what] += 1
        if self._end is None:
            end = threading.Timer(self._minute, self.end_minute)
            end.daemon = True
            end.start()
            self._end = end
        if self._counts[what] <= TOLD_A_MINUTE:
            super().emit(record)

    def end_minute(self) -> None:
        """Tell how many were counted only, and count anew."""
        self.acquire()
        try:
            if self._end is not None:
                self._end.cancel()
            counts, self._counts, self._end = self._counts, Counter(), None
            for (kind, known), count in sorted(counts.items()):
                if count > TOLD_A_MINUTE:
                    super().emit(_more(kind, known=known, more=count - TOLD_A_MINUTE))
        finally:
            self.release()

    def close(self) -> None:
        """Tell what was counted until now."""
        self.end_minute()
        super().close()


def _more(kind: str, *, known: bool, more: int) -> logging.LogRecord:
    nobody = dict.fromkeys(("person", "authn", "request_id"))
    security = {"kind": kind, "outcome": _outcome_of(kind), **nobody, "known": known, "more": more}
    return logging.makeLogRecord({"security": security})


class EventFiles(logging.Handler):
    """Where events go: what strangers cause into a file of its own."""

    def __init__(self, path: Path, *, turns_over: bool, minute: float) -> None:
        super().__init__()
        max_bytes = FILE_MAX_BYTES if turns_over else 0
        self.people = _OwnersFile(path, maxBytes=max_bytes, backupCount=FILES_KEPT, delay=True)
        self.strangers = _StrangersFile(strangers_file(path), max_bytes=max_bytes, minute=minute)
        for file in (self.people, self.strangers):
            file.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line into the file it belongs to.

        Raises:
            OSError: a line that must be written (`surely`) is not.
        """
        file = self.strangers if getattr(record, "by_stranger", False) else self.people
        file.handle(record)

    def close(self) -> None:
        """Close both."""
        self.people.close()
        self.strangers.close()
        super().close()


def strangers_file(path: Path) -> Path:
    """Return which file beside that of the events takes what strangers cause."""
    return path.with_name(f"{path.stem}-strangers{path.suffix}")


def write_to(path: Path, *, turns_over: bool = True, minute: float = MINUTE) -> EventFiles:
    """Send the events to their files, turned over at 16 MiB, eight kept, by the program that stays; commands only add.

    `minute` is after how many seconds what strangers cause is counted anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = EventFiles(path, turns_over=turns_over, minute=minute)
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    return handler


@contextmanager
def written_to(path: Path) -> Iterator[None]:
    """Send the events to a file for as long as a command runs."""
    handler = write_to(path, turns_over=False)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        handler.close()
