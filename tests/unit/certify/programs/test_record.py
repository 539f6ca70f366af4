"""With which keys a program opens the record, and what it says where they are not at hand."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select
from typer.testing import CliRunner

from certify.cli import app
from certify.config import Settings
from certify.programs import administration
from certify.programs.check import check
from certify.programs.mirror import export
from certify.programs.record import open_record, open_to_read
from certify.programs.temporal import sealed
from certify.programs.vault_keeping import rotate_payloads, seal_record
from certify.register import drafts
from certify.register.cells import CellUnreadable
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.schema import upgrade
from certify.vault.payload_keys import PayloadKeys
from schemas.errors import CouldNotCheck, Unavailable
from tests.unit.certify.programs.public_body import PublicBody, with_two_labels_and_papers
from tests.unit.certify.register.records import admitted, append


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A record with an entry, and a draft that nobody handed in."""
    found = Settings(data=tmp_path)
    database = await open_record(found)
    await upgrade(database)
    await append(database, "people", admitted("ann"))
    async with database.writing() as session:
        await drafts.save(session, "ann", "application/A-1", {"purpose": "To read."})
    await database.close()
    return found


def keys_of(settings: Settings) -> Path:
    assert settings.payload_keys_file is not None
    return settings.payload_keys_file


async def draft_in(settings: Settings) -> object:
    database = open_to_read(settings)
    try:
        async with database.reading() as session:
            return await drafts.load(session, "ann", "application/A-1")
    finally:
        await database.close()


async def test_keys_are_made_for_a_record_that_is_empty_and_kept(settings: Settings) -> None:
    keys = PayloadKeys.read(keys_of(settings))

    database = await open_record(settings)
    await database.close()

    assert PayloadKeys.read(keys_of(settings)) == keys
    assert await draft_in(settings) == {"purpose": "To read."}


async def test_no_new_keys_are_made_beside_a_record_that_others_sealed(settings: Settings) -> None:
    keys_of(settings).unlink()

    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await open_record(settings)
    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await administration.create_token(settings, email=None, person="ann", scopes=["read"], days=1)

    assert not keys_of(settings).exists()


@pytest.mark.parametrize("last", ["sealed", "in clear"])
async def test_keys_of_another_record_are_refused_and_the_right_ones_go_on(settings: Settings, last: str) -> None:
    if last == "in clear":
        database = await open_record(settings.model_copy(update={"seal_payloads": False}))
        await append(database, "access/1", admitted("bob"))
        await database.close()
    right = keys_of(settings).read_bytes()

    keys_of(settings).unlink()
    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await open_record(settings)
    assert not keys_of(settings).exists(), "none are made beside it"

    PayloadKeys.new().write(keys_of(settings))
    with pytest.raises(CellUnreadable, match=r"cell_keys_missing.*does not open with the keys in"):
        await open_record(settings)
    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        assert [one async for one in seal_record(settings)] == []

    keys_of(settings).write_bytes(right)
    await (await open_record(settings)).close()


async def test_a_record_in_which_only_a_draft_is_sealed_gets_no_other_keys(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    database = await open_record(settings)
    await upgrade(database)
    async with database.writing() as session:
        await drafts.save(session, "ann", "application/A-1", {"purpose": "To read."})
    await database.close()

    keys_of(settings).unlink()
    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await open_record(settings)
    PayloadKeys.new().write(keys_of(settings))
    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await open_record(settings)


async def test_a_running_program_whose_key_file_went_away_makes_no_other_one(settings: Settings) -> None:
    database = await open_record(settings)
    rotate_payloads(settings)
    other = await open_record(settings)
    await append(other, "people", admitted("ann"), admitted("bob"))
    await other.close()
    keys_of(settings).unlink()

    with pytest.raises(Unavailable, match="payload_keys_unreadable"):
        await append(database, "people", admitted("ann"), admitted("bob"))
    with pytest.raises(Unavailable, match="payload_keys_unreadable"):
        sealed(settings)
    with pytest.raises(Unavailable, match="payload_keys_unreadable"):
        rotate_payloads(settings)

    await database.close()
    assert not keys_of(settings).exists()


async def test_whoever_only_reads_makes_no_keys_and_is_told_what_is_missing(settings: Settings) -> None:
    keys_of(settings).unlink()

    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await draft_in(settings)
    with pytest.raises(CouldNotCheck, match="cell_keys_missing"):
        await check(settings)

    assert not keys_of(settings).exists()


async def test_tables_are_brought_up_without_keys(settings: Settings) -> None:
    keys_of(settings).unlink()

    await administration.migrate(settings)

    assert not keys_of(settings).exists()


async def test_a_mirror_without_the_keys_says_so_and_leaves_no_half_of_one(tmp_path: Path) -> None:
    data = await with_two_labels_and_papers(tmp_path / "data")
    public = await PublicBody.in_folder(data)
    keys_of(public.settings).unlink()

    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await export(public.settings, tmp_path / "mirror")
    await public.body.database.close()


async def test_after_a_rotation_sealing_leaves_nothing_under_the_old_key(settings: Settings) -> None:
    new = rotate_payloads(settings)

    counts = {column: count async for column, count in seal_record(settings)}

    assert counts["draft.content"] == counts["journal_body.body"] == 1
    keys = PayloadKeys.read(keys_of(settings))
    PayloadKeys(keys.naming, {new: keys.sealing[new]}).write(keys_of(settings))
    assert await draft_in(settings) == {"purpose": "To read."}
    assert [one for one in await check(settings) if one.code == "chain_broken"] == []


async def plant(settings: Settings) -> None:
    """Write a draft as somebody does who has the database and no key."""
    database = Database(settings.database_url)
    async with database.engine.begin() as owner:
        await owner.execute(text("""UPDATE draft SET content = '{"purpose": "Planted."}'"""))
    await database.close()


async def seal_all(settings: Settings) -> int:
    return sum([count async for _, count in seal_record(settings)])


def all_sealed(settings: Settings) -> bool:
    return PayloadKeys.read(keys_of(settings)).all_sealed_since is not None


@pytest.fixture
async def of_before(tmp_path: Path) -> Settings:
    """A record in which an earlier version wrote a draft, in clear."""
    found = Settings(data=tmp_path)
    database = await open_record(found.model_copy(update={"seal_payloads": False}))
    await upgrade(database)
    async with database.writing() as session:
        await drafts.save(session, "ann", "application/A-1", {"purpose": "To read."})
    await database.close()
    return found


async def test_in_a_record_that_is_founded_sealed_nothing_in_clear_is_believed(settings: Settings) -> None:
    assert all_sealed(settings)

    await plant(settings)

    with pytest.raises(CellUnreadable, match="cell_not_opened"):
        await draft_in(settings)
    assert await seal_all(settings) == 0, "sealed, it would be believed"
    with pytest.raises(CellUnreadable, match="cell_not_opened"):
        await draft_in(settings)
    assert "draft ann application/A-1 content" in [one.where for one in await check(settings)]


def test_for_a_record_that_is_founded_no_workflow_of_before_runs(settings: Settings) -> None:
    assert PayloadKeys.read(keys_of(settings)).workflows_sealed_since is not None


async def test_for_a_record_of_before_a_workflow_of_before_may_run(of_before: Settings) -> None:
    await (await open_record(of_before)).close()
    assert PayloadKeys.read(keys_of(of_before)).workflows_sealed_since is None


async def test_what_an_earlier_version_wrote_is_believed_until_all_was_sealed(of_before: Settings) -> None:
    database = await open_record(of_before)
    await database.close()
    assert not all_sealed(of_before)
    assert await draft_in(of_before) == {"purpose": "To read."}

    assert await seal_all(of_before) == 1

    assert all_sealed(of_before)
    assert await draft_in(of_before) == {"purpose": "To read."}
    rotate_payloads(of_before)
    assert all_sealed(of_before), "after a rotation too"
    await plant(of_before)
    with pytest.raises(CellUnreadable, match="cell_not_opened"):
        await draft_in(of_before)


async def test_whoever_writes_in_clear_again_says_so_beside_the_keys(settings: Settings) -> None:
    """Programs of before run again, or a backup of before was put back; then everything is sealed anew."""
    in_clear = settings.model_copy(update={"seal_payloads": False})
    await plant(settings)
    assert await draft_in(in_clear) == {"purpose": "Planted."}
    assert all_sealed(settings), "whoever only reads changes no file"

    assert await seal_all(in_clear) == 1
    assert not all_sealed(settings)

    assert await seal_all(settings) == 0
    assert all_sealed(settings)
    assert await draft_in(settings) == {"purpose": "Planted."}


async def test_where_the_file_of_the_keys_cannot_be_written_it_is_told_what_to_put_there(of_before: Settings) -> None:
    (keys_of(of_before).parent / f".{keys_of(of_before).name}.lock").mkdir()

    with pytest.raises(Unavailable, match=r'unwritable.*put "all_sealed_since": ".*, "rows_proven_since": "'):
        await seal_all(of_before)

    assert not all_sealed(of_before)


async def test_while_programs_of_before_run_nothing_is_sealed(settings: Settings) -> None:
    not_yet = settings.model_copy(update={"seal_payloads": False})
    database = await open_record(not_yet)
    async with database.writing() as session:
        await drafts.save(session, "zoe", "application/A-1", {"purpose": "To read."})
    await database.close()

    keys_of(settings).unlink()
    database = open_to_read(settings)
    async with database.reading() as session:
        assert (
            await session.exec(select(Draft).where(Draft.person == "zoe"))
        ).one().content == '{"purpose": "To read."}'
    await database.close()


def test_the_command_seals_the_record_and_says_how_much(settings: Settings) -> None:
    rotate_payloads(settings)

    sealed = CliRunner().invoke(app, ["vault", "seal", "--data", str(settings.data)])

    assert sealed.exit_code == 0, sealed.output
    assert sealed.stdout.endswith("2 cells of the record sealed.\n")
