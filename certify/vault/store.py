"""The vault: what people hand in, sealed at `case/{id}/{digest of the sealed bytes}`, read back, streamed out."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import StrEnum

from certify.vault.auditing import StoreAudit
from certify.vault.keys import FileKey, Sealed, VaultKeys, erased, text_name
from certify.vault.objects import Objects
from certify.vault.sealing import MAGIC, Opener, SealBroken, Sealer, sealed_size
from certify.vault.streams import opening, sealing
from schemas.errors import NotFound, Unacceptable, Unavailable
from schemas.evidence import TextRef

TEXT_MAX = 40_000
_UNBOUNDED = 2**62


class InPlace(StrEnum):
    """What became of an object that was to be sealed where it lies.

    Attributes:
        SEALED: it is sealed now, or was erased and is gone.
        BEFORE: it was sealed before.
        DAMAGED: it has another digest than its name; it was left as it is.
        LEFT: it looks sealed and no key of ours opens it: an upload that nobody acknowledged.
    """

    SEALED = "sealed"
    BEFORE = "before"
    DAMAGED = "damaged"
    LEFT = "left"


@dataclass(frozen=True)
class Stored:
    """What came of a stream.

    Attributes:
        digest: SHA-256 of the file as it came; `size` its bytes.
        stored_digest: SHA-256 of the sealed bytes, which names the object.
        sealed_with: id of the key that seals it.
        is_new: whether this stream brought it; what was there before is not this stream's to take away.
    """

    digest: str
    stored_digest: str
    size: int
    sealed_with: str
    is_new: bool = field(default=True, compare=False)


class Vault:
    """Keeps files and texts, each sealed under a key of its own, and none of it in clear.

    What it has acknowledged was read back: the sealed bytes with their digest, and what they open to with its own.
    Files are named by either digest: of what was handed in, or of the sealed bytes; texts by the first. What earlier
    versions stored in clear is read as it is, until `certify vault seal` has sealed it.
    """

    def __init__(self, url: str, keys: VaultKeys) -> None:
        self._objects, self._keys = Objects(url), keys

    @property
    def keys(self) -> VaultKeys:
        """The keys of cases and matters, for what else is sealed under them."""
        return self._keys

    async def put(self, application: str, stream: AsyncIterator[bytes], *, max_bytes: int) -> Stored:
        """Store a file as it streams in, at most one part of it in memory at a time.

        Raises:
            Unacceptable: `file_empty`, or `file_too_large` for more than `max_bytes`; nothing stays stored.
            NotFound: `erased`: this file, or its whole case, was erased; it is not taken in again.
            Unavailable: `not_read_back`: the store gave back something else; as `certify.vault.master.MasterKeys`.
        """
        return await self._put(application, stream, max_bytes=max_bytes, is_text=False)

    async def _put(self, application: str, stream: AsyncIterator[bytes], *, max_bytes: int, is_text: bool) -> Stored:
        if await self._keys.is_destroyed(application):
            raise erased()
        key = self._keys.new_file_key()
        fresh = await self._sealed(application, stream, key, max_bytes=max_bytes, is_text=is_text)
        try:
            stands = await self._keys.keep(fresh, key)
        except BaseException:
            await self.forget_object(application, fresh.stored_digest)
            raise
        if stands.id != key.id:
            await self._mend(stands, fresh, key)
        return Stored(stands.digest, stands.stored_digest, stands.size, stands.id, is_new=stands.id == key.id)

    async def _sealed(
        self, application: str, stream: AsyncIterator[bytes], key: FileKey, *, max_bytes: int, is_text: bool
    ) -> Sealed:
        """Store sealed bytes and read them back; their key is not kept yet."""
        sealer = Sealer(key, application)
        async with aclosing(sealing(stream, sealer, max_bytes=max_bytes)) as sealed:
            incoming = await self._objects.take_in(sealed)
        await self._objects.rename(incoming, _name(application, sealer.stored_digest))
        found = Sealed(application, sealer.digest, sealer.stored_digest, sealer.size, key.id, is_text=is_text)
        if not await self._is_whole(found, key):
            await self.forget_object(application, found.stored_digest)
            raise Unavailable("not_read_back", "The store did not give back what was stored; please send it again.")
        return found

    async def _mend(self, stands: Sealed, fresh: Sealed, key: FileKey) -> None:
        """Keep one object of a file that came again: the first, made anew to the byte where it was lost."""
        first = await self._keys.file_key(stands.subject, stands.name)
        if not await self._is_whole(stands, first):
            content = opening(self._objects.read(_name(fresh.subject, fresh.stored_digest)), Opener(key, fresh.subject))
            await self._sealed(stands.subject, content, first, max_bytes=fresh.size, is_text=stands.is_text)
        await self.forget_object(fresh.subject, fresh.stored_digest)

    async def _is_whole(self, sealed: Sealed, key: FileKey) -> bool:
        opener = Opener(key, sealed.subject)
        try:
            async for _ in opening(self._objects.read(_name(sealed.subject, sealed.stored_digest)), opener):
                pass
        except (NotFound, SealBroken):
            return False
        return (opener.digest, opener.stored_digest, opener.size) == (sealed.digest, sealed.stored_digest, sealed.size)

    async def forget(self, application: str, stored_digest: str) -> None:
        """Take away a file that nothing names, with its key."""
        await self._keys.forget(application, stored_digest)
        await self.forget_object(application, stored_digest)

    async def forget_object(self, application: str, stored_digest: str) -> None:
        """Take away stored bytes whose key is not kept, or was destroyed."""
        await self._objects.remove(_name(application, stored_digest))

    async def erase(self, application: str, digest: str | None) -> None:
        """Destroy the keys of a case, or of one file of it, and take the sealed bytes away; a second time is harmless.

        A text of the same bytes stays. One that an earlier version sealed goes too, unless `keep_text` came before.

        Raises:
            Unavailable: `not_sealed_yet`: bytes of before the vault lie there in clear; `certify vault seal` first.
        """
        if digest is None:
            await self._keys.destroy(application)
            names = [name async for name in self._objects.names(f"case/{application}/")]
            for name in names:
                await self._objects.remove(name)
            return
        known = await self._keys.sealed(application, digest)
        if known is None and await self._keys.is_destroyed(application):
            return
        if known is None:
            raise Unavailable("not_sealed_yet", "The file is not sealed yet; run `certify vault seal` first.")
        await self._keys.destroy_file(application, digest)
        await self.forget_object(application, known.stored_digest)

    async def keep_text(self, application: str, digest: str) -> None:
        """Give a text a key of its own where an earlier version sealed it under one that a file may share.

        Raises:
            Unavailable: as `put`.
        """
        known = await self._keys.sealed_text(application, digest)
        if known is None or known.is_text or known.destroyed_at is not None:
            return
        await self.put_bytes(application, b"".join([piece async for piece in self._opened(known)]))

    async def seal_in_place(self, application: str, name: str) -> InPlace:
        """Seal an object that an earlier version stored in clear; stopped half way, it is done by the next run.

        Raises:
            Unavailable: `not_read_back`; as `certify.vault.master.MasterKeys`.
        """
        known = await self._keys.sealed(application, name)
        if known is not None and known.stored_digest == name:
            return InPlace.BEFORE
        if not await self._is_erased(application, known):
            if await self._begins_sealed(application, name):
                return InPlace.LEFT
            try:
                await self.put(application, self.open_in_clear(application, name), max_bytes=_UNBOUNDED)
            except SealBroken:
                return InPlace.DAMAGED
        await self.forget_object(application, name)
        return InPlace.SEALED

    async def _is_erased(self, application: str, known: Sealed | None) -> bool:
        if known is not None and known.destroyed_at is not None:
            return True
        return await self._keys.is_destroyed(application)

    async def _begins_sealed(self, application: str, name: str) -> bool:
        async for piece in self._objects.read(_name(application, name)):
            return piece.startswith(MAGIC)
        return False

    def open_in_clear(self, application: str, digest: str) -> AsyncIterator[bytes]:
        """Stream out what an earlier version stored, its end only when all of it has the digest that names it."""
        return _with_digest(self._objects.read(_name(application, digest)), digest)

    async def all_names(self) -> list[tuple[str, str]]:
        """Return case and name of every object, sorted."""
        found = [name.split("/") async for name in self._objects.names("case/")]
        return sorted((parts[1], parts[2]) for parts in found if len(parts) == 3)

    async def open(self, application: str, digest: str) -> AsyncIterator[bytes]:
        """Stream a file out, by either digest; each byte was authenticated in its place before it is given out.

        Raises:
            NotFound: `not_in_store`; `erased`.
            Unavailable: `seal_broken` and the like (`SealBroken`); as `certify.vault.master.MasterKeys`.
        """
        known = await self._not_erased(application, await self._keys.sealed(application, digest))
        async for piece in self._opened(known) if known else self.open_in_clear(application, digest):
            yield piece

    async def _opened(self, known: Sealed) -> AsyncIterator[bytes]:
        key = await self._keys.file_key(known.subject, known.name)
        stored = self._objects.read(_name(known.subject, known.stored_digest))
        async for piece in opening(stored, Opener(key, known.subject)):
            yield piece

    async def size_of(self, application: str, digest: str) -> int | None:
        """Return the size of a file as it was handed in, None when the store does not hold it whole.

        Raises:
            NotFound: `erased`.
        """
        known = await self._not_erased(application, await self._keys.sealed(application, digest))
        if known is None:
            return await self._objects.size_of(_name(application, digest))
        found = await self._objects.size_of(_name(application, known.stored_digest))
        return known.size if found == sealed_size(known.size) else None

    async def _not_erased(self, application: str, known: Sealed | None) -> Sealed | None:
        """Return what is known of a sealed object, None of one that was never sealed.

        Raises:
            NotFound: `erased`.
        """
        if known is None and not await self._keys.is_destroyed(application):
            return None
        if known is None or known.destroyed_at is not None:
            raise erased()
        return known

    async def put_bytes(self, application: str, content: bytes) -> str:
        """Store a document the engine wrote and return its digest, by which it is opened again as a text.

        It shares a key with no file: what becomes of a file of the same bytes leaves the record as it is.

        Raises:
            NotFound: `erased`: the whole case was erased; Unavailable: as `put`.
        """
        digest = hashlib.sha256(content).hexdigest()
        known = await self._keys.sealed(application, text_name(digest))
        if known is None or not await self._is_whole(known, await self._keys.file_key(application, known.name)):
            await self._put(application, _once(content), max_bytes=len(content), is_text=True)
        return digest

    async def put_text(self, application: str, text: str) -> TextRef:
        """Store a person's text and return what acts, events and cases carry of it."""
        ref = reference_to(text)
        await self.put_bytes(application, text.encode())
        return ref

    async def text(self, application: str, ref: TextRef) -> str:
        """Return a stored text.

        Raises:
            NotFound, Unavailable: as `open`.
        """
        known = await self._not_erased(application, await self._keys.sealed_text(application, ref.digest))
        stream = self._opened(known) if known else self.open_in_clear(application, ref.digest)
        return b"".join([chunk async for chunk in stream]).decode()

    def audit(self) -> StoreAudit:
        """Return the store as a check looks at it."""
        return StoreAudit(self._objects, self._keys)

    async def aclose(self) -> None:
        """Give the connections of the keys back."""
        await self._keys.close()


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


def _name(application: str, stored_digest: str) -> str:
    return f"case/{application}/{stored_digest}"


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _with_digest(stream: AsyncIterator[bytes], digest: str) -> AsyncIterator[bytes]:
    """Yield what was stored in clear, its end only when all of it has the digest that names it."""
    seen, held = hashlib.sha256(), b""
    async for piece in stream:
        seen.update(piece)
        if held:
            yield held
        held = piece
    if seen.hexdigest() != digest:
        raise SealBroken("seal_broken", "What the store holds is not what was handed in.")
    yield held
