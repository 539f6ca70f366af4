"""Appeals as the secretariat keeps them: the body's side, the draw of the panel, the clock (ISO/IEC 17065, 7.13)."""

from certify.accounts.matter_parts import MatterPart
from certify.register import institutions
from certify.web.acting import Before
from certify.web.language import marked
from certify.web.matters.appeal_pages import OWN, PUTTING_TO_VOTE
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.open_matter import OpenMatter


async def _pool(before: Before[OpenMatter]) -> dict[str, object]:
    """Return how many there are to draw from, and how many decide."""
    rules = before.opened.scheme.rules
    async with before.services.database.reading() as session:
        seats = await institutions.facts(session)
    return {
        "seats": len(seats.appeal_pool),
        "seats_min": rules.common.appeal_pool.seats_min,
        "size": rules.tiers[before.opened.reading.facts["tier"]].appeal_panel,  # type: ignore[index]  # a tier's word
    }


ROOM = MatterRoom(
    path="/secretariat/appeals",
    kind="appeal",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=marked("Appeals"),
    intro=marked("Against acts of the body, decided by a panel drawn from the appeal pool (ISO/IEC 17065, 7.13)."),
    own=OWN,
    pages={
        "file-body-statement": MatterPage(
            kind="file_body_statement",
            name=marked("State the body's side"),
            template="secretariat/file_body_statement.html",
            fields=lambda typed: {"statement": typed.one("statement")},
            anchor="statement",
            required={"statement": marked("Write the body's side.")},
            is_done=lambda reading: reading.facts.get("statement") is not None,
            unlisted=frozenset({"already_decided", "motion_is_open"}),
        ),
        "draw-panel": MatterPage(
            kind="draw_panel",
            name=marked("Draw the panel"),
            template="secretariat/draw_panel.html",
            fields=lambda _: {},
            anchor="main-content",
            more=_pool,
            is_done=lambda reading: reading.may["draw_panel"] == "panel_complete",
            unlisted=frozenset({"already_decided"}),
        ),
        "put-appeal-to-vote": PUTTING_TO_VOTE,
    },
)
router = routes_of(ROOM)
