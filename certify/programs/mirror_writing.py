"""Renews a mirror in two moves, so that a crash leaves the old one or the new one (`labels.mirror.folder`)."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from certify.vault.published import sync_folder
from labels.mirror.folder import COMPLETE, LOG, MANIFEST, NEXT, MirrorFolder
from schemas.errors import CouldNotCheck, Unacceptable
from schemas.mirror import Manifest


@dataclass
class MirrorWriter:
    """Takes every file of the next mirror in; only what is new is written.

    Attributes:
        files: digests of all files of the next mirror, by path.
        written: how many of them are new.
    """

    folder: Path
    files: dict[str, str] = field(default_factory=dict)
    written: int = 0

    def __post_init__(self) -> None:
        self._present = MirrorFolder(self.folder)

    def put(self, path: str, content: bytes) -> None:
        """Take a file in."""
        self.files[path] = hashlib.sha256(content).hexdigest()
        if self._present.read(path) != content:
            self._stage(path, content)
            self.written += 1

    def complete(self, manifest: Manifest) -> None:
        """Put the new mirror in the place of the old one."""
        before = manifest_in(self.folder)
        self._stage(MANIFEST, manifest.model_dump_json().encode())
        for one in _folders(self.folder / NEXT):
            sync_folder(one)
        (self.folder / COMPLETE).touch()
        sync_folder(self.folder / NEXT)
        move(self.folder)
        gone = before.files.keys() - manifest.files.keys() if before is not None else ()
        for path in gone:
            # Partial tiles of an earlier size: nobody who has this checkpoint asks for them.
            if path.startswith(LOG):
                (self.folder / path).unlink(missing_ok=True)

    def _stage(self, path: str, content: bytes) -> None:
        target = self.folder / NEXT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def renewing(folder: Path, origin: str) -> Iterator[MirrorWriter]:
    """Renew a mirror, or begin one in a folder that is empty or not there; what is not completed leaves no trace.

    Raises:
        Unacceptable: `not_a_mirror`: the folder is something else, or the mirror of another log; nothing is written.
    """
    if folder.exists() and not folder.is_dir():
        raise Unacceptable("not_a_mirror", f"{folder} is no folder.")
    before = manifest_in(folder)
    if before is not None and before.origin != origin:
        raise Unacceptable("not_a_mirror", f"{folder} is a mirror of {before.origin}, another log.")
    if before is None and folder.is_dir() and any(one.name != NEXT for one in folder.iterdir()):
        raise Unacceptable("not_a_mirror", f"{folder} holds something else than a mirror; choose an empty folder.")
    if (folder / COMPLETE).exists():
        move(folder)
    shutil.rmtree(folder / NEXT, ignore_errors=True)
    try:
        yield MirrorWriter(folder)
    finally:
        if not (folder / COMPLETE).exists():
            shutil.rmtree(folder / NEXT, ignore_errors=True)


def manifest_in(folder: Path) -> Manifest | None:
    """Return the manifest of a mirror, None where there is none yet.

    Raises:
        Unacceptable: `not_a_mirror`: there is one, and it cannot be read.
    """
    files = MirrorFolder(folder)
    if files.read(MANIFEST) is None:
        return None
    try:
        return files.manifest()
    except CouldNotCheck as error:
        raise Unacceptable("not_a_mirror", error.message) from error


def move(folder: Path) -> None:
    """Move every file of a whole new mirror to its place; whoever stops here is finished by the next one."""
    staged = folder / NEXT
    for source in sorted(path for path in staged.rglob("*") if path.is_file() and path != folder / COMPLETE):
        target = folder / source.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    for one in _folders(staged):
        sync_folder(folder / one.relative_to(staged))
    (folder / COMPLETE).unlink()
    shutil.rmtree(staged)


def _folders(folder: Path) -> Iterator[Path]:
    yield from (folder, *(path for path in folder.rglob("*") if path.is_dir()))
