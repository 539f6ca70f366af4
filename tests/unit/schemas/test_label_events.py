"""Events of a label stay readable for ever, and so does the file its workflow carries."""

import json
from pathlib import Path
from typing import get_args

import pytest

from schemas.label_events import EVENTS, LabelEvent, LabelLifeBegun
from tests.label_walk import LabelWalk
from tests.unit.schemas.test_events import holds_all
from tests.vectors.events.label.make import FILES, FOLDER, every_kind
from workflows.matter_file import LabelFile
from workflows.rules.label.kernel import LABEL

MODELS = get_args(get_args(LabelEvent)[0])
GOLDEN = sorted(FOLDER.glob("*.json"))


def test_every_kind_of_event_has_a_golden_file_of_its_version() -> None:
    written = {(one.model_fields["kind"].default, one.model_fields["version"].default) for one in MODELS}
    wanted = {f"{kind}.v{version}.json" for kind, last in written for version in range(1, last + 1)}
    assert {path.name for path in GOLDEN} == wanted


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_was_written_once_is_read_whole(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    event = EVENTS.validate_python(written)
    assert f"{event.kind}.v{event.version}" == path.stem
    assert holds_all(written, event.model_dump(mode="json"))


def test_every_kind_is_folded_and_goes_to_json_and_back_unchanged() -> None:
    seen = set()
    for walk in every_kind():
        state = None
        for event in walk.events:
            state = LABEL.evolve(state, EVENTS.validate_json(event.model_dump_json()))
            seen.add(event.kind)
        assert state == walk.state
    assert seen == {one.model_fields["kind"].default for one in MODELS}


def test_a_life_written_once_begins_a_label() -> None:
    written = (FOLDER / "label_life_begun.v1.json").read_text(encoding="utf-8")
    event = EVENTS.validate_json(written)
    assert isinstance(event, LabelLifeBegun)
    assert LABEL.evolve(None, event).version == 1


@pytest.mark.parametrize("path", sorted(FILES.glob("label.*.json")), ids=lambda path: path.stem)
def test_a_file_written_once_is_read_whole_and_goes_on(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    file = LabelFile.model_validate(written)
    assert holds_all(written, file.model_dump(mode="json"))

    walk = LabelWalk()
    walk.rules, walk.state = file.rules, file.state
    walk.now = file.state.open_motion.opened_at
    for voter in walk.voters():
        if voter.person not in walk.state.open_motion.ballots:
            walk.vote(voter)
    assert walk.kinds()[-2:] == ["motion_closed", "suspension_confirmed"]
