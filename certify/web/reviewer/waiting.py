"""What waits for a reviewer, what will, and what they have done."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from certify.accounts.reading import CaseReading
from certify.web.casework import ListedCase
from certify.web.drafting import Begun
from certify.web.language import Language, marked, sentence
from certify.web.reasons import reason_of
from certify.web.reviewer.draft import draft_of, subject_of

DECLARE, ANSWER, REVIEW = "declare_interests", "answer_assignment", "submit_review"
CONFIRM = "confirm_answers"
_PATHS = {
    DECLARE: "declare-interests",
    ANSWER: "answer-assignment",
    CONFIRM: "confirm-answers",
    REVIEW: "review",
}
_NAMES = {
    DECLARE: marked("Declare your interests"),
    ANSWER: marked("Say yes or no to this review"),
    CONFIRM: marked("Confirm the answers of the questionnaire"),
    REVIEW: marked("Write your review and hand it in"),
}
_TO_DO, _DONE, _LATER = marked("To do"), marked("Done"), marked("Cannot start yet")
_HANDED_IN = marked("Handed in")
_SAID_NO = marked("You said no")
_INTEREST = marked("An interest of yours is on record")
_CLOSED = marked("Went on without your review")
_PLAN_FIRST = marked("Opens when the secretariat has approved the evaluation plan.")
_REASONS = {
    "already_reviewed": marked("You handed in your review before."),
    "assignment_not_accepted": marked("You have not said yes to this review."),
}
_NEVER = datetime.max.replace(tzinfo=UTC)


def duty_of(reading: CaseReading) -> str | None:
    """Return the act that waits for the reader, None for none."""
    own, may = reading.own, reading.may
    if may[CONFIRM] is None:
        return CONFIRM
    if own.outstanding and may[REVIEW] is None:
        return REVIEW
    unanswered = own.assignment is not None and own.assignment.accepted is None
    if unanswered and may[ANSWER] is None:
        return ANSWER
    if unanswered and may[ANSWER] == "interests_not_declared" and may[DECLARE] is None:
        return DECLARE
    return None


def waiting(language: Language, listed: Iterable[ListedCase], kept: Mapping[str, Begun]) -> list[dict[str, object]]:
    """Return what waits for the reader, what is due first at the top."""
    found = [(one.reading, kind) for one in listed if (kind := duty_of(one.reading)) is not None]
    found.sort(key=lambda pair: pair[0].clock.evaluation_due_at or _NEVER)
    return [
        {
            "text": sentence(language, _NAMES[kind]),
            "href": f"/reviewer/{reading.id}" + (f"/{_PATHS[kind]}" if kind in {CONFIRM, REVIEW} else ""),
            "due_at": reading.clock.evaluation_due_at if kind == REVIEW else None,
            "reading": reading,
            "draft": draft_of(reading, kept.get(subject_of(reading.id))),
            "is_review": kind == REVIEW,
        }
        for reading, kind in found
    ]


def later(listed: Iterable[ListedCase]) -> list[CaseReading]:
    """Return the cases the reader said yes to, whose plan is not approved yet."""
    return [one.reading for one in listed if _awaits_plan(one.reading)]


def done(language: Language, listed: Iterable[ListedCase]) -> list[dict[str, object]]:
    """Return the cases in which nothing is left for the reader, each with how it ended for them."""
    return [
        {"reading": one.reading, "status": sentence(language, _ending(one.reading))}
        for one in listed
        if duty_of(one.reading) is None and not _awaits_plan(one.reading)
    ]


def tasks_of(language: Language, reading: CaseReading) -> list[dict[str, object]]:
    """Return the reader's tasks in a case, as a task list shows them; none for whoever takes no part."""
    assignment, interests = reading.own.assignment, reading.own.interests
    if assignment is None or assignment.accepted is False or (interests is not None and interests.has_interest):
        return []
    finished = {
        DECLARE: interests is not None,
        ANSWER: assignment.accepted is not None,
        CONFIRM: reading.confirmation is not None,
        REVIEW: reading.own.review is not None and not reading.own.outstanding,
    }
    leads = reading.own.is_lead and reading.may[CONFIRM] != "earlier_edition"
    return [_task(language, reading, kind, done=finished[kind]) for kind in finished if kind != CONFIRM or leads]


def why_not(language: Language, code: str) -> str:
    """Return why a review cannot be written or handed in now."""
    return sentence(language, _REASONS[code]) if code in _REASONS else reason_of(language, code)


def _task(language: Language, reading: CaseReading, kind: str, *, done: bool) -> dict[str, object]:
    barred = reading.may[kind] or ("wrong_stage" if kind == REVIEW and not reading.own.outstanding else None)
    hint = sentence(language, _PLAN_FIRST) if _awaits_plan(reading) else why_not(language, barred or "")
    # An interest may come up later, and who said yes may say no: both stay within reach.
    leads_on = barred is None and (not done or kind in {DECLARE, ANSWER})
    return {
        "name": sentence(language, _NAMES[kind]),
        "href": f"/reviewer/{reading.id}/{_PATHS[kind]}" if leads_on else None,
        "hint": hint if barred and not done else None,
        "status": sentence(language, _DONE if done else _LATER if barred else _TO_DO),
        "done": done,
    }


def _awaits_plan(reading: CaseReading) -> bool:
    assignment = reading.own.assignment
    said_yes = assignment is not None and assignment.accepted is True
    return said_yes and not reading.own.criteria and reading.own.review is None and reading.clock.ended_at is None


def _ending(reading: CaseReading) -> str:
    own = reading.own
    if own.interests is not None and own.interests.has_interest:
        return _INTEREST
    if own.review is not None:
        return _HANDED_IN
    if own.assignment is not None and own.assignment.accepted is False:
        return _SAID_NO
    return _CLOSED
