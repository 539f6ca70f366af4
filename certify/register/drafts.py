"""Drafts: what a person has begun, saved at any time, however incomplete, and seen by nobody else."""

import json
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cells import sealed_text
from certify.register.people import PersonRecord
from schemas.case import Case

APPLICATION: Final = "application/"
REVIEW: Final = "review/"
PROTOCOL: Final = "protocol/"
"""How subjects begin; the reference, or the id of the case, follows."""


class Draft(SQLModel, table=True):
    """Working table: one draft per person and subject, such as `application/REFERENCE` or `review/APPLICATION`."""

    __tablename__ = "draft"

    person: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    content: str = Field(sa_type=sealed_text("draft.content"))
    saved_at: datetime


async def save(session: AsyncSession, person: str, subject: str, content: dict[str, JsonValue]) -> datetime:
    """Save a draft over the one before and return when."""
    row = await session.get(Draft, (person, subject)) or Draft(
        person=person, subject=subject, content="", saved_at=datetime.now(UTC)
    )
    row.content, row.saved_at = json.dumps(content), datetime.now(UTC)
    session.add(row)
    return row.saved_at


async def load(session: AsyncSession, person: str, subject: str) -> dict[str, JsonValue] | None:
    """Return a person's draft."""
    row = await session.get(Draft, (person, subject))
    return json.loads(row.content) if row else None


async def discard(session: AsyncSession, person: str, subject: str) -> None:
    """Forget a draft, when it was handed in or is no longer wanted."""
    row = await session.get(Draft, (person, subject))
    if row is not None:
        await session.delete(row)


async def discard_about(session: AsyncSession, case: Case) -> None:
    """Forget what reviewers wrote of a case, and what its organisation began to write under its reference."""
    members = select(PersonRecord.id).where(PersonRecord.organisation == case.lodged.organisation)
    its_own = col(Draft.subject) == f"{APPLICATION}{case.lodged.reference}"
    of_reviewers = (f"{REVIEW}{case.id}", f"{PROTOCOL}{case.id}")
    await session.exec(delete(Draft).where(col(Draft.subject).in_(of_reviewers)))
    await session.exec(delete(Draft).where(its_own, col(Draft.person).in_(members)))
