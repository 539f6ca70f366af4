"""Complaints that an expert was asked to handle."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.complaint_pages import HANDLING, OWN
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/reviewer/complaints",
    kind="complaint",
    parts=frozenset({MatterPart.HANDLER}),
    title=marked("Complaints"),
    intro=marked("Complaints that you were asked to handle. Another person decides them."),
    own=OWN,
    pages=HANDLING,
)
router = routes_of(ROOM)
