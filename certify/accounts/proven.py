"""Asks of a row that lets somebody in whether it is ours, and tells where it is not."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.security_events import note
from certify.register.row_proofs import Proven, is_proven


def is_ours(session: AsyncSession, row: Proven) -> bool:
    """Whether a row is as we made it; one that is not is told of, with its table, and lets nobody in.

    Raises:
        CellUnreadable: `cell_keys_missing`.
    """
    if is_proven(session, row):
        return True
    note("unproven_row_refused", getattr(row, "person", None), code=str(row.__tablename__))
    return False
