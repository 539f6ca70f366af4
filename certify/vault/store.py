"""The object store: `case/{id}/{digest of the stored bytes}`, streamed in, read back, streamed out."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from certify.config import MIB
from schemas.errors import NotFound, Unacceptable, Unavailable
from schemas.evidence import TextRef

CHUNK = 5 * MIB  # the least part size of S3
TEXT_MAX = 40_000


@dataclass(frozen=True)
class Stored:
    """What came of a stream: digest of the file, digest and name of the stored bytes, size in bytes."""

    digest: str
    stored_digest: str
    size: int


class Vault:
    """Keeps files and texts. What it has acknowledged was read back with the digest it went in with."""

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    async def put(self, application: str, stream: AsyncIterator[bytes], *, max_bytes: int) -> Stored:
        """Store a file as it streams in, at most one part of it in memory at a time.

        Raises:
            Unacceptable: `file_empty`, or `file_too_large` for more than `max_bytes`; nothing stays stored.
            Unavailable: `not_read_back`: the store gave back something else.
        """
        incoming = f"incoming/{uuid4().hex}"
        count = _Counted(stream, max_bytes)
        try:
            await obstore.put_async(
                self._store, incoming, count.chunks(), chunk_size=CHUNK, max_concurrency=1, use_multipart=True
            )
            count.refuse_empty()
            await obstore.rename_async(self._store, incoming, _key(application, count.digest))
        except BaseException:
            await self._forget(incoming)
            raise
        await self._read_back(application, count.digest, count.size)
        return Stored(digest=count.digest, stored_digest=count.digest, size=count.size)

    async def _forget(self, key: str) -> None:
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def _read_back(self, application: str, digest: str, size: int) -> None:
        seen, found = 0, hashlib.sha256()
        async for chunk in self.open(application, digest):
            found.update(chunk)
            seen += len(chunk)
        if seen != size or found.hexdigest() != digest:
            raise Unavailable("not_read_back", "The store did not give back what was stored; please send it again.")

    async def forget(self, application: str, stored_digest: str) -> None:
        """Take away stored bytes that nothing names."""
        await self._forget(_key(application, stored_digest))

    async def open(self, application: str, stored_digest: str) -> AsyncIterator[bytes]:
        """Stream stored bytes out.

        Raises:
            NotFound: `not_in_store`.
        """
        try:
            found = await obstore.get_async(self._store, _key(application, stored_digest))
        except FileNotFoundError:
            raise NotFound("not_in_store", "The store does not hold this file.") from None
        async for chunk in found.stream(min_chunk_size=MIB):
            yield bytes(chunk)

    async def size_of(self, application: str, stored_digest: str) -> int | None:
        """Return the size of stored bytes, None when the store does not hold them."""
        try:
            return int((await obstore.head_async(self._store, _key(application, stored_digest)))["size"])
        except FileNotFoundError:
            return None

    async def put_bytes(self, application: str, content: bytes) -> str:
        """Store a document the engine wrote and return its digest."""
        return (await self.put(application, _once(content), max_bytes=len(content))).stored_digest

    async def put_text(self, application: str, text: str) -> TextRef:
        """Store a person's text and return what acts, events and cases carry of it."""
        ref = reference_to(text)
        await self.put_bytes(application, text.encode())
        return ref

    async def text(self, application: str, ref: TextRef) -> str:
        """Return a stored text."""
        return b"".join([chunk async for chunk in self.open(application, ref.digest)]).decode()


def reference_to(text: str) -> TextRef:
    """Return what acts, events and cases carry of a text, whether or not it is stored yet.

    Raises:
        Unacceptable: `text_empty` or `text_too_long`.
    """
    if not text.strip():
        raise Unacceptable("text_empty", "The text is empty.")
    if len(text) > TEXT_MAX:
        raise Unacceptable("text_too_long", f"A text takes at most {TEXT_MAX} characters; this has {len(text)}.")
    return TextRef(digest=hashlib.sha256(text.encode()).hexdigest(), length=len(text))


def _key(application: str, stored_digest: str) -> str:
    return f"case/{application}/{stored_digest}"


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


class _Counted:
    """Counts and hashes a stream on its way, and stops it at its limit."""

    def __init__(self, stream: AsyncIterator[bytes], max_bytes: int) -> None:
        self._stream, self._max = stream, max_bytes
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def refuse_empty(self) -> None:
        if self.size == 0:
            raise Unacceptable("file_empty", "The file is empty.")

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self.size += len(chunk)
            if self.size > self._max:
                raise Unacceptable("file_too_large", f"A file may have at most {self._max} bytes.")
            self._hash.update(chunk)
            if chunk:
                yield chunk


def _open(url: str) -> ObjectStore:
    if url.startswith("file:"):
        folder = Path(unquote(urlsplit(url).path))
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder)
    return from_url(url)
