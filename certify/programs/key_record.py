"""Enters the published versions of the key set in the record (stream `keys`)."""

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.procedure.key_entry import record_key_sets
from certify.programs.key_files import KeyFiles
from certify.programs.record import open_record
from certify.register.database import Database
from labels.root import Root
from schemas.errors import Unavailable


async def record(settings: Settings, database: Database, *, authn: str) -> int:
    """Enter what the record does not hold yet, and return how many versions that are.

    Raises:
        AlreadyDecided: `other_key_set`.
        CouldNotCheck: a version cannot be read, or the root did not sign it.
    """
    files = KeyFiles.of(settings)
    versions = files.versions()
    if not versions:
        return 0
    async with database.writing() as session:
        return await record_key_sets(session, versions, Root.read(files.root), authn=authn)


async def record_as_operator(settings: Settings) -> int:
    """Enter what the record does not hold yet, in the database that the settings name; it is not made here.

    Raises:
        Unavailable: `record_unreachable`; and as `record`.
    """
    database = await open_record(settings)
    try:
        database.require_file()
        return await record(settings, database, authn="operator")
    except (DBAPIError, OSError) as error:
        what = f"The record cannot be reached: {getattr(error, 'orig', error)}"
        raise Unavailable("record_unreachable", what) from error
    finally:
        await database.close()
