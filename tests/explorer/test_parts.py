"""The explorer's record is as strict as the journal: the same batches, in any order, come to the same."""

from pathlib import Path
from random import Random

import pytest

from certify.register import journal
from certify.register.database import Database
from certify.register.streams import entries_with_bodies
from schemas.errors import Unavailable
from schemas.records import Batch, PendingEntry
from tests.cells import CELLS
from tests.explorer.parts import Forked, Gap, Stream, append
from tests.postgres import shape
from tests.unit.certify.register.records import admitted, entry_of

STREAM = "attempts"
"""A stream that no view follows: any body may stand in it."""


def some_batch(chance: Random) -> tuple[PendingEntry, ...]:
    """A batch of few numbers, few acts and few bodies, so that batches meet."""
    first, length = chance.randint(1, 5), chance.randint(1, 3)
    return tuple(
        entry_of(number, admitted(f"person-{chance.choice((number, number, 9))}")).model_copy(
            update={"act_id": chance.choice((None, f"act-{number}", f"act-{number}", "act-3"))}
        )
        for number in range(first, first + length)
    )


async def written(database: Database, batch: tuple[PendingEntry, ...]) -> str:
    try:
        async with database.writing() as session:
            await journal.append(session, Batch(stream=STREAM, entries=batch))
    except journal.StreamForked:
        return "forked"
    except Unavailable:
        return "too early"
    return "written"


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_has_the_same_fate_in_the_journal_and_in_the_explorers_record(tmp_path: Path, seed: int) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'certify.db'}"
    await shape(url)
    database, stream, chance = Database(url, cells=CELLS), tuple[PendingEntry, ...](), Random(seed)  # noqa: S311  # no secret
    fates: set[str] = set()

    early = (entry_of(3, admitted("person-3")),)
    for batch in (early, *(some_batch(chance) for _ in range(40))):
        stream, fate = after(stream, batch)
        assert await written(database, batch) == fate
        fates.add(fate)

    async with database.reading() as session:
        kept = await entries_with_bodies(session, STREAM)
    assert [(entry.number, entry.act_id, body) for entry, body in kept] == [
        (entry.number, entry.act_id, entry.body) for entry in stream
    ]
    assert fates == {"written", "forked", "too early"}
    await database.close()


def after(stream: Stream, batch: tuple[PendingEntry, ...]) -> tuple[Stream, str]:
    try:
        return append(stream, batch), "written"
    except Forked:
        return stream, "forked"
    except Gap:
        return stream, "too early"
