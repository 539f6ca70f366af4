"""What a monitor remembers, in a folder of its own: the last checkpoint that held, and the proofs of what did not.

checkpoint                      the last one that held, as it was published, with all signatures
label-keys                      the last key set that a pinned root signed
evidence/{kind}-{digest}/       `remembered` and `found`: two signed checkpoints that cannot both be of one log

A file is replaced whole or not at all, and is on the disk before the monitor says that it is.
"""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from labels.log import checkpoints, notes
from labels.log.checkpoints import Checkpoint
from labels.log.notes import MAX_NOTE_BYTES, Note
from labels.signed_key_set import MAX_BYTES as MAX_KEY_SET_BYTES
from schemas.errors import CouldNotCheck, VerificationError

CHECKPOINT, KEYS, EVIDENCE = "checkpoint", "label-keys", "evidence"
REMEMBERED, FOUND = "remembered", "found"


class Memory:
    """The folder; it is made when something is first remembered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def checkpoint(self) -> tuple[Checkpoint, Note] | None:
        """Return the last checkpoint that held; None where this monitor never saw one.

        Raises:
            CouldNotCheck: `memory_unreadable`: there is one and it cannot be read. Whoever began anew here would
                believe whatever log is shown now.
        """
        content = self._read(CHECKPOINT, MAX_NOTE_BYTES)
        if content is None:
            return None
        try:
            note = notes.parse(content)
            return checkpoints.read(note), note
        except VerificationError as error:
            what = f"{self.folder / CHECKPOINT} is no checkpoint any more."
            raise CouldNotCheck("memory_unreadable", what) from error

    def key_set(self) -> bytes | None:
        """Return the last signed key set.

        Raises:
            CouldNotCheck: `memory_unreadable`.
        """
        return self._read(KEYS, MAX_KEY_SET_BYTES)

    def remember(self, note: Note) -> None:
        """Keep a checkpoint that held, unless a larger one is kept by now.

        Raises:
            CouldNotCheck: `memory_unreadable`; `memory_unwritable`.
        """
        known = self.checkpoint()
        if known is None or known[0].size <= checkpoints.read(note).size:
            self._write(self.folder / CHECKPOINT, str(note).encode())

    def remember_keys(self, signed: bytes) -> None:
        """Keep a key set that the root signed.

        Raises:
            CouldNotCheck: `memory_unwritable`.
        """
        if signed != self.key_set():
            self._write(self.folder / KEYS, signed)

    def keep(self, kind: str, remembered: Note, found: Note) -> Path:
        """Keep two signed checkpoints that contradict each other, and return their folder; the same pair lies once.

        Raises:
            CouldNotCheck: `memory_unwritable`.
        """
        digest = hashlib.sha256(f"{remembered.text}\0{found.text}".encode()).hexdigest()[:16]
        folder = self.folder / EVIDENCE / f"{kind}-{digest}"
        for name, note in ((REMEMBERED, remembered), (FOUND, found)):
            if not (folder / name).exists():
                self._write(folder / name, str(note).encode())
        return folder

    def _read(self, name: str, limit: int) -> bytes | None:
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(limit + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            what = f"{self.folder / name} cannot be read: {error.strerror}."
            raise CouldNotCheck("memory_unreadable", what) from error

    def _write(self, path: Path, content: bytes) -> None:
        unfinished = path.parent / f".{uuid4().hex}.unfinished"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for left in path.parent.glob(".*.unfinished"):
                left.unlink(missing_ok=True)
            with unfinished.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            _sync(path.parent)
        except OSError as error:
            raise CouldNotCheck("memory_unwritable", f"{path} cannot be written: {error.strerror}.") from error


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk, where a system can tell (POSIX)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
