"""Rows that let people in carry a proof of ours: whoever only writes in the database lets nobody in.

A table says so by its class (`Proven`). Whoever makes such a row, or changes what it decides, proves it (`prove`);
whoever lets somebody in by it asks first (`is_proven`), and takes a row without a good proof for one that is not there.

    proof = id of the key ‖ ":" ‖ base64 of HMAC-SHA-256(key, what)
    key   = HKDF-SHA-256(key of the installation, info "certify row proof")
    what  = RFC 8785 JSON of the table's name and each proven column with its value

So a row is good in its own table, for its own person and as it was made only (docs/decisions/0071).
"""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.cells import CellKeys, CellUnreadable, keys_of
from certify.register.checking import Finding
from certify.register.database import Database
from certify.register.schema import load_tables
from schemas.canonical import canonical_json
from schemas.errors import CouldNotCheck

_OTHERS: Final = "is not as we made it: it was changed, or written without the keys; nobody is let in by it"
_UNPROVEN: Final = "carries no proof: whoever made it has no key, or a version before proofs (`certify vault seal`)"


class Proven(SQLModel):
    """A row that counts only with our proof.

    Attributes:
        PROVEN: the columns that tell which row it is, whose, and what it lets them do; none that changes at each use.
        proof: over these; None in a row of a version that had none.
    """

    PROVEN: ClassVar[tuple[str, ...]] = ()

    proof: str | None = None


def prove(session: AsyncSession, row: Proven) -> None:
    """Give a row that was made or rightly changed its proof.

    Raises:
        CellUnreadable: `cell_keys_missing`; without the keys of the installation nobody is let in.
    """
    row.proof = _keys(session).proof_of(_what(row))


def is_proven(session: AsyncSession, row: Proven) -> bool:
    """Whether a row is as we made it.

    Raises:
        CellUnreadable: `cell_keys_missing`.
    """
    return row.proof is not None and _keys(session).is_proof(_what(row), row.proof)


def proof_of(session: AsyncSession, what: bytes) -> str:
    """Return a digest of something that only whoever has the keys can make, and so nobody else can guess from.

    Raises:
        CellUnreadable: `cell_keys_missing`.
    """
    return _keys(session).proof_of(what)


async def prove_earlier(database: Database) -> int:
    """Prove the rows that earlier versions made, which have no proof at all, and return how many they were.

    Only for whoever knows that it was never done before: what somebody planted meanwhile would be believed.
    """
    count = 0
    async with database.writing() as session:
        for table in _tables():
            for row in (await session.exec(select(table).where(col(table.proof).is_(None)))).all():
                prove(session, row)
                session.add(row)
                count += 1
    return count


async def unproven_rows(session: AsyncSession) -> AsyncIterator[Finding]:
    """Yield the rows that nobody is let in by, for want of a good proof.

    Raises:
        CouldNotCheck: `cell_keys_missing`.
    """
    for table in _tables():
        for row in (await session.exec(select(table))).all():
            try:
                proven = is_proven(session, row)
            except CellUnreadable as error:
                raise CouldNotCheck(error.code, error.message) from None
            if not proven:
                yield Finding(
                    where=_place(row), what=_UNPROVEN if row.proof is None else _OTHERS, code="row_not_proven"
                )


def _tables() -> list[type[Proven]]:
    load_tables()
    return sorted(Proven.__subclasses__(), key=lambda table: str(table.__tablename__))


def _place(row: Proven) -> str:
    """Return where a row stands; what it is named by is a digest or an opaque id."""
    return f"{row.__tablename__} {getattr(row, row.PROVEN[0])}"


def _keys(session: AsyncSession) -> CellKeys:
    keys = keys_of(session.get_bind().dialect)
    if keys is None:
        raise CellUnreadable("cell_keys_missing", "Without the keys of this installation nobody is let in.")
    return keys


def _what(row: Proven) -> bytes:
    return canonical_json([str(row.__tablename__), {name: _plain(getattr(row, name)) for name in row.PROVEN}])


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, the same whichever database kept it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
