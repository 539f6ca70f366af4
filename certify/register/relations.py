"""Which organisations belong together: parents and subsidiaries, as they and the secretariat state them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from schemas.organisation import Organisation


class RelationRecord(SQLModel, table=True):
    """A view: one organisation belongs to another.

    Attributes:
        stated_of: in whose matter it was stated; `found` by the secretariat, else by the organisation itself.
        since: first day as ISO 8601 text; `until` the last one, itself included.
    """

    __tablename__ = "relation"

    id: str = Field(primary_key=True)
    stated_of: str = Field(index=True)
    found: bool
    organisation: str = Field(index=True)
    parent: str = Field(index=True)
    since: str | None = None
    until: str | None = None


def rows_of(state: Organisation) -> tuple[RelationRecord, ...]:
    """Return the relations stated in the matter of an organisation."""
    return tuple(
        RelationRecord(
            id=f"{state.id}/{'found' if found else 'declared'}/{place}",
            stated_of=state.id,
            found=found,
            organisation=one.pair(state.id)[0],
            parent=one.pair(state.id)[1],
            since=one.since.isoformat() if one.since else None,
            until=one.until.isoformat() if one.until else None,
        )
        for found, relations in ((False, state.declared_group), (True, state.found_group))
        for place, one in enumerate(relations)
    )


async def replace(session: AsyncSession, state: Organisation) -> None:
    """Put what is stated of an organisation now in the place of what was."""
    await session.exec(delete(RelationRecord).where(col(RelationRecord.stated_of) == state.id))
    session.add_all(rows_of(state))
    await session.flush()


async def every(session: AsyncSession) -> Sequence[RelationRecord]:
    """Return all relations, also those that have ended."""
    return (await session.exec(select(RelationRecord).order_by(col(RelationRecord.id)))).all()


async def group_of(session: AsyncSession, organisation: str) -> tuple[str, ...]:
    """Return all that is joined to an organisation over any number of steps, itself included, sorted.

    A relation that has ended counts too: for how long, the rules of interests say (procedure, rule 1).
    """
    neighbours: dict[str, set[str]] = defaultdict(set)
    for one in await every(session):
        neighbours[one.organisation].add(one.parent)
        neighbours[one.parent].add(one.organisation)
    found, waiting = {organisation}, [organisation]
    while waiting:
        new = neighbours[waiting.pop()] - found
        found |= new
        waiting += new
    return tuple(sorted(found))
