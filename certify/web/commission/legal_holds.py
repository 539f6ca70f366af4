"""Legal holds in the Commission's room: the second person, a label officer or who chairs the Commission."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.legal_holds import ANSWERING, INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/commission/holds",
    kind="legal_hold",
    parts=frozenset({MatterPart.MEMBER, MatterPart.RELEASING}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    pages=ANSWERING,
)
router = routes_of(ROOM)
