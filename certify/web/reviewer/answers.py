"""The lead reviewer's page on the questionnaire: what the evidence supports of each answer (stage 5)."""

from typing import Any

from certify.web.act_pages import ActPage, Before, Typed
from certify.web.casework import lodged_application
from certify.web.language import Language, language_of, marked, sentence
from certify.web.questionnaire import UNKNOWN, answers_given
from schemas.application import Application
from schemas.errors import Unacceptable
from schemas.scheme import Scheme

_WHY = "rationale-"
_COUNTS_AS_WORST = marked("Unknown (counts as the worst)")
_STATED = marked("The applicant answered: %(answer)s")
_STATED_WITH = marked("The applicant answered: %(answer)s, and names %(files)s")


async def _questions(before: Before) -> dict[str, object]:
    """Return the questions with what the applicant answered.

    Raises:
        Unacceptable: `text_missing`: the application is lost from the store.
    """
    lodged = await lodged_application(before.services, before.opened.reading)
    if lodged is None:
        raise Unacceptable("text_missing", marked("The application as it was lodged is not in the store."))
    language = language_of(before.request, remembered=True)
    # In the order of the scheme, which is how the applicant was asked and everybody calls them.
    asked = [one for one in before.opened.scheme.rules.questions if one in lodged.answers]
    return {"questions": [_question(language, before.opened.scheme, lodged, one) for one in asked]}


def _question(language: Language, scheme: Scheme, lodged: Application, name: str) -> dict[str, object]:
    text, answer = scheme.texts.questions[name], lodged.answers[name]
    options = [(str(points), option.in_language(language)) for points, option in enumerate(text.options)]
    options.append((UNKNOWN, sentence(language, _COUNTS_AS_WORST)))
    value = UNKNOWN if answer.points is None else str(answer.points)
    stated = sentence(language, _STATED_WITH if answer.evidence else _STATED)
    return {
        "id": name,
        "text": text.text.in_language(language),
        "options": options,
        "value": value,
        "stated": stated % {"answer": dict(options)[value], "files": ", ".join(answer.evidence)},
    }


def _answers(typed: Typed) -> dict[str, Any]:
    """Return the answers confirmed, and why each differs that does."""
    whys = {name.removeprefix(_WHY): typed.one(name) for name in typed.values if name.startswith(_WHY)}
    return {
        "answers": answers_given(typed),
        "rationale": {name: why for name, why in whys.items() if why},
    }


CONFIRM_ANSWERS = ActPage(
    kind="confirm_answers",
    template="reviewer/confirm_answers.html",
    fields=_answers,
    anchor="main-content",
    more=_questions,
)
