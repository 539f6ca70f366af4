"""Erasures in the Commission's room: the second person, a label officer or who chairs the Commission."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.erasures import ANSWERING, INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/commission/erasures",
    kind="erasure",
    parts=frozenset({MatterPart.MEMBER, MatterPart.RELEASING}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    pages=ANSWERING,
)
router = routes_of(ROOM)
