"""What people confided lies sealed in the record's database, on each of the two."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from certify.accounts import complainants
from certify.register import cases, drafts, matters, streams, ties
from certify.register.cells import PREFIX, CellKeys, CellUnreadable
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.entries import JournalBody
from certify.register.sealed_tables import has_clear, newest_sealed, seal_cells, sealed_columns
from schemas.errors import CouldNotCheck
from schemas.institution import Institution
from tests.builders import APPLICANT
from tests.canaries import hits
from tests.cells import CELLS, IN_CLEAR
from tests.postgres import owned
from tests.unit.certify.register.certified import founded
from tests.unit.certify.register.confiding import (
    OTHERS,
    ROTATED,
    SECRET,
    as_text,
    confide,
    purpose,
    stored,
)
from tests.unit.certify.register.records import RecordedWalk, admitted, append
from tests.unit.workflows.rules.matter.electing import held


def test_these_columns_are_sealed_and_a_new_one_is_a_decision() -> None:
    assert {f"{column.table.name}.{column.name}" for column in sealed_columns()} == {
        *("case.state", "complainant_contact.contact", "draft.content", "journal_body.body", "matter.state"),
        "tie_declaration.ties",
    }
    for column in sealed_columns():
        assert column.type.place == f"{column.table.name}.{column.name}"  # type: ignore[attr-defined]  # of a sealed one


async def test_what_is_read_is_what_was_written_and_the_database_holds_noise(database: Database) -> None:
    await confide(database)

    assert await purpose(database) == SECRET.text
    (content,) = await stored(database)
    assert content.startswith(PREFIX.decode())
    assert SECRET.text not in content


async def test_the_same_twice_is_stored_otherwise_each_time(database: Database) -> None:
    await confide(database, person="anna")
    await confide(database, person="edda")

    one, other = await stored(database)
    assert one != other


@pytest.mark.parametrize("edition", ["altered", "of another column", "of another key", "cut off", "no base64"])
async def test_a_cell_that_is_not_what_was_sealed_here_is_refused_by_code(database: Database, edition: str) -> None:
    await confide(database)
    (content,), (contact,) = await stored(database), await stored(database, complainants.ComplainantContact.contact)
    other = {
        "altered": content[:-9] + ("A" if content[-9] != "A" else "B") + content[-8:],
        "of another column": contact,
        "of another key": as_text(OTHERS.seal("draft.content", b"{}")),
        "cut off": content[: len(PREFIX) + 8],
        "no base64": PREFIX.decode() + "?",
    }[edition]
    async with database.engine.begin() as owner:
        await owner.execute(sql("UPDATE draft SET content = :other"), {"other": other})

    with pytest.raises(CellUnreadable, match="cell_not_opened"):
        await purpose(database)


async def test_without_keys_nothing_sealed_is_read_or_written_and_all_else_is(database: Database, others: Any) -> None:
    await confide(database)
    keyless = others(None)

    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await purpose(keyless)
    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await confide(keyless)
    async with keyless.reading() as session:
        assert (await session.exec(select(Draft.subject))).all() == ["application/A-1"]


async def test_what_an_earlier_version_wrote_is_read_as_it_is(database: Database, others: Any) -> None:
    await confide(others(IN_CLEAR))

    assert SECRET.text in (await stored(database))[0]
    assert await purpose(database) == SECRET.text
    assert await purpose(others(None)) == SECRET.text


async def test_while_programs_of_before_run_cells_are_opened_and_not_sealed(database: Database, others: Any) -> None:
    await confide(database)
    not_yet = others(IN_CLEAR)

    assert await purpose(not_yet) == SECRET.text
    await confide(not_yet, person="edda")
    assert SECRET.text in (await stored(database, where="person = 'edda'"))[0]


async def test_after_a_rotation_both_keys_open_and_the_new_one_seals(database: Database, others: Any) -> None:
    await confide(database)
    rotated = others(ROTATED)

    assert await purpose(rotated) == SECRET.text
    await confide(rotated, person="edda")
    with pytest.raises(CellUnreadable, match="cell_not_opened"):
        await purpose(database, "edda")


async def test_a_program_that_was_not_started_again_learns_a_new_key_from_the_file(
    database: Database, others: Any
) -> None:
    known = {"tests": b"k" * 32}
    running = others(CellKeys(lambda: known))
    known["second"] = b"2" * 32

    await confide(others(ROTATED))

    assert await purpose(running) == SECRET.text


async def test_sql_is_never_asked_about_sealed_content() -> None:
    for question in (
        lambda: col(Draft.content) == "x",
        lambda: col(Draft.content).contains("x"),
        lambda: col(Draft.content).desc(),
        lambda: col(JournalBody.body) == b"x",
    ):
        with pytest.raises(TypeError, match="sealed"):
            question()


async def test_matters_that_name_a_person_are_found_though_their_state_is_sealed(
    database: Database, tmp_path: Path
) -> None:
    await append(database, "institution/body", *held().events)

    async with database.reading() as session:
        (body,) = await matters.every(session, Institution, "institution")
        member = body.seats[0].person
        assert await matters.every(session, Institution, "institution", naming=member) == [body]
        assert await matters.every(session, Institution, "institution", naming="nobody") == []


async def test_a_check_without_keys_could_not_check_and_one_with_others_names_every_row(
    database: Database, others: Any, tmp_path: Path
) -> None:
    body = await founded(database, tmp_path)
    await body.certified()
    assert await body.check() == []

    body.database = others(None)
    with pytest.raises(CouldNotCheck, match="cell_keys_missing"):
        await body.check()

    body.database = others(OTHERS)
    named = {finding.where for finding in await body.check()}
    assert {"case/case-1 1", "people 1"} <= named


async def test_sealing_in_place_leaves_what_it_says_and_none_of_it_in_clear(
    database: Database, others: Any, tmp_path: Path
) -> None:
    """What versions of before recorded is sealed beside running programs, also the append-only journal."""
    before = others(IN_CLEAR)
    body = await founded(before, tmp_path)
    walk = RecordedWalk().to_intake()
    await walk.store(body.vault)
    await walk.record(before)
    await confide(before)
    assert await newest_sealed(database) is None
    assert await has_clear(database)
    said = await _said(database)

    async with owned(database) as owner:
        sealed = {place: count async for place, count in seal_cells(owner, CELLS)}

    assert sealed["draft.content"] == sealed["complainant_contact.contact"] == 1
    assert sealed["journal_body.body"] == len(await stored(database, JournalBody.body))
    for column in (JournalBody.body, cases.CaseRecord.state, matters.MatterRecord.state, Draft.content):
        for cell in await stored(database, column):
            assert cell.startswith(PREFIX if isinstance(cell, bytes) else PREFIX.decode())
    assert await newest_sealed(database) is not None
    assert not await has_clear(database)
    assert await _said(database) == said
    body.database = database
    assert await body.check() == []
    assert {count async for _, count in seal_cells(database, CELLS)} == {0}, "nothing left that takes an owner"


async def test_a_record_is_sealed_as_long_as_any_cell_of_it_is(database: Database, others: Any) -> None:
    """Also where programs of before wrote last, or nothing was acted on yet."""
    assert await newest_sealed(database) is None
    async with database.writing() as session:
        await complainants.keep(session, "C-1", SECRET.text)
    found = await newest_sealed(database)
    assert found
    assert found.cell.place == "complainant_contact.contact"

    await append(database, "people", admitted("ann"))
    (newest,) = await stored(database, JournalBody.body)
    await append(others(IN_CLEAR), "access/1", admitted("bob"))

    found = await newest_sealed(database)
    assert found
    assert (found.cell.place, bytes(found.stored)) == ("journal_body.body", bytes(newest))


async def test_the_guards_of_the_journal_stand_again_after_sealing(database: Database, others: Any) -> None:
    await append(others(IN_CLEAR), "people", admitted("ann"))
    async with owned(database) as owner:
        async for _ in seal_cells(owner, CELLS):
            pass

        for change in ("UPDATE journal_body SET body = body", "DELETE FROM journal_body"):
            with pytest.raises(DBAPIError, match="append-only"):
                async with owner.engine.begin() as connection:
                    await connection.execute(sql(change))


async def test_after_a_rotation_sealing_puts_everything_under_the_new_key(database: Database, others: Any) -> None:
    await confide(database)
    rotated = others(ROTATED)

    assert sum([count async for _, count in seal_cells(rotated, ROTATED)]) == 2

    only = others(CellKeys(lambda: {"second": b"2" * 32}))
    assert await purpose(only) == SECRET.text


async def test_sealing_loses_nothing_that_is_written_meanwhile(database: Database, others: Any) -> None:
    before, people = others(IN_CLEAR), [f"person-{number}" for number in range(20)]
    for person in people:
        await confide(before, person=person)

    async def go_on() -> None:
        for number, person in enumerate(people):
            async with database.writing() as session:
                await drafts.save(session, person, "application/A-1", {"purpose": f"Later, {number}."})
            await append(database, f"access/{person}", admitted(person))

    async def seal() -> None:
        async for _ in seal_cells(others(CELLS), CELLS):
            pass

    await asyncio.gather(go_on(), seal())

    assert [await purpose(database, person) for person in people] == [f"Later, {n}." for n in range(20)]
    assert len(await stored(database, JournalBody.body)) == len(people)


async def test_a_cell_that_does_not_open_is_left_as_it_is(database: Database, others: Any) -> None:
    await confide(others(OTHERS))
    was = await stored(database)
    rotated = others(ROTATED)

    assert sum([count async for _, count in seal_cells(rotated, ROTATED)]) == 0
    assert await stored(database) == was


def files(folder: Path) -> list[Path]:
    """An SQLite database with its log."""
    return sorted(folder.glob("certify.db*"))


async def test_nothing_of_before_is_left_in_the_file_of_an_sqlite_database(sqlite_url: str, tmp_path: Path) -> None:
    before = Database(sqlite_url, cells=IN_CLEAR)
    for number in range(50):
        await confide(before, person=f"person-{number}")
    await before.close()
    file = sqlite3.connect(tmp_path / "certify.db", isolation_level=None)
    file.execute("PRAGMA secure_delete=OFF")
    file.execute("DELETE FROM draft WHERE person > 'person-3'")
    file.close()
    assert hits([SECRET], *files(tmp_path))

    database = Database(sqlite_url, cells=CELLS)
    async for _ in seal_cells(database, CELLS):
        pass
    await database.close()

    assert hits([SECRET], *files(tmp_path)) == []


async def _said(database: Database) -> list[Any]:
    async with database.reading() as session:
        case = await cases.find(session, "case-1")
        return [case, await streams.bodies(session, "case/case-1"), await ties.last_of(session, APPLICANT.person)]
