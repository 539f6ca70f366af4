"""Views that several entries of the stream `people` make together: invitations, passkeys, recoveries and more."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeGuard

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import access_ends, invitations, passkeys, recoveries
from schemas.account_events import (
    AccessEnded,
    AccessRestored,
    AccountEvent,
    InvitationAsked,
    InvitationConfirmed,
    InvitationRefused,
    PasskeyEntered,
    PasskeyRemoved,
    RecoveryApproved,
    RecoveryCancelled,
    RecoveryDone,
    RecoveryLinkMade,
    RecoveryRequested,
)
from schemas.event import Event


class _View(NamedTuple):
    table: type[SQLModel]
    key: str
    row_after: Callable[[SQLModel | None, int, Event], SQLModel]


_PASSKEYS: Final = _View(passkeys.PasskeyRecord, "credential_id", passkeys.row_after)
_RECOVERIES: Final = _View(recoveries.RecoveryRecord, "recovery", recoveries.row_after)
_ACCESS_ENDS: Final = _View(access_ends.AccessEnd, "person", access_ends.row_after)
_INVITATIONS: Final = _View(invitations.InvitationRecord, "invitation", invitations.row_after)
_FOLLOWED_BY: Final[dict[type[Event], _View]] = {
    **dict.fromkeys((PasskeyEntered, PasskeyRemoved), _PASSKEYS),
    **dict.fromkeys(
        (RecoveryRequested, RecoveryApproved, RecoveryLinkMade, RecoveryCancelled, RecoveryDone), _RECOVERIES
    ),
    **dict.fromkeys((AccessEnded, AccessRestored), _ACCESS_ENDS),
    **dict.fromkeys((InvitationAsked, InvitationConfirmed, InvitationRefused), _INVITATIONS),
}


async def apply(session: AsyncSession, number: int, event: AccountEvent) -> None:
    """Bring the view that follows an event up to date.

    Raises:
        ValueError: the event does not follow from those before it.
    """
    view = _FOLLOWED_BY[type(event)]
    row = await session.get(view.table, getattr(event, view.key), with_for_update=True)
    session.add(view.row_after(row, number, event))
    await session.flush()


def is_followed(event: Event) -> TypeGuard[AccountEvent]:
    """Whether one of these views follows an event."""
    return type(event) in _FOLLOWED_BY


class AccountRows:
    """Folds the stream `people` in memory: what the views must hold, for the check."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], SQLModel] = {}

    def follow(self, number: int, event: AccountEvent) -> None:
        """Take one more entry.

        Raises:
            ValueError: it does not follow from those before it.
        """
        view = _FOLLOWED_BY[type(event)]
        key = (str(view.table.__tablename__), getattr(event, view.key))
        self._rows[key] = view.row_after(self._rows.get(key), number, event)

    @property
    def rows(self) -> Iterable[SQLModel]:
        """The rows after all that was taken."""
        return self._rows.values()
