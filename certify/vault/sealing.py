r"""Sealed bytes: a file in chunks of AES-256-GCM, in order, the last of them marked (ASVS 11.3.2 to 11.3.4).

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", CRYPTO 2015):

    sealed = header ‖ chunk*
    header = "CSEAL" ‖ version 1 ‖ log₂ of the chunk's bytes ‖ 0 ‖ id of the key (16 random bytes)
    chunk  = AES-256-GCM(key, nonce, aad, up to that many bytes)
    nonce  = first 7 bytes of the id ‖ number of the chunk from 0 (4, big-endian) ‖ 1 for the last, else 0
    aad    = header ‖ subject in UTF-8

A key seals one file only, so no nonce comes twice under it; the same file under the same key gives the same bytes, by
which a lost object is mended. A chunk is given out only after it was authenticated as this one of this file.
"""

import hashlib
from collections.abc import Callable
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certify.vault.keys import FileKey
from schemas.errors import Unavailable

MAGIC: Final = b"CSEAL"
VERSION: Final = 1
CHUNK_BITS: Final = 18
_BITS: Final = range(10, 21)
HEADER_BYTES: Final = 24
_TAG_BYTES: Final = 16


class SealBroken(Unavailable):
    """Sealed bytes that do not open: `not_sealed`, `seal_version_unknown`, `seal_of_another`, `seal_broken`.

    What was handed in is unharmed where a copy of the store still has it; the case is no worse for it.
    """


def sealed_size(size: int) -> int:
    """Return how long a file of some bytes is once it is sealed."""
    return HEADER_BYTES + size + _TAG_BYTES * max(1, -(-size // (1 << CHUNK_BITS)))


class _Chunks:
    """Nonces and bound words of the chunks of one file, in order."""

    def __init__(self, key: FileKey, subject: str, header: bytes) -> None:
        self._cipher, self._prefix, self._aad = AESGCM(key.key), bytes.fromhex(key.id)[:7], header + subject.encode()
        self._number = 0

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._prefix + self._number.to_bytes(4, "big") + bytes([last])
        self._number += 1
        return nonce

    def sealed(self, chunk: memoryview, *, last: bool = False) -> bytes:
        return self._cipher.encrypt(self._nonce(last=last), chunk, self._aad)

    def opened(self, chunk: memoryview, *, last: bool = False) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(last=last), chunk, self._aad)
        except (InvalidTag, ValueError):
            raise SealBroken("seal_broken", "What the store holds is not as it was sealed.") from None


class _Header(NamedTuple):
    """What stands before the chunks."""

    id: str
    bits: int = CHUNK_BITS

    def as_bytes(self) -> bytes:
        return MAGIC + bytes([VERSION, self.bits, 0]) + bytes.fromhex(self.id)

    @classmethod
    def read(cls, content: bytes) -> "_Header":
        if len(content) < HEADER_BYTES or not content.startswith(MAGIC):
            raise SealBroken("not_sealed", "What the store holds was not sealed by the vault.")
        version, bits, rest = content[len(MAGIC) : len(MAGIC) + 3]
        if version != VERSION or bits not in _BITS or rest != 0:
            raise SealBroken("seal_version_unknown", "What the store holds was sealed by another version.")
        return cls(content[len(MAGIC) + 3 : HEADER_BYTES].hex(), bits)


def _complete(held: bytearray, step: int, done: Callable[[memoryview], bytes]) -> list[bytes]:
    """Take whole chunks off the front, all that others surely follow."""
    count = max(len(held) - 1, 0) // step
    with memoryview(held) as view:
        found = []
        for start in range(0, count * step, step):
            with view[start : start + step] as chunk:
                found.append(done(chunk))
    del held[: count * step]
    return found


class Sealer:
    """Seals one file, given in pieces of any size."""

    def __init__(self, key: FileKey, subject: str, *, chunk_bits: int = CHUNK_BITS) -> None:
        header = _Header(key.id, chunk_bits).as_bytes()
        self._chunks, self._step = _Chunks(key, subject, header), 1 << chunk_bits
        self._held, self._begun = bytearray(), header
        self._plain, self._sealed = hashlib.sha256(), hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """Return the digest of the file so far."""
        return self._plain.hexdigest()

    @property
    def stored_digest(self) -> str:
        """Return the digest of the sealed bytes so far."""
        return self._sealed.hexdigest()

    def seal(self, piece: bytes) -> bytes:
        """Take more of the file and return what of it is sealed; its end is held until it is known to be no end."""
        self._plain.update(piece)
        self.size += len(piece)
        self._held += piece
        return self._out(_complete(self._held, self._step, self._chunks.sealed))

    def finish(self) -> bytes:
        """Return the last chunk, marked as such."""
        return self._out([self._chunks.sealed(memoryview(bytes(self._held)), last=True)])

    def _out(self, chunks: list[bytes]) -> bytes:
        found = self._begun + b"".join(chunks) if self._begun else b"".join(chunks)
        self._begun = b""
        self._sealed.update(found)
        return found


class Opener:
    """Opens one file, given in pieces of any size; every byte it returns was authenticated in its place.

    Raises, from `open` and `finish`:
        SealBroken: as it says.
    """

    def __init__(self, key: FileKey, subject: str) -> None:
        self._key, self._subject = key, subject
        self._held = bytearray()
        self._chunks: _Chunks | None = None
        self._step = 0
        self._plain, self._sealed = hashlib.sha256(), hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """Return the digest of the file so far."""
        return self._plain.hexdigest()

    @property
    def stored_digest(self) -> str:
        """Return the digest of the sealed bytes so far."""
        return self._sealed.hexdigest()

    def open(self, piece: bytes) -> bytes:
        """Take more sealed bytes and return what they open to."""
        self._sealed.update(piece)
        self._held += piece
        if self._chunks is None and len(self._held) >= HEADER_BYTES:
            self._begin()
        if self._chunks is None:
            return b""
        return self._out(_complete(self._held, self._step, self._chunks.opened))

    def finish(self) -> bytes:
        """Return what the last chunk opens to; that it is the last is authenticated."""
        if self._chunks is None:
            self._begin()
        assert self._chunks is not None
        return self._out([self._chunks.opened(memoryview(bytes(self._held)), last=True)])

    def _begin(self) -> None:
        content = bytes(self._held[:HEADER_BYTES])
        header = _Header.read(content)
        if header.id != self._key.id:
            raise SealBroken("seal_of_another", "What the store holds is another file than the one asked for.")
        self._chunks = _Chunks(self._key, self._subject, content)
        self._step = (1 << header.bits) + _TAG_BYTES
        del self._held[:HEADER_BYTES]

    def _out(self, chunks: list[bytes]) -> bytes:
        found = b"".join(chunks)
        self._plain.update(found)
        self.size += len(found)
        return found
