"""Corrections of the record in the secretariat's room."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.matters.record_corrections import INTRO, OWN, PROPOSING, SECOND, TITLE

ROOM = MatterRoom(
    path="/secretariat/corrections",
    kind="correction",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    opening="propose-correction",
    pages={"propose-correction": PROPOSING, **SECOND},
)
router = routes_of(ROOM)
