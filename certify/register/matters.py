"""Matters beside the certifications as folded: one row each, with the whole state."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cells import sealed_text
from schemas.errors import NotFound
from schemas.event import Event
from schemas.matter import Matter
from workflows.options import matter_stream
from workflows.rules.kernels import KERNELS

M = TypeVar("M", bound=Matter)


class MatterRecord(SQLModel, table=True):
    """A view: a matter after the last entry of its stream."""

    __tablename__ = "matter"

    stream: str = Field(primary_key=True)
    kind: str = Field(index=True)
    organisation: str | None = Field(default=None, index=True)
    is_over: bool = Field(index=True)
    entry: int
    state: str = Field(sa_type=sealed_text("matter.state"))


def row_of(kind: str, state: Matter) -> MatterRecord:
    """Return the row of a matter as it stands."""
    return MatterRecord(
        stream=matter_stream(kind, state.id),
        kind=kind,
        organisation=state.organisation,
        # What has still to tell others, or awaits a signature, is not over: `certify reconcile` would leave it alone.
        is_over=state.is_over and KERNELS[kind].errand(state) is None and not KERNELS[kind].awaits(state),
        entry=state.entry,
        # Without defaults: a field that a later version adds changes no row.
        state=state.model_dump_json(exclude_defaults=True),
    )


def state_of(row: MatterRecord) -> Any:
    """Return the matter of a row, as its kind's model."""
    return KERNELS[row.kind].state.model_validate_json(row.state)


async def apply(session: AsyncSession, kind: str, subject: str, event: Event) -> Any:
    """Fold one event into its matter and return the matter."""
    row = await session.get(MatterRecord, matter_stream(kind, subject))
    state = KERNELS[kind].evolve(state_of(row) if row else None, event)
    following = row_of(kind, state)
    if row is None:
        session.add(following)
    else:
        row.sqlmodel_update(following.model_dump())
        session.add(row)
    await session.flush()
    return state


async def find(session: AsyncSession, state: type[M], kind: str, subject: str) -> M | None:
    """Return a matter, None when there is none."""
    row = await session.get(MatterRecord, matter_stream(kind, subject))
    return state.model_validate_json(row.state) if row else None


async def get(session: AsyncSession, state: type[M], kind: str, subject: str) -> M:
    """Return a matter.

    Raises:
        NotFound: `unknown_matter`.
    """
    found = await find(session, state, kind, subject)
    if found is None:
        raise NotFound("unknown_matter", "There is no such matter.")
    return found


async def every(
    session: AsyncSession,
    state: type[M],
    kind: str,
    *,
    naming: str | None = None,
    open_only: bool = False,
) -> Sequence[M]:
    """Return the matters of a kind, newest first.

    Args:
        session: reads the record.
        state: the model of the matter.
        kind: of the matter.
        naming: only those in whose state this id stands, as a person's does who declared interests there.
        open_only: only those to which something can still happen.
    """
    query = select(MatterRecord).where(MatterRecord.kind == kind)
    if open_only:
        query = query.where(col(MatterRecord.is_over).is_(False))
    rows = (await session.exec(query)).all()
    # SQL does not look into a state: it is sealed.
    found = [state.model_validate_json(row.state) for row in rows if naming is None or f'"{naming}"' in row.state]
    return sorted(found, key=lambda matter: matter.opened_at, reverse=True)


async def of_organisation(session: AsyncSession, organisation: str) -> Sequence[MatterRecord]:
    """Return the rows of all matters of one organisation, its labels among them."""
    return (await session.exec(select(MatterRecord).where(MatterRecord.organisation == organisation))).all()
