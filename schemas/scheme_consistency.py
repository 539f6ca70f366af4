"""What the sections of a scheme owe each other, once each of them is right by itself."""

import string
from collections.abc import Iterator
from typing import Final

from schemas.scheme_document import SchemeDocument
from schemas.scheme_terms import Tier
from schemas.scheme_tiers import DecidingBody
from schemas.scheme_yaml import Where
from schemas.stages import Verdict

Inconsistency = tuple[Where, str]

MEANING_FIELDS: Final = frozenset({"granted_on", "met", "total", "tier_name", "not_applicable", "experts", "own_tests"})
"""What the engine can fill into a scheme's `meaning`."""


def inconsistencies(document: SchemeDocument) -> Iterator[Inconsistency]:
    """Yield where a section contradicts another, and how."""
    yield from _scale(document)
    yield from _areas(document)
    yield from _words(document)
    yield from _meaning(document)
    yield from _fees(document)
    yield from _examples(document)


def _scale(document: SchemeDocument) -> Iterator[Inconsistency]:
    most = document.scoring.scale.max
    for at, question in enumerate(document.questions):
        if len(question.options) != most + 1:
            yield ("questions", at, "options"), f"{question.id} needs {most + 1} options"
        for points, option in enumerate(question.options):
            if option.score != points:
                yield ("questions", at, "options", points), f"option {points} of {question.id} has score {option.score}"
    total = most * len(document.questions)
    _, highest = document.scoring.bands[Tier.CRITICAL]
    if highest != total:
        yield ("scoring", "bands", Tier.CRITICAL.value), f"the bands end at {highest}, the points at {total}"


def _areas(document: SchemeDocument) -> Iterator[Inconsistency]:
    for tier, rules in document.tiers.items():
        for at, area in enumerate(rules.reviewers.areas):
            if document.areas[area].judged_by != "reviewer":
                yield ("tiers", tier.value, "reviewers", "areas", at), f"no reviewer judges the area {area}"


def _words(document: SchemeDocument) -> Iterator[Inconsistency]:
    for word in set(Verdict) - set(document.verdicts):
        yield ("verdicts",), f"no words for {word.value}"
    for body in set(DecidingBody) - set(document.bodies):
        yield ("bodies",), f"no words for {body.value}"


def _meaning(document: SchemeDocument) -> Iterator[Inconsistency]:
    for language in ("en", "ru"):
        try:
            parts = list(string.Formatter().parse(document.meaning.in_language(language)))
        except ValueError as wrong:
            yield ("meaning", language), f"braces do not match: {wrong}"
            continue
        fields = {name for _, name, _, _ in parts if name is not None}
        if fields != MEANING_FIELDS:
            differing = ", ".join(sorted(fields ^ MEANING_FIELDS))
            yield ("meaning", language), f"fields unknown or missing: {differing}"


def _fees(document: SchemeDocument) -> Iterator[Inconsistency]:
    if document.fees.currency == "none" and any(document.fees.amounts.values()):
        yield ("fees", "amounts"), "amounts need a currency (ISO 4217), not none"


def _examples(document: SchemeDocument) -> Iterator[Inconsistency]:
    rules = {cap.id for cap in document.scoring.caps} | {floor.id for floor in document.scoring.floors}
    for at, example in enumerate(document.examples):
        if len(example.answers) != len(document.questions):
            yield ("examples", at, "answers"), f"{len(document.questions)} answers are needed"
        if max(example.answers, default=0) > document.scoring.scale.max:
            yield ("examples", at, "answers"), f"more than {document.scoring.scale.max} points"
        if example.decided_by is not None and example.decided_by not in rules:
            yield ("examples", at, "decided_by"), f"unknown cap or floor {example.decided_by}"
