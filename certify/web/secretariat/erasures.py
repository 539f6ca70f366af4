"""Erasures in the secretariat's room, which asks for them."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.erasures import ASKING, INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/secretariat/erasures",
    kind="erasure",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    opening="ask-erasure",
    pages={"ask-erasure": ASKING},
)
router = routes_of(ROOM)
