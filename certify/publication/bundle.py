"""Everything a verifier needs without a network, in one file: keys, checkpoint, status lists (`labels.bundle`)."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from certify.vault.published import PublishedFiles
from certify.vault.published_paths import BUNDLE, LOG, STATUS_INDEX
from labels.bundle import FORMAT
from labels.log.sequencer import CHECKPOINT
from labels.public_keys import to_base64


class OfflineBundle:
    """The file, made out of what is published."""

    def __init__(self, files: PublishedFiles, origin: str, public_url: str, keys: Callable[[], str]) -> None:
        self._files, self._origin, self._url, self._keys = files, origin, public_url, keys

    async def write(self, now: datetime) -> None:
        """Make the file anew."""
        await asyncio.to_thread(self._write, now)

    def _write(self, now: datetime) -> None:
        checkpoint = self._files.read(LOG + CHECKPOINT)
        document = bundle_of(
            origin=self._origin, made_at=now, keys=self._keys(), checkpoint=checkpoint, lists=dict(self._lists())
        )
        self._files.write(BUNDLE, document)

    def _lists(self) -> Iterator[tuple[str, bytes]]:
        index = json.loads(self._files.read(STATUS_INDEX) or b'{"status_lists": []}')
        for address in index["status_lists"]:
            content = self._files.read(address.removeprefix(f"{self._url}/"))
            if content is not None:
                yield address, content


def bundle_of(
    *, origin: str, made_at: datetime, keys: str, checkpoint: bytes | None, lists: Mapping[str, bytes]
) -> bytes:
    """Return the file: `keys` a JWK set, `lists` by their addresses."""
    document = {
        "format": FORMAT,
        "origin": origin,
        "made_at": made_at.isoformat(),
        "keys": json.loads(keys),
        "checkpoint": checkpoint.decode() if checkpoint is not None else None,
        "status": {address: to_base64(one) for address, one in lists.items()},
    }
    return json.dumps(document, separators=(",", ":")).encode()
