"""Draws the panels of appeals and votes again, from what the record says, and names one that comes out otherwise."""

from collections.abc import AsyncIterator, Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import streams
from certify.register.checking import Finding
from schemas.appeal import Appeal, PanelDraw
from schemas.event import Event
from schemas.events import ThirdPartyDrawn
from schemas.identifiers import ENGINE
from schemas.matter import Matter, Motion
from workflows.options import matter_stream
from workflows.rules.draws import in_drawn_order
from workflows.rules.matter.appeal_panels import drawn_panel
from workflows.rules.motions import seed_of


def redrawn(appeal: str, draw: PanelDraw) -> PanelDraw:
    """Draw again with what a draw states. Pure: for the check, and for whoever has the record."""
    return drawn_panel(appeal=appeal, number=draw.number, lodged=draw.lodged, pool=draw.pool, size=draw.size)


def comes_out(matter: str, vote: Motion) -> bool:
    """Whether the panel of a vote is the one that its draw gives. Pure, as `redrawn`."""
    if vote.seed != seed_of(matter, vote.number, vote.object_digest, vote.drawn_from):
        return False
    order = in_drawn_order(vote.pool, vote.seed)
    first = order[: len(order) - len(vote.reserves)]
    return order == (*first, *vote.reserves) and {*first} <= {*vote.electorate} <= {*order}


async def check_panels(session: AsyncSession, kind: str, matter: Matter) -> AsyncIterator[Finding]:
    """Yield every draw that names another entry than the one that opened the matter, or other people."""
    stream = matter_stream(kind, matter.id)
    opened = await streams.entry_at(session, stream, 1)
    begun = opened.digest if opened is not None else None
    for draw in matter.draws if isinstance(matter, Appeal) else ():
        where = f"{stream} draw {draw.number}"
        if begun is None or draw.lodged != begun:
            yield Finding(where=where, what="was drawn with another entry than lodged the appeal", code="seed_differs")
        if redrawn(matter.id, draw) != draw:
            yield Finding(where=where, what="comes out otherwise when it is drawn again", code="panel_differs")
    for vote in matter.motions:
        where = f"{stream} vote {vote.number}"
        if vote.drawn_from not in {None, begun}:
            yield Finding(where=where, what="was drawn with another entry than opened the matter", code="seed_differs")
        if vote.seed is not None and not comes_out(matter.id, vote):
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
