"""Events of the record beside cases and matters stay readable for ever, by their golden files."""

import json
from pathlib import Path
from typing import get_args

import pytest

from schemas.account_events import AccountEvent
from schemas.record_events import (
    RECORD_EVENTS,
    ContactErased,
    ContactOpened,
    EvidenceOpened,
    KeySetPublished,
    RetentionApplied,
)
from tests.unit.schemas.test_events import holds_all

FOLDER = Path(__file__).parents[2] / "vectors" / "events"
GOLDEN = sorted(path for stream in ("access", "keys", "people") for path in (FOLDER / stream).glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_was_written_once_is_read_whole(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    event = RECORD_EVENTS.validate_python(written)

    assert f"{event.kind}.v{event.version}" == path.stem
    assert holds_all(written, event.model_dump(mode="json"))


def test_every_event_of_keys_accounts_and_access_has_a_golden_file() -> None:
    of_access = (EvidenceOpened, ContactOpened, ContactErased)
    beside = (*of_access, KeySetPublished, RetentionApplied)
    kinds = {kind.model_fields["kind"].default for kind in (*beside, *get_args(AccountEvent))}
    assert {path.stem for path in GOLDEN} == {f"{kind}.v1" for kind in kinds}
