"""The institutions in the Commission's room: one's own seat, and whether one is named in public (II-2.3)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.institution_pages import OWN_SEAT
from certify.web.matters.institution_words import INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/commission/institutions",
    kind="institution",
    parts=frozenset({MatterPart.MEMBER}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    pages=OWN_SEAT,
)
router = routes_of(ROOM)
