"""The object store below the vault: bytes by name, streamed in and out, whatever they are."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from certify.config import MIB
from schemas.errors import NotFound

CHUNK = 5 * MIB  # the least part size of S3


class Objects:
    """Objects at an address that obstore knows (`file:///…`, `s3://bucket`)."""

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    async def take_in(self, stream: AsyncIterator[bytes]) -> str:
        """Store a stream under a name of its own and return that; a stream that fails leaves nothing."""
        incoming = f"incoming/{uuid4().hex}"
        try:
            await obstore.put_async(
                self._store, incoming, stream, chunk_size=CHUNK, max_concurrency=1, use_multipart=True
            )
        except BaseException:
            await self.remove(incoming)
            raise
        return incoming

    async def rename(self, name: str, to: str) -> None:
        """Give an object another name."""
        try:
            await obstore.rename_async(self._store, name, to)
        except BaseException:
            await self.remove(name)
            raise

    async def remove(self, name: str) -> None:
        """Take an object away; where there is none is no error."""
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """Stream an object out.

        Raises:
            NotFound: `not_in_store`.
        """
        try:
            found = await obstore.get_async(self._store, name)
        except FileNotFoundError:
            raise NotFound("not_in_store", "The store does not hold this file.") from None
        async for chunk in found.stream(min_chunk_size=MIB):
            yield bytes(chunk)

    async def size_of(self, name: str) -> int | None:
        """Return the size of an object, None where there is none."""
        try:
            return int((await obstore.head_async(self._store, name))["size"])
        except FileNotFoundError:
            return None

    async def names(self, prefix: str) -> AsyncIterator[str]:
        """Yield the names of all objects below a prefix, in no order."""
        async for found in obstore.list(self._store, prefix=prefix):
            for one in found:
                yield one["path"]


def _open(url: str) -> ObjectStore:
    if url.startswith("file:"):
        folder = Path(unquote(urlsplit(url).path))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    return from_url(url)
