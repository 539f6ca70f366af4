"""The signer publishes under the keys as they are at every moment, and issues nothing while it has none."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.config import Settings
from certify.programs import keys, publishing
from certify.programs.key_files import KeyFiles
from certify.programs.publishing import Publishing
from certify.register.database import Database
from certify.vault.published import FolderFiles
from labels.key_set import TrustedKey, Use
from labels.status import verified_list
from schemas.errors import Unavailable
from tests.cells import CELLS

NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(data=tmp_path / "data", witness_urls="http://127.0.0.1:9")
    keys.initialise(found, now=NOW)
    return found


@pytest.fixture
async def running(settings: Settings, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Publishing]:
    """The publishing part of a signer, which looks at its keys all the time; its witness answered an hour ago."""
    monkeypatch.setattr(publishing, "KEYS_AGAIN_AFTER", 0.01)
    database, stop = Database(sqlite_url, cells=CELLS), asyncio.Event()
    found = Publishing(settings, database, dict)
    found._signatures.answered_at = NOW - timedelta(hours=1)
    program = asyncio.create_task(found.run(stop))
    yield found
    stop.set()
    await asyncio.wait_for(program, 30)
    await database.close()


def the_key(settings: Settings, use: Use) -> TrustedKey:
    """The newest key of a use."""
    last = KeyFiles.of(settings).last()
    assert last is not None
    return last.keys.of_use(use).keys[-1]


def code(running: Publishing) -> str:
    """Why no label is issued."""
    with pytest.raises(Unavailable) as refusal:
        running.require_issuing()
    return refusal.value.code


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    while not holds():  # noqa: ASYNC110  # the program tells nobody
        await asyncio.sleep(0.01)


async def until_it_says(running: Publishing, expected: str) -> None:
    """Wait until no label is issued for a reason."""
    await until(lambda: code(running) == expected)


@pytest.mark.parametrize("use", [Use.STATUS, Use.LOG])
async def test_with_a_stolen_key_nothing_more_is_signed_and_a_new_one_is_taken_up(
    running: Publishing, settings: Settings, use: Use
) -> None:
    await until_it_says(running, "witness_away")
    keys.compromise(settings, kid=the_key(settings, use).kid, at=NOW, now=NOW)
    await until_it_says(running, "no_key_for_today")

    keys.rotate(settings, use=use, now=NOW)

    await until_it_says(running, "witness_away")


async def test_lists_are_signed_with_the_new_key(running: Publishing, settings: Settings) -> None:
    await until_it_says(running, "witness_away")
    keys.compromise(settings, kid=the_key(settings, Use.STATUS).kid, at=NOW, now=NOW)
    keys.rotate(settings, use=Use.STATUS, now=NOW)
    new, files = the_key(settings, Use.STATUS), FolderFiles(settings.data / "published")

    await until(lambda: _is_signed_by(files.read("s/0"), new, settings))


def _is_signed_by(content: bytes | None, key: TrustedKey, settings: Settings) -> bool:
    try:
        verified_list(content or b"", [key], address=f"{settings.public_url}/s/0", at=datetime.now(UTC))
    except Exception:  # noqa: BLE001  # another key's, or none yet
        return False
    return True


async def test_a_program_without_readable_keys_still_ends_when_it_is_told_to(
    running: Publishing, settings: Settings
) -> None:
    files = KeyFiles.of(settings)
    for path in files.signed.parent.glob("key-set*"):
        path.unlink()
    files.jwks.write_text("{")
    await until_it_says(running, "keys_unreadable")
