"""Signs the status lists again when a label takes a step, and often enough that none grows stale.

The lists say what the log says, and nothing else: what was logged was recorded, chained and witnessed, and whoever
verifies a mirror holds them against it. The directory, which whoever writes into the database may alter, is not asked.
"""

import asyncio
import json
from collections.abc import Iterable
from datetime import datetime

import structlog

from certify.publication.signature_log import LoggedKey, SignatureLog
from certify.register.label_lives import standing_by
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import STATUS_INDEX, shard_of, status_list
from labels.cose import statement_in, unseal
from labels.encoding import from_base36
from labels.key_set import Use
from labels.log.tiles import TiledLog
from labels.signing import Signer
from labels.status import TTL, Shard, signed_list
from schemas.errors import VerificationError
from schemas.label import Standing
from schemas.public_log import IssueStatement, LogEntry, StandingStatement

log = structlog.get_logger()
AGAIN_AFTER = TTL / 3


class StatusPublication:
    """The status lists of all shards."""

    def __init__(self, files: PublishedFiles, signer: Signer, public_url: str, signatures: SignatureLog) -> None:
        self._files, self._url = files, public_url
        self._signer, self._signatures = signer, signatures
        self._labels: dict[str, tuple[int, datetime]] = {}
        self._places: dict[int, str] = {}
        self._shards: dict[int, Shard] = {0: Shard()}
        self._signed_at: dict[int, datetime] = {}
        self._to_sign: set[int] = set()

    async def open(self, stored: TiledLog, now: datetime) -> None:
        """Read how every label stands by the log as it is stored."""
        self._labels, self._places, self._shards = {}, {}, {0: Shard()}
        await asyncio.to_thread(self._read, stored, now)
        self._to_sign = set(self._shards)

    def _read(self, stored: TiledLog, now: datetime) -> None:
        self._take(map(LogEntry.from_bytes, stored.entries(0, stored.size)), now)

    async def follow(self, entries: Iterable[LogEntry], now: datetime) -> None:
        """Take in what logged entries say of labels."""
        self._take(entries, now)

    def _take(self, entries: Iterable[LogEntry], now: datetime) -> None:
        for statement in (one for entry in entries for one in entry.statements):
            if isinstance(statement, IssueStatement) and self._is_placed(statement):
                self._stands(statement.label, Standing.IN_FORCE, now)
            elif isinstance(statement, StandingStatement) and statement.label in self._labels:
                self._stands(statement.label, statement.standing, now)

    def _is_placed(self, issue: IssueStatement) -> bool:
        """Give a label the place that its token names; what is no token of ours, or names a place twice, has none."""
        try:
            index = statement_in(unseal(from_base36(issue.token)).payload).status_index
        except VerificationError:
            index = None
        if index is None or self._places.setdefault(index, issue.label) != issue.label:
            log.warning("label_without_place", label=issue.label)
            return False
        self._labels[issue.label] = index, issue.expires_at
        return True

    def _stands(self, label: str, standing: Standing, now: datetime) -> None:
        index, expires_at = self._labels[label]
        self._to_sign.add(self._put(index, standing_by(standing, expires_at, now)))

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
