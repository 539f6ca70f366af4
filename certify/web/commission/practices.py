"""Practices that a member of the Commission publishes once the organisation agreed (Code, II-2.6)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of

ROOM = MatterRoom(
    path="/commission/practices",
    kind="practice",
    parts=frozenset({MatterPart.MEMBER}),
    title=marked("Set of practices"),
    intro=marked("Best and worst examples from findings, anonymised; published when the organisation agrees."),
    own="matters/practice.html",
    pages={
        "publish-practice": MatterPage(
            kind="publish_practice",
            name=marked("Publish the practice"),
            template="commission/publish_practice.html",
            fields=lambda _: {},
            anchor="main-content",
            is_done=lambda reading: reading.may.get("publish_practice") == "already_published",
        ),
    },
)
router = routes_of(ROOM)
