"""Looks at stored objects for `certify check`: sealed bytes without keys, what was handed in with them."""

import hashlib
from codecs import getincrementaldecoder

from certify.vault.keys import ERASED, FileKey, Sealed, VaultKeys
from certify.vault.objects import Objects
from certify.vault.sealing import MAGIC, Opener, SealBroken
from certify.vault.streams import opening
from schemas.errors import NotFound, Unavailable
from schemas.stored_object import ObjectState, SeenObject


class StoreAudit:
    """The store as an auditor sees it.

    Args:
        objects: the store.
        keys: of the vault; None where its database is not at hand. Where the master key is not, sealed bytes are
            compared with the digests that the database names.
    """

    def __init__(self, objects: Objects, keys: VaultKeys | None) -> None:
        self._objects, self._keys = objects, keys

    async def look(self, application: str, digest: str, *, is_text: bool = False) -> SeenObject:
        """Read an object whole, a text by its digest and a file by either, and say what it is."""
        known = await self._known(application, digest, is_text=is_text)
        try:
            if known is not None:
                return await self._sealed(known)
            return await self._named(application, digest)
        except NotFound as error:
            return SeenObject(state=ObjectState.ERASED if error.code == ERASED else ObjectState.MISSING)

    async def _known(self, application: str, digest: str, *, is_text: bool) -> Sealed | None:
        if self._keys is None:
            return None
        return await (self._keys.sealed_text if is_text else self._keys.sealed)(application, digest)

    async def _sealed(self, known: Sealed) -> SeenObject:
        assert self._keys is not None
        name = f"case/{known.subject}/{known.stored_digest}"
        try:
            key = await self._keys.file_key(known.subject, known.name)
        except Unavailable:
            is_same = await self._raw_digest(name) == known.stored_digest
            return SeenObject(state=ObjectState.UNOPENED if is_same else ObjectState.CHANGED)
        return await self._opened(name, known, key)

    async def _opened(self, name: str, known: Sealed, key: FileKey) -> SeenObject:
        opener, characters = Opener(key, known.subject), 0
        decoder = getincrementaldecoder("utf-8")(errors="replace")
        try:
            async for piece in opening(self._objects.read(name), opener):
                characters += len(decoder.decode(piece))
        except SealBroken:
            return SeenObject(state=ObjectState.CHANGED)
        is_same = (opener.digest, opener.stored_digest) == (known.digest, known.stored_digest)
        return SeenObject(
            state=ObjectState.WHOLE if is_same else ObjectState.CHANGED,
            digest=opener.digest,
            size=opener.size,
            characters=characters,
        )

    async def _named(self, application: str, digest: str) -> SeenObject:
        """Look at an object that the vault's database does not name: stored in clear, or no database is at hand."""
        found, size, characters, is_sealed = hashlib.sha256(), 0, 0, False
        decoder = getincrementaldecoder("utf-8")(errors="replace")
        try:
            async for piece in self._objects.read(f"case/{application}/{digest}"):
                is_sealed = is_sealed or (size == 0 and piece.startswith(MAGIC))
                found.update(piece)
                size += len(piece)
                characters += len(decoder.decode(piece))
        except NotFound:
            return SeenObject(state=await self._not_there(application))
        if found.hexdigest() != digest:
            return SeenObject(state=ObjectState.CHANGED)
        if self._keys is None and is_sealed:
            return SeenObject(state=ObjectState.UNOPENED)
        return SeenObject(state=ObjectState.WHOLE, digest=digest, size=size, characters=characters)

    async def _not_there(self, application: str) -> ObjectState:
        if self._keys is not None:
            return ObjectState.ERASED if await self._keys.is_destroyed(application) else ObjectState.MISSING
        return ObjectState.UNKNOWN if await self._has_sealed(application) else ObjectState.MISSING

    async def _has_sealed(self, application: str) -> bool:
        async for name in self._objects.names(f"case/{application}/"):
            async for piece in self._objects.read(name):
                if piece.startswith(MAGIC):
                    return True
                break
        return False

    async def _raw_digest(self, name: str) -> str:
        found = hashlib.sha256()
        async for piece in self._objects.read(name):
            found.update(piece)
        return found.hexdigest()
