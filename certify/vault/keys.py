"""The keys of the vault: one a case or matter, one a sealed object; each can be destroyed, and then nothing opens.

A master key wraps the key of a subject, and that the keys of its objects. Wrapped keys lie in a database of the
vault's own, in no backup of record and store: whoever restores those restores no key that was destroyed since (I19).
"""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.vault.key_tables import METADATA, SealedRow, SubjectKeyRow
from certify.vault.master import KEY_BYTES, MasterKeys, Wrapped, open_key, seal_key
from schemas.errors import NotFound, Unavailable

ERASED: Final = "erased"
_TEXT: Final = "text:"


class KeyDatabase(Protocol):
    """Where wrapped keys are kept (`certify.register.database.Database`)."""

    engine: AsyncEngine
    is_sqlite: bool
    read_only: bool

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a session that sees one state."""

    def writing(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a session whose changes are kept together, or not at all."""

    async def close(self) -> None:
        """Give all connections back."""


@dataclass(frozen=True)
class SubjectKey:
    """The key of a case or matter: 32 bytes, and an id that is random and says nothing of whose it is."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class FileKey:
    """The key of one object, and the id that is bound into its sealed bytes."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Sealed:
    """What is known of a sealed object, readable without the master key.

    Attributes:
        id: of its key.
        destroyed_at: when its key was destroyed; None while it opens.
        is_text: whether it is a text or document of the record, which shares a key with no file, whatever its bytes.
            What earlier versions sealed is not marked, and may be both.
    """

    subject: str
    digest: str
    stored_digest: str
    size: int
    id: str
    destroyed_at: datetime | None = None
    is_text: bool = False

    @property
    def name(self) -> str:
        """Return under which name its key is found, beside `stored_digest`."""
        return text_name(self.digest) if self.is_text else self.digest


class VaultKeys:
    """Keeps the keys of subjects and objects, made at first use, each by exactly one of those who ask at once."""

    def __init__(self, database: KeyDatabase, masters: MasterKeys) -> None:
        self._database, self._masters = database, masters
        self._is_ready = False

    async def key_of(self, subject: str) -> SubjectKey:
        """Return the key of a case or matter, made at first use.

        Raises:
            NotFound: `key_destroyed`: it was erased, and gets no other key.
            Unavailable: as `MasterKeys`.
        """
        async with self._reading() as session:
            row = await _row_of(session, subject)
        return self._opened(row) if row is not None else await self._made(subject)

    async def find(self, key_id: str) -> SubjectKey:
        """Return the key of an id.

        Raises:
            NotFound: `key_unknown`, `key_destroyed`.
            Unavailable: as `MasterKeys`.
        """
        async with self._reading() as session:
            row = await session.get(SubjectKeyRow, key_id)
        if row is None:
            raise NotFound("key_unknown", "The vault has no such key.")
        return self._opened(row)

    async def destroy(self, subject: str) -> None:
        """Destroy the key of a subject and those of its objects; a second time changes nothing."""
        async with self._destroying() as session:
            now = datetime.now(UTC)
            row = await _row_of(session, subject) or SubjectKeyRow(
                id=secrets.token_hex(16), subject=subject, made_at=now
            )
            row.wrapped, row.master, row.destroyed_at = None, None, row.destroyed_at or now
            session.add(row)
            await session.exec(
                update(SealedRow)
                .where(col(SealedRow.subject) == subject, col(SealedRow.destroyed_at).is_(None))
                .values(wrapped=None, destroyed_at=now)
            )

    async def destroy_file(self, subject: str, digest: str) -> None:
        """Destroy the key of one object, by its name or stored digest; a second time changes nothing.

        Raises:
            NotFound: `not_sealed`: the vault sealed no such object.
        """
        async with self._destroying() as session:
            row = await _sealed_row(session, subject, digest)
            if row is None:
                raise NotFound("not_sealed", "The vault sealed no such file.")
            row.wrapped, row.destroyed_at = None, row.destroyed_at or datetime.now(UTC)
            session.add(row)

    @staticmethod
    def new_file_key() -> FileKey:
        """Return a key for one object, which counts once `keep` has it."""
        return FileKey(id=secrets.token_hex(16), key=secrets.token_bytes(KEY_BYTES))

    async def keep(self, sealed: Sealed, key: FileKey, *, instead: bool = False) -> Sealed:
        """Keep the key of an object that is stored, and return what stands: the first to come, unless `instead`.

        Raises:
            NotFound: `erased`: this object, or all of its subject, was erased.
        """
        try:
            own = await self.key_of(sealed.subject)
        except NotFound:
            raise erased() from None
        row = SealedRow(
            **{name: getattr(sealed, name) for name in ("subject", "id", "stored_digest", "size")},
            digest=sealed.name,
            wrapped=seal_key(own.key, key.key, *_about(sealed.subject, sealed.name, sealed.id)),
            sealed_at=datetime.now(UTC),
        )
        try:
            async with self._writing() as session:
                return await _kept(session, row, own.id, instead=instead)
        except IntegrityError:
            # On PostgreSQL the same file came twice at once; the other was first.
            first = await self.sealed(sealed.subject, sealed.name)
            assert first is not None
            return first

    async def forget(self, subject: str, digest: str) -> None:
        """Take away an object that nothing names; an erased one stays known as such."""
        async with self._destroying() as session:
            row = await _sealed_row(session, subject, digest)
            if row is not None and row.destroyed_at is None:
                await session.delete(row)

    async def sealed(self, subject: str, digest: str) -> Sealed | None:
        """Return what is known of an object, by its name or the digest of the sealed bytes."""
        async with self._reading() as session:
            row = await _sealed_row(session, subject, digest)
        return _sealed(row) if row is not None else None

    async def sealed_text(self, subject: str, digest: str) -> Sealed | None:
        """Return what is known of a text, by its digest, also of one that an earlier version sealed."""
        return await self.sealed(subject, text_name(digest)) or await self.sealed(subject, digest)

    async def texts_of(self, subject: str, most: int) -> list[str]:
        """Return the digests of the texts that were sealed last for a subject and can be opened, so many at most."""
        query = select(SealedRow.digest).where(
            SealedRow.subject == subject,
            col(SealedRow.destroyed_at).is_(None),
            col(SealedRow.digest).startswith(_TEXT),
        )
        async with self._reading() as session:
            found = (await session.exec(query.order_by(col(SealedRow.sealed_at).desc()).limit(most))).all()
        return [digest.removeprefix(_TEXT) for digest in found]

    async def file_key(self, subject: str, digest: str) -> FileKey:
        """Return the key of an object, by its name or the digest of the sealed bytes.

        Raises:
            NotFound: `not_sealed`; `erased`.
            Unavailable: as `MasterKeys`; `key_altered`.
        """
        async with self._reading() as session:
            row = await _sealed_row(session, subject, digest)
            own = await _row_of(session, subject)
        if row is None:
            raise NotFound("not_sealed", "The vault sealed no such file.")
        if row.wrapped is None or own is None or own.wrapped is None:
            raise erased()
        about = _about(row.subject, row.digest, row.id)
        return FileKey(row.id, open_key(self._opened(own).key, row.wrapped, *about))

    async def is_destroyed(self, subject: str) -> bool:
        """Whether all of a subject was erased."""
        async with self._reading() as session:
            row = await _row_of(session, subject)
        return row is not None and row.destroyed_at is not None

    async def rotate(self) -> int:
        """Wrap all keys under a new master, remove the others, and return how many were wrapped anew.

        Stopped half way it loses nothing: the file holds all masters that are needed, and a second run ends it. The
        file is changed only while the database is held: none can be under an older master, and no other rotation
        takes away the one that it is under.
        """
        await self._ready()
        async with self._masters.rotating():
            async with self._destroying() as session:
                rows = await _wrapped_rows(session)
                fresh = self._masters.begin_rotation(_masters_of(rows))
                for row in rows:
                    row.master, row.wrapped = self._masters.wrap(
                        self._opened(row).key, row.id, row.subject, under=fresh
                    )
                    session.add(row)
            async with self._writing() as session:
                self._masters.end_rotation(_masters_of(await _wrapped_rows(session)))
        return len(rows)

    async def close(self) -> None:
        """Give all connections back."""
        await self._database.close()

    async def _made(self, subject: str) -> SubjectKey:
        key_id, key = secrets.token_hex(16), secrets.token_bytes(KEY_BYTES)
        async with self._writing() as session:
            row = await _row_of(session, subject)
            if row is None:
                master, wrapped = self._masters.wrap(key, key_id, subject)
                row = SubjectKeyRow(
                    id=key_id, subject=subject, master=master, wrapped=wrapped, made_at=datetime.now(UTC)
                )
                session.add(row)
        return self._opened(row)

    def _opened(self, row: SubjectKeyRow) -> SubjectKey:
        if row.wrapped is None or row.master is None:
            raise NotFound("key_destroyed", "The key was destroyed; what it sealed cannot be read any more.")
        return SubjectKey(row.id, self._masters.unwrap(Wrapped(row.master, row.wrapped), row.id, row.subject))

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        await self._ready()
        async with self._database.reading() as session:
            yield session

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        await self._ready()
        async with self._database.writing() as session:
            await _hold(session)
            yield session

    @asynccontextmanager
    async def _destroying(self) -> AsyncIterator[AsyncSession]:
        """Write so that SQLite leaves no earlier content behind, in free pages or in its log."""
        async with self._writing() as session:
            if self._database.is_sqlite:
                await (await session.connection()).execute(text("PRAGMA secure_delete=ON"))
            yield session
        if self._database.is_sqlite:
            async with self._database.engine.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None
                await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def _ready(self) -> None:
        if self._is_ready:
            return
        if not self._database.read_only:
            async with self._database.writing() as session:
                await _hold(session)
                await self._prepare(session)
        self._is_ready = True

    async def _prepare(self, session: AsyncSession) -> None:
        """Make tables and master key where there are none; a lost master is never replaced by a new one."""
        connection = await session.connection()
        tables = await connection.run_sync(lambda one: inspect(one).get_table_names())
        await connection.run_sync(METADATA.create_all)
        if self._masters.is_there:
            return
        if SubjectKeyRow.__tablename__ in tables and (await session.exec(select(SubjectKeyRow.id).limit(1))).first():
            raise Unavailable("master_missing", "The master keys of the vault are missing; bring their file back.")
        self._masters.make()


async def make_tables(database: KeyDatabase) -> None:
    """Make the tables where they are not there; for the account that owns them."""
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)


def erased() -> NotFound:
    """Return the refusal of whatever was erased."""
    return NotFound(ERASED, "This was erased on purpose; its digest stays in the record.")


def text_name(digest: str) -> str:
    """Return under which name the key of a text is found."""
    return _TEXT + digest


def _about(subject: str, digest: str, key_id: str) -> tuple[str, ...]:
    return (subject, digest, key_id)


async def _row_of(session: AsyncSession, subject: str) -> SubjectKeyRow | None:
    return (await session.exec(select(SubjectKeyRow).where(SubjectKeyRow.subject == subject))).first()


async def _wrapped_rows(session: AsyncSession) -> Sequence[SubjectKeyRow]:
    return (await session.exec(select(SubjectKeyRow).where(col(SubjectKeyRow.wrapped).is_not(None)))).all()


def _masters_of(rows: Sequence[SubjectKeyRow]) -> set[str]:
    return {row.master for row in rows if row.master is not None}


async def _sealed_row(session: AsyncSession, subject: str, digest: str) -> SealedRow | None:
    named = or_(col(SealedRow.digest) == digest, col(SealedRow.stored_digest) == digest)
    return (await session.exec(select(SealedRow).where(SealedRow.subject == subject, named))).first()


async def _kept(session: AsyncSession, row: SealedRow, key_id: str, *, instead: bool) -> Sealed:
    own = await session.get(SubjectKeyRow, key_id)
    if own is None or own.destroyed_at is not None:
        raise erased()
    known = await session.get(SealedRow, (row.subject, row.digest))
    if known is not None and known.destroyed_at is not None:
        raise erased()
    if known is not None and not instead:
        return _sealed(known)
    if known is not None:
        await session.delete(known)
        await session.flush()
    session.add(row)
    await session.flush()
    return _sealed(row)


def _sealed(row: SealedRow) -> Sealed:
    digest, is_text = row.digest.removeprefix(_TEXT), row.digest.startswith(_TEXT)
    return Sealed(row.subject, digest, row.stored_digest, row.size, row.id, row.destroyed_at, is_text)


async def _hold(session: AsyncSession) -> None:
    """Let one writer of keys in at a time; SQLite's hold the whole file anyway."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('vault keys'))"))
