"""Every version of the key set is an entry of the record; what is there once is not changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.config import Settings
from certify.procedure.key_entry import events_of
from certify.programs import keys
from certify.programs.key_files import KeyFiles
from certify.programs.key_record import record, record_as_operator
from certify.register.chain import verified_events
from certify.register.database import Database
from labels.key_set import Use
from labels.root import Root
from schemas.errors import AlreadyDecided, Unavailable
from schemas.record_events import RECORD_EVENTS, CompromisedKey, KeySetPublished

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Keys in version 1; 2 by a rotation; 3 by a compromise."""
    found = Settings(data=tmp_path / "data")
    keys.initialise(found, now=NOW)
    return found


async def recorded(database: Database) -> list[KeySetPublished]:
    async with database.reading() as session:
        found = [RECORD_EVENTS.validate_json(body) async for body in verified_events(session, "keys")]
    assert all(isinstance(event, KeySetPublished) for event in found)
    return found  # type: ignore[return-value]


async def test_each_version_is_entered_once_with_what_is_new_in_it(database: Database, settings: Settings) -> None:
    first = keys.show(settings).key_set
    assert await record(settings, database, authn="engine") == 1
    assert await record(settings, database, authn="engine") == 0
    (new,) = keys.rotate(settings, use=Use.LABEL, now=NOW + DAY).added
    lost = first.keys.keys[0]
    last = keys.compromise(settings, kid=lost.kid, at=NOW, now=NOW + 2 * DAY).key_set

    assert await record(settings, database, authn="operator") == 2

    one, two, three = await recorded(database)
    assert (one.at, one.digest, one.added) == (NOW, first.digest, tuple(key.kid for key in first.keys.keys))
    assert (two.key_set_version, two.added, two.compromised) == (2, (new.kid,), ())
    assert (three.key_set_version, three.digest, three.added) == (3, last.digest, ())
    assert three.compromised == (CompromisedKey(kid=lost.kid, at=NOW),)
    assert {event.root for event in (one, two, three)} == {keys.show(settings).root.fingerprint}


async def test_another_key_set_than_the_recorded_one_is_refused(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    await record(settings, database, authn="engine")
    other = Settings(data=tmp_path / "other")
    keys.initialise(other, now=NOW)

    with pytest.raises(AlreadyDecided, match="other_key_set"):
        await record(other, database, authn="engine")


async def test_an_older_folder_than_the_record_is_refused(database: Database, settings: Settings) -> None:
    keys.rotate(settings, use=Use.LABEL, now=NOW)
    await record(settings, database, authn="engine")
    (settings.data / "keys" / "key-set-2.cose").unlink()

    with pytest.raises(AlreadyDecided, match="other_key_set"):
        await record(settings, database, authn="engine")


async def test_without_a_signed_key_set_nothing_is_entered(database: Database, tmp_path: Path) -> None:
    assert await record(Settings(data=tmp_path / "empty"), database, authn="engine") == 0
    assert await recorded(database) == []


async def test_an_operator_without_the_record_is_told_and_makes_none(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="record_unreachable"):
        await record_as_operator(settings)

    assert not (settings.data / "certify.db").exists()


def test_a_compromise_is_told_of_once(settings: Settings) -> None:
    key, other = keys.show(settings).key_set.keys.keys[:2]
    keys.compromise(settings, kid=key.kid, at=NOW, now=NOW)
    keys.compromise(settings, kid=other.kid, at=NOW, now=NOW)
    files = KeyFiles.of(settings)

    events = list(events_of(files.versions(), Root.read(files.root)))

    assert [[lost.kid for lost in event.compromised] for event in events] == [[], [key.kid], [other.kid]]
