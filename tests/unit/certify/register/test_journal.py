import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import and_, col, func, select

from certify.register import journal, people, streams
from certify.register.chain import ChainBroken, problem_with, verified_events
from certify.register.database import Database
from certify.register.entries import JournalBody, JournalEntry
from certify.register.journal import StreamForked
from schemas.canonical import canonical_json
from schemas.errors import Unavailable
from schemas.records import Batch, Entry
from tests.cells import CELLS
from tests.unit.certify.register.records import a_batch, admitted, entry_of

SAME_PLACE = and_(col(JournalEntry.stream) == JournalBody.stream, col(JournalEntry.number) == JournalBody.number)


async def appended(database: Database, batch: Batch) -> int:
    async with database.writing() as session:
        return await journal.append(session, batch)


async def count(database: Database) -> tuple[int, int]:
    async with database.reading() as session:
        entries = (await session.exec(select(func.count()).select_from(JournalEntry))).one()
        bodies = (await session.exec(select(func.count()).select_from(JournalBody))).one()
    return entries, bodies


async def test_entries_are_numbered_without_gaps_and_chained(database: Database) -> None:
    assert await appended(database, a_batch("people", 1, 2)) == 2
    assert await appended(database, a_batch("people", 3)) == 3

    async with database.reading() as session:
        rows = await streams.entries(session, "people")
        bodies = [body async for body in verified_events(session, "people")]

    assert [row.number for row in rows] == [1, 2, 3]
    found = [Entry.model_validate_json(row.content) for row in rows]
    assert [entry.previous for entry in found] == [None, rows[0].digest, rows[1].digest]
    assert bodies == list(await _bodies(database, "people"))


async def test_what_is_stored_is_what_was_hashed(database: Database) -> None:
    batch = a_batch("people", 1)
    await appended(database, batch)

    async with database.reading() as session:
        ((row, body),) = (await session.exec(select(JournalEntry, JournalBody).where(SAME_PLACE))).all()

    assert hashlib.sha256(row.content).hexdigest() == row.digest
    assert canonical_json(Entry.model_validate_json(row.content)) == row.content
    assert hashlib.sha256(body.salt + body.body).hexdigest() == Entry.model_validate_json(row.content).body_digest
    assert len(body.salt) == 16
    assert body.body == canonical_json(batch.entries[0].body)


async def test_the_same_body_twice_gives_other_digests(database: Database) -> None:
    event = admitted("ada")
    await appended(database, Batch(stream="attempts", entries=(entry_of(1, event), entry_of(2, event))))

    async with database.reading() as session:
        rows = await streams.entries(session, "attempts")

    assert len({Entry.model_validate_json(row.content).body_digest for row in rows}) == 2


async def test_a_repeated_batch_changes_nothing(database: Database) -> None:
    await appended(database, a_batch("people", 1, 2))
    async with database.reading() as session:
        before = [(row.content, row.recorded_at) for row in await streams.entries(session, "people")]

    assert await appended(database, a_batch("people", 1, 2)) == 2

    async with database.reading() as session:
        assert [(row.content, row.recorded_at) for row in await streams.entries(session, "people")] == before


async def test_a_batch_that_begins_in_what_is_there_adds_the_rest(database: Database) -> None:
    await appended(database, a_batch("people", 1, 2))

    assert await appended(database, a_batch("people", 2, 3, 4)) == 4
    assert await count(database) == (4, 4)


@pytest.mark.parametrize(
    "changes", [{"body": admitted("mallory").model_dump(mode="json")}, {"act_id": "another-act"}, {"act_id": None}]
)
async def test_another_entry_at_the_same_number_is_a_fork_and_nothing_is_written(
    database: Database, changes: dict[str, object]
) -> None:
    await appended(database, a_batch("people", 1))
    forked = a_batch("people", 1, **changes)
    with pytest.raises(StreamForked):
        await appended(database, Batch(stream="people", entries=(*forked.entries, *a_batch("people", 2).entries)))

    assert await count(database) == (1, 1)
    async with database.reading() as session:
        assert await people.find(session, "person-2") is None
        assert await people.find(session, "mallory") is None


async def test_a_fork_in_the_middle_of_a_batch_leaves_nothing_of_it(database: Database) -> None:
    taken = a_batch("organisation/acme", 1).entries[0].model_copy(update={"act_id": "people-3"})
    async with database.writing() as session:
        await journal.append(session, Batch(stream="attempts", entries=(taken,)))

    with pytest.raises(StreamForked, match="people-3"):
        await appended(database, a_batch("people", 1, 2, 3))

    assert await count(database) == (1, 1)


async def test_an_entry_that_comes_early_waits_for_those_before_it(database: Database) -> None:
    await appended(database, a_batch("people", 1))

    with pytest.raises(Unavailable, match="stream_gap"):
        await appended(database, a_batch("people", 3))

    assert await count(database) == (1, 1)


async def test_an_act_is_recorded_once_in_all_streams(database: Database) -> None:
    await appended(database, a_batch("people", 1))
    again = a_batch("attempts", 1).entries[0].model_copy(update={"act_id": "people-1"})

    with pytest.raises(StreamForked, match="people-1"):
        await appended(database, Batch(stream="attempts", entries=(again,)))


async def test_a_receipt_names_the_entry_of_an_act(database: Database) -> None:
    before = datetime.now(UTC)
    await appended(database, a_batch("people", 1, 2))

    async with database.reading() as session:
        receipt = await streams.receipt_of(session, "people-2")
        row = (await streams.entries(session, "people"))[1]
        assert await streams.receipt_of(session, "unheard-of") is None

    assert receipt is not None
    assert (receipt.stream, receipt.number, receipt.digest) == ("people", 2, row.digest)
    assert before - timedelta(seconds=1) < receipt.recorded_at < datetime.now(UTC) + timedelta(seconds=1)
    assert receipt.recorded_at.utcoffset() == timedelta(0)


async def test_the_digest_of_a_recorded_act_is_kept(database: Database) -> None:
    digest = "ab" * 32
    await appended(database, a_batch("people", 1, act_digest=digest))

    async with database.reading() as session:
        assert await streams.is_recorded_act(session, "people-1", digest)
        assert not await streams.is_recorded_act(session, "people-1", digest[::-1])
        assert not await streams.is_recorded_act(session, "people-2", digest)
        (entry,) = await streams.entries(session, "people")
        assert digest.encode() not in entry.content


async def test_forty_writers_of_one_stream_lose_nothing(database: Database) -> None:
    async def write(person: int) -> None:
        async with database.writing() as session:
            number = await journal.next_number(session, "people")
            entry = entry_of(number, admitted(f"person-{person}"))
            await journal.append(session, Batch(stream="people", entries=(entry,)))

    await asyncio.gather(*(write(person) for person in range(40)))

    async with database.reading() as session:
        assert len([body async for body in verified_events(session, "people")]) == 40
        found = await people.facts_of(session, (f"person-{person}" for person in range(40)))
    assert len(found) == 40


async def test_forty_writers_of_forty_streams_lose_nothing(database: Database) -> None:
    async def write(stream: str) -> None:
        entry = entry_of(1, admitted("ada"))
        await appended(database, Batch(stream=stream, entries=(entry,)))

    names = [f"access/{number}" for number in range(40)]
    await asyncio.gather(*(write(name) for name in names))

    async with database.reading() as session:
        for name in names:
            assert len([body async for body in verified_events(session, name)]) == 1


async def test_forty_copies_of_one_batch_are_recorded_once(database: Database) -> None:
    last = await asyncio.gather(*(appended(database, a_batch("people", 1, 2)) for _ in range(40)))

    assert last == [2] * 40
    assert await count(database) == (2, 2)


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    await appended(database, a_batch("people", 1))
    async with database.reading() as session:
        before = await streams.entries(session, "people")
        await appended(database, a_batch("people", 2))
        assert len(await streams.entries(session, "people")) == len(before)

    async with database.reading() as session:
        assert len(await streams.entries(session, "people")) == 2


async def test_what_a_writer_wrote_before_an_error_is_gone(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            await journal.append(session, a_batch("people", 1))
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(database) == (0, 0)


@pytest.mark.parametrize("column", ["stream", "number", "kind", "act_id", "digest", "content"])
async def test_a_changed_entry_breaks_the_chain_for_whoever_reads_it(sqlite_url: str, column: str) -> None:
    database = Database(sqlite_url, cells=CELLS)
    await appended(database, a_batch("people", 1, 2))
    async with database.reading() as session:
        (row, body), _ = (
            await session.exec(select(JournalEntry, JournalBody).where(SAME_PLACE).order_by(JournalEntry.number))
        ).all()
    changed = row.model_copy(update={column: {"number": 2, "content": row.content + b" "}.get(column, "other")})

    assert problem_with(row, body, 1, None) is None
    assert problem_with(changed, body, 1, None) is not None
    await database.close()


async def test_the_border_between_salt_and_body_cannot_be_moved(sqlite_url: str) -> None:
    database = Database(sqlite_url, cells=CELLS)
    await appended(database, a_batch("people", 1))
    async with database.reading() as session:
        ((row, body),) = (await session.exec(select(JournalEntry, JournalBody).where(SAME_PLACE))).all()
    moved = JournalBody(stream=body.stream, number=body.number, salt=body.salt + body.body[:1], body=body.body[1:])

    assert problem_with(row, moved, 1, None) == "the body is not the one that was hashed"
    await database.close()


async def test_the_signer_reads_no_stream_with_a_missing_body(sqlite_url: str) -> None:
    database = Database(sqlite_url, cells=CELLS)
    await appended(database, a_batch("people", 1))
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER journal_body_no_delete")
        await connection.exec_driver_sql("DELETE FROM journal_body")

    with pytest.raises(ChainBroken, match="people 1: the body is missing"):
        async with database.reading() as session:
            _ = [body async for body in verified_events(session, "people")]
    await database.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4), repeated=st.booleans())
async def test_however_a_stream_is_cut_into_batches_it_reads_the_same(
    empty_record: bytes, tmp_path_factory: pytest.TempPathFactory, sizes: list[int], *, repeated: bool
) -> None:
    path = tmp_path_factory.mktemp("cut") / "certify.db"
    path.write_bytes(empty_record)
    database = Database(f"sqlite+aiosqlite:///{path}", cells=CELLS)
    first = 1
    for size in sizes:
        batch = a_batch("people", *range(first, first + size))
        for _ in range(2 if repeated else 1):
            await appended(database, batch)
        first += size

    async with database.reading() as session:
        found = [body async for body in verified_events(session, "people")]
    assert found == [canonical_json(entry.body) for entry in a_batch("people", *range(1, first)).entries]
    await database.close()


async def _bodies(database: Database, stream: str) -> list[bytes]:
    async with database.reading() as session:
        return list(await streams.bodies(session, stream))
