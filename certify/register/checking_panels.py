"""Draws panels of appeals again from what the record says, and looks on which entries draws rest."""

from collections.abc import AsyncIterator, Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import streams
from certify.register.checking import Finding
from schemas.appeal import Appeal, PanelDraw
from schemas.event import Event
from schemas.events import ThirdPartyDrawn
from schemas.identifiers import ENGINE
from workflows.options import matter_stream
from workflows.rules.matter.appeal_panels import drawn_panel


def redrawn(appeal: str, draw: PanelDraw) -> PanelDraw:
    """Draw again with what a draw states. Pure: for the check, and for whoever has the record."""
    return drawn_panel(appeal=appeal, number=draw.number, lodged=draw.lodged, pool=draw.pool, size=draw.size)


async def check_panels(session: AsyncSession, appeal: Appeal) -> AsyncIterator[Finding]:
    """Yield every draw that names another entry than the one that lodged the appeal, or other people."""
    stream = matter_stream("appeal", appeal.id)
    lodged = await streams.entry_at(session, stream, 1)
    for draw in appeal.draws:
        where = f"{stream} draw {draw.number}"
        if lodged is None or draw.lodged != lodged.digest:
            yield Finding(where=where, what="was drawn with another entry than lodged the appeal", code="seed_differs")
        if redrawn(appeal.id, draw) != draw:
            yield Finding(where=where, what="comes out otherwise when it is drawn again", code="panel_differs")


async def check_third_party_draws(
    session: AsyncSession, stream: str, events: Iterable[tuple[int, Event]]
) -> AsyncIterator[Finding]:
    """Yield every draw of a neutral third party that rests on another entry than approved the plan.

    A draw of before rests on none; the next of a pool is drawn by rule, with what the first was drawn with.

    Args:
        session: reads the record.
        stream: of the case.
        events: of the case, each with the number of its entry.
    """
    rests_on: str | None = None
    for number, event in events:
        if not isinstance(event, ThirdPartyDrawn):
            continue
        if event.actor != ENGINE:
            approved = await streams.last_of_kind(session, stream, "plan_approved", before=number)
            rests_on = approved.digest if approved is not None and event.entry is not None else None
        if event.entry != rests_on:
            what = "was drawn with another entry than approved the plan"
            yield Finding(where=f"{stream} {number}", what=what, code="seed_differs")
