"""Stage 2: earlier cases of the same organisation or system, and answers that are lower than last time."""

from collections.abc import Iterable, Mapping

from schemas.case import Case, EarlierAnswers, Score
from schemas.scheme import SchemeRules


def is_earlier(other: Case, case: Case) -> bool:
    """Whether a case was lodged before, by the same organisation or for a system of the same name."""
    return (_same_organisation(other, case) or _same_system(other, case)) and _was_before(other, case)


def _was_before(other: Case, case: Case) -> bool:
    return other.id != case.id and other.lodged_at < case.lodged_at


def _same_organisation(other: Case, case: Case) -> bool:
    return other.lodged.organisation == case.lodged.organisation


def _same_system(other: Case, case: Case) -> bool:
    return other.lodged.system.name == case.lodged.system.name


def last_answers(others: Iterable[Case], case: Case) -> tuple[EarlierAnswers, ...]:
    """Return what was answered last time: in the last case of the same system, and of the same organisation.

    Both are asked about: another application between two of one system does not make its answers forgotten.
    """
    before = sorted((other for other in others if is_earlier(other, case)), key=lambda one: (one.lodged_at, one.id))
    last = [
        next((other for other in reversed(before) if alike(other, case)), None)
        for alike in (_same_system, _same_organisation)
    ]
    found = {other.id: other for other in last if other is not None}
    return tuple(EarlierAnswers(application=key, answers=other.lodged.answers) for key, other in found.items())


def lowered(before: Mapping[str, Score], now: Mapping[str, Score], rules: SchemeRules) -> tuple[str, ...]:
    """Return the questions whose answer is lower than before; unknown counts as the most (Code, I-2.3)."""
    most = rules.scoring.scale.max

    def points(answer: Score) -> int:
        return most if answer is None else answer

    return tuple(one for one in now if one in before and points(now[one]) < points(before[one]))
