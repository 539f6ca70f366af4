"""The published JSON Schema is the model's, and takes what people write."""

import importlib.util
import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "schemas" / "published"
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/application.yaml"))


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("publish_schemas", ROOT / "scripts" / "publish_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCHEMA = json.loads((PUBLISHED / "application.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def read(name: str) -> dict[str, Any]:
    """Read an example as JSON has it: days are texts."""
    document = yaml.safe_load((ROOT / "examples" / name / "application.yaml").read_text("utf-8"))
    plain: dict[str, Any] = json.loads(json.dumps(document, default=date.isoformat))
    return plain


def test_every_published_file_is_what_its_model_makes() -> None:
    made = {name: json.dumps(make(), indent=2, ensure_ascii=False) + "\n" for name, make in _script().SCHEMAS.items()}

    assert {path.name: path.read_text("utf-8") for path in PUBLISHED.glob("*.json")} == made


def test_the_published_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_valid_by_the_published_schema(name: str) -> None:
    VALIDATOR.validate(read(name))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ethics_officer", "Mare Tamm"),
        ("agreement", True),
        ("agreement", {"accepted": "yes"}),
        ("answers", {"Q1": 2, "Q2": "unknown", "Q3": {"score": "unknown", "evidence": ["a.md"]}}),
        ("gates", {"G1": True, "G2": "no", "G5": "Law on data"}),
    ],
)
def test_every_spelling_that_is_read_is_valid(key: str, value: object) -> None:
    VALIDATOR.validate(read("out-of-scope") | {key: value})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("colour",), "red"),
        (("answers", "Q1"), 4),
        (("system", "version"), 1.0),
        (("organisation", "country"), "Estonia"),
        (("evidence", 0, "file"), "../secret"),
        (("evidence", 0, "file"), "/etc/passwd"),
        (("evidence", 0, "file"), "a\\b"),
        (("evidence", 0, "digest"), "ab" * 32),
        (("evidence", 0, "made_by"), "accredited_laboratory"),
        (("evidence", 0, "made_by"), {"kind": "accredited_laboratory"}),
        (("evidence", 0, "confidentiality"), "hidden"),
        (("agreement",), "perhaps"),
    ],
)
def test_what_would_be_refused_is_invalid(path: tuple[str | int, ...], value: object) -> None:
    document = deepcopy(read("out-of-scope"))
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    assert not VALIDATOR.is_valid(document)
