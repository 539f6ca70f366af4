"""Events of the record beside cases and matters stay readable for ever, by their golden files."""

import json
from pathlib import Path

import pytest

from schemas.record_events import RECORD_EVENTS
from tests.unit.schemas.test_events import holds_all

FOLDER = Path(__file__).parents[2] / "vectors" / "events"
GOLDEN = sorted((*(FOLDER / "keys").glob("*.json"), *(FOLDER / "access").glob("*.json")))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_was_written_once_is_read_whole(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    event = RECORD_EVENTS.validate_python(written)

    assert f"{event.kind}.v{event.version}" == path.stem
    assert holds_all(written, event.model_dump(mode="json"))


def test_every_event_of_the_streams_keys_and_access_has_a_golden_file() -> None:
    assert [path.stem for path in GOLDEN] == ["evidence_opened.v1", "key_set_published.v1"]
