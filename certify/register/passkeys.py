"""Passkeys as the record knows them: whose key it is, and between which entries it proves who they are."""

from collections.abc import Sequence
from typing import cast

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from schemas.account_events import PasskeyEntered, PasskeyRemoved
from schemas.event import Event


class PasskeyRecord(SQLModel, table=True):
    """A view: one public key of a person.

    Attributes:
        credential_id: base64url, as the authenticator names it.
        public_key: COSE in base64url.
        from_entry: entry of the stream `people` since which it holds; `until_entry` the one that ended it.
    """

    __tablename__ = "passkey"

    credential_id: str = Field(primary_key=True)
    person: str = Field(index=True)
    public_key: str
    from_entry: int
    until_entry: int | None = None


def row_after(row: SQLModel | None, number: int, event: Event) -> PasskeyRecord:
    """Return the row of a key after one more entry of the stream `people`.

    Raises:
        ValueError: a key that is there is entered again, or one is removed that its person does not have.
    """
    if isinstance(event, PasskeyEntered):
        if row is not None:
            raise ValueError("a passkey is entered twice")
        return PasskeyRecord(
            credential_id=event.credential_id, person=event.person, public_key=event.public_key, from_entry=number
        )
    removed, known = cast("PasskeyRemoved", event), cast("PasskeyRecord | None", row)
    if known is None or known.until_entry is not None or known.person != removed.person:
        raise ValueError("a passkey is removed that the person does not have")
    known.until_entry = number
    return known


async def find(session: AsyncSession, credential_id: str) -> PasskeyRecord | None:
    """Return a key that holds now, None for one that is unknown or was removed."""
    row = await session.get(PasskeyRecord, credential_id)
    return row if row is not None and row.until_entry is None else None


async def of_person(session: AsyncSession, person: str) -> Sequence[PasskeyRecord]:
    """Return the keys of a person that hold now, the oldest first."""
    query = select(PasskeyRecord).where(PasskeyRecord.person == person, col(PasskeyRecord.until_entry).is_(None))
    return (await session.exec(query.order_by(col(PasskeyRecord.from_entry)))).all()
