"""Scheme versions that the Commission votes on (procedure, Scheme change)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.matters.matter_voting import VOTING
from certify.web.matters.rehearsed_labels import rehearsed

ROOM = MatterRoom(
    path="/commission/schemes",
    kind="adoption",
    parts=frozenset({MatterPart.MEMBER, MatterPart.ELECTOR}),
    title=marked("Scheme versions"),
    intro=marked("A version is handed in, rehearsed over the labels that stand, and adopted by the Commission."),
    own="matters/adoption.html",
    more=rehearsed,
    below="matters/rehearsal.html",
    pages=dict(VOTING),
)
router = routes_of(ROOM)
