"""Standing ties of people to organisations, as they declared them, and what they are tied to now."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import relations, schemes
from certify.register.cells import sealed_text
from schemas.people import PersonFacts
from schemas.record_events import TiesDeclared
from schemas.ties import Subsidiary, Tie
from workflows.rules.ties import groups_of, tied_organisations

MONTHS_WITHOUT_A_SCHEME = 24
"""Before any scheme is adopted: as procedure, rule 1, says."""


class TieDeclaration(SQLModel, table=True):
    """A view: what a person declared at one time; the last one counts."""

    __tablename__ = "tie_declaration"

    entry: int = Field(primary_key=True)
    person: str = Field(index=True)
    declared_at: datetime
    ties: str = Field(sa_type=sealed_text("tie_declaration.ties"))

    @property
    def declared(self) -> tuple[Tie, ...]:
        """The ties."""
        return tuple(Tie.model_validate(one) for one in json.loads(self.ties))


def row_of(number: int, event: TiesDeclared) -> TieDeclaration:
    """Return the row of a declaration."""
    ties = json.dumps([one.model_dump(mode="json") for one in event.ties])
    return TieDeclaration(entry=number, person=event.person, declared_at=event.at, ties=ties)


async def apply(session: AsyncSession, number: int, event: TiesDeclared) -> None:
    """Keep a declaration."""
    session.add(row_of(number, event))
    await session.flush()


async def last_of(session: AsyncSession, person: str) -> tuple[Tie, ...]:
    """Return what a person declared last; nothing where they never did."""
    query = select(TieDeclaration).where(TieDeclaration.person == person).order_by(col(TieDeclaration.entry).desc())
    row = (await session.exec(query.limit(1))).first()
    return row.declared if row else ()


async def stated_by(session: AsyncSession) -> Sequence[str]:
    """Return who ever stated ties."""
    return (await session.exec(select(TieDeclaration.person).distinct())).all()


async def with_ties(session: AsyncSession, people: Iterable[PersonFacts]) -> Sequence[PersonFacts]:
    """Return people's facts with every organisation they are tied to today, groups included."""
    known = list(people)
    stated = [await last_of(session, one.person) for one in known]
    if not any(stated) and not any(one.organisation for one in known):
        return known
    pairs = [
        Subsidiary.model_validate(
            {"organisation": one.organisation, "parent": one.parent, "since": one.since, "until": one.until}
        )
        for one in await relations.every(session)
    ]
    # The scheme is asked only where something can have ended: everybody who comes in passes here.
    months = await months_counted(session) if pairs or any(stated) else 0
    at = datetime.now(UTC).date()
    groups = groups_of(pairs, at=at, months=months)
    return [
        one.model_copy(
            update={
                "tied_to": tuple(
                    sorted(tied_organisations(ties, groups, at=at, months=months, employer=one.organisation))
                )
            }
        )
        for one, ties in zip(known, stated, strict=True)
    ]


async def months_counted(session: AsyncSession) -> int:
    """Return for how many months what has ended goes on counting (procedure, rule 1)."""
    if not await schemes.is_known(session, schemes.BUILT_IN_ID):
        return MONTHS_WITHOUT_A_SCHEME
    return (await schemes.in_force(session, schemes.BUILT_IN_ID)).rules.clocks.paid_work_months
