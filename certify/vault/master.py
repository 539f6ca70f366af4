"""The master keys of the vault: one wraps, those before it still open what they wrapped until it is wrapped anew."""

import base64
import os
import secrets
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from certify.vault.locks import locked_async
from schemas.canonical import canonical_json
from schemas.errors import Unavailable

KEY_BYTES = 32
_NONCE_BYTES = 12


def _key_of(value: object) -> object:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


_Key = Annotated[
    bytes,
    BeforeValidator(_key_of),
    PlainSerializer(lambda key: base64.b64encode(key).decode(), when_used="json"),
    Field(min_length=KEY_BYTES, max_length=KEY_BYTES, repr=False),
]


class MasterKey(BaseModel):
    """One master key: AES-256, with an id that says nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str
    key: _Key
    made_at: datetime


class Keyring(BaseModel):
    """The content of the file, the key that wraps at its end."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: int = Field(default=1, ge=1, le=1)
    keys: tuple[MasterKey, ...] = Field(min_length=1, max_length=8)


class Wrapped(NamedTuple):
    """A key as the database holds it: under which master, and the bytes."""

    master: str
    content: bytes


class MasterKeys:
    """The master keys of one file, read anew as soon as it is another: a rotation needs no restart.

    Raises, from every use:
        Unavailable: `master_missing`, `master_unreadable`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_of: tuple[int, int, int] | None = None
        self._known: Keyring | None = None

    def __repr__(self) -> str:
        return f"MasterKeys({str(self._path)!r})"

    @property
    def is_there(self) -> bool:
        """Whether there is a file of keys."""
        return self._path.exists()

    def wrap(self, key: bytes, *about: str, under: str | None = None) -> Wrapped:
        """Wrap a key under the present master or the one that is named; it opens only with the same words about it.

        Raises:
            Unavailable: `master_unknown`.
        """
        master = self._keyring().keys[-1] if under is None else self._master(under)
        return Wrapped(master.id, seal_key(master.key, key, *about))

    def unwrap(self, wrapped: Wrapped, *about: str) -> bytes:
        """Return a key that was wrapped.

        Raises:
            Unavailable: `master_unknown`: the file does not hold its master; `key_altered`.
        """
        return open_key(self._master(wrapped.master).key, wrapped.content, *about)

    def make(self) -> None:
        """Make the file with its first key, unless another program made it at the same moment."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._written(Keyring(keys=(_new(),)))
        try:
            os.link(beside, self._path)  # unlike a rename, it never takes the place of a file
        except FileExistsError:
            return
        finally:
            beside.unlink()
            self._sync_folder()

    def rotating(self) -> AbstractAsyncContextManager[None]:
        """Let one rotation go on at a time, from its begin to its end; another waits."""
        return locked_async(self._path)

    def begin_rotation(self, needed: Collection[str]) -> str:
        """Add a key that wraps from now on and return its id; older ones stay where some key needs them.

        While this and `end_rotation` run, nobody else may wrap a key.
        """
        fresh = _new()
        self._replace(Keyring(keys=(*(key for key in self._keyring().keys if key.id in needed), fresh)))
        return fresh.id

    def end_rotation(self, needed: Collection[str]) -> None:
        """Keep the last key and those that some key still needs; what the others wrapped opens no more, in no copy."""
        *older, last = self._keyring().keys
        self._replace(Keyring(keys=(*(key for key in older if key.id in needed), last)))

    def _master(self, master: str) -> MasterKey:
        for key in self._keyring().keys:
            if key.id == master:
                return key
        raise Unavailable("master_unknown", "The file of master keys does not hold the one that this key needs.")

    def _replace(self, keyring: Keyring) -> None:
        self._written(keyring).replace(self._path)
        self._sync_folder()

    def _written(self, keyring: Keyring) -> Path:
        beside = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(keyring.model_dump_json(indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return beside

    def _sync_folder(self) -> None:
        descriptor = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _keyring(self) -> Keyring:
        try:
            found = self._path.stat()
            state = (found.st_ino, found.st_mtime_ns, found.st_size)
            if self._known is None or state != self._read_of:
                self._known, self._read_of = Keyring.model_validate_json(self._path.read_bytes()), state
        except FileNotFoundError:
            raise Unavailable("master_missing", f"There are no master keys of the vault at {self._path}.") from None
        except (OSError, ValidationError):
            # The cause could show what the file holds.
            raise Unavailable("master_unreadable", f"{self._path} is no file of master keys.") from None
        return self._known


def seal_key(wrapping: bytes, key: bytes, *about: str) -> bytes:
    """Wrap a key under another with AES-256-GCM, bound to the words about it (ASVS 11.3.2, 11.3.4)."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(wrapping).encrypt(nonce, key, canonical_json(list(about)))


def open_key(wrapping: bytes, content: bytes, *about: str) -> bytes:
    """Return a wrapped key.

    Raises:
        Unavailable: `key_altered`: it was wrapped under another key, about something else, or changed since.
    """
    try:
        return AESGCM(wrapping).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], canonical_json(list(about)))
    except (InvalidTag, ValueError):
        raise Unavailable("key_altered", "A key of the vault is not as it was wrapped.") from None


def _new() -> MasterKey:
    return MasterKey(id=secrets.token_hex(8), key=secrets.token_bytes(KEY_BYTES), made_at=datetime.now(UTC))
