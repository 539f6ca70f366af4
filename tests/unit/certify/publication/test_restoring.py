"""After a loss a log of before is neither signed for nor told, and the right one comes out the same (I22)."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from certify.publication.witnesses import WitnessRefused
from certify.register.database import Database
from schemas.errors import Unavailable
from schemas.record_events import KeySetPublished
from tests.cells import CELLS
from tests.unit.certify.publication.published import Publishing
from tests.unit.certify.publication.test_publishing import body, digests, publishing
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import AT, append

__all__ = ["body", "publishing"]


@pytest.fixture
async def restorable(sqlite_url: str, tmp_path: Path) -> Body:
    """A body whose whole record is one file."""
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def restore(body: Body, earlier: bytes) -> None:
    """Put an earlier copy of the record in its place."""
    await body.database.close()
    file = record_file(body)
    for beside in file.parent.glob(file.name + "-*"):
        beside.unlink()
    file.write_bytes(earlier)


def record_file(body: Body) -> Path:
    """The one file of the record."""
    assert body.database.file is not None
    return body.database.file


async def test_no_label_is_issued_on_a_log_that_is_shorter_than_its_witness_saw(
    body: Body, publishing: Publishing, tmp_path: Path
) -> None:
    await publishing.turn()
    kept = tmp_path / "kept"
    shutil.copytree(tmp_path / "published", kept)
    publishing.log.require_issuing(publishing.now)
    await body.certified()
    await publishing.turn()
    shutil.rmtree(tmp_path / "published")
    kept.rename(tmp_path / "published")

    publishing.start()
    # The record is whole: the same entries are sequenced again, and the witness finds the log it saw.
    await publishing.turn()
    publishing.log.require_issuing(publishing.now)
    assert publishing.log.witnessed_size == len(await digests(body))


async def test_no_label_is_issued_on_a_record_that_was_restored_to_an_earlier_state(
    restorable: Body, tmp_path: Path
) -> None:
    publishing = await restored(restorable, tmp_path)
    with pytest.raises(Unavailable, match="record"):
        await publishing.turn()
    with pytest.raises(Unavailable, match="no label is signed"):
        publishing.log.require_issuing(publishing.now)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_no_label_is_issued_on_a_log_that_is_damaged(body: Body, publishing: Publishing, tmp_path: Path) -> None:
    await body.certified()
    await publishing.turn()
    for tile in (tmp_path / "published" / "log" / "tile" / "0").rglob("*"):
        if tile.is_file():
            tile.write_bytes(bytes(len(tile.read_bytes())))
    publishing.start()

    await publishing.turn_safely()

    with pytest.raises(Unavailable) as refusal:
        publishing.log.require_issuing(publishing.now)
    assert refusal.value.code == "log_damaged"


async def restored(body: Body, folder: Path, *, files: bool = False, signatures: bool = True) -> Publishing:
    """Put back the record as it was before a label, and what was published; the signer's own lines may be lost."""
    publishing = Publishing(body.database, folder)
    await publishing.turn()
    await body.database.close()
    earlier = record_file(body).read_bytes()
    shutil.copytree(folder / "published", folder / "kept")
    await body.certified()
    await publishing.turn()
    await restore(body, earlier)
    if files:
        shutil.rmtree(folder / "published")
        (folder / "kept").rename(folder / "published")
    if not signatures:
        (folder / "signatures.jsonl").unlink()
        publishing.was_always_logged = False
    publishing.start()
    return publishing


@pytest.mark.parametrize(
    ("signatures", "code"), [(True, "log_behind_signatures"), (False, "log_behind_witness")], ids=["signer", "witness"]
)
async def test_record_and_log_restored_together_are_behind_what_the_signer_or_the_witness_knows(
    restorable: Body, tmp_path: Path, signatures: bool, code: str
) -> None:
    publishing = await restored(restorable, tmp_path, files=True, signatures=signatures)
    list_before, head_before = (publishing.files.read(path) for path in ("s/0", "log/head"))

    await publishing.turn_safely()

    assert publishing.files.read("stopped/code") == code.encode()
    assert publishing.files.read("s/0") == list_before, "no list takes back what a newer one told"
    assert publishing.files.read("log/head") == head_before
    with pytest.raises(Unavailable, match="no label is signed"):
        publishing.log.require_issuing(publishing.now)


@pytest.mark.parametrize("signatures", [True, False], ids=["signer", "witness"])
async def test_another_history_after_a_restore_is_never_signed_or_cosigned_as_the_same_log(
    restorable: Body, tmp_path: Path, signatures: bool
) -> None:
    publishing = await restored(restorable, tmp_path, files=True, signatures=signatures)
    await restorable.certified(application="another")
    await restorable.certified(application="and-another")
    before = contents(tmp_path / "published" / "log")

    await publishing.turn_safely()

    assert publishing.files.read("stopped/code") == b"log_forked"
    if signatures:
        assert contents(tmp_path / "published" / "log") == before, "no file of the log is written for a second one"
    assert all(len(roots) == 1 for roots in publishing.witness.seen.values())
    with pytest.raises(Unavailable, match="no label is signed"):
        publishing.log.require_issuing(publishing.now)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_witness_that_falls_silent_takes_nothing_back(
    restorable: Body, tmp_path: Path, is_restarted: bool
) -> None:
    publishing = await restored(restorable, tmp_path, files=True, signatures=False)
    await publishing.turn_safely()
    list_before = publishing.files.read("s/0")
    publishing.witness.away = True

    if is_restarted:
        publishing.start()
    await publishing.turn_safely()
    await publishing.turn_safely()

    assert publishing.files.read("stopped/code") == b"log_behind_witness"
    assert publishing.files.read("s/0") == list_before
    with pytest.raises(Unavailable, match="no label is signed"):
        publishing.log.require_issuing(publishing.now)


async def test_a_signer_without_its_lines_signs_nothing_before_a_witness_told_how_far_the_log_was(
    restorable: Body, tmp_path: Path
) -> None:
    publishing = await restored(restorable, tmp_path, files=True, signatures=False)
    head_before = publishing.files.read("log/head")
    await append(
        restorable.database,
        "keys",
        KeySetPublished(at=AT, actor="engine", key_set_version=1, digest="0" * 64, root="R"),
    )

    await publishing.turn_safely()

    assert publishing.files.read("log/head") == head_before, "one entry of another history is not signed for"
    assert publishing.files.read("stopped/code") == b"log_behind_witness"


async def test_a_whole_backup_put_back_while_no_witness_answers_signs_no_older_list(
    restorable: Body, tmp_path: Path
) -> None:
    publishing = Publishing(restorable.database, tmp_path)
    await publishing.turn()
    await restorable.database.close()
    earlier, lines = record_file(restorable).read_bytes(), (tmp_path / "signatures.jsonl").read_bytes()
    shutil.copytree(tmp_path / "published", tmp_path / "kept")
    await restorable.certified()
    await publishing.turn()
    await restore(restorable, earlier)
    shutil.rmtree(tmp_path / "published")
    (tmp_path / "kept").rename(tmp_path / "published")
    (tmp_path / "signatures.jsonl").write_bytes(lines)
    older_list = publishing.files.read("s/0")
    publishing.witness.away = True
    publishing.start()

    await publishing.turn(days=2)
    await publishing.turn(minutes=6)
    assert publishing.files.read("s/0") == older_list, "which nobody believes for longer than a day"
    publishing.witness.away = False
    await publishing.turn_safely()

    assert publishing.files.read("s/0") == older_list
    assert publishing.files.read("stopped/code") == b"log_behind_witness"


async def test_after_a_start_lists_are_signed_once_a_witness_answers_and_then_whether_or_not_it_does(
    body: Body, publishing: Publishing
) -> None:
    await publishing.turn()
    publishing.witness.away = True
    publishing.start()
    older_list = publishing.files.read("s/0")
    await publishing.turn(hours=1)
    assert publishing.files.read("s/0") == older_list

    publishing.witness.away = False
    await publishing.turn()
    answered = publishing.files.read("s/0")
    publishing.witness.away = True
    await publishing.turn(hours=1)
    without = publishing.files.read("s/0")
    publishing.begin()  # as after a change of keys, in the same program
    await publishing.turn(hours=1)

    assert len({older_list, answered, without, publishing.files.read("s/0")}) == 4


async def test_a_cosignature_that_somebody_kept_is_no_answer(body: Body, publishing: Publishing) -> None:
    await publishing.turn()
    publishing.witness.now = publishing.now
    publishing.start()
    older_list = publishing.files.read("s/0")
    publishing.now += timedelta(hours=3)  # the witness's clock stands still: what it says is three hours old

    await publishing.publisher.open()
    await publishing.publisher.turn()

    assert publishing.files.read("s/0") == older_list
    with pytest.raises(Unavailable, match="No witness"):
        publishing.log.require_issuing(publishing.now)


async def test_nothing_is_issued_by_a_publisher_that_did_not_compare_log_and_record_yet(
    body: Body, publishing: Publishing
) -> None:
    await publishing.turn()
    publishing.begin()  # as after a change of keys, or a stop
    with pytest.raises(Unavailable, match="not compared"):
        publishing.log.require_issuing(publishing.now)
    await publishing.turn()
    publishing.log.require_issuing(publishing.now)


class Liar:
    """A witness that says it saw another log, larger than any."""

    url = "https://liar.example"

    async def add_checkpoint(self, *_: object) -> str:
        raise WitnessRefused(409, 10**15)


async def test_a_witness_that_contradicts_stops_nothing_while_enough_others_cosign(
    body: Body, publishing: Publishing
) -> None:
    publishing.others = [Liar()]
    publishing.begin()
    await body.certified()
    await publishing.turn_safely()

    assert publishing.files.read("stopped/code") is None
    publishing.log.require_issuing(publishing.now)


async def test_once_the_whole_record_is_back_the_log_that_was_lost_comes_out_the_same(
    body: Body, publishing: Publishing, tmp_path: Path
) -> None:
    await body.certified()
    await publishing.turn()
    head = publishing.files.read("log/head")
    shutil.rmtree(tmp_path / "published")
    publishing.files.write("stopped/code", b"log_behind_signatures")

    publishing.start()
    await publishing.turn_safely()

    assert publishing.files.read("log/head") == head
    assert publishing.files.read("stopped/code") is None
    publishing.log.require_issuing(publishing.now)
