"""Signs the status lists again when a label takes a step, and often enough that none grows stale."""

import asyncio
import json
from collections.abc import Iterable
from datetime import datetime

from certify.publication.signature_log import LoggedKey, SignatureLog
from certify.register import labels
from certify.register.database import Database
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import STATUS_INDEX, shard_of, status_list
from labels.key_set import Use
from labels.signing import Signer
from labels.status import TTL, Shard, signed_list
from schemas.label import Standing
from schemas.public_log import IssueStatement, LogEntry, StandingStatement

AGAIN_AFTER = TTL / 3


class StatusPublication:
    """The status lists of all shards."""

    def __init__(
        self, database: Database, files: PublishedFiles, signer: Signer, public_url: str, signatures: SignatureLog
    ) -> None:
        self._database, self._files, self._url = database, files, public_url
        self._signer, self._signatures = signer, signatures
        self._shards: dict[int, Shard] = {0: Shard()}
        self._signed_at: dict[int, datetime] = {}
        self._to_sign: set[int] = set()

    async def open(self, now: datetime) -> None:
        """Read how every label stands."""
        async with self._database.reading() as session:
            for index, standing in await labels.standings(session, now):
                self._put(index, standing)
        self._to_sign = set(self._shards)

    async def follow(self, entries: Iterable[LogEntry], now: datetime) -> None:
        """Take in the labels that logged entries speak of."""
        moved = {
            statement.label
            for entry in entries
            for statement in entry.statements
            if isinstance(statement, IssueStatement | StandingStatement)
        }
        if not moved:
            return
        async with self._database.reading() as session:
            for index, standing in await labels.standings(session, now, moved):
                self._to_sign.add(self._put(index, standing))

    def _put(self, status_index: int, standing: Standing) -> int:
        shard = shard_of(status_index)
        self._shards.setdefault(shard, Shard()).put(status_index, standing)
        return shard

    async def publish(self, version: int, now: datetime) -> bool:
        """Sign and publish the lists that changed or are getting old; tell whether there were any."""
        due = self._to_sign | {one for one, at in self._signed_at.items() if now - at >= AGAIN_AFTER}
        for shard in sorted(due):
            content = await asyncio.to_thread(self._signed, shard, version, now)
            await asyncio.to_thread(self._files.write, status_list(shard), content)
            self._signed_at[shard] = now
        if due:
            await asyncio.to_thread(self._files.write, STATUS_INDEX, self._index())
        self._to_sign -= due
        return bool(due)

    def _signed(self, shard: int, version: int, now: datetime) -> bytes:
        address = f"{self._url}/{status_list(shard)}"
        signer = LoggedKey.of(self._signer, Use.STATUS, self._signatures, status_list(shard))
        return signed_list(bytes(self._shards[shard]), address=address, version=version, at=now, signer=signer)

    def _index(self) -> bytes:
        # IETF Token Status List, Status List Aggregation.
        addresses = [f"{self._url}/{status_list(shard)}" for shard in sorted(self._shards)]
        return json.dumps({"status_lists": addresses}).encode()
