"""Sealing and opening while bytes stream: large pieces in threads, so that requests beside them go on."""

import asyncio
from collections.abc import AsyncIterator, Callable

from certify.config import MIB
from certify.vault.sealing import Opener, Sealer
from schemas.errors import Unacceptable

_PIECE = MIB
_INLINE = 64 * 1024
"""Up to here a thread costs more than the work."""


async def sealing(stream: AsyncIterator[bytes], sealer: Sealer, *, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield a file sealed.

    Raises:
        Unacceptable: `file_empty`, or `file_too_large` for more than `max_bytes`.
    """
    async for piece in _pieces(stream, max_bytes):
        if sealed := await _beside(sealer.seal, piece):
            yield sealed
    if sealer.size == 0:
        raise Unacceptable("file_empty", "The file is empty.")
    yield sealer.finish()


async def opening(stream: AsyncIterator[bytes], opener: Opener) -> AsyncIterator[bytes]:
    """Yield what sealed bytes open to, each byte authenticated.

    Raises:
        SealBroken: what the store holds is not what was sealed.
    """
    async for piece in stream:
        if found := await _beside(opener.open, piece):
            yield found
    if found := opener.finish():
        yield found


async def _beside(work: Callable[[bytes], bytes], piece: bytes) -> bytes:
    return work(piece) if len(piece) <= _INLINE else await asyncio.to_thread(work, piece)


async def _pieces(stream: AsyncIterator[bytes], max_bytes: int) -> AsyncIterator[bytes]:
    """Gather a stream into pieces that are worth a thread, and stop it at its limit."""
    size, held = 0, bytearray()
    async for piece in stream:
        size += len(piece)
        if size > max_bytes:
            raise Unacceptable("file_too_large", f"A file may have at most {max_bytes} bytes.")
        held += piece
        if len(held) >= _PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
