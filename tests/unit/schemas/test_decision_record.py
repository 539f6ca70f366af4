"""The decision record: what it takes from a case, what it leaves out and why, and its published schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from schemas.case import Case, Lodged
from schemas.decision_record import VERSION, DecisionRecord, record_of
from schemas.errors import OutOfOrder
from schemas.scheme import Tier
from tests.builders import Walk, scheme
from tests.small_scheme import SmallWalk, small
from tests.vectors.decisions.make import FOLDER

PUBLISHED = Path(__file__).parents[3] / "schemas" / "published" / "decision-record.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(
    json.loads(PUBLISHED.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
)
LEFT_OUT = {
    "stage": "follows from the outcome",
    "lodged": "read in parts, as `application`: the rest names an organisation, its system and its ethics officer",
    "lodged_by": "no rule of the decision reads it",
    "lodged_at": "as above",
    "evidence": "read in parts, as `items`: the rest names files and makers",
    "public_statement": "no rule of the decision reads it; its digest stands in the manifest",
    "public_statement_handed_in": "as above",
    "items_numbered": "numbers of items to come",
    "accepted_at": "a clock of an earlier stage",
    "evidence_due_at": "as above",
    "evaluation_due_at": "as above",
    "signing_refused": "comes after the decision",
    "errands_done": "as above",
    "released_by": "comes after the decision",
    "release_proof": "as above; the receipt itself stands in `release`",
    "label": "as above",
    "reason": "of cases that ended without a decision",
    "ended_at": "the decision's own time",
    "disputed_tier": "no decision is taken while one is",
    "tier_kept_in": "says only that a round was followed; what it came to, its tally says",
    "questions": "what they brought to light stands in the evidence; the clocks they stopped are over",
    "stops": "a clock of an earlier stage",
    "due": "as above",
    "resumed": "as above",
    "stage_since": "as above",
    "round_awaited_since": "as above",
    "third_party_drawn_at": "as above",
    "report_awaited_since": "as above",
    "correction_extensions": "as above",
    "reminded": "reminders change nothing",
    "bench": "who would have been asked next",
    "interest_reports": "what was confirmed of them stands among the interests; the rest changed nothing",
    "proposal": "why these were asked; the rules that let them judge ask again",
}
"""Fields of a case that are not in the record; a new field belongs there, or here with its reason."""
LEFT_OUT_OF_LODGED = {
    "organisation", "organisation_name", "organisation_address", "country", "reference", "digest", "scheme", "system",
    "ethics_officer",
    "declared", "agreement_accepted",
    "group", "kept_away", "renews",
}  # fmt: skip


def test_every_field_of_a_case_is_in_the_record_or_left_out_for_a_reason() -> None:
    assert Case.model_fields.keys() - DecisionRecord.model_fields.keys() == LEFT_OUT.keys()
    application: Any = DecisionRecord.model_fields["application"].annotation
    assert Lodged.model_fields.keys() - application.model_fields.keys() == LEFT_OUT_OF_LODGED


def test_a_case_made_from_a_record_is_the_decided_one_in_all_that_is_in_the_record() -> None:
    case = SmallWalk(Tier.CRITICAL).to_grant().case

    again = record_of(case, small()).as_case()

    for name in Case.model_fields.keys() & DecisionRecord.model_fields.keys() | {"stage"}:
        assert getattr(again, name) == getattr(case, name), name
    assert record_of(again, small()) == record_of(case, small())


@pytest.mark.parametrize(
    ("written", "kept"), [("yes", "yes"), ("no", "no"), ("unknown", "unknown"), ("Olga Officer says so", "unknown")]
)
def test_of_a_gate_only_the_answer_is_kept(written: str, kept: str) -> None:
    case = SmallWalk().to_grant().case
    lodged = case.lodged.model_copy(update={"gates": {**case.lodged.gates, "G3": written}})

    assert record_of(case.model_copy(update={"lodged": lodged}), small()).application.gates["G3"] == kept


def test_of_a_gate_that_takes_a_sentence_only_that_there_is_one_is_kept() -> None:
    case = SmallWalk().to_grant().case
    for written, kept in (("The law on data, says Olga", "said"), (" ", "")):
        lodged = case.lodged.model_copy(update={"gates": {**case.lodged.gates, "G5": written}})
        assert record_of(case.model_copy(update={"lodged": lodged}), small()).application.gates["G5"] == kept


@pytest.mark.parametrize("step", ["to_intake", "to_decision", "to_round"])
def test_there_is_no_record_of_what_was_not_decided(step: str) -> None:
    with pytest.raises(OutOfOrder, match="not_decided"):
        record_of(getattr(SmallWalk(), step)().case, small())


def test_there_is_no_record_while_a_round_is_open_again() -> None:
    case = SmallWalk().to_grant().case
    again = case.rounds[-1].model_copy(update={"closed_at": None, "tally": None})

    with pytest.raises(OutOfOrder, match="not_decided"):
        record_of(case.model_copy(update={"rounds": (*case.rounds, again)}), small())


def test_the_published_schema_is_a_schema_of_this_version() -> None:
    schema = json.loads(PUBLISHED.read_text("utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:certify:schema:decision-record:{VERSION}"
    assert schema["properties"]["version"]["const"] == VERSION


@pytest.mark.parametrize("path", sorted((FOLDER / "good").glob("*.json")), ids=lambda path: path.stem)
def test_every_vector_is_valid_by_the_published_schema(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("tier", list(Tier))
def test_a_record_with_the_whole_scheme_is_valid_by_the_published_schema(tier: Tier) -> None:
    VALIDATOR.validate(record_of(Walk(tier).to_grant().case, scheme()).model_dump(mode="json"))


def test_a_record_with_something_nobody_knows_is_invalid() -> None:
    record = record_of(SmallWalk().to_grant().case, small()).model_dump(mode="json")

    assert not VALIDATOR.is_valid({**record, "remark": "true"})
    assert not VALIDATOR.is_valid({**record, "version": 2})
    assert not VALIDATOR.is_valid({key: value for key, value in record.items() if key != "scheme"})
