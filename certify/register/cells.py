"""Seals single cells of the record, so that its database and the backups of it show nothing that people confided.

A column says so by its type (`sealed_text`, `sealed_bytes`); what it holds is sealed when it is bound and opened when
it is read, with the keys of the database it goes to (`Database`). SQL sees noise: nothing compares or searches there.

    sealed = "CCELL1:" ‖ length of the key's id (1 byte) ‖ id ‖ nonce (12 random bytes) ‖ AES-256-GCM with its tag
    key    = HKDF-SHA-256(key of the installation, info "certify record cell")
    aad    = "CCELL1:" ‖ id ‖ line feed ‖ table ‖ "." ‖ column

In columns of text what follows the prefix is base64. What does not begin with the prefix was written by an earlier
version and is read as it is, until all is sealed; from then on it was written without the keys, and is not believed
(docs/decisions/0060).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import NullType

from schemas.errors import CouldNotCheck, Unavailable

PREFIX: Final = b"CCELL1:"
IN_CLEAR: Final = "is in clear, where everything is sealed: it was written without the keys"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class CellUnreadable(Unavailable, DontWrapMixin):
    """A sealed cell that cannot be opened here, or one that cannot be sealed."""


class CellKeys:
    """Seals and opens cells, and proves rows.

    Args:
        read: gives the keys of the installation by id, oldest first: the last one seals, all open. It is asked again
            when a cell names an id that is not known yet: another program was told of a new key before this one.
        seals: whether cells are sealed; while programs of before still run, they are only opened.
        all_sealed: whether nothing of the record lies in clear any more, so that what does is none of ours.
    """

    def __init__(
        self, read: Callable[[], Mapping[str, bytes]], *, seals: bool = True, all_sealed: bool = False
    ) -> None:
        self._read, self.seals, self.all_sealed = read, seals, all_sealed
        self._ciphers: dict[str, AESGCM] = {}
        self._provers: dict[str, bytes] = {}
        self._learn()
        self.current = list(self._ciphers)[-1]

    def seal(self, place: str, plain: bytes) -> bytes:
        """Return what is kept in a column (`table.column`)."""
        nonce, name = secrets.token_bytes(_NONCE_BYTES), self.current.encode()
        sealed = self._ciphers[self.current].encrypt(nonce, plain, _about(self.current, place))
        return PREFIX + bytes([len(name)]) + name + nonce + sealed

    def open(self, place: str, sealed: bytes) -> bytes:
        """Return what was sealed for a column.

        Raises:
            CellUnreadable: `cell_not_opened`: it was altered, is of another column, or its key is not here.
        """
        key_id, rest = parted(sealed)
        if key_id not in self._ciphers:
            self._learn()
        if key_id not in self._ciphers or len(rest) < _NONCE_BYTES + _TAG_BYTES:
            raise _not_opened(place)
        try:
            return self._ciphers[key_id].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _about(key_id, place))
        except InvalidTag:
            raise _not_opened(place) from None

    def proof_of(self, what: bytes) -> str:
        """Return the proof that whoever has the keys said this (`certify.register.row_proofs`)."""
        return f"{self.current}:{base64.b64encode(self._mac(self.current, what)).decode()}"

    def is_proof(self, what: bytes, proof: str) -> bool:
        """Whether it is, under any of the keys."""
        key_id, _, given = proof.rpartition(":")
        if key_id not in self._provers:
            self._learn()
        if key_id not in self._provers:
            return False
        return hmac.compare_digest(base64.b64encode(self._mac(key_id, what)), given.encode())

    def _mac(self, key_id: str, what: bytes) -> bytes:
        return hmac.digest(self._provers[key_id], what, hashlib.sha256)

    def _learn(self) -> None:
        keys = self._read()
        # The keys of the installation seal payloads too: what is derived of them does nothing else.
        self._ciphers = {name: AESGCM(_derived(key, b"certify record cell")) for name, key in keys.items()}
        self._provers = {name: _derived(key, b"certify row proof") for name, key in keys.items()}


class Unopened(NamedTuple):
    """Stands for a sealed cell that does not open, in a check that goes on."""

    why: str

    def __repr__(self) -> str:
        """As a finding shows it."""
        return self.why


class SealedCell(TypeDecorator[Any]):
    """The type of a column whose cells are sealed; it knows its place, for a cell is good in no other column."""

    impl: Any = NullType
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Any]):
        """Refuses every question that SQL would answer from sealed bytes."""

        def operate(self, *_: Any, **__: Any) -> Any:
            """Refuse, however it is asked."""
            raise TypeError("the cells of this column are sealed; compare what was read of them")

        reverse_operate = operate

    comparator_factory = Comparator

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def to_stored(self, sealed: bytes) -> Any:
        """Return sealed bytes as the column keeps them."""
        return sealed

    def to_sealed(self, stored: Any) -> bytes | None:
        """Return what was sealed of what a column keeps, None where it is not sealed."""
        is_sealed = isinstance(stored, bytes) and stored.startswith(PREFIX)
        return stored if is_sealed else None

    def to_plain(self, value: Any) -> bytes:
        """Return a value as bytes."""
        return bytes(value)

    def to_value(self, plain: bytes) -> Any:
        """Return bytes as a value."""
        return plain

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what seals a value on its way into the database."""
        bound = super().bind_processor(dialect) or _as_it_is
        return lambda value: bound(self.sealed(value, dialect))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what opens a cell that was read."""
        read = super().result_processor(dialect, coltype) or _as_it_is
        return lambda value: self.opened(read(value), dialect)

    def sealed(self, value: Any, dialect: Dialect) -> Any:
        """Return what the column keeps of a value.

        Raises:
            CellUnreadable: `cell_keys_missing`.
        """
        if value is None:
            return None
        cells = keys_of(dialect)
        if cells is None:
            raise CellUnreadable("cell_keys_missing", "Without the keys of this installation nothing is recorded.")
        # What only looks sealed, as the first letters of a contact may, would never be read again as it is.
        if not cells.seals and self.to_sealed(value) is None:
            return value
        return self.to_stored(cells.seal(self.place, self.to_plain(value)))

    def opened(self, stored: Any, dialect: Dialect) -> Any:
        """Return the value of what the column keeps.

        Raises:
            CellUnreadable: `cell_keys_missing`, `cell_not_opened`.
        """
        sealed, cells = self.to_sealed(stored), keys_of(dialect)
        if sealed is None:
            if stored is not None and cells is not None and cells.all_sealed:
                raise CellUnreadable("cell_not_opened", f"A cell of {self.place} {IN_CLEAR}; `certify check` names it.")
            return stored
        if cells is None:
            what = "This part of the record is sealed, and the keys of the installation are not at hand."
            raise CellUnreadable("cell_keys_missing", what)
        return self.to_value(cells.open(self.place, sealed))


class _SealedBytes(SealedCell):
    impl = LargeBinary
    cache_ok = True


class _SealedText(SealedCell):
    impl = Text
    cache_ok = True

    def to_stored(self, sealed: bytes) -> Any:
        return PREFIX.decode() + base64.b64encode(sealed[len(PREFIX) :]).decode()

    def to_sealed(self, stored: Any) -> bytes | None:
        if not isinstance(stored, str) or not stored.startswith(PREFIX.decode()):
            return None
        try:
            return PREFIX + base64.b64decode(stored[len(PREFIX) :], validate=True)
        except ValueError:
            return PREFIX  # sealed once; it does not open

    def to_plain(self, value: Any) -> bytes:
        return str(value).encode()

    def to_value(self, plain: bytes) -> Any:
        return plain.decode()


class AsFound(TypeDecorator[Any]):
    """Gives a sealed cell to a check: opened, or as `Unopened`; anything else as it is stored."""

    impl = NullType
    cache_ok = True

    def __init__(self, cell: SealedCell) -> None:
        super().__init__()
        self.place, self._cell = cell.place, cell

    def result_processor(self, dialect: Dialect, _: object) -> Callable[[Any], Any]:
        """Return what opens what can be opened; without keys it raises CouldNotCheck, `cell_keys_missing`."""
        return lambda stored: self._found(stored, dialect)

    def _found(self, stored: Any, dialect: Dialect) -> Any:
        try:
            return self._cell.opened(stored, dialect)
        except CellUnreadable as error:
            if error.code == "cell_keys_missing":
                raise CouldNotCheck(error.code, error.message) from None
            return Unopened(IN_CLEAR if self._cell.to_sealed(stored) is None else "does not open")


def sealed_text(place: str) -> Any:
    """Return the type of a column of text, `table.column`, whose cells are sealed."""
    return _SealedText(place)


def sealed_bytes(place: str) -> Any:
    """Return the type of a column of bytes, `table.column`, whose cells are sealed."""
    return _SealedBytes(place)


def parted(sealed: bytes) -> tuple[str, bytes]:
    """Return the id of the key that sealed a cell, and what follows it; an id that is none is empty."""
    length = sealed[len(PREFIX)] if len(sealed) > len(PREFIX) else 0
    begin = len(PREFIX) + 1
    return sealed[begin : begin + length].decode(errors="replace"), sealed[begin + length :]


def attach(dialect: Dialect, keys: CellKeys | None) -> None:
    """Let everything that speaks to one database seal and open with these keys."""
    dialect.certify_cells = keys  # type: ignore[attr-defined]  # what a type is handed when it binds and reads


def _as_it_is(value: Any) -> Any:
    return value


def keys_of(dialect: Dialect) -> CellKeys | None:
    """Return the keys that were attached, None where there are none."""
    return getattr(dialect, "certify_cells", None)


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=use).derive(key)


def _about(key_id: str, place: str) -> bytes:
    return PREFIX + f"{key_id}\n{place}".encode()


def _not_opened(place: str) -> CellUnreadable:
    what = f"A cell of {place} does not open: it was altered, or its key is not here; `certify check` names it."
    return CellUnreadable("cell_not_opened", what)
