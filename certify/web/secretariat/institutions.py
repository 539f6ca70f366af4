"""The institutions in the secretariat's room, which auditors and the impartiality committee come to too (II-2.3)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.matters.institution_pages import KEEPING, the_body
from certify.web.matters.institution_words import INTRO, OWN, TITLE
from certify.web.matters.matter_pages import MatterRoom, routes_of

ROOM = MatterRoom(
    path="/secretariat/institutions",
    kind="institution",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=TITLE,
    intro=INTRO,
    own=OWN,
    opening="record-election",
    begun_as=the_body,
    pages=KEEPING,
)
router = routes_of(ROOM)
