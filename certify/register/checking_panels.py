"""Draws every panel of an appeal again, from what the record says, and names one that comes out otherwise."""

from collections.abc import AsyncIterator

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import streams
from certify.register.checking import Finding
from schemas.appeal import Appeal, PanelDraw
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
