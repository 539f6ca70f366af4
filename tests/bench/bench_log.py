"""The public log and the status lists at a million labels: how fast, and how large.

`python tests/bench/bench_log.py` prints one JSON object; docs/benchmarks.md records the figures with the machine.

sequencing    entries a second from bytes to a signed checkpoint, 1 000 a batch, in a folder that is synced at every
              file; beside it what the same machine takes to hash the same entries into a tree, in memory
proof         bytes of a `.tlog-proof` in a tree of 1 000 000 with three cosignatures, with and without the entry in it
consistency   seconds to recompute the tree of 1 000 000 stored entries down to its root, as before every start; and
              microseconds to verify the proof that it begins with a smaller one
status        bytes of all lists of 1 000 000 labels of which 1 % are not in force, compressed, and signed as served
"""

import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from certify.activities.signing import FULL
from certify.vault.published import FolderFiles
from labels import status
from labels.log import checkpoints, notes, proofs
from labels.log.checkpoints import Checkpoint, Policy
from labels.log.proofs import Proof
from labels.log.sequencer import Sequencer, check_stored
from labels.log.tiles import TiledLog, append
from labels.log.tree import check_consistency, complete_root, consistency_proof, inclusion_proof, leaf_hash
from labels.status import SHARD, Shard, signed_list
from schemas.label import Standing
from schemas.public_log import IssueStatement, LogEntry
from tests.unit.labels.log.conftest import LOG_KEY, ORIGIN, MemoryFiles, key

MILLION = 1_000_000
BATCH, BATCHES = 1000, 20
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
WITNESSES = tuple((f"witness-{n}.example.org/w", key(f"witness {n}")) for n in range(3))
POLICY = Policy(ORIGIN, (LOG_KEY.public_key,), tuple(signer.public_key for _, signer in WITNESSES), 3)
TOKEN = "QK8XIKXZHVDWATH1B5A5CXIA93YCOWX12D90DIICTL5EF49YF2YTYAR795IMZ9MHJ2VQSIGQ1O8YT9Q8PK93" * 3


def measure() -> dict[str, float]:
    """Return all figures."""
    return {**sequencing(), **at_a_million(), **status_lists()}


def entry(number: int) -> bytes:
    """Return an entry as most are: the digest of something that is not public."""
    return LogEntry(digest=f"{number:064x}").as_bytes()


def issue(number: int) -> bytes:
    """Return the entry of an issue, with a token as long as one of a name of 24 bytes."""
    statement = IssueStatement(
        label="008J4CT4ANK7F24S", token=TOKEN[:234], decision="019f5a2b-6c1e-7d4f-9a3b-2f5e8c7d1a60/57",
        holder="Northern Lights OÜ", issued_at=AT, expires_at=AT.replace(year=2028),
    )  # fmt: skip
    return LogEntry(digest=f"{number:064x}", statements=(statement,)).as_bytes()


def sequencing() -> dict[str, float]:
    """Return entries a second, and how much longer it takes than hashing the same entries."""
    batches = [[entry(batch * BATCH + n) for n in range(BATCH)] for batch in range(BATCHES)]
    with TemporaryDirectory() as folder:
        sequencer = Sequencer(FolderFiles(Path(folder)), ORIGIN, LOG_KEY)
        used = time.process_time()
        taken = seconds(lambda: [sequencer.append(batch) for batch in batches])
        used = time.process_time() - used
        assert sequencer.size == BATCH * BATCHES
    bare = seconds(lambda: _hashed([one for batch in batches for one in batch]))
    return {
        "sequenced_per_second": round(BATCH * BATCHES / taken),
        "sequenced_per_cpu_second": round(BATCH * BATCHES / used),
        "hashed_per_second": round(BATCH * BATCHES / bare),
        "times_bare_hashing": round(taken / bare, 1),
    }


def _hashed(entries: Sequence[bytes]) -> bytes:
    leaves = [leaf_hash(one) for one in entries]
    return complete_root(leaves[: 1 << (len(leaves).bit_length() - 1)])


def at_a_million() -> dict[str, float]:
    """Return the size of proofs and the time of checks in a log of a million entries."""
    files, size = MemoryFiles(), 0
    index = MILLION // 3
    for start in range(0, MILLION, 64 * BATCH):
        end = min(start + 64 * BATCH, MILLION)
        size = append(files, size, [issue(n) if n == index else entry(n) for n in range(start, end)])
    log = TiledLog(files, MILLION)
    root = log.root()
    note = checkpoints.signed(Checkpoint(ORIGIN, MILLION, root), LOG_KEY)
    for name, signer in WITNESSES:
        note = notes.parse(str(note) + checkpoints.cosignature(note, name, signer, at=AT))
    bare = str(Proof(b"", index, inclusion_proof(index, MILLION, log.subtree), str(note)))
    whole = str(Proof(issue(index), index, inclusion_proof(index, MILLION, log.subtree), str(note)))
    proofs.verify(whole, issue(index), POLICY)
    older = MILLION * 2 // 3
    growth = consistency_proof(older, MILLION, log.subtree)
    older_root = TiledLog(files, older).root()
    used = time.process_time()
    whole_tree = seconds(lambda: check_stored(files, MILLION, root))
    used = time.process_time() - used
    return {
        "proof_bytes": len(bare.encode()),
        "proof_with_entry_bytes": len(whole.encode()),
        "consistency_seconds": round(whole_tree, 1),
        "consistency_cpu_seconds": round(used, 1),
        "consistency_proof_us": round(
            1e6 * min(seconds(lambda: check_consistency(older, MILLION, growth, older_root, root)) for _ in range(20))
        ),
    }


def status_lists() -> dict[str, float]:
    """Return the sizes of all lists of a million labels for both mixes."""
    only_withdrawn = _sizes([Standing.WITHDRAWN])
    mixed = _sizes([Standing.WITHDRAWN] * 3 + [Standing.SUSPENDED])
    return {
        "status_shards": -(-MILLION // FULL),
        "status_withdrawn_bytes": only_withdrawn[0],
        "status_withdrawn_signed_bytes": only_withdrawn[1],
        "status_mixed_bytes": mixed[0],
        "status_mixed_signed_bytes": mixed[1],
    }


def _sizes(mix: Sequence[Standing]) -> tuple[int, int]:
    chance = random.Random(1)  # noqa: S311  # the same labels in every run
    out = [(label, mix[n % len(mix)]) for n, label in enumerate(chance.sample(range(MILLION), MILLION // 100))]
    compressed = signed = 0
    for number, shard in enumerate(_shards(out, chance)):
        compressed += len(status.packed(bytes(shard)))
        address = f"https://v.example.eu/s/{number}"
        signed += len(signed_list(bytes(shard), address=address, version=MILLION, at=AT, signer=LOG_KEY))
    return compressed, signed


def _shards(out: Iterable[tuple[int, Standing]], chance: random.Random) -> list[Shard]:
    """Give every label its place as the signer draws it: shards one after the other, each filled to 31/32."""
    count = -(-MILLION // FULL)
    shards, places = [Shard() for _ in range(count)], [chance.sample(range(SHARD), FULL) for _ in range(count)]
    for label, standing in out:
        shards[label // FULL].put(places[label // FULL][label % FULL], standing)
    return shards


def seconds(work: object) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()  # type: ignore[operator]  # a thing to call
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201  # the result
