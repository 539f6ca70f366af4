"""The views that follow the life of a label: how it stands, and the directory's row of one that carries it on."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import label_lives, labels
from schemas.event import Event
from schemas.label_events import LabelProlonged
from schemas.label_life import LabelLife
from schemas.voting import Tally


async def follow(session: AsyncSession, life: LabelLife, event: Event) -> None:
    """Bring the views up to date with one event of a label's life."""
    await label_lives.apply(session, life)
    if isinstance(event, LabelProlonged):
        row = await carried_on(session, life)
        if row is not None:
            session.add(row)
            await session.flush()


async def carried_on(session: AsyncSession, life: LabelLife) -> labels.LabelRecord | None:
    """Return the directory's row of the label that carries this one on, None where there is none."""
    before, decided = await session.get(labels.LabelRecord, life.id), life.prolongation
    if before is None or decided is None or decided.label is None:
        return None
    tally = tally_of(life, decided.motion)
    return labels.prolonged_row(before, decided.label, tally) if tally is not None else None


def tally_of(life: LabelLife, motion: int) -> Tally | None:
    """Return how a vote about a label went, None while it goes on or once it is no longer carried whole."""
    return next((vote.tally for vote in life.motions if vote.number == motion), None)
