"""What is not for the record: how a person calls a passkey, how often it was used, and our proof of whose it is."""

from datetime import date
from typing import ClassVar

from sqlmodel import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.proven import is_ours
from certify.register.passkeys import PasskeyRecord
from certify.register.row_proofs import Proven


class PasskeyUse(Proven, table=True):
    """Working table: one passkey beside its row in the view.

    Attributes:
        name: given by the person.
        person, public_key: as in the record; the view of the record is not believed without them.
        sign_count: the authenticator's counter at its last use; one that does not go up tells of a copy.
    """

    __tablename__ = "passkey_use"
    PROVEN: ClassVar = ("credential_id", "person", "public_key")

    credential_id: str = Field(primary_key=True)
    name: str
    person: str
    public_key: str
    sign_count: int = 0
    last_used_on: date | None = None

    def is_of(self, passkey: PasskeyRecord) -> bool:
        """Whether it stands beside that passkey of that person."""
        return (self.person, self.public_key) == (passkey.person, passkey.public_key)


async def proven_use(session: AsyncSession, passkey: PasskeyRecord) -> PasskeyUse | None:
    """Return the row that proves a passkey of the view, None where none does: the view alone is not believed.

    Raises:
        CellUnreadable: `cell_keys_missing`.
    """
    use = await session.get(PasskeyUse, passkey.credential_id, populate_existing=True)
    return use if use is not None and use.is_of(passkey) and is_ours(session, use) else None
