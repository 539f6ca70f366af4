"""What travels through a workflow is bounded: every text and list has a maximum, and a full case stays below 1 MB."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticUndefined

from schemas import (
    acts,
    case,
    decision,
    events,
    evidence,
    label,
    label_acts,
    label_events,
    label_life,
    people,
    record_events,
    records,
    review,
    surveillance,
    ties,
)
from schemas.acts import CaseAct
from schemas.case import Case, Lodged
from schemas.events import CASE_EVENTS, ApplicationAmended
from schemas.label_acts import LabelLifeAct
from schemas.people import Role
from schemas.records import PendingEntry
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Choice
from tests.builders import ORGANISATION, SECRETARY, START, Walk, person, sha256
from tests.unit.schemas.full_case import full_file, long_id
from workflows.casework import CaseFile
from workflows.matter_file import LabelFile
from workflows.options import OUTBOX_BYTES_MAX
from workflows.rules.case import assignment, interests, rounds
from workflows.rules.case import evidence as evidence_rules
from workflows.rules.ties import named_in

MODULES = (
    acts,
    case,
    decision,
    events,
    evidence,
    label,
    people,
    record_events,
    records,
    review,
    label_acts,
    label_events,
    label_life,
    surveillance,
    ties,
)
UNBOUNDED = {
    ("CaseFile", "application"): "an id the client computes, 36 characters",
    ("CaseFile", "outbox"): "emptied by the record; at OUTBOX_MAX entries, or OUTBOX_BYTES_MAX, no act is taken",
    ("CaseFile", "receipts"): "cut to RECEIPTS_KEPT",
    ("LabelFile", "id"): "a label's 16 characters",
    ("LabelFile", "outbox"): "as of a case",
    ("LabelFile", "receipts"): "as of a case",
    ("PendingEntry", "body"): "an event, bounded itself",
    ("SchemeRules", "*"): "adopted by the Commission, no person's input; its size is part of the full case below",
}
SCHEMAS = {
    "acts": TypeAdapter(CaseAct).json_schema(),
    "events": CASE_EVENTS.json_schema(),
    "case file": CaseFile.model_json_schema(),
    "label acts": TypeAdapter(LabelLifeAct).json_schema(),
    "label events": label_events.EVENTS.json_schema(),
    "label file": LabelFile.model_json_schema(),
}
BOUNDS = {
    "string": {"maxLength", "pattern", "enum", "const", "format"},
    "array": {"maxItems"},
    "object": {"maxProperties", "properties"},
}


def unbounded(model: str, field: str, node: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield every text, list and mapping of a field that has no maximum, however deep."""
    kind = node.get("type", "")
    if kind in BOUNDS and not BOUNDS[kind] & node.keys():
        yield model, field, kind
    inner = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("prefixItems", ())]
    inner += [*node.get("patternProperties", {}).values(), node.get("items"), node.get("additionalProperties")]
    for part in inner:
        if isinstance(part, dict):
            yield from unbounded(model, field, part)


def models_of(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    own = {schema["title"]: schema} if "properties" in schema else {}
    return {**schema.get("$defs", {}), **own}


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_every_text_list_and_mapping_has_a_maximum(name: str) -> None:
    found = {
        (model, field, kind)
        for model, body in models_of(SCHEMAS[name]).items()
        if model not in models_of_the_scheme()
        for field, node in body.get("properties", {}).items()
        for model, field, kind in unbounded(model, field, node)
        if (model, field) not in UNBOUNDED
    }
    assert found == set()


@cache
def models_of_the_scheme() -> frozenset[str]:
    return frozenset(models_of(SchemeRules.model_json_schema()))


@pytest.mark.parametrize(("model", "field"), [key for key in UNBOUNDED if key[1] != "*"])
def test_what_is_let_off_a_maximum_still_exists(model: str, field: str) -> None:
    files = {**models_of(SCHEMAS["case file"]), **models_of(SCHEMAS["label file"])}
    assert field in files[model]["properties"]


def test_a_whole_number_that_is_signed_for_stays_within_what_json_can_say() -> None:
    for schema in ("acts", "label acts"):
        for model, body in models_of(SCHEMAS[schema]).items():
            if "Facts" in model and model != "SystemFacts":
                continue  # facts are the engine's own and no part of a digest
            for field, node in body.get("properties", {}).items():
                if node.get("type") == "integer":
                    assert "maximum" in node, (model, field)


def payload_models() -> list[type[BaseModel]]:
    found = {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__.startswith("schemas.")
    }
    return sorted({*found, CaseFile}, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", payload_models(), ids=lambda model: model.__name__)
def test_no_default_is_made_anew_but_an_empty_container(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.default_factory in {None, list, dict, set, tuple}, name
        assert field.default is PydanticUndefined or not isinstance(field.default, (list, dict, set)), name


@pytest.mark.parametrize("members", [9, 20, 30, 60, 125])
def test_a_case_filled_to_all_that_the_rules_allow_continues_as_new_below_one_megabyte(members: int) -> None:
    assert len(full_file(members).model_dump_json().encode()) < 1_000_000


def test_the_full_case_leaves_no_list_of_a_case_empty() -> None:
    full = full_file(9).case
    assert full is not None
    assert [name for name, value in full if value in ((), {})] == []


def test_with_an_outbox_as_full_as_it_gets_while_the_record_is_away_it_stays_below_what_temporal_takes() -> None:
    file = full_file(20)
    assert file.case is not None
    amended = ApplicationAmended(
        at=START,
        actor=long_id("anna", 0),
        lodged=file.case.lodged,
        not_applicable=file.case.not_applicable,
        assessment=file.case.assessment,
    )
    # The largest of all events, as often as it is taken: the last one when there was just room left.
    entry = PendingEntry.of(amended, 9999, authn="session", act_id=long_id("act", 0), act_digest=sha256("act"))
    file.outbox = [entry] * (OUTBOX_BYTES_MAX // len(entry.model_dump_json()) + 1)

    assert sum(len(one.model_dump_json()) for one in file.outbox) >= OUTBOX_BYTES_MAX
    assert len(file.model_dump_json().encode()) < 1_600_000


def test_an_act_with_the_facts_of_everyone_tied_to_all_a_case_names_stays_below_what_a_workflow_takes() -> None:
    named = tuple(long_id("org", place) for place in range(case.ORGANISATIONS_MAX))
    away = tuple(long_id("away", place) for place in range(case.ORGANISATIONS_MAX))
    walk = Walk(Tier.CRITICAL, group=named, kept_away=away)
    tied = named_in({*named, *away, ORGANISATION}, walk.lodged)
    facts = {
        name: person(name, *list(Role)[:8]).model_copy(update={"organisation": long_id("org", 0), "tied_to": tied})
        for name in (long_id("member", place) for place in range(200))
    }
    act = walk.build("open_round", SECRETARY, people=facts, seated=tuple(facts))
    assert len(tied) == 2 * case.ORGANISATIONS_MAX + 1
    assert len(act.model_dump_json().encode()) < 2_000_000


def test_an_application_lodged_before_groups_were_asked_for_keeps_its_json() -> None:
    before = Walk().lodged.model_dump(mode="json")
    assert {"group", "kept_away"} & before.keys() == set()
    grouped = Walk(group=("org-parent",), kept_away=("org-rival",)).lodged
    assert {"group", "kept_away"} <= grouped.model_dump(mode="json").keys()
    assert Lodged.model_validate_json(grouped.model_dump_json()) == grouped


def test_a_real_case_travels_and_comes_back_the_same() -> None:
    walk = Walk(Tier.CRITICAL).to_round().voted(*[Choice.GRANT] * 3)
    file = CaseFile(application="case-1", rules=walk.rules, case=walk.case)
    assert CaseFile.model_validate_json(file.model_dump_json()) == file


def test_the_rules_refuse_before_a_maximum_of_the_case_is_passed() -> None:
    maxima = {
        name: next(part.max_length for part in field.metadata if hasattr(part, "max_length"))
        for name, field in Case.model_fields.items()
        if name in {"evidence", "interests", "assignments", "reviews", "rounds"}
    }
    assert maxima == {
        "evidence": evidence_rules.ITEMS_EVER_MAX,
        "interests": interests.DECLARATIONS_MAX,
        "assignments": assignment.ASKED_MAX,
        "reviews": assignment.ASKED_MAX,
        "rounds": rounds.ROUNDS_MAX,
    }
