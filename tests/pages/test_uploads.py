"""A file that was acknowledged stays, whatever becomes of another upload of the same bytes at the same time."""

from collections.abc import AsyncIterator

import pytest

from certify.vault.store import Stored
from certify.web.uploads import note
from schemas.errors import Unacceptable, Unavailable
from tests.builders import sha256
from tests.pages.conftest import House, walk


async def _stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def stored_twice(house: House) -> tuple[Stored, Stored]:
    """Two uploads of the same bytes, both in the store and neither noted yet."""
    await house.holds(walk().to_intake())
    first, second = [
        await house.services.vault.put("case-1", _stream(b"policy"), max_bytes=100) for _ in range(2)
    ]  # fmt: skip
    return first, second


async def test_a_refused_upload_takes_away_nothing_that_another_has_noted(house: House) -> None:
    good, wrong = await stored_twice(house)
    await note(house.services, "case-1", good)

    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    assert await house.services.vault.size_of("case-1", good.stored_digest) == good.size


async def test_a_refused_upload_takes_away_nothing_that_another_brought(house: House) -> None:
    good, wrong = await stored_twice(house)

    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    await note(house.services, "case-1", good)
    assert await house.services.vault.size_of("case-1", good.stored_digest) == good.size


async def test_a_refused_upload_takes_away_no_text_of_the_record(house: House) -> None:
    await house.holds(walk().to_intake())
    vault, words = house.services.vault, "What does the model do at night?"
    wrong = await vault.put("case-1", _stream(words.encode()), max_bytes=100)
    ref = await vault.put_text("case-1", words)

    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    assert await vault.text("case-1", ref) == words


async def test_an_upload_whose_bytes_another_took_away_is_not_acknowledged(house: House) -> None:
    wrong, good = await stored_twice(house)
    with pytest.raises(Unacceptable, match="digest_differs"):
        await note(house.services, "case-1", wrong, expected=sha256("other"))

    with pytest.raises(Unavailable, match="not_read_back"):
        await note(house.services, "case-1", good)
