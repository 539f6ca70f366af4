"""A scheme that comes whole names only what it defines, and has a text for each name."""

from typing import Any

import pytest

from schemas.scheme import BUILT_IN, Scheme
from schemas.scheme_loading import load_scheme
from schemas.scheme_names import wrong_names
from tests.builders import scheme


def changed(part: str, **changes: Any) -> Scheme:
    return scheme().model_copy(update={part: getattr(scheme(), part).model_copy(update=changes)})


def without(section: str) -> Scheme:
    """The scheme whose rules do not define the first name of a section."""
    return changed("rules", **{section: getattr(scheme().rules, section)[1:]})


@pytest.mark.parametrize("folder", [BUILT_IN, BUILT_IN.parent / "code-signatory"], ids=lambda one: one.name)
def test_what_was_read_from_files_holds_together(folder: Any) -> None:
    assert list(wrong_names(load_scheme(folder))) == []


@pytest.mark.parametrize("section", ["articles", "evidence_types", "roles", "questions"])
def test_a_name_that_is_used_and_not_defined_is_told_with_its_place(section: str) -> None:
    gone = getattr(scheme().rules, section)[0]
    assert any(line.startswith("rules.") and gone in line for line in wrong_names(without(section)))


@pytest.mark.parametrize("section", ["areas", "criteria", "factors", "gates", "statements", "whys"])
def test_a_name_without_a_text_is_told(section: str) -> None:
    texts = dict(getattr(scheme().texts, section))
    name, _ = texts.popitem()
    assert list(wrong_names(changed("texts", **{section: texts}))) == [f"texts.{section}: nothing says what {name} is"]


def test_a_criterion_under_another_id_is_told() -> None:
    first, second, *_ = scheme().rules.criteria
    criteria = {**scheme().rules.criteria, first: scheme().rules.criteria[second]}
    assert list(wrong_names(changed("rules", criteria=criteria))) == [f"criteria.{first}: its id is {second}"]
