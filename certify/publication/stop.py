"""Why nothing is published or issued, kept until log, record and witnesses agree again, and told to whoever answers."""

import asyncio
from typing import Final

from certify.vault.published import PublishedFiles
from certify.vault.published_paths import STOPPED
from schemas.errors import Unavailable

OTHER_RECORD: Final = frozenset({"record_differs", "log_behind_signatures", "log_behind_witness", "log_forked"})
"""Codes of a stop for which nothing may be answered out of the record, or added to it, until people have looked."""
_BY_WITNESS: Final = frozenset({"log_behind_witness", "log_forked"})
_CODE: Final = STOPPED + "code"


class Stop:
    """What was found here, and what a witness said; the latter outlives a restart."""

    def __init__(self, files: PublishedFiles) -> None:
        self._files = files
        self._told: str | None = ""
        self._found: str | None = None
        self._contradicted: str | None = None

    async def recall(self) -> None:
        """Take up what a witness said before the program started: only a witness takes it back."""
        told = await asyncio.to_thread(self._files.read, _CODE)
        self._contradicted = next((code for code in _BY_WITNESS if told == code.encode()), self._contradicted)

    def found(self, code: str, what: str) -> Unavailable:
        """Keep what was found, and return it as an error."""
        self._found = code
        return Unavailable(code, what)

    def nothing_found(self) -> None:
        """Forget what was found: log and record agree."""
        self._found = None

    def contradicted(self, by_witness: Unavailable) -> Unavailable:
        """Keep what a witness said, and return it."""
        self._contradicted = by_witness.code
        return by_witness

    def taken_back(self) -> None:
        """Forget what a witness said: enough of them saw this log."""
        self._contradicted = None

    def require_same_record(self) -> None:
        """Refuse to publish while a witness says that this is another log, also once it falls silent.

        Raises:
            Unavailable: `log_behind_witness` or `log_forked` (I22).
        """
        if self._contradicted is not None:
            raise Unavailable(self._contradicted, "A witness saw another log, and has not taken it back.")

    def require_none(self) -> None:
        """Refuse to issue while anything is in the way.

        Raises:
            Unavailable: with the code that was found or said (I22).
        """
        if code := self._found or self._contradicted:
            raise Unavailable(code, "The log is not the one its witness saw; no label is signed meanwhile.")

    async def tell(self, code: str | None) -> None:
        """Tell everybody who answers out of the record whether it is the one that was logged, as far as is known here.

        Raises:
            OSError: it was not told.
        """
        if code == self._told or code not in {None, *OTHER_RECORD}:
            return
        if code is None:
            await asyncio.to_thread(self._files.remove_folder, STOPPED)
            if await asyncio.to_thread(self._files.read, _CODE) is not None:
                raise OSError("the stop is told still; remove it by hand")
        else:
            await asyncio.to_thread(self._files.write, _CODE, code.encode())
        self._told = code
