"""Applications to join the Code as the Commission decides them (Code, II-2.3)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.matters.matter_voting import VOTING

ROOM = MatterRoom(
    path="/commission/organisations",
    kind="organisation",
    parts=frozenset({MatterPart.MEMBER, MatterPart.ELECTOR}),
    title=marked("Organisations before the Code"),
    intro=marked("Who wants to join the Code, and who stands in the Register. A vote decides on each application."),
    own="matters/organisation.html",
    pages={**VOTING},
)
router = routes_of(ROOM)
