"""What the store knows of a file that an act offers."""

from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.vault.files import find as find_file
from schemas.errors import NotFound
from schemas.offered_file import OfferedFile

F = TypeVar("F", bound=OfferedFile)


async def with_stored_file(session: AsyncSession, application: str, act: F) -> F:
    """Return the offer with where and how its file is stored, among the evidence of an application.

    Raises:
        NotFound: `not_in_store`: the file was not uploaded for this application.
    """
    stored = await find_file(session, application, act.digest_of_file)
    if stored is None:
        raise NotFound("not_in_store", "Upload the file before you offer it.")
    return act.model_copy(
        update={"stored_digest": stored.stored_digest, "size": stored.size, "sealed_with": stored.sealed_with}
    )
