"""An upload that is given up: nothing of its stream runs afterwards, wherever the store stood."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from certify.vault.objects import _Stopped


async def test_a_stream_that_was_stopped_between_two_pieces_is_not_asked_for_another() -> None:
    asked: list[int] = []

    async def stream() -> AsyncIterator[bytes]:
        for number in range(3):
            asked.append(number)
            yield b"piece"

    read = _Stopped(stream())
    assert await anext(read) == b"piece"
    await read.stop()
    with pytest.raises(asyncio.CancelledError):
        await anext(read)
    assert asked == [0]
