import asyncio
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from certify.procedure.attempts import keep_attempt
from certify.register import attempts, drafts, streams
from certify.register.database import Database
from certify.vault import files
from schemas.errors import NotPermitted
from tests.builders import sha256

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


async def test_a_draft_is_saved_over_the_one_before_and_seen_by_its_person_alone(database: Database) -> None:
    async with database.writing() as session:
        await drafts.save(session, "anna", "application/A-1", {"name": "Lese-Hilfe 🤖", "parts": [1, None]})
    async with database.writing() as session:
        saved_at = await drafts.save(session, "anna", "application/A-1", {"name": "Second"})

    async with database.reading() as session:
        assert await drafts.load(session, "anna", "application/A-1") == {"name": "Second"}
        assert await drafts.load(session, "edda", "application/A-1") is None
        row = (await session.exec(select(drafts.Draft))).one()
    assert row.saved_at == saved_at
    assert row.saved_at.utcoffset() == timedelta(0)


async def test_a_discarded_draft_is_gone_and_a_missing_one_can_be_discarded(database: Database) -> None:
    async with database.writing() as session:
        await drafts.save(session, "anna", "review/case-1", {"text": "…"})
    for _ in range(2):
        async with database.writing() as session:
            await drafts.discard(session, "anna", "review/case-1")

    async with database.reading() as session:
        assert await drafts.load(session, "anna", "review/case-1") is None


async def test_refusals_are_counted_by_actor_and_minute(database: Database) -> None:
    async with database.writing() as session:
        counts = [await attempts.count(session, "anna", NOON) for _ in range(3)]
        others = [
            await attempts.count(session, "edda", NOON),
            await attempts.count(session, "anna", NOON + timedelta(seconds=40)),
            await attempts.count(session, "anna", NOON - timedelta(seconds=30)),
        ]

    assert counts == [1, 2, 3]
    assert others == [1, 1, 4]
    async with database.reading() as session:
        rows = (await session.exec(select(attempts.AttemptCount))).all()
    assert {row.minute.utcoffset() for row in rows} == {timedelta(0)}
    assert {row.minute.second for row in rows} == {0}


async def test_ten_refusals_a_minute_are_entries_and_more_are_only_counted(database: Database) -> None:
    started_at = datetime.now(UTC)
    for _ in range(13):
        await keep_attempt(
            database, "anna", "cast_ballot", "case-1", NotPermitted("not_seated", "…"), "request-1", authn="passkey"
        )
    # A run that crosses a full minute has room for ten more.
    minutes = 1 if datetime.now(UTC).minute == started_at.minute else 2

    async with database.reading() as session:
        entries = await streams.entries_with_bodies(session, "attempts")
        rows = (await session.exec(select(attempts.AttemptCount))).all()
        counted = sum(row.count for row in rows if row.actor == "anna")
    assert counted == 13
    assert len(entries) == 10 if minutes == 1 else 10 <= len(entries) <= 13
    assert {(body["act"], body["code"], body["application"]) for _, body in entries} == {
        ("cast_ballot", "not_seated", "case-1")
    }


async def test_refusals_at_the_same_time_are_all_counted(database: Database) -> None:
    async def refuse() -> int:
        async with database.writing() as session:
            return await attempts.count(session, "anna", NOON)

    assert sorted(await asyncio.gather(*(refuse() for _ in range(40)))) == list(range(1, 41))


async def test_a_stored_file_is_noted_once_however_often_it_comes(database: Database) -> None:
    digest = sha256("file")

    async def note() -> int:
        async with database.writing() as session:
            return (await files.note(session, "case-1", digest=digest, stored_digest=digest, size=2**40)).size

    assert set(await asyncio.gather(*(note() for _ in range(20)))) == {2**40}

    async with database.reading() as session:
        row = await files.find(session, "case-1", digest)
        assert await files.find(session, "case-2", digest) is None
        assert await files.total_size(session, "case-1") == 2**40
        assert await files.total_size(session, "case-2") == 0
    assert row is not None
    assert row.stored_at.utcoffset() == timedelta(0)
