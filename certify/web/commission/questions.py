"""Ethics questions as the Commission answers them: a member proposes, everyone drawn votes (Code, I-2.3)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.matter_voting import VOTING

ROOM = MatterRoom(
    path="/commission/questions",
    kind="question",
    parts=frozenset({MatterPart.MEMBER, MatterPart.ELECTOR}),
    title=marked("Ethics questions"),
    intro=marked("Questions that AI Actors ask outside any application. A member proposes an answer; a vote decides."),
    own="matters/question.html",
    pages={
        "propose-answer": MatterPage(
            kind="propose_answer",
            name=marked("Propose an answer"),
            template="commission/propose_answer.html",
            fields=lambda typed: {"answer": typed.one("answer")},
            anchor="answer",
            required={"answer": marked("Write the answer you propose.")},
            is_done=lambda reading: reading.facts.get("proposal") is not None,
            unlisted=frozenset({"already_answered", "motion_is_open"}),
        ),
        **VOTING,
    },
)
router = routes_of(ROOM)
