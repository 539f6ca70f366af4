"""How each label stands now and how it came to it: all the public may know of its life, in one row."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field as Column
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from schemas.evidence import TextRef
from schemas.identifiers import MatterId, Moment, Word
from schemas.label import LabelId, Standing
from schemas.label_life import LabelLife, Step


class PublicLife(BaseModel):
    """What the scan page tells of a label's life.

    Attributes:
        steps: every step since its issue; none is ever removed.
        renewal_asked_at: when its holder asked for a renewal, None while nobody did.
        looked_at: surveillances that ended with the label maintained or restored, by their end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...]
    scope: TextRef | None = None
    renewal_asked_at: Moment | None = None
    successor: LabelId | None = None
    prolongs: LabelId | None = None
    appeals: dict[MatterId, Word] = Field(default_factory=dict)
    looked_at: tuple[Moment, ...] = ()


class LabelLifeRecord(SQLModel, table=True):
    """A view: the standing of a label as recorded, with the number of the step that led to it."""

    __tablename__ = "label_life"
    __table_args__ = (CheckConstraint("version >= 1", name="label_life_version"),)

    id: str = Column(primary_key=True)
    organisation: str = Column(index=True)
    tier: str
    standing: str = Column(index=True)
    version: int
    since: datetime
    expires_at: datetime
    life: str = Column(sa_type=Text)

    @property
    def public_life(self) -> PublicLife:
        """What the scan page tells."""
        return PublicLife.model_validate_json(self.life)


def standing_by(recorded: Standing, expires_at: datetime, now: datetime) -> Standing:
    """Return how a label stands at a moment that is recorded to stand so until its end."""
    return Standing.EXPIRED if not recorded.is_final and now > expires_at else recorded


def row_of(life: LabelLife) -> LabelLifeRecord:
    """Return the row of a label as it stands."""
    last = life.steps[-1]
    return LabelLifeRecord(
        id=life.id,
        organisation=life.organisation or "",
        tier=life.tier.value,
        standing=life.standing.value,
        version=life.version,
        since=last.at,
        expires_at=life.expires_at,
        life=_public(life).model_dump_json(exclude_defaults=True),
    )


def _public(life: LabelLife) -> PublicLife:
    ended = (one for one in life.surveillances if one.outcome in {"maintain", "restore"})
    return PublicLife(
        steps=life.steps,
        scope=life.scope,
        renewal_asked_at=life.renewal.asked_at if life.renewal is not None else None,
        successor=life.successor,
        prolongs=life.prolongs,
        appeals=life.appeals,
        looked_at=tuple(one.closed_at for one in ended if one.closed_at is not None),
    )


class OlderStanding(Exception):  # noqa: N818  # a fault of the record: it must stop the batch, not be shown
    """A row would go back to an earlier step of its label."""


async def apply(session: AsyncSession, life: LabelLife) -> None:
    """Bring the row of a label up to date; its version never goes back (I6).

    Raises:
        OlderStanding: the row is ahead of what it would become.
    """
    following, row = row_of(life), await session.get(LabelLifeRecord, life.id)
    if row is None:
        session.add(following)
    elif row.version > following.version:
        raise OlderStanding(f"label {life.id}: version {row.version} stands, {following.version} came")
    else:
        row.sqlmodel_update(following.model_dump())
        session.add(row)
    await session.flush()


async def find(session: AsyncSession, label_id: str) -> LabelLifeRecord | None:
    """Return how a label stands; None for one issued before lives were recorded."""
    return await session.get(LabelLifeRecord, label_id)
