"""The reviewer's room, and the two acts before a review: declaring interests, saying yes or no."""

from typing import Any

from certify.accounts.parts import Part
from certify.web import reported_interests
from certify.web.act_pages import ActPage, Before, Room, Typed
from certify.web.case_questions import ASK_QUESTION
from certify.web.language import marked
from certify.web.reviewer.answers import CONFIRM_ANSWERS
from certify.web.reviewer.revision import REVISE_VERDICT
from certify.web.reviewer.scope import Scope

_YES = "yes"


def _interests(typed: Typed) -> dict[str, Any]:
    return {"has_interest": typed.one("has_interest") == _YES, "statement": typed.one("statement") or None}


def _answer(typed: Typed) -> dict[str, Any]:
    return {"accepts": typed.one("accepts") == _YES, "reason": typed.one("reason") or None}


async def _extent(before: Before) -> dict[str, object]:
    return {"scope_of_work": Scope.of(before.opened)}


PAGES = {
    "declare-interests": ActPage(
        kind="declare_interests",
        template="reviewer/declare_interests.html",
        fields=_interests,
        anchor="has_interest",
        anchors={"statement_missing": "statement"},
        required={"has_interest": marked("Say whether you have an interest in this case.")},
        more=_extent,
    ),
    "answer-assignment": ActPage(
        kind="answer_assignment",
        template="reviewer/answer_assignment.html",
        fields=_answer,
        anchor="accepts",
        required={"accepts": marked("Say whether you will review this case.")},
        more=_extent,
    ),
    "confirm-answers": CONFIRM_ANSWERS,
    "ask-question": ASK_QUESTION,
    "revise-verdict": REVISE_VERDICT,
    "report-undeclared-interest": reported_interests.PAGES["report-undeclared-interest"],
}
ROOM = Room(path="/reviewer", parts=frozenset({Part.ASKED}), pages=PAGES)
