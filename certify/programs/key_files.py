"""Where the public side of the keys lies: the signed versions, what is served of the last one, the pinned root.

`key-set-<n>.cose`, each version as the root signed it, is what counts; `key-set.cose` and `keys.json` are made from
the last one and are made again wherever they differ. `signing-keys.json` tells where each private key is opened.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter

from certify.config import Settings
from labels.key_set import Use, content_of
from labels.root import Root
from labels.signed_key_set import SignedKeySet, verify_key_set
from schemas.errors import CouldNotCheck, LabelError
from schemas.label import Kid


class SigningKey(BaseModel):
    """Where a private key is opened: `file:NAME` beside the list, or any other URI as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kid: Kid
    use: Use
    uri: str


_SIGNING_KEYS: TypeAdapter[tuple[SigningKey, ...]] = TypeAdapter(tuple[SigningKey, ...])


class KeyFiles(NamedTuple):
    """The files that the settings name."""

    signed: Path
    jwks: Path
    root: Path
    signing_keys: Path

    @classmethod
    def of(cls, settings: Settings) -> "KeyFiles":
        """Return the files of these settings."""
        found = (settings.signed_key_set_file, settings.key_set_file, settings.root_file, settings.signing_keys_file)
        signed, jwks, root, signing_keys = (path for path in found if path is not None)
        return cls(signed, jwks, root, signing_keys)

    def versions(self) -> Sequence[SignedKeySet]:
        """Return every version, from the first on, each verified with the root; none where none was ever signed.

        Raises:
            CouldNotCheck: as `verify_key_set`; `root_unreadable`; `key_set_missing`: the numbers have a gap.
        """
        numbers = sorted(self._numbers())
        if not numbers:
            return ()
        root = Root.read(self.root)
        found = [verify_key_set(content_of(self._version(number)), root) for number in numbers]
        if [one.version for one in found] != list(range(1, len(found) + 1)) or numbers != [
            one.version for one in found
        ]:
            raise CouldNotCheck("key_set_missing", f"The versions of the key set beside {self.signed} have a gap.")
        return found

    def last(self) -> SignedKeySet | None:
        """Return the last version, None where none was ever signed.

        Raises:
            CouldNotCheck: as `versions`.
        """
        versions = self.versions()
        return versions[-1] if versions else None

    def publish(self, found: SignedKeySet) -> None:
        """Keep a version, and serve it; the same again mends what was left unfinished."""
        for path, content in (
            (self._version(found.version), found.signed),
            (self.signed, found.signed),
            (self.jwks, found.as_jwks().encode()),
        ):
            if not path.exists() or path.read_bytes() != content:
                write_whole(path, content)

    def signing_keys_listed(self) -> tuple[SigningKey, ...]:
        """Return where the private keys are opened.

        Raises:
            LabelError: `signing_keys_unreadable`.
        """
        if not self.signing_keys.exists():
            return ()
        try:
            return _SIGNING_KEYS.validate_json(self.signing_keys.read_bytes())
        except (OSError, ValueError) as error:
            raise LabelError("signing_keys_unreadable", f"{self.signing_keys} is no list of signing keys.") from error

    def list_signing_key(self, key: SigningKey) -> None:
        """Add a private key to the list, where it does not stand in it."""
        listed = self.signing_keys_listed()
        if key not in listed:
            write_whole(self.signing_keys, _SIGNING_KEYS.dump_json((*listed, key), indent=1) + b"\n")

    def _version(self, number: int) -> Path:
        return self.signed.with_name(f"{self.signed.stem}-{number}{self.signed.suffix}")

    def _numbers(self) -> set[int]:
        name = re.compile(rf"{re.escape(self.signed.stem)}-([1-9]\d*){re.escape(self.signed.suffix)}")
        if not self.signed.parent.is_dir():
            return set()
        return {int(found[1]) for path in self.signed.parent.iterdir() if (found := name.fullmatch(path.name))}


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old content or the new one, whole, whenever the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
