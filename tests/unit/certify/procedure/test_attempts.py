"""Rule 3 of the procedure: who was refused for an interest is on record, whatever was refused before it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select
from temporalio.client import WorkflowUpdateFailedError

import certify
from certify.accounts import security_events
from certify.accounts.own_data import own_data
from certify.procedure import sending
from certify.procedure.attempts import keep_attempt
from certify.register import attempts, streams
from certify.register.database import Database
from schemas.errors import ConflictOfInterest, NotFound, NotPermitted, ProcedureError
from workflows.casework import refusal

INTEREST = ConflictOfInterest("has_interest", "…")
ABSENT = NotFound("unknown_application", "…")
HIDDEN = NotFound("unknown_application", "…", hides=ConflictOfInterest("kept_away", "…"))


async def use_up_this_minute(database: Database, actor: str) -> None:
    """Refuse somebody ten acts in this minute, and in the next in case it begins."""
    async with database.writing() as session:
        for ahead in (0, 1):
            for _ in range(attempts.KEPT_A_MINUTE):
                await attempts.count(session, actor, datetime.now(UTC) + timedelta(minutes=ahead))


@pytest.fixture
async def flooded(database: Database) -> Database:
    await use_up_this_minute(database, "zora")
    return database


async def refuse(
    database: Database, error: ProcedureError, act: str = "cast_ballot", case: str | None = "case-1"
) -> None:
    await keep_attempt(database, "zora", act, case, error, "request-1", authn="session")


async def kept(database: Database) -> list[tuple[str, str, str | None, str]]:
    async with database.reading() as session:
        bodies = [body for _, body in await streams.entries_with_bodies(session, attempts.STREAM)]
    return [(one["actor"], one["act"], one["application"], one["code"]) for one in bodies]


async def test_a_conflict_is_kept_when_ten_other_refusals_came_first(flooded: Database) -> None:
    await refuse(flooded, NotPermitted("role_missing", "…"))
    await refuse(flooded, INTEREST)

    assert await kept(flooded) == [("zora", "cast_ballot", "case-1", "has_interest")]


async def test_the_same_conflict_is_counted_on_that_day_and_another_is_kept(flooded: Database) -> None:
    for _ in range(3):
        await refuse(flooded, INTEREST)
    for other in (("recuse", "case-1"), ("cast_ballot", "case-2")):
        await refuse(flooded, INTEREST, *other)
    await refuse(flooded, ConflictOfInterest("reviewed_and_decides", "…"))

    assert await kept(flooded) == [
        ("zora", "cast_ballot", "case-1", "has_interest"),
        ("zora", "recuse", "case-1", "has_interest"),
        ("zora", "cast_ballot", "case-2", "has_interest"),
        ("zora", "cast_ballot", "case-1", "reviewed_and_decides"),
    ]


async def test_nothing_but_conflicts_is_kept_beyond_ten_whatever_is_varied(flooded: Database) -> None:
    for number in range(12):
        await refuse(flooded, ABSENT, f"act_{number}", f"case-{number}")
        await refuse(flooded, NotPermitted(f"code_{number}", "…"))

    assert await kept(flooded) == []


async def test_a_hidden_conflict_is_kept_as_what_it_is_and_told_as_what_was_told(
    flooded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(security_events, "note", lambda *_, **more: told.append(more["code"]))

    await refuse(flooded, HIDDEN)

    assert await kept(flooded) == [("zora", "cast_ballot", "case-1", "kept_away")]
    assert told == ["unknown_application"]


async def test_keeping_what_is_hidden_takes_the_work_of_what_there_is_not(flooded: Database) -> None:
    asked: list[str] = []
    done: dict[str, list[str]] = {}

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement.replace("ROLLBACK TO ", "").replace("RELEASE ", ""))

    event.listen(flooded.engine.sync_engine, "before_cursor_execute", note)
    for name, error in (("absent", ABSENT), ("hidden", HIDDEN), ("hidden again", HIDDEN)):
        asked.clear()
        await refuse(flooded, error)
        done[name] = [*asked]

    assert done["absent"] == done["hidden"] == done["hidden again"]
    assert any("INTO journal_entry" in one for one in done["absent"])
    assert len(await kept(flooded)) == 1


@pytest.mark.parametrize(("error", "code"), [(HIDDEN, "kept_away"), (ABSENT, "unknown_application")])
def test_what_a_workflow_hides_comes_with_its_refusal_and_is_told_to_nobody(error: NotFound, code: str) -> None:
    sent = refusal(error)

    back = sending._refusal(WorkflowUpdateFailedError(sent))

    assert (type(back), back.code, back.message) == (NotFound, error.code, error.message)
    assert (back.on_record.code, isinstance(back.on_record, ConflictOfInterest)) == (code, error is HIDDEN)
    assert "kept_away" not in f"{sent.type} {sent.message}"


async def test_ones_own_data_does_not_tell_what_is_hidden_from_what_there_is_not(flooded: Database) -> None:
    before = await own_data(flooded, None, "zora", datetime.now(UTC))
    for _ in range(attempts.KEPT_A_MINUTE):  # as if they stood on record
        await _entry(flooded)
    ten = await own_data(flooded, None, "zora", datetime.now(UTC))

    await refuse(flooded, HIDDEN)
    after = await own_data(flooded, None, "zora", datetime.now(UTC))

    assert len(ten.acts) - len(before.acts) == attempts.KEPT_A_MINUTE
    assert after.acts == ten.acts
    assert {name for row in after.rows["refusals_counted"] for name in row} == {"minute", "count"}
    assert len(after.rows["refusals_counted"]) == len(before.rows["refusals_counted"])


async def _entry(database: Database) -> None:
    async with database.writing() as session:
        for row in (await session.exec(select(attempts.AttemptCount))).all():
            await session.delete(row)
    await refuse(database, NotPermitted("role_missing", "…"))
    await use_up_this_minute(database, "zora")


async def test_whoever_reads_the_counts_finds_nobodys_interests(flooded: Database) -> None:
    await refuse(flooded, HIDDEN)

    async with flooded.reading() as session:
        rows = (await session.exec(select(attempts.AttemptCount))).all()
    (of_kind,) = [row for row in rows if row.actor != "zora"]
    assert not {"zora", "case-1", "kept_away", "cast_ballot"} & {*of_kind.actor.split()}
    assert len(of_kind.actor) < 100


def test_what_excludes_somebody_is_a_conflict_wherever_it_is_raised() -> None:
    root = Path(certify.__file__).parent.parent
    sources = [path.read_text() for part in ("certify", "workflows") for path in (root / part).rglob("*.py")]
    raised = {
        name: {code for source in sources for code in re.findall(rf'\b{name}\(\s*"(\w+)"', source)}
        for name in ("ConflictOfInterest", "NotPermitted")
    }
    for_a_part = {"own_access", "own_account", "same_officer", "second_member_needed", "second_person_needed"}

    assert raised["ConflictOfInterest"] & raised["NotPermitted"] == set()
    assert for_a_part <= raised["ConflictOfInterest"]
