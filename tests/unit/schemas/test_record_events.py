"""Events of the record beside cases and matters stay readable for ever, by their golden files."""

import json
from pathlib import Path
from typing import get_args

import pytest

from schemas.record_events import RECORD_EVENTS, RecordEvents
from tests.unit.schemas.test_events import holds_all
from workflows.rules.kernels import KERNELS

FOLDER = Path(__file__).parents[2] / "vectors" / "events"
STREAMS = ("access", "attempts", "keys", "people", "register", "scheme")
GOLDEN = sorted(path for stream in STREAMS for path in (FOLDER / stream).glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_was_written_once_is_read_whole(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    event = RECORD_EVENTS.validate_python(written)

    assert f"{event.kind}.v{event.version}" == path.stem
    assert holds_all(written, event.model_dump(mode="json"))


def test_every_kind_of_event_has_a_golden_file_of_its_version() -> None:
    fields = [kind.model_fields for kind in get_args(get_args(RecordEvents)[0])]
    wanted = {f"{one['kind'].default}.v{version}" for one in fields for version in range(1, one["version"].default + 1)}
    assert {path.stem for path in GOLDEN} == wanted


def test_every_folder_of_golden_files_is_read_by_a_test() -> None:
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and any(path.glob("*.json"))}
    assert folders == {*STREAMS, *KERNELS, "streams"}
