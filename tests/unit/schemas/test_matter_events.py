"""Events of matters stay readable for ever: each kind and version has a golden file that still moves its matter."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from schemas import (
    accession,
    appeal,
    complaint,
    erasure,
    ethics_question,
    institution_acts,
    legal_hold,
    practice,
    record_correction,
    scheme_adoption,
)
from schemas.event import Event
from tests.unit.schemas.test_events import holds_all
from tests.vectors.events.make_matters import FOLDER, WALKS
from workflows.rules.kernels import KERNELS

UNIONS: dict[str, Any] = {
    "organisation": accession.AccessionEvent,
    "institution": institution_acts.InstitutionEvent,
    "complaint": complaint.ComplaintEvent,
    "appeal": appeal.AppealEvent,
    "legal_hold": legal_hold.LegalHoldEvent,
    "adoption": scheme_adoption.SchemeProposalEvent,
    "question": ethics_question.EthicsQuestionEvent,
    "correction": record_correction.RecordCorrectionEvent,
    "erasure": erasure.ErasureEvent,
    "practice": practice.PracticeEvent,
}
GOLDEN = sorted(path for kind in WALKS for path in (FOLDER / kind).glob("*.json"))


def events_of(kind: str) -> tuple[type[Event], ...]:
    found: tuple[type[Event], ...] = get_args(get_args(UNIONS[kind])[0])
    return found


def test_every_kind_of_matter_has_golden_files() -> None:
    """A label has more to be kept, and a test of its own (`test_label_events.py`)."""
    assert set(WALKS) | {"label"} == set(KERNELS)


@pytest.mark.parametrize("kind", list(WALKS))
def test_every_kind_of_event_has_a_golden_file_of_its_version(kind: str) -> None:
    wanted = {
        f"{model.model_fields['kind'].default}.v{version}.json"
        for model in events_of(kind)
        for version in range(1, model.model_fields["version"].default + 1)
    }
    assert {path.name for path in (FOLDER / kind).glob("*.json")} == wanted


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_was_written_once_is_read_whole(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    event = KERNELS[path.parent.name].events.validate_python(written)

    assert f"{event.kind}.v{event.version}" == path.stem
    assert holds_all(written, event.model_dump(mode="json"))


@pytest.mark.parametrize("kind", list(WALKS))
def test_every_kind_goes_to_json_and_back_unchanged_and_folds_to_the_same_state(kind: str) -> None:
    kernel, seen = KERNELS[kind], set()
    for walk in WALKS[kind]():
        state = None
        for event in walk.events:
            again = kernel.events.validate_json(event.model_dump_json())
            assert again == event
            state = kernel.evolve(state, again)
            seen.add(event.kind)
        assert state == walk.state
        assert kernel.state.model_validate_json(walk.state.model_dump_json(exclude_defaults=True)) == walk.state
    assert seen == {model.model_fields["kind"].default for model in events_of(kind)}
