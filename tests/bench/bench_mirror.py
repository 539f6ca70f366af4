"""The figures of mirrors: how long a stranger's machine takes to verify one, and two large logs to be compared."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from labels.log.sequencer import Sequencer, check_stored
from labels.log.tiles import TiledLog
from labels.log.tree import check_consistency, consistency_proof, root_of
from labels.mirror.verification import verify_mirror
from labels.root import Root
from schemas.public_log import LogEntry
from tests.unit.labels.log.conftest import LOG_KEY, ORIGIN, MemoryFiles
from tests.unit.labels.mirror.made import ROOT, Made, digest_of_nothing

ENTRIES, LABELS, LARGE, OLDER = 100_000, 100, 1_000_000, 777_777


def _silent(count: int) -> list[bytes]:
    return [LogEntry(digest=digest_of_nothing(number)).as_bytes() for number in range(count)]


def verifying() -> float:
    """CPU seconds to verify a whole mirror of `ENTRIES` entries and `LABELS` labels."""
    made = Made()
    made.begin()
    for number in range(LABELS):
        made.grant(f"label {number}")
    made.sequencer.append(_silent(ENTRIES - made.sequencer.size))
    with TemporaryDirectory() as folder:
        made.mirror(Path(folder))
        started = time.process_time()
        report = verify_mirror(Path(folder), root=Root.of(ROOT))
        assert not report.false, report.false[:3]
        return time.process_time() - started


def large_log() -> MemoryFiles:
    """A log of `LARGE` entries."""
    files = MemoryFiles()
    sequencer = Sequencer(files, ORIGIN, LOG_KEY)
    entry = LogEntry(digest=digest_of_nothing(0)).as_bytes()
    for _ in range(LARGE // 100_000):
        sequencer.append([entry] * 100_000)
    return files


def comparing(files: MemoryFiles) -> tuple[float, float]:
    """CPU seconds to check a whole stored log of `LARGE` entries, and to make and check a consistency proof in it."""
    log = TiledLog(files, LARGE)
    root, older = log.root(), root_of(OLDER, log.subtree)
    started = time.process_time()
    check_stored(files, LARGE, root)
    whole = time.process_time()
    log = TiledLog(files, LARGE)
    check_consistency(OLDER, LARGE, consistency_proof(OLDER, LARGE, log.subtree), older, root)
    return whole - started, time.process_time() - whole


def measure() -> Iterator[tuple[str, str]]:
    """Yield what was measured, and its figure."""
    yield f"mirror of {ENTRIES} entries and {LABELS} labels verified", f"{verifying():.1f} s"
    whole, proof = comparing(large_log())
    yield f"stored log of {LARGE} entries checked whole", f"{whole:.1f} s"
    yield f"consistency of {OLDER} and {LARGE} entries proved and checked", f"{proof * 1000:.1f} ms"


if __name__ == "__main__":
    for what, figure in measure():
        print(f"{what}: {figure}")  # noqa: T201  # the figures
