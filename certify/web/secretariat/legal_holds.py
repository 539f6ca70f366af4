"""Legal holds in the secretariat's room, which asks for them and for their lifting."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.legal_holds import ASKING, INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/secretariat/holds",
    kind="legal_hold",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    opening="ask-hold",
    pages=ASKING,
)
router = routes_of(ROOM)
