"""Whoever writes in the database without any key has nothing believed that all else is sealed beside."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from certify.accounts import complainants
from certify.register import cases, guards
from certify.register.cells import IN_CLEAR as IS_IN_CLEAR
from certify.register.cells import PREFIX, CellKeys, CellUnreadable
from certify.register.database import Database
from certify.register.entries import JournalBody
from certify.register.sealed_tables import seal_cells
from certify.register.tables import RECORD
from schemas.record_events import TiesDeclared
from tests.builders import APPLICANT
from tests.cells import CELLS, IN_CLEAR
from tests.postgres import owned
from tests.unit.certify.register.certified import founded
from tests.unit.certify.register.confiding import FOUNDED_SEALED, OTHERS, as_text, confide, purpose, stored
from tests.unit.certify.register.records import RecordedWalk, go_on


async def plant(database: Database, cell: str, value: Any) -> None:
    """Write into every row of a column as somebody does who has no key."""
    table, _, column = cell.partition(".")
    async with owned(database) as all_rights, all_rights.engine.begin() as owner:
        for statement in guards.dropping(database.engine.dialect.name) if table in RECORD else ():
            await owner.execute(sql(statement))
        await owner.execute(sql(f'UPDATE "{table}" SET {column} = :value'), {"value": value})  # noqa: S608  # our own names


async def test_what_only_looks_sealed_is_read_as_it_was_written(database: Database, others: Any) -> None:
    """Also while programs of before run, for which nothing is sealed."""
    contact = f"{PREFIX.decode()}hello@x.example"
    for number, one in enumerate((database, others(IN_CLEAR))):
        async with one.writing() as session:
            await complainants.keep(session, f"C-{number}", contact)
        async with one.reading() as session:
            assert await complainants.find(session, f"C-{number}") == contact


async def test_where_everything_is_sealed_what_is_in_clear_is_not_believed_nor_sealed(
    database: Database, others: Any
) -> None:
    await confide(database)
    await plant(database, "draft.content", '{"purpose": "planted"}')
    strict = others(FOUNDED_SEALED)

    with pytest.raises(CellUnreadable, match=r"cell_not_opened.*draft\.content is in clear"):
        await purpose(strict)
    assert {count async for _, count in seal_cells(strict, FOUNDED_SEALED)} == {0}
    assert await stored(database) == ['{"purpose": "planted"}']


@pytest.mark.parametrize("keys", [CELLS, FOUNDED_SEALED])
async def test_a_check_names_every_cell_of_a_draft_or_contact_that_does_not_open(
    database: Database, others: Any, tmp_path: Path, keys: CellKeys
) -> None:
    body = await founded(others(keys), tmp_path)
    await confide(database)
    assert await body.check() == []

    await plant(database, "draft.content", as_text(OTHERS.seal("draft.content", b"{}")))
    await plant(database, "complainant_contact.contact", f"{PREFIX.decode()}AAAA")

    assert [str(finding) for finding in await body.check()] == [
        "complainant_contact C-anna contact: does not open [cell_not_opened]",
        "draft anna application/A-1 content: does not open [cell_not_opened]",
    ]


async def test_a_check_names_every_cell_in_clear_where_everything_is_sealed(
    database: Database, others: Any, tmp_path: Path
) -> None:
    body = await founded(others(FOUNDED_SEALED), tmp_path)
    walk = RecordedWalk().to_intake()
    await walk.store(body.vault)
    await walk.record(database)
    await confide(database)
    ties_said = TiesDeclared(at=datetime.now(UTC), actor=APPLICANT.person, person=APPLICANT.person, ties=())
    await go_on(database, "people", ties_said)
    assert await body.check() == []

    for cell, value in (
        ("complainant_contact.contact", "evil@x.example"),
        ("draft.content", '{"purpose": "planted"}'),
        ("tie_declaration.ties", "[]"),
        ("case.state", await said_by(database, cases.CaseRecord.state)),
    ):
        await plant(database, cell, value)
        found = [str(finding) for finding in await body.check()]
        assert len([one for one in found if one.startswith(cell.partition(".")[0]) and " is in clear" in one]) == 1, (
            found
        )
    await plant(database, "journal_body.body", b"{}")
    broken = [str(finding) for finding in await body.check() if finding.code == "chain_broken"]
    assert len(broken) == len(await stored(database, JournalBody.body))
    assert all(f"the body {IS_IN_CLEAR}" in one for one in broken)


async def said_by(database: Database, column: Any) -> Any:
    async with database.reading() as session:
        return (await session.exec(select(column))).first()
