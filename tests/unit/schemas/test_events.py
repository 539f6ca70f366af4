"""Events stay readable for ever: each kind and version has a golden file, and so has the file of a whole case."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from schemas.case import Case
from schemas.event import Event
from schemas.events import CASE_EVENTS, ApplicationLodged, CaseEvent
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import SECRETARY, THIRD_PARTY, Walk
from tests.vectors.events.make import every_kind
from workflows.casework import CaseFile
from workflows.rules.case.fold import evolve

EVENTS: tuple[type[Event], ...] = get_args(get_args(CaseEvent)[0])
VECTORS = Path(__file__).parents[2] / "vectors"
GOLDEN = sorted((VECTORS / "events").glob("*.json"))
CASE_FILES = sorted((VECTORS / "casefiles").glob("*.json"))


def holds_all(written: Any, read: Any) -> bool:
    """Whether everything written is still there; fields added since may stand beside it."""
    if isinstance(written, dict):
        return isinstance(read, dict) and all(
            name in read and holds_all(value, read[name]) for name, value in written.items()
        )
    if isinstance(written, list):
        return len(written) == len(read) and all(map(holds_all, written, read))
    return bool(written == read)


def case_for_any_event() -> Case:
    """A case in which every event can be folded: reviewers, a report, a ballot, nonconformities, a decision."""
    case = Walk(Tier.CRITICAL).to_round().voted(Choice.GRANT).case
    failing = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.PARTLY_MET}
    return case.model_copy(
        update={
            "nonconformities": Walk(edition=2).to_correction(**failing).case.nonconformities,
            "decision": Walk().to_grant().case.decision,
        }
    )


def test_every_kind_of_event_has_a_golden_file_of_its_version() -> None:
    written = {model.model_fields["kind"].default: model.model_fields["version"] for model in EVENTS}
    files = {path.name for path in GOLDEN}
    for kind, field in written.items():
        for version in range(1, field.default + 1):
            assert f"{kind}.v{version}.json" in files
    assert len(files) == sum(field.default for field in written.values())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_was_written_once_is_read_whole_and_moves_a_case(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    event = CASE_EVENTS.validate_python(written)

    assert f"{event.kind}.v{event.version}" == path.stem
    assert holds_all(written, event.model_dump(mode="json"))
    case = None if isinstance(event, ApplicationLodged) else case_for_any_event()
    following = evolve(case, event)
    assert following.entry == (case.entry if case else 0) + 1


def test_every_kind_goes_to_json_and_back_unchanged() -> None:
    seen = set()
    for walk in every_kind():
        for event in walk.events:
            assert CASE_EVENTS.validate_json(event.model_dump_json()) == event
            seen.add(event.kind)
    assert seen == {model.model_fields["kind"].default for model in EVENTS}


def test_the_first_event_of_an_act_carries_the_person_and_what_follows_by_rule_the_engine() -> None:
    walk = Walk().to_planning()
    assert [(event.kind, event.actor) for event in walk.events[-2:]] == [
        ("application_accepted", SECRETARY.person),
        ("manifest_frozen", "engine"),
    ]
    assert THIRD_PARTY.person not in {event.actor for event in walk.events}


@pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.stem)
def test_a_case_file_written_once_is_read_whole_and_goes_on(path: Path) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    file = CaseFile.model_validate(written)
    assert holds_all(written, file.model_dump(mode="json"))

    walk = Walk()
    walk.rules, walk._state = file.rules, file.case
    assert walk.case.open_round is not None
    silent = [voter for voter in walk.voters() if voter.person not in walk.case.rounds[0].ballots]
    for voter in silent:
        walk.ballot(voter, Choice.GRANT)
    assert walk.case.stage == Stage.ATTESTATION


def test_there_is_a_case_file_of_the_first_version() -> None:
    assert "v1" in {path.stem for path in CASE_FILES}
