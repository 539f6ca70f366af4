"""What the public may have as plain files: the log, the status lists, the papers of labels. Written by the signer.

Readers need no database and no program of ours; whoever copies the folder has everything (design, 2.9).
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.store import ObjectStore, from_url

_LABEL_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
_NAME = re.compile(r"[a-z][a-z-]{0,39}\.[a-z0-9.-]{1,12}")


def label_file(label_id: str, name: str) -> str:
    """Return where a file of a label lies.

    Raises:
        ValueError: an id or a name that no published file has.
    """
    if not _LABEL_ID.fullmatch(label_id) or not _NAME.fullmatch(name):
        raise ValueError(f"no published file is called labels/{label_id}/{name}")
    return f"labels/{label_id}/{name}"


class PublishedFiles(Protocol):
    """Where published files lie."""

    def read(self, path: str) -> bytes | None:
        """Return a file, None where there is none.

        Raises:
            OSError: the files cannot be reached now.
        """

    def write(self, path: str, content: bytes) -> None:
        """Keep a file, whole and durable, in the place of one that is there.

        Raises:
            OSError: it is not kept.
        """

    def remove_folder(self, path: str) -> None:
        """Take away files that nobody needs any more, all that lie in a folder; where there is none is no error."""

    def paths(self, folder: str) -> Iterator[str]:
        """Yield every file below a folder, in no order."""


def published_files(url: str) -> PublishedFiles:
    """Return the files at an address, `file:///…` or one that obstore knows (`s3://bucket/prefix`)."""
    if url.startswith("file:"):
        return FolderFiles(Path(unquote(urlsplit(url).path)))
    return StoreFiles(from_url(url))


class FolderFiles:
    """Files in a folder of this machine; written so that a crash leaves the old file or the new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """Return a file."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, content: bytes) -> None:
        """Keep a file; its name appears only when its content is on the disk."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.parent / f".{uuid4().hex}.unfinished"
        try:
            with unfinished.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    def remove_folder(self, path: str) -> None:
        """Take a folder away."""
        shutil.rmtree(self._folder / path, ignore_errors=True)

    def paths(self, folder: str) -> Iterator[str]:
        """Yield every file below a folder; what is being written is none yet."""
        for at, _, names in os.walk(self._folder / folder):
            yield from (
                (Path(at) / name).relative_to(self._folder).as_posix() for name in names if not name.startswith(".")
            )


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class StoreFiles:
    """Files in an object store, which keeps whole objects or none."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def read(self, path: str) -> bytes | None:
        """Return an object."""
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError:
            return None
        except obstore.exceptions.BaseError as error:
            raise OSError(str(error)) from error

    def write(self, path: str, content: bytes) -> None:
        """Keep an object."""
        try:
            obstore.put(self._store, path, content)
        except obstore.exceptions.BaseError as error:
            raise OSError(str(error)) from error

    def remove_folder(self, path: str) -> None:
        """Take objects away."""
        try:
            for found in obstore.list(self._store, prefix=path):
                obstore.delete(self._store, [one["path"] for one in found])
        except obstore.exceptions.BaseError as error:
            raise OSError(str(error)) from error

    def paths(self, folder: str) -> Iterator[str]:
        """Yield every object below a folder."""
        try:
            for found in obstore.list(self._store, prefix=folder):
                yield from (one["path"] for one in found)
        except obstore.exceptions.BaseError as error:
            raise OSError(str(error)) from error
