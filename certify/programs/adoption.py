"""What `certify scheme rehearse` and `certify scheme propose` do."""

from pathlib import Path

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.procedure.adoption import rehearsal_of
from certify.programs.client import ApiClient
from certify.programs.record import open_to_read
from schemas.errors import Unacceptable, Unavailable
from schemas.rehearsal import Rehearsal
from schemas.scheme import Scheme
from schemas.scheme_loading import SchemeError, load_scheme


async def rehearsed(settings: Settings, folder: Path) -> Rehearsal:
    """Rehearse a version over the labels in force of a data folder, read with an account that need not write.

    Raises:
        Unacceptable: `scheme_unusable`; `certify scheme check` tells why.
        Unavailable: `record_unreadable`.
    """
    scheme = _loaded(folder)
    database = open_to_read(settings)
    try:
        database.require_file()
        async with database.reading() as session:
            return await rehearsal_of(session, scheme)
    except (DBAPIError, OSError) as error:
        raise Unavailable("record_unreadable", f"The record cannot be read: {getattr(error, 'orig', error)}") from error
    finally:
        await database.close()


async def proposed(folder: Path, reasons: str, *, server: str, token: str) -> dict[str, str]:
    """Hand a version in and propose it.

    Raises:
        Unacceptable: `scheme_unusable`.
        ProcedureError: as the server refuses.
    """
    scheme = _loaded(folder)
    api = ApiClient(server, token)
    try:
        made = await api.post("/api/schemes", scheme.model_dump(mode="json"))
        sent = await api.post(
            "/api/scheme-proposals", {"digest_of_scheme": made["digest"], "reasons": reasons}, key=made["digest"]
        )
    finally:
        await api.close()
    return {"digest": str(made["digest"]), "proposal": str(sent["matter"])}


def _loaded(folder: Path) -> Scheme:
    try:
        return load_scheme(folder)
    except SchemeError as error:
        raise Unacceptable("scheme_unusable", f"{folder}: {error}") from error
