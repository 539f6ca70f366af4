"""Ethics questions as the secretariat keeps them: put to the vote, and published with consent (Code, I-2.3)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of

ROOM = MatterRoom(
    path="/secretariat/questions",
    kind="question",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=marked("Ethics questions"),
    intro=marked("What AI Actors ask the Commission outside any application, and by when it is to be answered."),
    own="matters/question.html",
    pages={
        "put-answer-to-vote": MatterPage(
            kind="put_answer_to_vote",
            name=marked("Let the Commission vote on the proposed answer"),
            template="secretariat/put_answer_to_vote.html",
            fields=lambda _: {},
            anchor="main-content",
            is_done=lambda reading: reading.facts.get("answer") is not None,
            unlisted=frozenset({"motion_is_open"}),
        ),
        "publish-answer": MatterPage(
            kind="publish_answer",
            name=marked("Publish question and answer"),
            template="secretariat/publish_answer.html",
            fields=lambda typed: {"text": typed.one("text")},
            anchor="text",
            required={"text": marked("Write question and answer without anything that tells who asked.")},
            check="secretariat/publish_answer_check.html",
            is_done=lambda reading: reading.facts.get("published") is not None,
            unlisted=frozenset({"no_consent"}),
        ),
    },
)
router = routes_of(ROOM)
