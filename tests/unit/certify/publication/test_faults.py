"""Disks that are full and programs that are killed at every single write: the log stays whole, and there is one of it.

Security F6, F9 and F15: whatever stops a turn of the publisher or its witness, and wherever, after the next start every
entry of the record stands once in the log, no witness ever saw two roots of one size, and each label has its proof.
"""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from certify.register.database import Database
from certify.vault.published import FolderFiles
from certify.vault.published_paths import BUNDLE, proof_of
from labels.log import checkpoints, proofs
from schemas.errors import Unavailable
from schemas.label import Standing
from schemas.public_log import IssueStatement
from tests.builders import APPLICANT
from tests.cells import CELLS
from tests.unit.certify.publication.published import POLICY, Publishing, WitnessNextDoor
from tests.unit.certify.publication.test_publishing import digests, index_of, logged, standing
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.recorded_labels import lived, record


class FaultyFiles(FolderFiles):
    """A folder whose disk fails at one write, counted from 1; 0 is never.

    Attributes:
        is_kept: the write is done and nobody learns of it, as when the program is killed just then; else the disk is
            full.
    """

    def __init__(self, folder: Path, *, at: int, is_kept: bool) -> None:
        super().__init__(folder)
        self.at, self.is_kept, self.writes = at, is_kept, 0

    def write(self, path: str, content: bytes) -> None:
        self.writes += 1
        if self.writes != self.at:
            return super().write(path, content)
        if self.is_kept:
            super().write(path, content)
        raise OSError(errno.ENOSPC, "no space left on device", path)


class World:
    """A record that has grown by a label and the end of another since it was last published."""

    def __init__(self, body: Body, publishing: Publishing, folder: Path, ended: str, issued: str) -> None:
        self.body, self.publishing, self.folder = body, publishing, folder
        self.ended, self.issued = ended, issued

    @classmethod
    async def made(cls, body: Body, folder: Path) -> "World":
        publishing = Publishing(body.database, folder)
        walk = await lived(body, await body.certified())
        await publishing.turn()
        walk.act("end_label", APPLICANT)
        await record(body.database, walk)
        issued = (await body.certified(application="case-2")).case.label
        for name in ("published", "witness"):
            shutil.copytree(folder / name, folder / "kept" / name)
        return cls(body, publishing, folder, walk.subject, issued.id)

    def as_before(self) -> None:
        """Put the files back to the time before the record grew; let both programs start."""
        for name in ("published", "witness"):
            shutil.rmtree(self.folder / name)
            shutil.copytree(self.folder / "kept" / name, self.folder / name)

    async def turns(self, published: FolderFiles, remembered: FolderFiles) -> bool:
        """Start, publish twice, and tell whether nothing went wrong; the roots the witness saw are kept."""
        publishing, seen = self.publishing, self.publishing.witness.seen
        publishing.files = published
        publishing.witness = WitnessNextDoor(remembered)
        publishing.witness.seen = seen
        publishing.start()
        try:
            for _ in range(2):
                await publishing.turn(minutes=2)
        except (OSError, Unavailable):
            return False
        return True

    async def check(self) -> None:
        """Check what must hold after whatever went wrong."""
        publishing = self.publishing
        assert [entry.digest for entry in logged(publishing)] == await digests(self.body)
        assert {size for size, roots in publishing.witness.seen.items() if len(roots) != 1} == set()
        published = publishing.files.read("log/checkpoint")
        assert published is not None
        assert checkpoints.witnessed(published, POLICY).checkpoint.size == publishing.log.size
        statements = [one for entry in logged(publishing) for one in entry.statements]
        issues = [one.label for one in statements if isinstance(one, IssueStatement)]
        assert sorted(issues) == sorted([self.ended, self.issued])
        for label in issues:
            proof = publishing.files.read(proof_of(label))
            assert proof is not None
            proofs.verify(proof, proofs.parse(proof).extra, POLICY)
        assert standing(publishing, await index_of(self.body, self.ended)) == Standing.WITHDRAWN
        assert standing(publishing, await index_of(self.body, self.issued)) is None
        assert publishing.files.read(BUNDLE) is not None
        assert not list(publishing.folder.rglob(".*.unfinished"))
        publishing.log.require_issuing(publishing.now)


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> World:
    return await World.made(await founded(Database(sqlite_url, cells=CELLS), tmp_path), tmp_path)


Faulty = Callable[[World, int], tuple[FolderFiles, FaultyFiles]]
DISKS = ["published", "witness"]


@pytest.mark.parametrize("is_kept", [False, True], ids=["disk full", "killed"])
@pytest.mark.parametrize("disk", DISKS)
async def test_a_fault_at_any_write_leaves_one_whole_log(world: World, disk: str, is_kept: bool) -> None:
    failed = 0
    for number in range(1, 100):
        world.as_before()
        folders = {name: FolderFiles(world.folder / name) for name in DISKS}
        faulty = FaultyFiles(world.folder / disk, at=number, is_kept=is_kept)
        await world.turns(**_named({**folders, disk: faulty}))
        if faulty.writes < number:
            break
        failed += 1
        assert await world.turns(**_named(folders)), f"after a fault at write {number}"
        await world.check()
    assert failed >= {"published": 9, "witness": 1}[disk]


def _named(folders: dict[str, FolderFiles]) -> dict[str, FolderFiles]:
    return {"published": folders["published"], "remembered": folders["witness"]}


@pytest.mark.parametrize("disk", DISKS)
async def test_a_disk_that_stays_full_is_filled_no_further_and_recovers(world: World, disk: str) -> None:
    folders = {name: FolderFiles(world.folder / name) for name in DISKS}
    before = {path: path.read_bytes() for path in (world.folder / disk).rglob("*") if path.is_file()}

    class Full(FolderFiles):
        def write(self, path: str, content: bytes) -> None:
            raise OSError(errno.ENOSPC, "no space left on device", path)

    for _ in range(3):
        await world.turns(**_named({**folders, disk: Full(world.folder / disk)}))
    assert {path: path.read_bytes() for path in (world.folder / disk).rglob("*") if path.is_file()} == before

    assert await world.turns(**_named(folders))
    await world.check()
