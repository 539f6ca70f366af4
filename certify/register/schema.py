"""The database's shape: all tables, and how a database is brought to it."""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

from certify.register.database import Database
from certify.register.tables import RECORD, VIEWS
from schemas.errors import Unavailable

TABLE_MODULES = (
    "certify.register.access_ends",
    "certify.register.appeals",
    "certify.register.attempts",
    "certify.register.cases",
    "certify.register.complaints",
    "certify.register.drafts",
    "certify.register.entries",
    "certify.register.holder_images",
    "certify.register.invitations",
    "certify.register.label_lives",
    "certify.register.labels",
    "certify.register.matters",
    "certify.register.participants",
    "certify.register.passkeys",
    "certify.register.people",
    "certify.register.places",
    "certify.register.recoveries",
    "certify.register.report_counts",
    "certify.register.relations",
    "certify.register.scan_counts",
    "certify.register.schemes",
    "certify.register.ties",
    "certify.accounts.access_ledger",
    "certify.vault.files",
    "certify.accounts.accepted_signatures",
    "certify.accounts.challenges",
    "certify.vault.inspections",
    "certify.accounts.file_links",
    "certify.accounts.complainants",
    "certify.accounts.invitations",
    "certify.accounts.links",
    "certify.accounts.passkey_uses",
    "certify.accounts.people",
    "certify.accounts.sessions",
    "certify.accounts.throttle",
    "certify.accounts.tokens",
    "certify.accounts.totp",
)
"""Named, not imported: the record lies below the accounts, yet one migration makes all tables."""

METADATA = SQLModel.metadata
_INSUFFICIENT_PRIVILEGE = "42501"


def load_tables() -> None:
    """Import every module that defines a table."""
    for module in TABLE_MODULES:
        import_module(module)


def config() -> Config:
    """Return Alembic's configuration; there is no `alembic.ini`."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    return settings


async def upgrade(database: Database) -> None:
    """Bring a database, empty or of an earlier version, to the present shape.

    Raises:
        Unavailable: `earlier_version`: it is not, and this account does not own the tables.
    """
    load_tables()
    settings = config()

    def run(connection: Connection) -> None:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")

    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(run)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        raise _of_an_earlier_version() from error


async def is_empty(database: Database) -> bool:
    """Whether a database has no table yet."""
    async with database.engine.connect() as connection:
        return not await connection.run_sync(lambda synchronous: inspect(synchronous).get_table_names())


async def require_shape(database: Database) -> None:
    """Refuse a database of an earlier version, whose tables lack what this version reads.

    Raises:
        Unavailable: `earlier_version`.
    """
    async with database.engine.connect() as connection:
        there = await connection.run_sync(lambda synchronous: set(inspect(synchronous).get_table_names()))
    if "journal_entry" in there and not there >= RECORD | VIEWS:
        raise _of_an_earlier_version()


def _of_an_earlier_version() -> Unavailable:
    what = "The database has the shape of an earlier version; bring it up with `certify migrate`, as its owner."
    return Unavailable("earlier_version", what)
