"""What lies where in a mirror, and how it is read: whole files of its own folder, and nothing else.

Where there is an address of ours, the path is that address, so that any web server can give the folder out:

mirror.json                           what was mirrored, and the digest of every file (`schemas.mirror.Manifest`)
index.html, index.ru.html, mirror.css the labels for people; proves nothing
log/checkpoint, log/tile/…            the log (c2sp.org/tlog-tiles)
s/index.json, s/{n}                   status lists
offline.bundle                        keys, checkpoint and lists in one file
.well-known/label-keys, jwks.json, label-root.json
keys/key-set-{n}.cose                 every version of the key set, as the root signed it
labels/{ID}/label.json                what the public may know of a label (`schemas.mirror.MirroredLabel`)
labels/{ID}/label.tlog-proof, …       its proof and its papers
scheme/{digest}/scheme.json           every scheme document that the log names
register.json                         the Register of participants
statistics.json, practices.json       for information; the log says nothing of them

A mirror is renewed in two moves: what is new is written below `.next/` and said to be whole by `.next/complete`, then
each file is moved to its place. Between the moves a reader takes from `.next/` what lies there, and so sees the new
mirror from the moment it is whole, and the old one until then.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from labels.mirror.report import Difference
from schemas.errors import CouldNotCheck
from schemas.mirror import Manifest

MANIFEST = "mirror.json"
NEXT, COMPLETE = ".next", ".next/complete"
LOG = "log/"
BUNDLE = "offline.bundle"
STATUS_INDEX = "s/index.json"
JWKS, SIGNED_KEYS, ROOT = ".well-known/jwks.json", ".well-known/label-keys", ".well-known/label-root.json"
REGISTER = "register.json"
LABELS = "labels"
INFORMATION = ("index.html", "index.ru.html", "mirror.css", "statistics.json", "practices.json")
"""Files that are there to be read; nothing in a mirror proves what they say."""
LABEL, PROOF = "label.json", "label.tlog-proof"

_KEY_SET = re.compile(r"keys/key-set-([1-9][0-9]{0,8})\.cose")
_MAX_FILE_BYTES = 512 * 1024 * 1024
"""A manifest of 10^6 labels takes less; nothing else comes near."""


def key_set_file(version: int) -> str:
    """Return where a version of the key set lies."""
    return f"keys/key-set-{version}.cose"


def scheme_file(digest: str) -> str:
    """Return where a scheme document lies."""
    return f"scheme/{digest}/scheme.json"


def label_file(label_id: str, name: str) -> str:
    """Return where a file of a label lies."""
    return f"{LABELS}/{label_id}/{name}"


class MirrorFolder:
    """The files of a mirror."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_renewed = _read(folder / COMPLETE) is not None

    def read(self, path: str) -> bytes | None:
        """Return a file, None where there is none; links and devices are no files of a mirror.

        Raises:
            CouldNotCheck: `file_unreadable`.
        """
        found = _read(self.folder / NEXT / path) if self._is_renewed else None
        return _read(self.folder / path) if found is None else found

    def manifest(self) -> Manifest:
        """Return what was mirrored.

        Raises:
            CouldNotCheck: `not_a_mirror`.
        """
        content = self.read(MANIFEST)
        if content is None:
            raise CouldNotCheck("not_a_mirror", f"{self.folder} is no mirror: it has no {MANIFEST}.")
        try:
            return Manifest.model_validate_json(content)
        except ValueError as error:
            raise CouldNotCheck("not_a_mirror", f"{self.folder} is no mirror: {MANIFEST} cannot be read.") from error

    def labels(self) -> Iterator[str]:
        """Yield the names of all folders of labels."""
        for base in (self.folder, *([self.folder / NEXT] if self._is_renewed else [])):
            if (base / LABELS).is_dir():
                yield from (one.name for one in (base / LABELS).iterdir())

    def log(self) -> "LogOfMirror":
        """Return the files of the log."""
        return LogOfMirror(self)


class LogOfMirror:
    """The files of the log among all others (`labels.log.tiles.StoredFiles`)."""

    def __init__(self, files: MirrorFolder) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        """Return a file of the log."""
        return self._files.read(LOG + path)


def key_set_versions(manifest: Manifest) -> list[int]:
    """Return the versions of the key set that a mirror says it has."""
    return sorted(int(found[1]) for path in manifest.files if (found := _KEY_SET.fullmatch(path)))


def file_differences(files: MirrorFolder, manifest: Manifest) -> Iterator[Difference]:
    """Yield the files that are gone or other ones than when the mirror was made."""
    for path, digest in manifest.files.items():
        content = files.read(path)
        if content is None:
            yield Difference(path, "is missing", "file_missing")
        elif hashlib.sha256(content).hexdigest() != digest:
            yield Difference(path, "is not the file that was mirrored", "file_differs")


def _read(path: Path) -> bytes | None:
    try:
        status = path.lstat()
        if not S_ISREG(status.st_mode) or status.st_size > _MAX_FILE_BYTES:
            return None
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CouldNotCheck("file_unreadable", f"{path} cannot be read: {error.strerror}.") from error
