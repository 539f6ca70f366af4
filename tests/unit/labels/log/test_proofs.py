"""One entry's place in a witnessed log, in a file; and every way in which it proves nothing."""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.log import checkpoints, notes, proofs, tree
from labels.log.checkpoints import Policy
from labels.log.proofs import Proof
from labels.log.sequencer import Sequencer
from labels.log.tiles import TiledLog
from labels.log.witness import Witness, request_body
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

SIZE, INDEX = 300, 123


def proof_of(index: int = INDEX, size: int = SIZE, witnesses: int = 1) -> Proof:
    """A proof that holds."""
    files = MemoryFiles()
    sequencer = Sequencer(files, ORIGIN, LOG_KEY)
    note = sequencer.append(entries(size))
    lines = [
        checkpoints.cosignature(note, WITNESS, key(f"the witness{'' if one == 0 else one}"), at=NOW)
        for one in range(witnesses)
    ]
    hashes = tree.inclusion_proof(index, size, TiledLog(files, size).subtree)
    return Proof(b"extra", index, hashes, str(note) + "".join(lines))


PROOF = proof_of()
ENTRY = entries(SIZE)[INDEX]


def refused(proof: str | bytes, entry: bytes = ENTRY, policy: Policy = POLICY) -> str:
    """The code of the refusal."""
    with pytest.raises(VerificationError) as refusal:
        proofs.verify(proof, entry, policy)
    return refusal.value.code


def test_an_entry_is_proved_with_the_time_it_was_seen() -> None:
    seen = proofs.verify(str(PROOF), ENTRY, POLICY)
    assert (seen.checkpoint.size, seen.at) == (SIZE, NOW)
    assert proofs.parse(str(PROOF)) == PROOF
    assert proofs.parse(str(replace(PROOF, extra=b""))).extra == b""


def test_a_genuine_proof_about_another_entry_proves_nothing() -> None:
    assert refused(str(PROOF), entries(SIZE)[INDEX + 1]) == "not_in_log"
    assert refused(str(replace(PROOF, index=INDEX + 1))) == "not_in_log"
    assert refused(str(replace(PROOF, hashes=PROOF.hashes[:-1]))) == "not_in_log"


def test_another_logs_proof_proves_nothing() -> None:
    assert refused(str(PROOF), policy=replace(POLICY, origin="another.example/log")) == "other_log"
    assert refused(str(PROOF), policy=replace(POLICY, log_keys=(key("x").public_key,))) == "bad_signature"


def test_a_checkpoint_that_too_few_witnesses_saw_proves_nothing() -> None:
    assert refused(str(PROOF), policy=replace(POLICY, quorum=2)) == "not_witnessed"
    assert refused(str(PROOF), policy=replace(POLICY, quorum=0)) == "not_witnessed"
    assert refused(str(PROOF), policy=replace(POLICY, witnesses=(key("x").public_key,))) == "not_witnessed"
    without = PROOF.checkpoint.rpartition("— ")[0]
    assert refused(str(replace(PROOF, checkpoint=without))) == "not_witnessed"


def test_one_witness_that_signs_twice_is_one_witness() -> None:
    note = notes.parse(PROOF.checkpoint)
    again = checkpoints.cosignature(note, "another-name", WITNESS_KEY, at=NOW + timedelta(days=1))
    twice = str(replace(PROOF, checkpoint=PROOF.checkpoint + again))
    assert refused(twice, policy=replace(POLICY, quorum=2)) == "not_witnessed"
    assert proofs.verify(twice, ENTRY, POLICY).at == NOW


def test_the_time_is_the_one_by_which_enough_witnesses_had_seen_it() -> None:
    note = notes.parse(PROOF.checkpoint)
    later = checkpoints.cosignature(note, "w2", key("second"), at=NOW + timedelta(hours=1))
    both = replace(POLICY, witnesses=(WITNESS_KEY.public_key, key("second").public_key))
    two = str(replace(PROOF, checkpoint=PROOF.checkpoint + later))
    assert proofs.verify(two, ENTRY, both).at == NOW
    assert proofs.verify(two, ENTRY, replace(both, quorum=2)).at == NOW + timedelta(hours=1)


def test_a_cosignature_over_another_time_is_false() -> None:
    head, _, line = PROOF.checkpoint.rpartition("— ")
    name, encoded = line.split(" ")
    raw = bytearray(b64decode(encoded))
    raw[11] ^= 1
    changed = f"{head}— {name} {b64encode(bytes(raw)).decode()}\n"
    assert refused(str(replace(PROOF, checkpoint=changed))) == "bad_signature"


def test_the_key_of_the_log_is_no_witness() -> None:
    own = replace(POLICY, witnesses=(LOG_KEY.public_key,))
    assert refused(str(PROOF), policy=own) == "not_witnessed"


@pytest.mark.parametrize(
    "damaged",
    [
        "", "c2sp.org/tlog-proof@v1", str(PROOF)[1:], str(PROOF).replace("@v1", "@v2"),
        str(PROOF).replace("\n\n", "\n"),
        str(PROOF).replace("index 123", "index 0123"), str(PROOF).replace("index 123", "index -1"),
        str(PROOF).replace("index 123", "index 99999999999999999999"), str(PROOF).replace("index 123\n", ""),
        str(PROOF).replace("extra ", "extra  "), str(PROOF).replace("extra ZXh0cmE=", "extra "), "x" * 200_000,
        str(PROOF).replace("index 123\n", "index 123\nZZ\n"), str(PROOF).replace("\n300\n", "\n0300\n"),
        str(PROOF).replace("\n300\n", "\n300\nan extension line\n").replace("an extension", ""), str(PROOF)[:-1],
        str(PROOF).replace("\n", "\r\n"), str(PROOF).replace("index 123", "index \uff11\uff12\uff13"),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(damaged: str) -> None:
    assert refused(damaged) == "malformed"


@given(st.integers(0, len(str(PROOF).encode()) - 1), st.integers(1, 255))
def test_a_proof_with_a_changed_byte_never_proves_another_thing(place: int, change: int) -> None:
    changed = bytearray(str(PROOF).encode())
    changed[place] ^= change
    try:
        seen = proofs.verify(bytes(changed), ENTRY, POLICY)
    except VerificationError:
        return
    # Only what nothing depends on can change: the extra data and the name a witness writes before its key's id.
    assert (seen.checkpoint.size, seen.at) == (SIZE, NOW)


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_parser(content: bytes) -> None:
    with pytest.raises(VerificationError):
        proofs.verify(content, ENTRY, POLICY)


def test_a_proof_with_three_cosignatures_in_a_log_of_a_million_is_short(witness: Witness) -> None:
    hashes = (bytes(32),) * 20
    note = Sequencer(MemoryFiles(), ORIGIN, LOG_KEY).append(entries(1))
    lines = "".join(checkpoints.cosignature(note, WITNESS, key(str(one)), at=NOW) for one in range(3))
    assert len(str(Proof(b"", 999_999, hashes, str(note).replace("\n1\n", "\n1000000\n") + lines))) <= 1600
    assert request_body(0, (), note).startswith(b"old 0\n\n")
