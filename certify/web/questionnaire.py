"""The risk questionnaire on pages: what was chosen in its forms (`templates/questionnaire.html` shows it)."""

from typing import Final

from certify.web.acting import Typed
from schemas.case import Score
from schemas.scheme import Scheme

UNKNOWN: Final = "unknown"
"""The choice of who does not know, which counts as the worst (Code, I-2.3)."""
ANSWER: Final = "answer-"
"""Before the names of questions in a form that has other fields."""


def answers_to(scheme: Scheme, typed: Typed, before: str = "") -> dict[str, Score]:
    """Return the points chosen for the questions of a scheme, None for *unknown*; what is no choice is left out."""
    found: dict[str, Score] = {}
    for question in scheme.rules.questions:
        given = typed.one(f"{before}{question}")
        places = {str(points) for points in range(len(scheme.texts.questions[question].options))}
        if given == UNKNOWN or given in places:
            found[question] = None if given == UNKNOWN else int(given)
    return found


def answers_given(typed: Typed) -> dict[str, int | str | None]:
    """Return what was chosen under `ANSWER`; what is no choice is refused where every act is read, with its code."""
    given = {name.removeprefix(ANSWER): typed.one(name) for name in typed.values if name.startswith(ANSWER)}
    return {question: None if value == UNKNOWN else _points(value) for question, value in given.items()}


def _points(value: str) -> int | str:
    return int(value) if value.isdecimal() else value
