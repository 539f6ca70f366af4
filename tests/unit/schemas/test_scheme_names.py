"""A scheme that comes whole names only what it defines, and has a text for each name."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.scheme import BUILT_IN, Scheme, Tier
from schemas.scheme_loading import load_scheme
from schemas.scheme_names import what_is_wrong, wrong_names
from tests.builders import scheme


def changed(part: str, **changes: Any) -> Scheme:
    return scheme().model_copy(update={part: getattr(scheme(), part).model_copy(update=changes)})


def without(section: str) -> Scheme:
    """The scheme whose rules do not define the first name of a section."""
    return changed("rules", **{section: getattr(scheme().rules, section)[1:]})


@pytest.mark.parametrize("folder", [BUILT_IN, BUILT_IN.parent / "code-signatory"], ids=lambda one: one.name)
def test_what_was_read_from_files_holds_together(folder: Any) -> None:
    assert list(what_is_wrong(load_scheme(folder))) == []


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


def recommended() -> Scheme:
    """The scheme without a mandatory criterion."""
    rules = {key: rule.model_copy(update={"kind": "recommended"}) for key, rule in scheme().rules.criteria.items()}
    return changed("rules", criteria=rules)


def long() -> Scheme:
    """The scheme with more criteria in the low tier than a plan or a label can hold."""
    article = next(iter(scheme().rules.criteria.values())).article
    first, worded = scheme().rules.criteria[f"{article}-01"], scheme().texts.criteria[f"{article}-01"]
    added = {
        key: first.model_copy(update={"id": key, "tiers": tuple(Tier)})
        for key in (f"{article}-{number}" for number in range(20, 90))
    }
    version = changed("rules", criteria={**scheme().rules.criteria, **added})
    texts = scheme().texts.model_copy(update={"criteria": {**scheme().texts.criteria, **dict.fromkeys(added, worded)}})
    return version.model_copy(update={"texts": texts})


def unfillable() -> Scheme:
    """The scheme whose sentence on every label's page names what the engine cannot fill in."""
    return changed("texts", meaning=scheme().texts.meaning.model_copy(update={"ru": "{today}"}))


def for_nobody() -> Scheme:
    """The scheme in whose low tier no reviewer judges anything."""
    low = scheme().rules.tiers[Tier.LOW]
    tier = low.model_copy(update={"reviewers": low.reviewers.model_copy(update={"areas": ("lookup",)})})
    return changed("rules", tiers={**scheme().rules.tiers, Tier.LOW: tier})


def worded_twice() -> Scheme:
    """The scheme with words for a factor that is none."""
    factors = dict(scheme().texts.factors)
    return changed("texts", factors={**factors, "of_nothing": next(iter(factors.values()))})


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (recommended, "criteria: no mandatory criterion is asked in the tier low"),
        (long, "criteria: 104 criteria are asked in the tier low, at most 100 can be"),
        (unfillable, "meaning.ru: fields unknown or missing"),
        (for_nobody, "tiers.low.reviewers.areas.0: no reviewer judges the area lookup"),
        (worded_twice, "texts: something is worded that the rules do not define"),
    ],
    ids=lambda one: getattr(one, "__name__", "told"),
)
def test_a_version_that_contradicts_itself_is_told_as_one_read_from_files_is(
    version: Callable[[], Scheme], told: str
) -> None:
    assert next(what_is_wrong(version())).startswith(told)
