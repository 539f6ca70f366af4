"""A file that was acknowledged stays, whatever becomes of another upload of the same bytes at the same time."""

import os
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import Request

from certify.procedure.reception import Received
from certify.web.uploads import note, read_form
from schemas.errors import Unacceptable, Unavailable
from tests.builders import sha256
from tests.pages.conftest import House, walk

CONFIDED = b"the recipe of the model "


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def received_twice(house: House) -> tuple[Received, Received]:
    """Two uploads of the same bytes, both in the store and neither noted yet."""
    await house.holds(walk().to_intake())
    first, second = [
        await house.services.reception.take_in("case-1", _stream(b"policy"), max_bytes=100) for _ in range(2)
    ]
    return first, second


@pytest.mark.parametrize("size", [1_000, 3_000_000])
async def test_a_file_that_a_form_sent_lies_nowhere_in_clear_while_it_arrives(size: int) -> None:
    content = (CONFIDED * (size // len(CONFIDED) + 1))[:size]
    body = httpx2.Request("POST", "http://testserver", data={"type": "policy"}, files={"file": ("a.txt", content)})
    sent = await body.aread()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": sent, "more_body": False}

    headers = [(name.lower().encode(), value.encode()) for name, value in body.headers.items()]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    form = await read_form(request, room=10_000_000)

    assert form.file is not None
    assert form.typed.one("type") == "policy"
    form.file.file.flush()
    on_disk = os.pread(form.file.file.fileno(), size, 0)
    assert len(on_disk) == size
    assert CONFIDED[:16] not in on_disk
    assert await form.file.read() == content


async def test_a_refused_upload_takes_away_nothing_that_another_has_noted(house: House) -> None:
    good, wrong = await received_twice(house)
    await note(house.services, "case-1", good)

    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    assert await house.services.vault.size_of("case-1", good.stored.stored_digest) == good.stored.size


async def test_a_refused_upload_takes_away_nothing_that_another_brought(house: House) -> None:
    good, wrong = await received_twice(house)

    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    await note(house.services, "case-1", good)
    assert await house.services.vault.size_of("case-1", good.stored.stored_digest) == good.stored.size


async def test_a_refused_upload_takes_away_no_text_of_the_record(house: House) -> None:
    await house.holds(walk().to_intake())
    vault, words = house.services.vault, "What does the model do at night?"
    wrong = await house.services.reception.take_in("case-1", _stream(words.encode()), max_bytes=100)
    ref = await vault.put_text("case-1", words)

    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    assert await vault.text("case-1", ref) == words


async def test_an_upload_whose_bytes_another_took_away_is_not_acknowledged(house: House) -> None:
    wrong, good = await received_twice(house)
    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    with pytest.raises(Unavailable, match="not_read_back"):
        await note(house.services, "case-1", good)
