import hashlib
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from certify.cli import app
from certify.config import Settings
from certify.programs.vault import open_audit, open_vault
from certify.programs.vault_keeping import rotate, rotate_payloads, seal
from certify.vault.payload_keys import PayloadKeys
from certify.vault.sealing import MAGIC
from certify.vault.store import InPlace, Vault
from schemas.stored_object import ObjectState
from tests.vaults import put_file

TEXTS = ("Written years ago.", "And this.", "In another case.")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
async def vault(settings: Settings) -> AsyncIterator[Vault]:
    async with aclosing(open_vault(settings)) as opened:
        yield opened


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_clear(folder: Path, application: str, text: str, *, name: str | None = None) -> Path:
    """An object as versions before the vault stored it."""
    path = folder / "evidence" / "case" / application / (name or digest_of(text))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def old_store(folder: Path) -> None:
    for application, text in zip(("case-1", "case-1", "case-2"), TEXTS, strict=True):
        in_clear(folder, application, text)


def sealed_in(folder: Path) -> list[Path]:
    return list((folder / "evidence" / "case").glob("*/*"))


def stored(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "evidence").rglob("*") if path.is_file()]


async def whole(vault: Vault, application: str, digest: str) -> str:
    return b"".join([piece async for piece in vault.open(application, digest)]).decode()


async def sealed_by(settings: Settings, *, stopped_after: int | None = None) -> dict[str, int]:
    """What became of the objects, also where the command was stopped."""
    last: dict[str, int] = {}
    async with aclosing(seal(settings)) as running:
        async for done, _, found in running:
            last = {one.value: count for one, count in found.items()}
            if done == stopped_after:
                break
    return last


async def test_what_was_stored_in_clear_is_sealed_in_place_and_opens_by_the_same_digests(
    settings: Settings, vault: Vault, tmp_path: Path
) -> None:
    old_store(tmp_path)

    assert await sealed_by(settings) == {"sealed": 3}

    assert all(content.startswith(MAGIC) for content in stored(tmp_path))
    for application, text in zip(("case-1", "case-1", "case-2"), TEXTS, strict=True):
        assert await whole(vault, application, digest_of(text)) == text
    assert await sealed_by(settings) == {"before": 3}


async def test_a_run_that_was_stopped_is_ended_by_the_next(settings: Settings, vault: Vault, tmp_path: Path) -> None:
    old_store(tmp_path)

    await sealed_by(settings, stopped_after=1)
    assert sum(content.startswith(MAGIC) for content in stored(tmp_path)) == 1

    assert await sealed_by(settings) == {"sealed": 2, "before": 1}
    assert len(stored(tmp_path)) == 3


async def test_a_copy_in_clear_beside_the_sealed_one_is_taken_away(
    settings: Settings, vault: Vault, tmp_path: Path
) -> None:
    await vault.put_text("case-1", TEXTS[0])
    path = in_clear(tmp_path, "case-1", TEXTS[0])

    assert await sealed_by(settings) == {"sealed": 1, "before": 1}

    assert not path.exists()
    assert await whole(vault, "case-1", digest_of(TEXTS[0])) == TEXTS[0]


async def test_a_damaged_object_is_left_as_it_is_and_told(settings: Settings, tmp_path: Path) -> None:
    path = in_clear(tmp_path, "case-1", "not what its name says", name="0" * 64)

    assert await sealed_by(settings) == {InPlace.DAMAGED: 1}

    assert path.read_bytes() == b"not what its name says"


async def test_what_was_erased_is_not_sealed_but_taken_away(settings: Settings, vault: Vault, tmp_path: Path) -> None:
    await vault.erase("case-1", None)
    path = in_clear(tmp_path, "case-1", TEXTS[0])

    assert await sealed_by(settings) == {"sealed": 1}
    assert not path.exists()


async def test_after_a_rotation_everything_opens(settings: Settings, vault: Vault) -> None:
    ref = await vault.put_text("case-1", TEXTS[0])

    assert await rotate(settings) == 1

    assert await vault.text("case-1", ref) == TEXTS[0]


async def states(settings: Settings, *named: tuple[str, bool]) -> list[ObjectState]:
    """How a check finds objects of a case, each by a digest, and whether it is asked for as a text."""
    async with open_audit(settings) as store:
        return [(await store.look("case-1", digest, is_text=is_text)).state for digest, is_text in named]


async def test_a_check_opens_with_keys_compares_without_the_master_and_asks_nothing_of_what_it_cannot_know(
    settings: Settings, vault: Vault, tmp_path: Path
) -> None:
    ref = await vault.put_text("case-1", TEXTS[0])
    (path,) = sealed_in(tmp_path)
    named = ((ref.digest, True), (path.name, False), ("0" * 64, True))

    assert await states(settings, *named) == [ObjectState.WHOLE, ObjectState.WHOLE, ObjectState.MISSING]

    (tmp_path / "vault" / "master.json").rename(tmp_path / "master.json")
    assert await states(settings, *named) == [ObjectState.UNOPENED, ObjectState.UNOPENED, ObjectState.MISSING]

    await vault.aclose()
    (tmp_path / "vault").rename(tmp_path / "elsewhere")
    assert await states(settings, *named) == [ObjectState.UNKNOWN, ObjectState.UNOPENED, ObjectState.UNKNOWN]


async def test_a_check_finds_a_changed_object_with_and_without_keys(
    settings: Settings, vault: Vault, tmp_path: Path
) -> None:
    ref = await vault.put_text("case-1", TEXTS[0])
    (path,) = sealed_in(tmp_path)
    path.write_bytes(path.read_bytes() + b"x")
    named = (ref.digest, True), (path.name, False)

    assert await states(settings, *named) == [ObjectState.CHANGED] * 2
    (tmp_path / "vault" / "master.json").unlink()
    assert await states(settings, *named) == [ObjectState.CHANGED] * 2


async def test_a_check_tells_an_erased_object_from_a_lost_one(settings: Settings, vault: Vault) -> None:
    one, two = [await put_file(vault, "case-1", words.encode()) for words in TEXTS[:2]]
    await vault.erase("case-1", one.digest)
    await vault.forget("case-1", two.stored_digest)

    assert await states(settings, (one.digest, False), (two.digest, False)) == [ObjectState.ERASED, ObjectState.MISSING]


def test_the_commands_answer_programs_and_people(tmp_path: Path) -> None:
    old_store(tmp_path)
    run = CliRunner()

    sealed = run.invoke(app, ["vault", "seal", "--data", str(tmp_path), "--json"])
    assert json.loads(sealed.stdout) == {"sealed": 3, "before": 0, "damaged": 0, "left": 0, "cells": 0}
    rotated = run.invoke(app, ["vault", "rotate", "--data", str(tmp_path)])
    assert (rotated.exit_code, rotated.stdout) == (0, "2 keys are wrapped under a new master key.\n")


def test_a_key_of_payloads_is_added_and_the_others_go_on_opening(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "payload-keys.json"
    before = PayloadKeys.made(path)

    answer = CliRunner().invoke(app, ["vault", "rotate-payloads", "--data", str(tmp_path), "--json"])

    after = PayloadKeys.read(path)
    assert json.loads(answer.stdout) == {"key": after.current}
    assert after.naming == before.naming, "workflows are found again"
    assert list(after.sealing) == [*before.sealing, after.current]
    assert path.stat().st_mode & 0o777 == 0o600


def test_keys_of_payloads_that_are_added_at_once_are_all_kept(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "payload-keys.json"
    before = PayloadKeys.made(path)

    with ThreadPoolExecutor() as threads:
        added = list(threads.map(lambda _: rotate_payloads(settings), range(8)))

    assert set(PayloadKeys.read(path).sealing) == {*before.sealing, *added}


def test_keys_of_payloads_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "payload-keys.json"
    path.parent.mkdir()
    path.write_text("{}")

    answer = CliRunner().invoke(app, ["vault", "rotate-payloads", "--data", str(tmp_path)])

    assert answer.exit_code != 0
    assert path.read_text() == "{}"
