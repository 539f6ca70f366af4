"""The journal's two tables, and how what lies in them was hashed."""

import hashlib
from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from certify.register.cells import sealed_bytes

SALT_BYTES = 16


class JournalEntry(SQLModel, table=True):
    """One entry; the columns beside `content` repeat what is in it, for the database to search and guard."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("stream", "number"), UniqueConstraint("act_id"))

    position: int | None = Field(default=None, primary_key=True)
    stream: str = Field(index=True)
    number: int
    kind: str
    act_id: str | None = None
    digest: str = Field(unique=True)
    content: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime


class JournalBody(SQLModel, table=True):
    """The body of an entry, which lies sealed, and the salt it was hashed with."""

    __tablename__ = "journal_body"

    stream: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=sealed_bytes("journal_body.body"))


def entry_digest(content: bytes) -> str:
    """Return the digest by which the next entry of the stream names this one."""
    return hashlib.sha256(content).hexdigest()


def salted_digest(salt: bytes, act_digest: str) -> str:
    """Return what an entry holds of an act's digest.

    Without the salt a reader who knows all of a ballot but its choice could try the three choices.
    """
    return hashlib.sha256(salt + act_digest.encode()).hexdigest()


def body_digest(salt: bytes, body: bytes) -> str:
    """Return the digest of a body with its salt."""
    return hashlib.sha256(salt + body).hexdigest()
