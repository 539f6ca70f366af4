"""Scheme versions that the Commission votes on (procedure, Scheme change)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.matters.matter_voting import VOTING

ROOM = MatterRoom(
    path="/commission/schemes",
    kind="adoption",
    parts=frozenset({MatterPart.MEMBER, MatterPart.ELECTOR}),
    title=marked("Scheme versions"),
    intro=marked("A version is handed in, rehearsed over the labels in force, and adopted by the Commission."),
    own="matters/adoption.html",
    pages=dict(VOTING),
)
router = routes_of(ROOM)
