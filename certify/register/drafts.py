"""Drafts: what a person has begun, saved at any time, however incomplete, and seen by nobody else."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue
from sqlalchemy import ColumnElement, or_
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cases import CaseRecord
from certify.register.cells import sealed_text
from certify.register.people import PersonRecord

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


def about(cases: Collection[str]) -> ColumnElement[bool]:
    """Return which drafts are about cases: of reviewers, and what organisations began under their references."""
    of_its_people = (
        select(CaseRecord.id)
        .join(PersonRecord, col(PersonRecord.organisation) == CaseRecord.organisation)
        .where(
            col(CaseRecord.id).in_(cases),
            PersonRecord.id == Draft.person,
            APPLICATION + col(CaseRecord.reference) == Draft.subject,
        )
        .exists()
    )
    of_reviewers = [f"{kind}{case}" for case in cases for kind in (REVIEW, PROTOCOL)]
    return or_(col(Draft.subject).in_(of_reviewers), of_its_people)


async def discard_about(session: AsyncSession, application: str) -> None:
    """Forget what reviewers wrote of a case, and what its organisation began to write under its reference."""
    await session.exec(delete(Draft).where(about([application])))
