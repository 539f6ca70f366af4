"""The check of a record whose labels were signed with several keys, one of which ran out or was stolen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.activities.sign_log import SignLog, read
from certify.register.checking_labels import SeenAt
from certify.register.database import Database
from schemas.errors import CouldNotCheck
from schemas.label import IssuedLabel
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.test_checking import _with_period


@pytest.fixture
async def on_sqlite(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def test_what_was_begun_on_the_last_day_of_a_key_may_be_signed_the_day_after(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    intent, signature = read(on_sqlite.sign_log)
    on_sqlite.sign_log.unlink()
    log = SignLog(on_sqlite.sign_log)
    log.append(intent.model_copy(update={"at": yesterday}))
    log.append(signature)

    on_sqlite.key_set.write_text(
        _with_period(on_sqlite.key_set.read_text(), "2025-01-01", yesterday.date().isoformat())
    )

    assert await on_sqlite.check() == []


async def test_a_label_signed_with_another_key_than_was_intended_is_found(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    intent, signature = read(on_sqlite.sign_log)
    on_sqlite.sign_log.unlink()
    log = SignLog(on_sqlite.sign_log)
    log.append(intent.model_copy(update={"kid": "00000000"}))
    log.append(signature)

    assert await on_sqlite.codes() == ["signature_without_intent"]


async def test_the_record_does_not_vouch_for_a_label_of_a_stolen_key_that_no_witness_saw(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    (key,) = on_sqlite.keyring().keys.keys

    on_sqlite.compromise(key.kid, at=datetime.now(UTC) + timedelta(days=1))

    assert await on_sqlite.codes() == ["token_not_authentic"]
    assert await on_sqlite.check(seen(datetime.now(UTC))) == []


def seen(at: datetime) -> SeenAt:
    """Witnesses that saw every label at a time."""

    async def seen_at(_label: IssuedLabel) -> datetime:
        return at

    return seen_at


async def test_where_there_is_a_proof_the_witness_s_time_counts_and_not_the_record_s(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    (key,) = on_sqlite.keyring().keys.keys
    stolen_at = datetime.now(UTC)  # the key is of these days, the record of others
    on_sqlite.compromise(key.kid, at=stolen_at)

    assert await on_sqlite.check(seen(stolen_at - timedelta(hours=1))) == []
    (found,) = await on_sqlite.check(seen(stolen_at))
    assert found.code == "token_not_authentic"


async def test_a_proof_that_came_after_the_theft_is_found_whatever_the_record_says(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    (key,) = on_sqlite.keyring().keys.keys
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    on_sqlite.compromise(key.kid, at=tomorrow)

    (found,) = await on_sqlite.check(seen(tomorrow + timedelta(hours=1)))
    assert found.code == "token_not_authentic"


async def test_a_published_proof_that_does_not_hold_is_found(on_sqlite: Body) -> None:
    await on_sqlite.certified()

    async def unreadable(_label: IssuedLabel) -> datetime | None:
        raise CouldNotCheck("proof_unreadable", "damaged")

    (found,) = await on_sqlite.check(unreadable)
    assert found.code == "proof_not_held"


async def test_a_label_recorded_since_its_key_was_stolen_is_found(on_sqlite: Body) -> None:
    walk = await on_sqlite.certified()
    (key,) = on_sqlite.keyring().keys.keys

    on_sqlite.compromise(key.kid, at=walk.now - timedelta(days=1))

    (found,) = await on_sqlite.check()
    assert found.code == "token_not_authentic"
    assert "may have been in other hands since" in found.what
