"""What `certify decision export` does: the record of a decision, read with an account that need not write."""

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.programs.record import open_to_read
from certify.register import cases
from certify.register.decisions import decision_record
from schemas.decision_record import DecisionRecord
from schemas.errors import Unavailable


async def export(settings: Settings, application: str) -> DecisionRecord:
    """Return the record of a decision.

    Args:
        settings: where the record is.
        application: id of the application, or its reference where only one application has it.

    Raises:
        NotFound: `unknown_application`.
        OutOfOrder: `not_decided`.
        Unacceptable: `reference_not_unique`.
        Unavailable: `record_unreadable`, `record_broken`.
    """
    database = open_to_read(settings)
    try:
        database.require_file()
        async with database.reading() as session:
            case = await cases.named(session, application)
            return await decision_record(session, case.id)
    except (DBAPIError, OSError) as error:
        raise Unavailable("record_unreadable", f"The record cannot be read: {getattr(error, 'orig', error)}") from error
    finally:
        await database.close()
