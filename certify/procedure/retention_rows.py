"""What the job erases of each class: which rows are due, and how they go (`certify.procedure.retention_classes`).

What is due is found and erased in one transaction, so that a run which is stopped has done a class whole or not at all.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import ColumnElement, and_, delete, func, not_
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import links, people
from certify.accounts.accepted_signatures import AcceptedSignature
from certify.accounts.access_ledger import OpeningCount
from certify.accounts.challenges import AuthenticationChallenge
from certify.accounts.complainants import ComplainantContact
from certify.accounts.file_links import FileLink
from certify.accounts.invitations import InvitedPerson
from certify.accounts.links import SignInLink
from certify.accounts.passkey_uses import PasskeyUse
from certify.accounts.people import Account
from certify.accounts.sessions import SignedIn
from certify.accounts.throttle import SignInFailure
from certify.accounts.tokens import ApiToken
from certify.accounts.totp import TotpSecret
from certify.register import attempts, drafts, invitations, recoveries, streams
from certify.register.access_ends import AccessEnd
from certify.register.attempts import AttemptCount
from certify.register.cells import CellUnreadable
from certify.register.complaints import ComplaintRecord
from certify.register.drafts import Draft
from certify.register.entries import JournalEntry
from certify.register.legal_holds import Held
from certify.register.passkeys import PasskeyRecord
from certify.register.report_counts import ReportCount
from schemas.account_events import InvitationRefused, RecoveryCancelled
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.record_events import RANGES_MAX, AttemptRefused
from schemas.records import Entry

log = structlog.get_logger()

ERASED_NAME: Final = "—"
"""How somebody is called whose account was erased."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is due of a class.

    Attributes:
        erase: does it, in the transaction that found it.
        events: what the stream `people` is told besides.
        numbers: of attempts, from which number to which bodies go.
    """

    count: int = 0
    oldest: datetime | None = None
    erase: Callable[[AsyncSession], Awaitable[None]]
    events: Sequence[Event] = ()
    numbers: tuple[tuple[int, int], ...] = ()


Finder = Callable[[AsyncSession, datetime, datetime, Held], Awaitable[Due]]
"""Finds what is due: in a session, what is older than a moment, now, and not held."""


class _Rows(NamedTuple):
    """Rows that are deleted when a time in them is long past; `person` is the column of whose they are."""

    table: type[SQLModel]
    when: Any
    person: Any = None
    also: Callable[[Held], ColumnElement[bool]] | None = None


def _outside_held_cases(held: Held) -> ColumnElement[bool]:
    return not_(drafts.about(held.cases))


_ROWS: Final = {
    "counters": (
        _Rows(AttemptCount, AttemptCount.minute, AttemptCount.actor),
        _Rows(OpeningCount, OpeningCount.minute, OpeningCount.person),
        _Rows(ReportCount, ReportCount.minute),
        _Rows(SignInFailure, SignInFailure.last_at),
    ),
    "sign_in": (
        _Rows(SignedIn, SignedIn.last_seen_at),
        _Rows(SignInLink, SignInLink.expires_at),
        _Rows(FileLink, FileLink.expires_at),
        _Rows(AuthenticationChallenge, AuthenticationChallenge.expires_at),
        _Rows(AcceptedSignature, AcceptedSignature.accepted_at),
    ),
    "tokens": (_Rows(ApiToken, func.coalesce(ApiToken.revoked_at, ApiToken.expires_at), ApiToken.person),),
    "drafts": (_Rows(Draft, Draft.saved_at, Draft.person, _outside_held_cases),),
}


def _deleting(kinds: Iterable[_Rows]) -> Finder:
    async def find(session: AsyncSession, before: datetime, _: datetime, held: Held) -> Due:
        count, oldest, deletions = 0, None, []
        for rows in kinds:
            due = _condition(rows, before, held)
            found = (await session.exec(select(func.count(), func.min(rows.when)).where(due))).one()
            count += found[0]
            oldest = min((at for at in (oldest, found[1]) if at is not None), default=None)
            deletions.append(delete(rows.table).where(due))
        return Due(count=count, oldest=oldest, erase=lambda session: _all(session, deletions))

    return find


def _condition(rows: _Rows, before: datetime, held: Held) -> ColumnElement[bool]:
    conditions = [rows.when < before]
    if rows.person is not None:
        conditions.append(col(rows.person).not_in(held.people))
    if rows.also is not None:
        conditions.append(rows.also(held))
    return and_(*conditions)


async def _all(session: AsyncSession, statements: Iterable[Any]) -> None:
    for statement in statements:
        await session.exec(statement)


async def _attempts(session: AsyncSession, before: datetime, _: datetime, held: Held) -> Due:
    rows = [row for row in await attempts.with_body_before(session, before) if not await _is_held(session, row, held)]
    ranges = ranges_of(row.number for row in rows)[:RANGES_MAX]
    # What one event cannot name waits for the next run.
    rows = [row for row in rows if ranges and row.number <= ranges[-1][1]]
    numbers = [row.number for row in rows]
    return Due(
        count=len(rows),
        oldest=min((row.recorded_at for row in rows), default=None),
        numbers=ranges,
        erase=lambda session: attempts.erase_bodies(session, numbers),
    )


def ranges_of(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return rising numbers as ranges without a gap: first and last of each."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


async def _is_held(session: AsyncSession, row: JournalEntry, held: Held) -> bool:
    """Whether a hold covers an attempt; one that cannot be read may be what the hold is about."""
    if not held:
        return False
    try:
        body = await streams.body_at(session, attempts.STREAM, row.number)
        about = AttemptRefused.model_validate_json(body).application if body is not None else None
        return Entry.model_validate_json(row.content).actor in held.people or about in held.cases | held.labels
    except (CellUnreadable, ValueError) as error:
        log.warning("attempt_not_read", number=row.number, error=type(error).__name__)
        return True


async def _invitations(session: AsyncSession, before: datetime, now: datetime, held: Held) -> Due:
    waiting = await invitations.waiting(session)
    rows = [row for row in waiting if row.asked_at < before and row.organisation not in held.organisations]
    gone = delete(InvitedPerson).where(col(InvitedPerson.invitation).in_([row.id for row in rows]))
    return Due(
        count=len(rows),
        oldest=min((row.asked_at for row in rows), default=None),
        erase=lambda session: _all(session, [gone]),
        events=[InvitationRefused(at=now, actor=ENGINE, invitation=row.id) for row in rows],
    )


async def _recoveries(session: AsyncSession, before: datetime, now: datetime, held: Held) -> Due:
    every = await recoveries.all_open(session)
    rows = [row for row in every if row.requested_at < before and row.person not in held.people]

    async def void(session: AsyncSession) -> None:
        for row in rows:
            await links.void(session, person=row.person, purpose="recovery")

    return Due(
        count=len(rows),
        oldest=min((row.requested_at for row in rows), default=None),
        erase=void,
        events=[RecoveryCancelled(at=now, actor=ENGINE, recovery=row.id, person=row.person) for row in rows],
    )


async def _contacts(session: AsyncSession, before: datetime, _: datetime, held: Held) -> Due:
    decided = col(ComplaintRecord.decided_at)
    query = (
        select(ComplaintRecord)
        .join(ComplainantContact, col(ComplainantContact.complaint) == ComplaintRecord.code)
        .where(decided < before)
    )
    rows = [row for row in (await session.exec(query)).all() if row.label not in held.labels]
    gone = delete(ComplainantContact).where(col(ComplainantContact.complaint).in_([row.code for row in rows]))
    return Due(
        count=len(rows),
        oldest=min((row.decided_at for row in rows if row.decided_at is not None), default=None),
        erase=lambda session: _all(session, [gone]),
    )


async def _left(session: AsyncSession, before: datetime, held: Held, having: Any) -> dict[str, datetime]:
    """Return whose access ended before a moment, of those who have something still."""
    query = select(AccessEnd).where(
        col(AccessEnd.restored_at).is_(None), col(AccessEnd.ended_at) < before, col(AccessEnd.person).in_(having)
    )
    return {row.person: row.ended_at for row in (await session.exec(query)).all() if row.person not in held.people}


async def _credentials(session: AsyncSession, before: datetime, _: datetime, held: Held) -> Due:
    uses = select(PasskeyRecord.person).where(col(PasskeyRecord.credential_id).in_(select(PasskeyUse.credential_id)))
    left = await _left(session, before, held, uses.union(select(TotpSecret.person)))
    keys = select(PasskeyRecord.credential_id).where(col(PasskeyRecord.person).in_(left))
    gone = [
        delete(PasskeyUse).where(col(PasskeyUse.credential_id).in_(keys)),
        delete(TotpSecret).where(col(TotpSecret.person).in_(left)),
    ]
    return Due(
        count=len(left), oldest=min(left.values(), default=None), erase=lambda session: _all(session, gone)
    )  # fmt: skip


async def _accounts(session: AsyncSession, before: datetime, _: datetime, held: Held) -> Due:
    named = select(Account.person).where(col(Account.name) != ERASED_NAME)
    left = await _left(session, before, held, named)

    async def erase(session: AsyncSession) -> None:
        for person in left:
            account = await session.get_one(Account, person, with_for_update=True)
            account.name, account.email = ERASED_NAME, f"{person}@erased.invalid"
            people.set_hash(session, account, None)

    return Due(count=len(left), oldest=min(left.values(), default=None), erase=erase)


FINDERS: Final[dict[str, Finder]] = {
    **{name: _deleting(kinds) for name, kinds in _ROWS.items()},
    "attempts": _attempts,
    "invitations": _invitations,
    "recoveries": _recoveries,
    "contacts": _contacts,
    "credentials": _credentials,
    "accounts": _accounts,
}
"""By class, how the rows are found that the job erases."""
