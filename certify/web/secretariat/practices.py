"""The set of practices as the secretariat keeps it: written from findings, taken down with reasons (Code, II-2.6)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.chosen_cases import applications_and_criteria
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of

ROOM = MatterRoom(
    path="/secretariat/practices",
    kind="practice",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=marked("Set of practices"),
    intro=marked("Best and worst examples from findings, anonymised; published when the organisation agrees."),
    own="matters/practice.html",
    opening="offer-practice",
    pages={
        "offer-practice": MatterPage(
            kind="offer_practice",
            name=marked("Write a practice"),
            template="secretariat/offer_practice.html",
            fields=lambda typed: {name: typed.one(name) for name in ("case", "criterion", "practice", "text")},
            anchor="text",
            anchors={"no_such_finding": "criterion"},
            required={
                "case": marked("Choose the application the finding stands in."),
                "criterion": marked("Choose the criterion."),
                "practice": marked("Say whether it is to be followed or avoided."),
                "text": marked("Write the example without anything that tells whose it is."),
            },
            more=applications_and_criteria,
        ),
        "take-practice-down": MatterPage(
            kind="take_practice_down",
            name=marked("Take the practice down"),
            template="secretariat/take_practice_down.html",
            fields=lambda typed: {"reasons": typed.one("reasons")},
            anchor="reasons",
            required={"reasons": marked("Give the reasons.")},
            is_optional=True,
            unlisted=frozenset({"not_published"}),
        ),
    },
)
router = routes_of(ROOM)
