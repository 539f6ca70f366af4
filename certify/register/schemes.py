"""Schemes as adopted: each version with its digest and its whole content."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.chain import verified_events
from schemas.canonical import canonical_json
from schemas.case import SchemePin
from schemas.errors import NotFound
from schemas.record_events import RECORD_EVENTS, SchemeAdopted
from schemas.scheme import BUILT_IN, Scheme
from workflows.options import scheme_stream

BUILT_IN_ID = BUILT_IN.name
"""Scheme of whatever names none."""


@lru_cache(maxsize=8)
def _parsed(_digest: str, content: str) -> Scheme:
    # A version never changes, and parsing it takes longer than everything else a page does.
    return Scheme.model_validate_json(content)


class SchemeRecord(SQLModel, table=True):
    """A view: one adopted version of a scheme."""

    __tablename__ = "scheme"

    digest: str = Field(primary_key=True)
    scheme: str = Field(index=True)
    version: str
    adopted_at: datetime
    content: str = Field(sa_type=Text)

    @property
    def parsed(self) -> Scheme:
        """The scheme itself."""
        return _parsed(self.digest, self.content)


async def apply(session: AsyncSession, _key: str, _number: int, event: SchemeAdopted) -> None:
    """Adopt a version."""
    session.add(row_of(event))
    await session.flush()


def row_of(event: SchemeAdopted) -> SchemeRecord:
    """Return the row of an adopted version."""
    return SchemeRecord(
        digest=event.digest,
        scheme=event.scheme,
        version=event.scheme_version,
        adopted_at=event.at,
        content=canonical_json(event.content).decode(),
    )


async def find(session: AsyncSession, digest: str) -> Scheme | None:
    """Return the version with a digest."""
    row = await session.get(SchemeRecord, digest)
    return row.parsed if row else None


async def record_of(session: AsyncSession, digest: str) -> SchemeRecord:
    """Return an adopted version with its canonical bytes.

    Raises:
        NotFound: `unknown_scheme`.
    """
    row = await session.get(SchemeRecord, digest)
    if row is None:
        raise NotFound("unknown_scheme", "No scheme with this digest was adopted.")
    return row


async def pinned(session: AsyncSession, digest: str) -> Scheme:
    """Return the version a case is pinned to.

    Raises:
        NotFound: `unknown_scheme`.
    """
    return (await record_of(session, digest)).parsed


async def every(session: AsyncSession) -> Sequence[SchemeRecord]:
    """Return every version ever adopted, the last one first."""
    return (await session.exec(select(SchemeRecord).order_by(col(SchemeRecord.adopted_at).desc()))).all()


async def scheme_in_record(session: AsyncSession, pin: SchemePin) -> Scheme:
    """Return a pinned scheme from its own verified entry, as the signer and `certify check` read it.

    Raises:
        ChainBroken: the stream does not hold.
        NotFound: `unknown_scheme`.
    """
    async for body in verified_events(session, scheme_stream(pin.id)):
        event = RECORD_EVENTS.validate_json(body)
        if isinstance(event, SchemeAdopted) and event.digest == pin.digest:
            scheme = Scheme.model_validate(event.content)
            if scheme.digest == pin.digest:
                return scheme
    raise NotFound("unknown_scheme", f"No scheme with the digest {pin.digest} was adopted.")


async def in_force(session: AsyncSession, scheme: str) -> Scheme:
    """Return the version of a scheme that new cases are pinned to: the last one adopted.

    Raises:
        NotFound: `unknown_scheme`.
    """
    row = await _last(session, scheme)
    if row is None:
        raise NotFound("unknown_scheme", f"No version of the scheme {scheme} was adopted.")
    return row.parsed


async def digest_in_force(session: AsyncSession, scheme: str) -> str | None:
    """Return the digest of the version of a scheme that is in force, None while there is none."""
    row = await _last(session, scheme)
    return row.digest if row is not None else None


async def _last(session: AsyncSession, scheme: str) -> SchemeRecord | None:
    query = select(SchemeRecord).where(SchemeRecord.scheme == scheme).order_by(col(SchemeRecord.adopted_at).desc())
    return (await session.exec(query.limit(1))).first()


async def namesakes(session: AsyncSession, scheme: str, version: str) -> tuple[str, ...]:
    """Return the digests of what was adopted of a scheme under the number of a version."""
    query = select(SchemeRecord.digest).where(SchemeRecord.scheme == scheme, SchemeRecord.version == version)
    return tuple(sorted((await session.exec(query)).all()))


async def all_in_force(session: AsyncSession) -> tuple[Scheme, ...]:
    """Return the version in force of every scheme: of the engine's own first, then by name."""
    latest = {row.scheme: row for row in reversed(await every(session))}
    names = sorted(latest, key=lambda name: (name != BUILT_IN.name, name))
    return tuple(latest[name].parsed for name in names)


async def is_known(session: AsyncSession, scheme: str) -> bool:
    """Whether any version of a scheme was adopted."""
    query = select(SchemeRecord.digest).where(SchemeRecord.scheme == scheme)
    return (await session.exec(query.limit(1))).first() is not None
