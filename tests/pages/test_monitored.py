"""A monitor of other people in front of the web program, by HTTP (security, I10)."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labels.__main__ import main
from labels.key_set import TrustedKey, Use
from tests.logged import FROM, TO, Logged, key, key_set
from tests.pages.conftest import House
from tests.pages.verifying import Register, served

ORIGIN = "localhost/log"


async def come_by(register: Register, folder: Path) -> int:
    """Let the monitor come by once, in a thread of its own."""
    keys = folder / "keys.json"
    keys.write_text(key_set(TrustedKey(key("label").public_key, FROM, TO, Use.LABEL)).as_json())
    asked = ["monitor", register.url, "--keys", str(keys), "--state", str(folder / "seen"), "--json"]
    return await asyncio.to_thread(main, asked)


async def test_a_monitor_watches_the_log_that_the_web_program_gives_out(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Logged(house.services.published, ORIGIN)
    async with served(house) as register:
        assert await come_by(register, tmp_path) == 4
        assert json.loads(capsys.readouterr().out)["unchecked"][0]["code"] == "checkpoint_missing"
        for expected in (1, 2, 3):
            log.add(seen_at=datetime.now(UTC))
            assert await come_by(register, tmp_path) == 0
            found = json.loads(capsys.readouterr().out)
            assert (found["verified"], found["size"], found["entries"]) == (True, expected, 1)
