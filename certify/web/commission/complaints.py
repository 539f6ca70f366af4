"""Complaints as members of the Commission meet them: some handle one, others decide (ISO/IEC 17065, 7.13.5)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.complaint_pages import DECIDING, HANDLING, OWN
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/commission/complaints",
    kind="complaint",
    parts=frozenset({MatterPart.MEMBER, MatterPart.HANDLER}),
    title=marked("Complaints"),
    intro=marked("Whoever took part in what a complaint is about neither handles nor decides it."),
    own=OWN,
    pages={**HANDLING, **DECIDING},
)
router = routes_of(ROOM)
