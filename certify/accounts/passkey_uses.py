"""What is not for the record: how a person calls a passkey, and how often it was used."""

from datetime import date

from sqlmodel import Field, SQLModel


class PasskeyUse(SQLModel, table=True):
    """Working table: one passkey beside its row in the view.

    Attributes:
        name: given by the person.
        sign_count: the authenticator's counter at its last use; one that does not go up tells of a copy.
    """

    __tablename__ = "passkey_use"

    credential_id: str = Field(primary_key=True)
    name: str
    sign_count: int = 0
    last_used_on: date | None = None
