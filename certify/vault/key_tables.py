"""The tables of the vault's own database: wrapped keys, and what each of them sealed. No table of the record."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData
from sqlmodel import Field, SQLModel


class _InVault(SQLModel):
    metadata = MetaData()


class SubjectKeyRow(_InVault, table=True):
    """The key of a case or matter, wrapped under a master; destroyed, only its id and the time stay.

    Attributes:
        subject: the case or matter, as the vault's first argument names it.
        master: id of the master key it is wrapped under.
    """

    __tablename__ = "subject_key"

    id: str = Field(primary_key=True)
    subject: str = Field(unique=True)
    master: str | None = None
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    made_at: datetime
    destroyed_at: datetime | None = None


class SealedRow(_InVault, table=True):
    """A sealed object: the key of its own, wrapped under its subject's, and under which digest it lies in the store.

    Attributes:
        digest: SHA-256 of what was handed in; acts, cases and manifests carry it. That of a text or document of the
            record has `text:` before it, but for those that earlier versions sealed.
        stored_digest: SHA-256 of the sealed bytes, which names the object.
        size: bytes of what was handed in.
    """

    __tablename__ = "sealed_object"
    __table_args__ = (Index("sealed_object_stored", "subject", "stored_digest"),)

    subject: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    id: str = Field(unique=True)
    stored_digest: str
    size: int = Field(sa_type=BigInteger)
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed_at: datetime
    destroyed_at: datetime | None = None


METADATA = _InVault.metadata
