"""Everything a verifier needs without a network, in one file: keys, checkpoint, status lists (`labels.bundle`)."""

import asyncio
import json
from collections.abc import Callable
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
        document = {
            "format": FORMAT,
            "origin": self._origin,
            "made_at": now.isoformat(),
            "keys": json.loads(self._keys()),
            "checkpoint": checkpoint.decode() if checkpoint is not None else None,
            "status": dict(self._lists()),
        }
        self._files.write(BUNDLE, json.dumps(document, separators=(",", ":")).encode())

    def _lists(self) -> list[tuple[str, str]]:
        index = json.loads(self._files.read(STATUS_INDEX) or b'{"status_lists": []}')
        found = []
        for address in index["status_lists"]:
            content = self._files.read(address.removeprefix(f"{self._url}/"))
            if content is not None:
                found.append((address, to_base64(content)))
        return found
