"""What legal holds keep from erasure: the case, label, organisation or person named, and what belongs to it."""

from dataclasses import dataclass
from typing import Self

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters
from certify.register.cases import CaseRecord
from certify.register.labels import LabelRecord
from certify.register.people import PersonRecord
from schemas.legal_hold import HeldKind, LegalHold
from workflows.rules.matter.legal_holds import LEGAL_HOLD


@dataclass(frozen=True, kw_only=True)
class Held:
    """All that is held now, by id.

    An organisation holds its people, cases and labels; a label its case, and a case its labels; a person the cases
    in which they have a part.
    """

    cases: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cases or self.labels or self.organisations or self.people)

    @classmethod
    async def now(cls, session: AsyncSession) -> Self:
        """Return what is held by all holds that stand: asked for, confirmed, or waiting for their lifting."""
        standing = await matters.every(session, LegalHold, LEGAL_HOLD.name, open_only=True)
        named = {kind: frozenset(one.held for one in standing if one.about == kind) for kind in HeldKind}
        if not standing:
            return cls()
        organisations = named[HeldKind.ORGANISATION]
        people = named[HeldKind.PERSON] | await _people_of(session, organisations)
        cases = named[HeldKind.CASE] | await _cases_of(session, organisations, named[HeldKind.PERSON])
        query = select(LabelRecord.id, LabelRecord.application, LabelRecord.organisation)
        rows = (await session.exec(query)).all()
        cases |= {application for label, application, _ in rows if label in named[HeldKind.LABEL]}
        labels = {label for label, application, holder in rows if application in cases or holder in organisations}
        return cls(
            cases=cases, labels=named[HeldKind.LABEL] | labels, organisations=organisations, people=people
        )  # fmt: skip


async def _people_of(session: AsyncSession, organisations: frozenset[str]) -> frozenset[str]:
    query = select(PersonRecord.id).where(col(PersonRecord.organisation).in_(organisations))
    return frozenset((await session.exec(query)).all())


async def _cases_of(session: AsyncSession, organisations: frozenset[str], people: frozenset[str]) -> frozenset[str]:
    query = select(CaseRecord.id).where(col(CaseRecord.organisation).in_(organisations))
    found = set((await session.exec(query)).all())
    if people:
        # The cells are sealed: no database finds a name in them.
        states = await session.stream(select(CaseRecord.id, CaseRecord.state))
        found |= {case async for case, state in states if any(f'"{person}"' in state for person in people)}
    return frozenset(found)
