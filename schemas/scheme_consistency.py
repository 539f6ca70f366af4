"""What the sections of a scheme owe each other, once each of them is right by itself."""

import string
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from schemas.scheme_document import SchemeDocument
from schemas.scheme_rules import ASKED_MAX
from schemas.scheme_terms import Tier
from schemas.scheme_tiers import DecidingBody
from schemas.scheme_yaml import Where
from schemas.stages import Verdict

Inconsistency = tuple[Where, str]

MEANING_FIELDS: Final = frozenset({"granted_on", "met", "total", "tier_name", "not_applicable", "experts", "own_tests"})
"""What the engine can fill into a scheme's `meaning`."""

_CALENDAR: Final[Where] = ("clocks", "calendar")


def inconsistencies(document: SchemeDocument) -> Iterator[Inconsistency]:
    """Yield where a section contradicts another, and how."""
    yield from _scale(document)
    yield from _areas(document)
    yield from _asked(document)
    yield from _panels(document)
    yield from _words(document)
    yield from _meaning(document)
    yield from _fees(document)
    yield from _examples(document)
    yield from _calendar(document)


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


def _asked(document: SchemeDocument) -> Iterator[Inconsistency]:
    """Yield the tiers whose label nothing would stand behind, and those in which more is asked than a case holds."""
    for tier in document.tiers:
        asked = [criterion for criterion in document.criteria if tier in criterion.tiers]
        if not any(criterion.is_mandatory for criterion in asked):
            yield ("criteria",), f"no mandatory criterion is asked in the tier {tier.value}"
        if len(asked) > ASKED_MAX:
            yield ("criteria",), f"{len(asked)} criteria are asked in the tier {tier.value}, at most {ASKED_MAX} can be"


def _panels(document: SchemeDocument) -> Iterator[Inconsistency]:
    """Yield the tiers in which no appeal may find people enough to be drawn."""
    seats = document.common.appeal_pool.seats_min
    for tier, rules in document.tiers.items():
        if rules.appeal_panel > seats:
            yield ("tiers", tier.value, "appeal_panel"), f"a pool of {seats} has no panel of {rules.appeal_panel}"


def _calendar(document: SchemeDocument) -> Iterator[Inconsistency]:
    """Yield the days of the calendar that can never be what they are listed as."""
    calendar = document.clocks.calendar
    for at, day in enumerate(calendar.yearly):
        if not _is_a_day(day):
            yield (*_CALENDAR, "yearly", at), f"no year has the day {day}"
    yield from _days("holidays", calendar.holidays)
    yield from _days("working", calendar.working)
    otherwise = calendar.model_copy(update={"working": {}})
    for year, days in calendar.working.items():
        for at, one in enumerate(days):
            if one in calendar.holidays.get(year, ()):
                yield (*_CALENDAR, "working", year, at), f"{one} is a holiday too"
            elif otherwise.is_working(one):
                yield (*_CALENDAR, "working", year, at), f"{one} is worked anyway"


def _days(name: str, by_year: Mapping[str, tuple[date, ...]]) -> Iterator[Inconsistency]:
    for year, days in by_year.items():
        for at, one in enumerate(days):
            if str(one.year) != year:
                yield (*_CALENDAR, name, year, at), f"{one} is no day of {year}"
            elif days.index(one) != at:
                yield (*_CALENDAR, name, year, at), f"{one} stands twice"


def _is_a_day(day: str) -> bool:
    try:
        date.fromisoformat(f"2000-{day}")  # a leap year
    except ValueError:
        return False
    return True


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
