"""A stream is read one piece ahead, and what goes wrong in it comes out of it in its place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.vault.streams import ahead, pieces
from schemas.errors import Unacceptable

MIB = 1024 * 1024


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


async def broken(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part
    raise ConnectionResetError("the client is gone")


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_what_is_read_ahead_comes_in_its_order_and_whole(content: list[bytes]) -> None:
    async def read() -> list[bytes]:
        return [piece async for piece in ahead(parts(*content))]

    assert asyncio.run(read()) == content


async def test_the_next_piece_is_read_while_one_is_worked_on() -> None:
    read: list[int] = []

    async def counted() -> AsyncIterator[bytes]:
        for number in range(3):
            read.append(number)
            yield bytes([number])

    async with aclosing(ahead(counted())) as coming:
        assert await anext(coming) == b"\0"
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert read == [0, 1]


async def test_what_came_before_a_break_comes_before_it() -> None:
    coming = ahead(broken(b"one", b"two"))
    assert [await anext(coming), await anext(coming)] == [b"one", b"two"]
    with pytest.raises(ConnectionResetError):
        await anext(coming)


async def test_whoever_reads_no_further_leaves_no_reader_behind() -> None:
    is_over = False

    async def stalled() -> AsyncIterator[bytes]:
        nonlocal is_over
        yield b"one"
        try:
            await asyncio.sleep(60)
        finally:
            is_over = True

    async with aclosing(ahead(stalled())) as coming:
        assert await anext(coming) == b"one"
        await asyncio.sleep(0)
    assert is_over


@pytest.mark.parametrize("sizes", [[], [1], [MIB], [MIB + 1], [65_536] * 40, [3 * MIB, 1, MIB - 1]])
async def test_pieces_are_the_stream_and_all_but_the_last_are_large(sizes: list[int]) -> None:
    content = [bytes([number]) * size for number, size in enumerate(sizes)]
    found = [piece async for piece in pieces(parts(*content), sum(sizes))]

    assert b"".join(found) == b"".join(content)
    assert all(len(piece) >= MIB for piece in found[:-1])


async def test_a_stream_over_its_limit_ends_there() -> None:
    with pytest.raises(Unacceptable, match="file_too_large"):
        _ = [piece async for piece in pieces(parts(b"12", b"3"), 2)]
