"""The object store below the vault: bytes by name, streamed in and out, whatever they are."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from certify.config import MIB
from schemas.errors import NotFound

CHUNK = 5 * MIB  # the least part size of S3
_READ = MIB


class Objects:
    """Objects at an address that obstore knows (`file:///…`, `s3://bucket`)."""

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    async def take_in(self, stream: AsyncIterator[bytes]) -> str:
        """Store a stream under a name of its own and return that; a stream that fails leaves nothing.

        Given up, it reads no further: nothing of the stream runs when this has returned.
        """
        incoming, read = f"incoming/{uuid4().hex}", _Stopped(stream)
        try:
            await obstore.put_async(
                self._store, incoming, read, chunk_size=CHUNK, max_concurrency=1, use_multipart=True
            )
        except BaseException:
            await read.stop()
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
            size = (await obstore.head_async(self._store, name))["size"]
            # Its own stream gives a file out in 8 KiB at a time, and takes fifteen times as long.
            for start in range(0, size, _READ):
                end = min(start + _READ, size)
                yield bytes(await obstore.get_range_async(self._store, name, start=start, end=end))
        except FileNotFoundError:
            raise NotFound("not_in_store", "The store does not hold this file.") from None

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


class _Stopped:
    """A stream that can be stopped while a piece is awaited: obstore, given up, would go on awaiting it."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream, self._coming = stream, asyncio.Future[bytes]()
        self._is_stopped = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._is_stopped:
            raise asyncio.CancelledError  # obstore asks once more where it was between two pieces
        self._coming = asyncio.ensure_future(anext(self._stream))
        return await self._coming

    async def stop(self) -> None:
        self._is_stopped = True
        self._coming.cancel()
        await asyncio.gather(self._coming, return_exceptions=True)


def _open(url: str) -> ObjectStore:
    if url.startswith("file:"):
        folder = Path(unquote(urlsplit(url).path))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    return from_url(url)
