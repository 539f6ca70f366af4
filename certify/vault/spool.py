"""A file for the time of a request, on disk and read by this program alone: its key is in memory only (I12, F13).

AES-256 in counter mode, for it is read from any place; a key seals one file, each place of it once. Nobody relies on
what comes back: what goes into the vault is hashed and sealed for itself. `tempfile` has no such file, and no library
we know has.
"""

import io
import os
import secrets
import tempfile
from threading import Lock
from typing import Any, Final, Self

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

KEY_BYTES: Final = 32
_BLOCK: Final = 16


class SealedSpool(io.RawIOBase):
    """Written from its beginning to its end, then read at any place, also by several at once, each by `another`.

    Attributes:
        key: opens it, also in a program that is given its descriptor.
    """

    def __init__(self, file: Any = None, key: bytes | None = None) -> None:
        self._file = file or tempfile.TemporaryFile("w+b", buffering=0)  # noqa: SIM115  # closed with this one
        self.key, self._at = key or secrets.token_bytes(KEY_BYTES), 0
        # Whoever gave up waiting for a thread that reads or writes closes the file meanwhile.
        self._in_use = Lock()
        self._end = self._file.seek(0, io.SEEK_END)

    @classmethod
    def again(cls, descriptor: int, key: bytes) -> Self:
        """Return a spool that somebody else wrote and passed on, another program too; the descriptor is its own."""
        return cls(os.fdopen(descriptor, "rb", buffering=0), key)

    def another(self) -> Self:
        """Return a reader of its own of what was written so far."""
        return self.again(os.dup(self.fileno()), self.key)

    def readable(self) -> bool:
        """It is."""
        return True

    def writable(self) -> bool:
        """Only at its end."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of what lies on disk, sealed."""
        return int(self._file.fileno())

    def tell(self) -> int:
        """Return the place it is read at next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place to read at."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        if begin + offset < 0:
            raise ValueError("a file has no place before its beginning")
        self._at = begin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read what there is from the present place on, at most as much as there is room for."""
        # Whoever else reads it has the same place of the descriptor, so that is never used.
        with self._in_use:
            sealed = os.pread(self.fileno(), len(buffer), self._at)
        buffer[: len(sealed)] = self._cipher_at(self._at).update(sealed)
        self._at += len(sealed)
        return len(sealed)

    def write(self, content: Any) -> int:
        """Write at the end.

        Raises:
            ValueError: elsewhere: one place would be sealed twice with one key.
            OSError: it does not fit on the disk.
        """
        if self._at != self._end:
            raise ValueError("a sealed file is written at its end only")
        sealed = memoryview(self._cipher_at(self._at).update(content))
        with self._in_use:
            while sealed:
                count = os.pwrite(self.fileno(), sealed, self._at)
                sealed, self._at = sealed[count:], self._at + count
                self._end = self._at
        return len(content)

    def close(self) -> None:
        """Close it; what had no name is gone."""
        with self._in_use:
            self._file.close()
        super().close()

    def _cipher_at(self, place: int) -> CipherContext:
        block, skipped = divmod(place, _BLOCK)
        cipher = Cipher(AES256(self.key), CTR(block.to_bytes(_BLOCK, "big"))).encryptor()
        cipher.update(bytes(skipped))
        return cipher
