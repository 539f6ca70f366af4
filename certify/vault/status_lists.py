"""Reads the status lists as they are published, and lets them speak against a directory that somebody altered.

The signer makes the lists of the log alone (`certify.publication.statuses`), so that whoever writes into the database
makes none. They follow the record within a second; a label that was restored just now waits for that.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from certify.vault.published import PublishedFiles
from certify.vault.published_paths import shard_of, status_list
from labels.key_set import KeySet, Use
from labels.status import StatusList, signed_by, standing_in
from schemas.errors import CouldNotCheck

log = structlog.get_logger()

READ_AGAIN_AFTER = timedelta(seconds=1)


class _Held(NamedTuple):
    read_at: datetime
    content: bytes | None
    keys: KeySet
    list: StatusList | None


class StatusLists:
    """The lists of one register, each verified once for its bytes and the keys of the day.

    Args:
        files: where the lists are published.
        keys: the key set as it is at that moment.
        public_url: address of the register.
    """

    def __init__(self, files: PublishedFiles, keys: Callable[[], KeySet], public_url: str) -> None:
        self._files, self._keys, self._url = files, keys, public_url
        self._held: dict[int, _Held] = {}

    async def require_in_force(self, status_index: int, now: datetime) -> None:
        """Refuse to tell a label as in force that the last list tells as out of force, of whatever hour that list is.

        A list that is not there, or that no key of ours signed, tells nothing: offline verifiers ask more of it.

        Raises:
            CouldNotCheck: `list_differs`; the keys cannot be read.
            OSError: the published files cannot be reached now, and were not before.
        """
        told = self._held.get(shard_of(status_index))
        if told is None or abs(now - told.read_at) >= READ_AGAIN_AFTER:
            told = await self._read(shard_of(status_index), now)
        if told.list is not None and standing_in(told.list, status_index) is not None:
            raise CouldNotCheck("list_differs", "The register says in force, and its signed list does not.")

    async def _read(self, shard: int, now: datetime) -> _Held:
        held = self._held.get(shard)
        try:
            content = await asyncio.to_thread(self._files.read, status_list(shard))
        except OSError:
            if held is None:
                raise
            return held
        keys = self._keys() if content is not None else KeySet(())
        if held is not None and (held.content, held.keys) == (content, keys):
            found = held.list
        else:
            found = self._believed(content, keys, shard) if content is not None else None
        self._held[shard] = _Held(now, content, keys, found)
        return self._held[shard]

    def _believed(self, content: bytes, keys: KeySet, shard: int) -> StatusList | None:
        try:
            return signed_by(content, keys.uncompromised(Use.STATUS), address=f"{self._url}/{status_list(shard)}")
        except CouldNotCheck as error:
            log.warning("published_list_not_believed", shard=shard, code=error.code)
            return None
