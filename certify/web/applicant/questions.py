"""Ethics questions as an AI Actor asks them and reads the answers (Code, I-2.3)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.applicant.desk import PATH
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of

ROOM = MatterRoom(
    path=f"{PATH}/questions",
    kind="question",
    parts=frozenset({MatterPart.PARTY}),
    title=marked("Ethics questions"),
    intro=marked("Ask the Commission about the ethics of AI outside any application (Code, I-2.3)."),
    own="matters/question.html",
    opening="ask-commission",
    pages={
        "ask-commission": MatterPage(
            kind="ask_commission",
            name=marked("Ask the Commission"),
            template="applicant/ask_commission.html",
            fields=lambda typed: {
                "text": typed.one("text"),
                "may_be_published": typed.one("may_be_published") == "yes",
            },
            anchor="text",
            required={"text": marked("Write your question.")},
        ),
    },
)
router = routes_of(ROOM)
