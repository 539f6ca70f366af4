"""A decision record with something else at one place, as whoever edits the file would leave it."""

import json
from copy import deepcopy
from typing import Any

from schemas.decision_record import DecisionRecord
from workflows.rules.case.recomputation import recompute

Document = dict[str, Any]


def document_of(record: DecisionRecord) -> Document:
    """The record as JSON."""
    return record.model_dump(mode="json")


def value_at(document: Document, place: str) -> Any:
    """What stands at a JSON pointer."""
    part: Any = document
    for step in _steps(place):
        part = part[int(step)] if isinstance(part, list) else part[step]
    return part


def changed(document: Document, changes: dict[str, Any]) -> Document:
    """A copy with other values at some JSON pointers."""
    copy = deepcopy(document)
    for place, value in changes.items():
        *way, last = _steps(place)
        part: Any = copy
        for step in way:
            part = part[int(step)] if isinstance(part, list) else part[step]
        part[int(last) if isinstance(part, list) else last] = value
    return copy


def found_in(document: Document) -> set[tuple[str, str]]:
    """Place and code of every difference; the document is read as `certify decision verify` reads it."""
    record = DecisionRecord.model_validate_json(json.dumps(document), strict=True)
    return {(one.place, one.code) for one in recompute(record).differences}


def _steps(place: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
