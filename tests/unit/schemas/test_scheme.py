"""The built-in scheme says what the draft says, and stays what it is through JSON."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from pydantic import BaseModel

from schemas.canonical import canonical_json, digest_of
from schemas.scheme import BUILT_IN, Scheme, SchemeRules, Text, Tier
from schemas.scheme_loading import load_scheme

STRICTER = (
    "I-1.4-02 I-1.4-03 I-1.5-01 I-1.5-02 I-1.5-03 I-1.5-04 I-2.5-01 I-2.5-03 I-2.8-01 I-2.8-02 I-2.8-03 I-2.9-01 "
    "I-2.9-02 I-3.2-01 I-5.2-02 I-5.3-01 I-6.1-01 I-6.1-02 II-2.1-01 II-2.1-02 II-2.2-01 II-2.2-02"
)
SOFTER = "I-1.1-03 I-1.1-04 I-4.2-01 I-4.2-02"


@cache
def built_in() -> Scheme:
    return load_scheme(BUILT_IN)


def test_the_scheme_has_its_criteria_by_tier_and_kind() -> None:
    rules = built_in().rules

    assert len(rules.criteria) == 82
    assert {tier: len(rules.criteria_of(tier)) for tier in Tier} == {
        Tier.LOW: 34,
        Tier.MEDIUM: 64,
        Tier.HIGH: 78,
        Tier.CRITICAL: 80,
    }
    assert Counter(rule.basis for rule in rules.criteria.values()) == {
        "must": 16,
        "should": 28,
        "encouraged": 29,
        "may": 9,
    }


def test_where_the_scheme_is_stricter_or_softer_than_the_code_follows_from_basis_and_kind() -> None:
    rules = built_in().rules

    assert rules.stricter_than_code == tuple(STRICTER.split())
    assert rules.softer_than_code == tuple(SOFTER.split())
    assert len(rules.not_asked_in_low_tier) == 27
    for criterion in rules.not_asked_in_low_tier:
        assert rules.criteria[criterion].basis in {"must", "should"}
        assert Tier.LOW not in rules.criteria[criterion].tiers


def test_making_a_criterion_recommended_takes_it_off_the_stricter_list() -> None:
    rules = built_in().rules
    softened = rules.criteria["I-6.1-01"].model_copy(update={"kind": "recommended"})

    changed = rules.model_copy(update={"criteria": {**rules.criteria, "I-6.1-01": softened}})

    assert set(rules.stricter_than_code) - set(changed.stricter_than_code) == {"I-6.1-01"}


def texts_in(part: object) -> Iterator[Text]:
    if isinstance(part, Text):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from texts_in(getattr(part, name))
    elif isinstance(part, dict | tuple):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from texts_in(inner)


def test_every_text_is_english_in_english_and_russian_in_russian() -> None:
    texts = list(texts_in(built_in().texts))

    assert len(texts) > 300
    assert [text.en for text in texts if has_cyrillic(text.en)] == []
    assert [text.ru for text in texts if not has_cyrillic(text.ru)] == []


def has_cyrillic(text: str) -> bool:
    return any("CYRILLIC" in unicodedata.name(letter, "") for letter in text)


def test_every_rule_has_its_words() -> None:
    rules, texts = built_in().rules, built_in().texts

    assert set(texts.criteria) == set(rules.criteria)
    assert set(texts.questions) == set(rules.questions)
    assert set(texts.gates) == {gate.id for gate in rules.gates}
    assert set(texts.whys) == {cap.id for cap in rules.scoring.caps} | {floor.id for floor in rules.scoring.floors}
    assert set(texts.articles) == set(rules.articles)
    assert set(texts.evidence_types) == set(rules.evidence_types)
    assert {len(question.options) for question in texts.questions.values()} == {4}


@pytest.mark.parametrize(
    ("tier", "figures"),
    [
        (Tier.LOW, (1, 1, "panel_of_the_commission", None, "simple", 24)),
        (Tier.MEDIUM, (2, 1, "commission", "1/2", "simple", 24)),
        (Tier.HIGH, (3, 2, "commission", "2/3", "2/3", 18)),
        (Tier.CRITICAL, (3, 2, "commission", "2/3", "3/4", 12)),
    ],
)
def test_the_tier_changes_who_judges_and_decides(tier: Tier, figures: tuple[object, ...]) -> None:
    rules = built_in().rules.tiers[tier]
    decision = rules.decision

    assert figures == (
        rules.reviewers.count,
        rules.reviews_per_criterion,
        decision.body,
        decision.quorum,
        decision.majority,
        rules.validity_months,
    )


def test_a_scheme_read_back_from_json_is_the_same_scheme() -> None:
    scheme = built_in()

    for text in (scheme.model_dump_json(), canonical_json(scheme)):
        read = Scheme.model_validate_json(text)
        assert read == scheme
        assert read.digest == scheme.digest
        assert read.rules.criteria_of(Tier.LOW) == scheme.rules.criteria_of(Tier.LOW)


def test_the_digest_covers_rules_texts_and_examples() -> None:
    scheme = built_in()
    retitled = scheme.texts.model_copy(update={"title": Text(en="Another", ru="Другая")})
    changed = [
        scheme.model_copy(update={"rules": scheme.rules.model_copy(update={"version": "0.2.0"})}),
        scheme.model_copy(update={"texts": retitled}),
        scheme.model_copy(update={"examples": scheme.examples[1:]}),
    ]

    assert scheme.digest == digest_of(json.loads(scheme.model_dump_json()))
    assert len({scheme.digest, *(one.digest for one in changed)}) == 4


def test_the_rules_are_small_enough_to_travel_in_a_workflow() -> None:
    assert len(built_in().rules.model_dump_json()) < 40_000


def test_rules_leave_out_of_their_json_what_a_later_version_could_not_have_stated() -> None:
    plain = json.loads(built_in().rules.model_dump_json())["criteria"]["I-1.1-01"]

    assert set(plain) == {"id", "article", "evidence", "tiers", "kind", "basis", "area", "roles"}


def test_tiers_are_ordered_by_risk_and_not_by_their_letters() -> None:
    assert sorted([Tier.HIGH, Tier.LOW, Tier.CRITICAL, Tier.MEDIUM]) == [
        Tier.LOW,
        Tier.MEDIUM,
        Tier.HIGH,
        Tier.CRITICAL,
    ]
    assert [tier.rank for tier in Tier] == [0, 1, 2, 3]
    assert Tier.CRITICAL > Tier.LOW
    assert Tier.MEDIUM >= "medium"
    assert Tier.HIGH <= Tier.CRITICAL


def test_rules_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        built_in().rules.version = "2"  # type: ignore[misc]  # that it cannot be is the point


def test_rules_refuse_keys_they_do_not_know() -> None:
    plain = json.loads(built_in().rules.model_dump_json()) | {"surprise": 1}

    with pytest.raises(ValueError, match="surprise"):
        SchemeRules.model_validate(plain)
