"""A witness sees one history of a log, and never another."""

from datetime import timedelta

import pytest

from labels.log import checkpoints, notes
from labels.log.sequencer import Sequencer
from labels.log.tiles import TiledLog
from labels.log.tree import consistency_proof
from labels.log.witness import Witness, WitnessRefusal, request_body
from schemas.errors import VerificationError
from tests.unit.labels.log.conftest import (
    LOG_KEY,
    NOW,
    ORIGIN,
    POLICY,
    WITNESS,
    WITNESS_KEY,
    MemoryFiles,
    entries,
    key,
)


def refused(witness: Witness, body: bytes) -> tuple[int, int | None]:
    """What the witness answers instead of a signature."""
    with pytest.raises(WitnessRefusal) as refusal:
        witness.add_checkpoint(body, at=NOW)
    return refusal.value.status, refusal.value.size


def test_a_checkpoint_that_grew_is_cosigned(sequencer: Sequencer, witness: Witness) -> None:
    for since, count in ((0, 3), (3, 300), (303, 1)):
        note = sequencer.append(entries(count, since=since))
        line = witness.add_checkpoint(request_body(since, sequencer.growth_since(since), note), at=NOW)
        seen = checkpoints.witnessed(str(checkpoints.cosigned(note, line, POLICY)), POLICY)
        assert (seen.checkpoint.size, seen.at) == (since + count, NOW)
    assert witness.last(ORIGIN).size == 304


def test_the_same_checkpoint_is_cosigned_again_with_the_new_time(sequencer: Sequencer, witness: Witness) -> None:
    note = sequencer.append(entries(3))
    witness.add_checkpoint(request_body(0, (), note), at=NOW)
    line = witness.add_checkpoint(request_body(3, (), note), at=NOW + timedelta(hours=1))
    assert checkpoints.witnessed(str(note) + line, POLICY).at == NOW + timedelta(hours=1)


def test_a_fork_is_not_cosigned(sequencer: Sequencer, witness: Witness) -> None:
    witness.add_checkpoint(request_body(0, (), sequencer.append(entries(5))), at=NOW)
    files = MemoryFiles()
    fork = Sequencer(files, ORIGIN, LOG_KEY)
    note = fork.append([b"another", *entries(4, since=1)])
    assert refused(witness, request_body(5, (), note)) == (409, 5)
    note = fork.append(entries(3, since=5))
    assert refused(witness, request_body(5, consistency_proof(5, 8, TiledLog(files, 8).subtree), note)) == (422, None)
    assert witness.last(ORIGIN).size == 5


def test_a_log_that_lost_entries_learns_how_large_it_was(sequencer: Sequencer, witness: Witness) -> None:
    witness.add_checkpoint(request_body(0, (), sequencer.append(entries(5))), at=NOW)
    restored = Sequencer(MemoryFiles(), ORIGIN, LOG_KEY).append(entries(3))
    assert refused(witness, request_body(0, (), restored)) == (409, 5)
    assert refused(witness, request_body(3, (), restored)) == (409, 5)
    assert refused(witness, request_body(5, (), restored)) == (400, None)


def test_another_log_and_another_key_are_not_cosigned(witness: Witness) -> None:
    elsewhere = Sequencer(MemoryFiles(), "another.example/log", LOG_KEY).append(entries(1))
    assert refused(witness, request_body(0, (), elsewhere)) == (404, None)
    stolen = Sequencer(MemoryFiles(), ORIGIN, key("x")).append(entries(1))
    assert refused(witness, request_body(0, (), stolen)) == (403, None)


@pytest.mark.parametrize("body", [b"", b"old 0", b"old -1\n\n", b"old 01\n\n", b"new 0\n\n", b"\xff", b"x" * 90_000])
def test_what_is_no_request_is_refused(sequencer: Sequencer, witness: Witness, body: bytes) -> None:
    note = str(sequencer.append(entries(1))).encode()
    assert refused(witness, body)[0] == 400
    assert refused(witness, body + note)[0] == 400


def test_a_witness_remembers_before_it_answers(sequencer: Sequencer) -> None:
    class Full(MemoryFiles):
        def write(self, path: str, content: bytes) -> None:
            raise OSError("no space left")

    witness = Witness(Full(), WITNESS, WITNESS_KEY, {ORIGIN: [LOG_KEY.public_key]})
    with pytest.raises(OSError, match="space"):
        witness.add_checkpoint(request_body(0, (), sequencer.append(entries(1))), at=NOW)


def test_a_witness_with_a_damaged_memory_cosigns_nothing(sequencer: Sequencer) -> None:
    files = MemoryFiles()
    witness = Witness(files, WITNESS, WITNESS_KEY, {ORIGIN: [LOG_KEY.public_key]})
    note = sequencer.append(entries(1))
    witness.add_checkpoint(request_body(0, (), note), at=NOW)
    for path in files:
        files[path] = b"damaged"
    with pytest.raises(VerificationError):
        witness.add_checkpoint(request_body(1, (), note), at=NOW)


def test_what_a_witness_answers_is_believed_only_when_it_is_the_trusted_ones(sequencer: Sequencer) -> None:
    note = sequencer.append(entries(1))
    strangers = checkpoints.cosignature(note, WITNESS, key("x"), at=NOW)
    with pytest.raises(VerificationError) as refusal:
        checkpoints.cosigned(note, strangers, POLICY)
    assert refusal.value.code == "not_witnessed"
    own = checkpoints.cosignature(note, WITNESS, WITNESS_KEY, at=NOW)
    assert checkpoints.cosigned(note, strangers + own, POLICY) == notes.parse(str(note) + own)
    other = sequencer.append(entries(1, since=1))
    with pytest.raises(VerificationError, match="did not sign"):
        checkpoints.cosigned(other, own, POLICY)
