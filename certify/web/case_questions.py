"""The pages of questions in a case: reviewers and secretariat ask, the applicant answers (stages 2 and 5)."""

from certify.accounts.reading_parts import QuestionReading
from certify.web.act_pages import ActPage, Before
from certify.web.language import language_of, marked
from certify.web.requirements import criterion_options
from schemas.errors import NotFound


async def _criteria(before: Before) -> dict[str, object]:
    language = language_of(before.request, remembered=True)
    return {"criteria": criterion_options(language, before.opened.scheme, before.opened.reading)}


async def _question(before: Before) -> dict[str, object]:
    """Return the question on the page: the one asked for, else the first that is open.

    Raises:
        NotFound: `no_such_question`.
    """
    wanted = before.typed.one("number")
    for question in before.opened.reading.questions:
        if is_open(question) and wanted in {"", str(question.number)}:
            return {"question": question}
    raise NotFound("no_such_question", "There is no such question, or it was answered.")


def is_open(question: QuestionReading) -> bool:
    """Whether a question waits for its answer."""
    return question.answer is None


ASK_QUESTION = ActPage(
    kind="ask_question",
    template="casework/ask_question.html",
    fields=lambda typed: {"text": typed.one("text"), "criteria": typed.all("criteria")},
    anchor="text",
    anchors={"unknown_criterion": "criteria"},
    required={"text": marked("Write the question.")},
    more=_criteria,
)
ANSWER_QUESTION = ActPage(
    kind="answer_question",
    template="applicant/answer_question.html",
    fields=lambda typed: {"number": typed.one("number"), "answer": typed.one("answer")},
    anchor="answer",
    required={"answer": marked("Write the answer.")},
    more=_question,
    preset=("number",),
)
