"""What the store knows of a file that an act offers."""

from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.vault.files import find as find_file
from schemas.errors import NotFound, Unacceptable
from schemas.evidence import saved_copy_lacks
from schemas.offered_file import OfferedFile

F = TypeVar("F", bound=OfferedFile)


async def with_stored_file(session: AsyncSession, application: str, act: F) -> F:
    """Return the offer with where and how its file is stored, among the evidence of an application.

    What a file lacks that is a saved copy of a web page is asked here and not in the case: what was offered before
    anybody asked stays offered, and its case replays.

    Raises:
        Unacceptable: `address_missing`, `saved_on_missing`, `saved_later`.
        NotFound: `not_in_store`: the file was not uploaded for this application.
    """
    _check_saved_copy(act, datetime.now(UTC).date())
    stored = await find_file(session, application, act.digest_of_file)
    if stored is None:
        raise NotFound("not_in_store", "Upload the file before you offer it.")
    return act.model_copy(
        update={"stored_digest": stored.stored_digest, "size": stored.size, "sealed_with": stored.sealed_with}
    )


def _check_saved_copy(act: OfferedFile, today: date) -> None:
    lacking = saved_copy_lacks(act.type, act.address, act.saved_on)
    if lacking == "address":
        raise Unacceptable("address_missing", "Hand in a web page as a saved copy, with the address it was saved from.")
    if lacking == "saved_on":
        raise Unacceptable("saved_on_missing", "Say on which day the web page was saved.")
    # East of us the next day has begun.
    if act.saved_on is not None and act.saved_on > today + timedelta(days=1):
        raise Unacceptable("saved_later", "A saved copy was saved today or before.")
