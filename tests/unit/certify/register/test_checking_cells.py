"""T25, G6: whatever cell of the record an owner of the database changes, the check names it."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, and_, bindparam, select, type_coerce, update
from sqlalchemy import text as sql
from sqlalchemy.types import NullType
from sqlmodel import SQLModel

from certify.register.cells import PREFIX, SealedCell
from certify.register.checking import Finding
from certify.register.database import Database
from certify.register.tables import RECORD, VIEWS
from schemas.scheme import Tier
from tests.cells import CELLS, rewrite
from tests.gates import IN_FULL
from tests.postgres import owned
from tests.unit.certify.register.certified import Body, founded

COUNT = 200 if IN_FULL else 20
SEED = 2026


@dataclass(frozen=True)
class Cell:
    column: Column[Any]
    row: dict[str, Any]

    @property
    def table(self) -> Table:
        return self.column.table

    @property
    def value(self) -> Any:
        return self.row[self.column.name]

    @property
    def place(self) -> Any:
        return and_(*(column == self.row[column.name] for column in self.table.primary_key))

    def holding(self, value: Any) -> "Cell":
        return Cell(self.column, {**self.row, self.column.name: value})


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    made = await founded(database, tmp_path)
    await made.certified(Tier.LOW)
    await made.certified(Tier.CRITICAL, "case-2")
    await made.as_owner()
    return made


def test_every_column_of_the_record_and_its_views_is_among_the_cells() -> None:
    """None is left out: of `position` and `recorded_at`, which are in no hash of an entry, `journal_place` tells."""
    columns = {name: set(SQLModel.metadata.tables[name].c.keys()) for name in RECORD}

    assert columns["journal_entry"] >= {"position", "recorded_at"}
    assert columns["journal_place"] == {"position", "seal"}


async def test_each_of_200_cells_changed_one_at_a_time_is_named(body: Body) -> None:
    print(f"seed {SEED}")  # noqa: T201  # whoever sees it fail makes the same cells again
    chance = random.Random(SEED)  # noqa: S311  # the same cells in every run
    cells = await _cells(body)
    by_column = {cell.column: cell for cell in chance.sample(cells, len(cells))}
    chosen = [*by_column.values(), *chance.sample(cells, max(COUNT - len(by_column), 0))]
    if not IN_FULL:
        chosen = chance.sample(chosen, COUNT)
    assert len(chosen) == COUNT

    for cell in chosen:
        for changed in (_other(cell, chance), *_spelt_otherwise(cell, chance)):
            await _set(body, cell, changed)
            found = await body.check()
            assert _names(found, cell, changed), f"{cell} became {changed!r}: {[str(one) for one in found]}"
            await _set(body, cell.holding(changed), cell.value)
        if isinstance(cell.column.type, SealedCell):
            await _alter(body, cell, chance)
            found = await body.check()
            assert _names(found, cell, cell.value), f"{cell} altered under its seal: {[str(one) for one in found]}"
            await _set(body, cell, cell.value)

    assert await body.check() == []


@pytest.fixture
async def sqlite_body(sqlite_url: str, tmp_path: Path) -> Body:
    made = await founded(Database(sqlite_url, cells=CELLS), tmp_path)
    await made.certified()
    return made


@pytest.mark.parametrize(
    ("cell", "was", "becomes"),
    [
        ("scheme.content", ":true", ":1"),
        ("scheme.content", ":2,", ":2.0,"),
        ("case.state", '"edition":1', '"edition":"1"'),
        ("case.state", '"edition":1', '"edition":true'),
        ("case.state", "{", '{"stage":"refused",'),
        ("case.state", 'Z"', '+00:00"'),
        ("label.label", "{", '{"digest":"0",'),
        ("label.facts", "{", '{"body":"Another",'),
        ("label.issued_at", ".000000", ""),
        ("label.issued_at", ".000000", ".000000+00:00"),
        ("label.expires_at", " ", "T"),
    ],
)
async def test_what_python_takes_for_the_same_is_another_value(
    sqlite_body: Body, cell: str, was: str, becomes: str
) -> None:
    table, column = cell.split(".")
    await sqlite_body.as_owner()

    def change(value: str) -> str:
        changed = value.replace(was, becomes, 1)
        assert changed != value, value[:300]
        return changed

    if cell == "case.state":
        await rewrite(sqlite_body.database, cell, change)
    else:
        async with sqlite_body.database.engine.begin() as owner:
            value = (await owner.execute(sql(f'SELECT CAST({column} AS TEXT) FROM "{table}"'))).scalar_one()  # noqa: S608  # our own names
            await owner.execute(sql(f'UPDATE "{table}" SET {column} = :changed'), {"changed": change(value)})  # noqa: S608  # as above

    found = [one.where.split() for one in await sqlite_body.check()]
    assert [(one[0], one[-1]) for one in found] == [(table, column)]


@pytest.mark.parametrize("value", ["'no time'", "7777", "x'00'"])
@pytest.mark.parametrize(
    "cell",
    [
        "label.issued_at",
        "label.status_index",
        "label.facts",
        "case.state",
        "scheme.content",
        "journal_body.body",
        "journal_body.salt",
        "journal_entry.content",
        "journal_entry.number",
        "journal_entry.stream",
    ],
)
async def test_a_value_of_another_kind_is_found_and_does_not_stop_the_check(
    sqlite_body: Body, cell: str, value: str
) -> None:
    table, column = cell.split(".")
    last = "WHERE stream = 'case/case-1' AND number = 1" if table.startswith("journal") else ""

    await sqlite_body.as_owner(f'UPDATE "{table}" SET {column} = {value} {last}')  # noqa: S608  # our own names

    assert await sqlite_body.check() != []


async def _cells(body: Body) -> list[Cell]:
    found = []
    async with body.database.engine.connect() as connection:
        for name in sorted(RECORD | VIEWS):
            table = SQLModel.metadata.tables[name]
            for row in (await connection.execute(select(table))).mappings():
                found += [Cell(one, dict(row)) for one in table.c]
    return found


def _other(cell: Cell, chance: random.Random) -> Any:
    """Another value of the same kind, as little different as can be."""
    value = cell.value
    if value is None:
        return datetime.now(UTC) if str(cell.column.type) == "DATETIME" else "x"
    if isinstance(value, int):
        return not value if isinstance(value, bool) else value + 1000
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, bytes):
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
    places = [place for place, character in enumerate(value) if character.isalnum()]
    if not places:
        return value + "x"
    place = chance.choice(places)
    return value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]


_IN_JSON = (
    (r":(true|false)\b", lambda found: {"true": ":1", "false": ":0"}[found[1]]),
    (r":(\d+)(?=[,}])", lambda found: f":{found[1]}.0"),
    (r":(\d+)(?=[,}])", lambda found: f':"{found[1]}"'),
    (r"^\{", lambda _: '{"id":"x",'),
    (r'(\d\d:\d\d)Z"', lambda found: f'{found[1]}+00:00"'),
)
"""Spellings that readers of JSON or the models take for the same; a name that stands twice, for its last value."""


def _spelt_otherwise(cell: Cell, chance: random.Random) -> list[str]:
    """Return a JSON cell with one value that is spelt otherwise, if it has any such."""
    value = cell.value
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return []
    spelt = [re.sub(pattern, other, value, count=1) for pattern, other in _IN_JSON]
    if value.startswith("{") and '"id":' not in value:
        spelt = [one for one in spelt if not one.startswith('{"id":"x"')]
    others = [one for one in spelt if one != value]
    return [chance.choice(others)] if others else []


async def _set(body: Body, cell: Cell, value: Any) -> None:
    async with owned(body.database) as opened, opened.engine.begin() as connection:
        changed = await connection.execute(update(cell.table).where(cell.place).values({cell.column.name: value}))
        assert changed.rowcount == 1


async def _alter(body: Body, cell: Cell, chance: random.Random) -> None:
    """Change what is stored of a sealed cell, as somebody does who has no key: a bit of it, or what names the key."""
    stored_as = cell.column.type.impl  # type: ignore[attr-defined]  # a decorator of another type
    async with owned(body.database) as opened, opened.engine.begin() as connection:
        query = select(type_coerce(cell.column, NullType())).where(cell.place)
        stored = (await connection.execute(query)).scalar_one()
        changed = _other(cell.holding(stored[len(PREFIX) :]), chance)
        prefix = PREFIX if isinstance(stored, bytes) else PREFIX.decode()
        value = bindparam("altered", prefix + changed, type_=stored_as)
        await connection.execute(update(cell.table).where(cell.place).values({cell.column.name: value}))


def _names(found: Sequence[Finding], cell: Cell, changed: Any) -> bool:
    """Whether a finding names the row that was changed; a changed key is named by its row that is missing."""
    if cell.table.name in VIEWS:
        (key,) = cell.table.primary_key
        row = f"{cell.table.name} {cell.row[key.name]}"
        return any(one.where == (row if cell.column is key else f"{row} {cell.column.name}") for one in found)
    if cell.table.name == "journal_place":
        return any(one.code.startswith("place_") for one in found)
    rows = (cell.row, cell.holding(changed).row)
    return bool({one.where for one in found} & {f"{row['stream']} {row['number']}" for row in rows})
