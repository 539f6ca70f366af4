"""How to reach somebody who complained, where they wished it: kept apart from the record, so that it can be erased."""

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cells import sealed_text

CONTACT_MAX = 200


class ComplainantContact(SQLModel, table=True):
    """Working table: what a complainant wrote of how to be reached."""

    __tablename__ = "complainant_contact"

    complaint: str = Field(primary_key=True)
    contact: str = Field(sa_type=sealed_text("complainant_contact.contact"))


async def keep(session: AsyncSession, complaint: str, contact: str) -> None:
    """Keep how the complainant can be reached; the same again changes nothing."""
    await session.merge(ComplainantContact(complaint=complaint, contact=contact[:CONTACT_MAX]))


async def find(session: AsyncSession, complaint: str) -> str | None:
    """Return how the complainant can be reached, None where they said nothing or it was erased."""
    row = await session.get(ComplainantContact, complaint)
    return row.contact if row else None


async def erase(session: AsyncSession, complaint: str) -> bool:
    """Erase it, and tell whether there was anything to erase."""
    row = await session.get(ComplainantContact, complaint)
    if row is not None:
        await session.delete(row)
    return row is not None
