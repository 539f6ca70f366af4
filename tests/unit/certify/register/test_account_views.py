"""Passkeys, recoveries, ends of access: folded from the stream `people`, checked like every view (I9, T25, I17)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from certify.register.database import Database
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
from schemas.people import Role
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import AT, go_on

DUE = AT + timedelta(hours=24)


def entered(key: str = "a2V5", **changes: str) -> PasskeyEntered:
    fields = {"actor": "edda", "person": "edda", "credential_id": key, "public_key": "cHVibGlj", **changes}
    return PasskeyEntered(at=AT, **fields)


def removed(key: str = "a2V5", person: str = "edda") -> PasskeyRemoved:
    return PasskeyRemoved(at=AT, actor=person, person=person, credential_id=key)


def requested(by: str = "sofia") -> RecoveryRequested:
    return RecoveryRequested(at=AT, actor=by, recovery="r-1", person="edda")


def approved(by: str = "lars") -> RecoveryApproved:
    return RecoveryApproved(at=AT, actor=by, recovery="r-1", person="edda", due_at=DUE)


def cancelled() -> RecoveryCancelled:
    return RecoveryCancelled(at=AT, actor="edda", recovery="r-1", person="edda")


def done(after: timedelta = timedelta(hours=24)) -> RecoveryDone:
    return RecoveryDone(at=AT + after, actor="edda", recovery="r-1", person="edda")


def link_made(after: timedelta = timedelta(hours=24)) -> RecoveryLinkMade:
    return RecoveryLinkMade(at=AT + after, actor="sofia", recovery="r-1", person="edda")


def access_ended(by: str = "sofia") -> AccessEnded:
    return AccessEnded(at=AT, actor=by, person="edda")


def access_restored() -> AccessRestored:
    return AccessRestored(at=AT, actor="edda", person="edda")


def asked(by: str = "sofia", invitation: str = "i-1") -> InvitationAsked:
    return InvitationAsked(at=AT, actor=by, invitation=invitation, roles=(Role.EXPERT,))


def confirmed(by: str = "lars") -> InvitationConfirmed:
    return InvitationConfirmed(at=AT, actor=by, invitation="i-1")


def refused() -> InvitationRefused:
    return InvitationRefused(at=AT, actor="sofia", invitation="i-1")


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    made = await founded(database, tmp_path)
    of_keys = (entered(), entered("c2Vjb25k"), removed())
    of_access = (access_ended(), access_restored(), access_ended(by="lars"))
    await go_on(
        database, "people", *of_keys, requested(), approved(), link_made(), done(), *of_access, asked(), confirmed()
    )
    return made


async def test_nothing_is_found_in_a_record_with_keys_and_recoveries(body: Body) -> None:
    assert await body.check() == []


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ("UPDATE passkey SET public_key = 'b3RoZXI' WHERE credential_id = 'a2V5'", "view_differs", "public_key"),
        ("UPDATE passkey SET until_entry = NULL WHERE credential_id = 'a2V5'", "view_differs", "until_entry"),
        ("UPDATE passkey SET person = 'lars' WHERE credential_id = 'c2Vjb25k'", "view_differs", "person"),
        ("DELETE FROM passkey WHERE credential_id = 'c2Vjb25k'", "row_missing", "passkey"),
        ("INSERT INTO passkey VALUES ('bmV3', 'edda', 'a2V5', 1, NULL)", "row_surplus", "passkey bmV3"),
        ("UPDATE recovery SET approved_by = 'mallory'", "view_differs", "approved_by"),
        ("UPDATE recovery SET due_at = requested_at", "view_differs", "due_at"),
        ("DELETE FROM recovery", "row_missing", "recovery"),
        ("UPDATE access_end SET restored_at = ended_at", "view_differs", "restored_at"),
        ("UPDATE access_end SET ended_by = 'mallory'", "view_differs", "ended_by"),
        ("UPDATE invitation SET confirmed_by = 'mallory'", "view_differs", "confirmed_by"),
        ("UPDATE invitation SET roles = 'secretariat'", "view_differs", "roles"),
        ("UPDATE invitation SET ended = 'refused'", "view_differs", "ended"),
        ("DELETE FROM access_end", "row_missing", "access_end edda"),
    ],
)
async def test_what_the_owner_of_the_database_changes_is_named(body: Body, change: str, code: str, where: str) -> None:
    await body.as_owner(change)

    (finding,) = await body.check()

    assert finding.code == code
    assert where in finding.where


@pytest.mark.parametrize(
    "events",
    [
        (entered(), entered()),
        (removed(),),
        (entered(), removed(), removed()),
        (entered(), removed(person="lars")),
        (requested(by="edda"),),
        (requested(), requested()),
        (requested(), approved(by="sofia")),
        (requested(), approved(by="edda")),
        (requested(), approved(), approved(by="mona")),
        (approved(),),
        (requested(), done()),
        (requested(), approved(), done(timedelta(hours=23))),
        (requested(), cancelled(), approved()),
        (requested(), approved(), link_made(timedelta(hours=23))),
        (requested(), approved(), cancelled(), link_made()),
        (asked(), asked()),
        (confirmed(),),
        (asked(), confirmed(by="sofia")),
        (asked(), confirmed(), confirmed(by="mona")),
        (asked(), refused(), confirmed()),
        (asked(), confirmed(), refused()),
        (access_ended(by="edda"),),
        (access_ended(), access_ended()),
        (access_restored(),),
        (access_ended(), access_restored(), access_restored()),
    ],
    ids=lambda events: " ".join(event.kind for event in events),
)
async def test_an_entry_that_does_not_follow_is_never_written(
    database: Database, tmp_path: Path, events: tuple[AccountEvent, ...]
) -> None:
    body = await founded(database, tmp_path)

    with pytest.raises(ValueError, match=r"passkey|recovery|access|invitation"):
        await go_on(database, "people", *events)

    assert await body.check() == []


async def test_the_database_itself_refuses_a_recovery_by_one_person(body: Body) -> None:
    for change in ("requested_by = 'edda'", "approved_by = 'sofia'", "approved_by = 'edda'"):
        with pytest.raises(IntegrityError):
            async with body.database.engine.begin() as connection:
                await connection.execute(text(f"UPDATE recovery SET {change}"))  # noqa: S608  # our own words


async def test_the_database_itself_refuses_an_invitation_and_an_end_of_access_by_one_person(body: Body) -> None:
    for change in (
        "invitation SET confirmed_by = 'sofia'",
        "invitation SET confirmed_by = NULL",
        "access_end SET ended_by = 'edda'",
    ):
        with pytest.raises(IntegrityError):
            async with body.database.engine.begin() as connection:
                await connection.execute(text(f"UPDATE {change}"))  # our own words
