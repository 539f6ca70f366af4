"""Surveillances of labels that an expert is asked to judge (scheme, `surveillance_judged_by`)."""

from dataclasses import replace

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.label_judging import PAGE
from certify.web.matters.label_pages import JUDGE, KIND, OWN
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.matters.matter_voting import DECLARING

ROOM = MatterRoom(
    path="/reviewer/labels",
    kind=KIND,
    parts=frozenset({MatterPart.ASKED, MatterPart.JUDGE}),
    title=marked("Surveillances of labels"),
    intro=marked("Labels that you are asked to look at again, or did."),
    own=OWN,
    pages={"declare-matter-interests": replace(DECLARING), **JUDGE, "judge-surveillance": PAGE},
)
router = routes_of(ROOM)
