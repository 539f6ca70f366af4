"""Every program that recomputes decisions must agree on these files; this is the one in Python."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.decision_record import DecisionRecord, record_of
from schemas.events import CASE_EVENTS
from schemas.scheme import Tier
from schemas.stages import Outcome
from tests.small_scheme import small
from tests.unit.schemas.test_events import holds_all
from tests.unit.workflows.rules.case.tampering import changed, found_in
from tests.vectors.decisions import make
from tests.vectors.events.make import STREAMS
from workflows.rules.case.fold import fold
from workflows.rules.case.recomputation import recompute

GOOD = {path.stem: path for path in sorted((make.FOLDER / "good").glob("*.json"))}
TAMPERED: list[dict[str, Any]] = json.loads((make.FOLDER / "tampered.json").read_text("utf-8"))


def read(path: Path) -> DecisionRecord:
    return DecisionRecord.model_validate_json(path.read_bytes(), strict=True)


@pytest.mark.parametrize("name", GOOD)
def test_a_true_record_amounts_to_its_decision(name: str) -> None:
    record = read(GOOD[name])

    answer = recompute(record)

    assert answer.differences == ()
    assert answer.agrees
    assert (answer.outcome, answer.tally) == (record.decision.outcome, record.decision.tally)
    assert answer.tier == name.split("_", maxsplit=1)[0]


@pytest.mark.parametrize("one", TAMPERED, ids=lambda one: one["why"])
def test_a_record_with_something_else_in_it_is_found_at_its_place(one: dict[str, Any]) -> None:
    document = json.loads(GOOD[one["record"]].read_text("utf-8"))

    assert (one["place"], one["code"]) in found_in(changed(document, one["changes"]))


def test_the_records_are_of_every_tier_both_outcomes_a_gate_and_a_second_round() -> None:
    records = [read(path) for path in GOOD.values()]

    assert {record.assessment.tier for record in records} == set(Tier)
    assert {record.decision.outcome for record in records} == set(Outcome)
    assert {record.rule for record in records} == {None, "G2"}
    assert max(len(record.rounds) for record in records) > 1
    assert any(record.rounds[-1].recused for record in records)


@pytest.mark.parametrize("path", sorted(STREAMS.glob("*.json")), ids=lambda path: path.stem)
def test_a_stream_in_which_people_signed_amounts_to_the_record_of_its_decision(path: Path) -> None:
    written = json.loads(path.read_text("utf-8"))
    events = [CASE_EVENTS.validate_python(one) for one in written]
    assert holds_all(written, [event.model_dump(mode="json") for event in events])

    record = record_of(fold(events), small(), make.signed_in(events))
    assert record.edition == make.EDITIONS[path.stem]
    assert record == read(GOOD[path.stem])


def test_every_decided_case_in_which_people_signed_has_its_stream() -> None:
    assert {path.stem for path in STREAMS.glob("*.json")} == {*make.SIGNED}


def test_the_script_makes_the_very_same_files() -> None:
    kept = {path.relative_to(make.FOLDER).as_posix(): path.read_text("utf-8") for path in make.FOLDER.rglob("*.json")}

    assert kept == make.files()
