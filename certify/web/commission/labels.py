"""Labels as members of the Commission meet them: votes, and suspending one at once."""

from dataclasses import replace

from certify.accounts.matter_parts import MatterPart
from certify.accounts.matter_reading import MatterReading
from certify.web.language import marked
from certify.web.matters.label_pages import KIND, MEMBER, OWN
from certify.web.matters.matter_pages import MatterRoom, routes_of
from certify.web.matters.matter_voting import VOTING


def _is_voted_on(reading: MatterReading) -> bool:
    """Whether a declaration is waited for: a member of the electorate of an open vote."""
    return any(vote.closed_at is None and vote.is_elector for vote in reading.motions)


_DECLARING = replace(VOTING["declare-matter-interests"], is_due=_is_voted_on)
ROOM = MatterRoom(
    path="/commission/labels",
    kind=KIND,
    parts=frozenset({MatterPart.MEMBER, MatterPart.ELECTOR}),
    title=marked("Labels"),
    intro=marked("Labels that live, with the votes on them. Whoever evaluated a label does not decide about it."),
    own=OWN,
    pages={**VOTING, "declare-matter-interests": _DECLARING, **MEMBER},
)
router = routes_of(ROOM)
