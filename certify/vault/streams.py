"""Sealing and opening while bytes stream: large pieces in threads, so that requests beside them go on."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import TypeVar

from certify.config import MIB
from certify.vault.sealing import Opener, Sealer
from schemas.errors import Unacceptable

_PIECE = MIB
_INLINE = 64 * 1024
"""Up to here a thread costs more than the work."""
T = TypeVar("T")


async def sealing(stream: AsyncIterator[bytes], sealer: Sealer, *, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """Yield a file sealed.

    Raises:
        Unacceptable: `file_empty`, or `file_too_large` for more than `max_bytes`.
    """
    async with aclosing(ahead(pieces(stream, max_bytes))) as coming:
        async for piece in coming:
            if sealed := await beside(sealer.seal, piece):
                yield sealed
    if sealer.size == 0:
        raise Unacceptable("file_empty", "The file is empty.")
    yield sealer.finish()


async def opening(stream: AsyncIterator[bytes], opener: Opener) -> AsyncIterator[bytes]:
    """Yield what sealed bytes open to, each byte authenticated.

    Raises:
        SealBroken: what the store holds is not what was sealed.
    """
    async with aclosing(ahead(stream)) as coming:
        async for piece in coming:
            if found := await beside(opener.open, piece):
                yield found
    if found := opener.finish():
        yield found


async def beside(work: Callable[[bytes], T], piece: bytes) -> T:
    """Do a piece of work in a thread where it is worth one."""
    return work(piece) if len(piece) <= _INLINE else await asyncio.to_thread(work, piece)


async def ahead(stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield a stream, one piece read ahead while the one before is worked on."""
    following = asyncio.ensure_future(anext(stream, None))
    try:
        while (piece := await following) is not None:
            following = asyncio.ensure_future(anext(stream, None))
            yield piece
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def pieces(stream: AsyncIterator[bytes], max_bytes: int) -> AsyncGenerator[bytes, None]:
    """Gather a stream into pieces that are worth a thread; at its limit give what came before, and refuse the rest.

    Raises:
        Unacceptable: `file_too_large` for more than `max_bytes`.
    """
    size, held, gathered = 0, list[bytes](), 0
    async for piece in stream:
        size += len(piece)
        if size > max_bytes:
            yield b"".join(held)  # the fields of a form come before its file
            raise Unacceptable("file_too_large", f"A file may have at most {max_bytes} bytes.")
        held.append(piece)
        gathered += len(piece)
        if gathered >= _PIECE:
            yield b"".join(held)  # no copy of a single one
            held, gathered = [], 0
    if held:
        yield b"".join(held)
