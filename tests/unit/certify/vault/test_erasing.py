"""What is erased opens no more, whatever is restored (I19)."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from certify.vault.store import Vault, reference_to
from schemas.errors import NotFound, Unavailable
from tests.builders import sha256
from tests.vaults import put_file, seal_as_before, vault_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    async with aclosing(vault_in(tmp_path)) as opened:
        yield opened


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


def objects(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def whole(vault: Vault, application: str, digest: str) -> bytes:
    return b"".join([chunk async for chunk in vault.open(application, digest)])


async def test_an_erased_file_is_neither_opened_nor_taken_in_again(vault: Vault, folder: Path) -> None:
    erased, kept = [await vault.put("case-1", parts(text), max_bytes=10) for text in (b"erased", b"kept")]

    await vault.erase("case-1", erased.digest)
    await vault.erase("case-1", erased.digest)

    for refused in (
        whole(vault, "case-1", erased.digest),
        whole(vault, "case-1", erased.stored_digest),
        vault.size_of("case-1", erased.digest),
        vault.put("case-1", parts(b"erased"), max_bytes=10),
    ):
        with pytest.raises(NotFound, match="erased"):
            await refused
    assert await whole(vault, "case-1", kept.digest) == b"kept"
    assert objects(folder).keys() == {f"case/case-1/{kept.stored_digest}"}


async def test_an_erased_case_keeps_no_byte_and_takes_none(vault: Vault, folder: Path) -> None:
    ref = await vault.put_text("case-1", "Because.")
    other = await vault.put_text("case-2", "Because.")

    await vault.erase("case-1", None)

    with pytest.raises(NotFound, match="erased"):
        await vault.text("case-1", ref)
    with pytest.raises(NotFound, match="erased"):
        await vault.put_text("case-1", "Something else.")
    assert await vault.text("case-2", other) == "Because."
    assert len(objects(folder)) == 1


async def test_what_is_restored_from_a_backup_of_before_the_erasure_opens_no_more(vault: Vault, folder: Path) -> None:
    file, case = [await vault.put(one, parts(b"secret"), max_bytes=10) for one in ("case-1", "case-2")]
    backup = objects(folder)
    await vault.erase("case-1", file.digest)
    await vault.erase("case-2", None)
    assert objects(folder) == {}

    for name, content in backup.items():
        (folder / name).write_bytes(content)

    for application, stored in (("case-1", file), ("case-2", case)):
        with pytest.raises(NotFound, match="erased"):
            await whole(vault, application, stored.digest)


WORDS = "What does the model do at night?"


async def test_a_text_outlives_an_erased_file_of_the_same_bytes(vault: Vault) -> None:
    ref = await vault.put_text("case-1", WORDS)
    file = await put_file(vault, "case-1", WORDS.encode())

    await vault.erase("case-1", file.digest)

    assert await vault.text("case-1", ref) == WORDS
    with pytest.raises(NotFound, match="erased"):
        await whole(vault, "case-1", file.stored_digest)


async def test_words_that_were_erased_as_a_file_may_be_said_as_a_text(vault: Vault) -> None:
    file = await put_file(vault, "case-1", WORDS.encode())
    await vault.erase("case-1", file.digest)

    ref = await vault.put_text("case-1", WORDS)

    assert await vault.text("case-1", ref) == WORDS
    with pytest.raises(NotFound, match="erased"):
        await put_file(vault, "case-1", WORDS.encode())


async def test_a_file_that_nothing_names_is_taken_away_and_leaves_the_text_of_the_same_bytes(vault: Vault) -> None:
    file = await put_file(vault, "case-1", WORDS.encode())
    ref = await vault.put_text("case-1", WORDS)

    await vault.forget("case-1", file.stored_digest)

    assert await vault.text("case-1", ref) == WORDS


async def test_a_text_that_shared_its_key_with_a_file_is_kept_and_the_file_erased(vault: Vault, folder: Path) -> None:
    digest = await seal_as_before(vault, "case-1", WORDS.encode(), folder)
    ref = reference_to(WORDS)
    assert await vault.text("case-1", ref) == WORDS

    for _ in range(2):
        await vault.keep_text("case-1", digest)
        await vault.erase("case-1", digest)

    assert await vault.text("case-1", ref) == WORDS
    with pytest.raises(NotFound, match="erased"):
        await whole(vault, "case-1", digest)
    assert len(objects(folder)) == 1


async def test_an_erased_case_takes_its_texts_of_every_version_along(vault: Vault, folder: Path) -> None:
    await seal_as_before(vault, "case-1", WORDS.encode(), folder)
    ref = await vault.put_text("case-1", WORDS)

    await vault.erase("case-1", None)

    assert objects(folder) == {}
    with pytest.raises(NotFound, match="erased"):
        await vault.text("case-1", ref)


async def test_a_file_of_before_the_vault_is_sealed_before_it_can_be_erased(vault: Vault, folder: Path) -> None:
    path = folder / "case" / "case-1" / sha256("in clear")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"in clear")

    with pytest.raises(Unavailable, match="not_sealed_yet"):
        await vault.erase("case-1", sha256("in clear"))
    assert path.exists()
    await vault.erase("case-1", None)
    await vault.erase("case-1", sha256("in clear"))
    assert not path.exists()
