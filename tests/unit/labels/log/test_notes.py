"""Signed notes: what other people's programs write reads, and nothing else does."""

import pytest

from labels.log import notes
from labels.log.notes import COSIGNATURE, ED25519, NoteKey
from schemas.errors import VerificationError
from tests.unit.labels.log.conftest import LOG_KEY, ORIGIN, key

TEXT = "v.example.eu/log\n4\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
SIGNED = str(notes.signed_note(TEXT, ORIGIN, LOG_KEY))
TRUSTED = NoteKey(ORIGIN, ED25519, LOG_KEY.public_key)
# The example of the specification's reference implementation (golang.org/x/mod/sumdb/note).
PETER_NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
THEIRS = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_the_reference_implementation_verifies() -> None:
    assert notes.is_signed(notes.parse(THEIRS), notes.read_key(PETER_NEUMANN))


def test_a_key_is_written_as_it_is_read() -> None:
    assert str(notes.read_key(PETER_NEUMANN)) == PETER_NEUMANN
    assert notes.read_key(str(TRUSTED)) == TRUSTED


@pytest.mark.parametrize("line", [PETER_NEUMANN.replace("c74f", "c74e"), PETER_NEUMANN[:-4], "a+b", "", "a+b+!!"])
def test_a_damaged_key_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # of several libraries
        notes.read_key(line)


def test_a_note_reads_back_as_it_was_written() -> None:
    assert str(notes.parse(SIGNED)) == SIGNED
    assert notes.parse(SIGNED.encode()) == notes.parse(SIGNED)


def test_a_signature_of_a_key_nobody_trusts_is_passed_over() -> None:
    for stranger in (NoteKey(ORIGIN, ED25519, key("x").public_key), NoteKey("other", ED25519, LOG_KEY.public_key)):
        assert not notes.is_signed(notes.parse(SIGNED), stranger)
    assert not notes.is_signed(notes.parse(SIGNED), NoteKey(ORIGIN, COSIGNATURE, LOG_KEY.public_key))


def test_a_false_signature_in_the_name_of_a_trusted_key_refuses_the_note() -> None:
    changed = notes.parse(SIGNED.replace("\n4\n", "\n5\n"))
    with pytest.raises(VerificationError, match="did not sign"):
        notes.is_signed(changed, TRUSTED)


@pytest.mark.parametrize(
    "damaged",
    [
        "", "\n", "\n\n", TEXT, TEXT + "\n", SIGNED[:-1], SIGNED + "\n", SIGNED + "x", SIGNED.replace("— ", "- "),
        SIGNED.replace("—", "—\t"), SIGNED.replace("\n\n", "\n"), SIGNED.replace("log ", "log  "),
        SIGNED.replace(f"— {ORIGIN}", "—"), SIGNED[:-10] + "=\n", SIGNED.replace("eu/log ", "eu+log "), "\x00" + SIGNED,
        TEXT + "\n" + "— a AAAAAA==\n", TEXT + "\n" + SIGNED.partition("\n\n")[2] * 40, "x" * 70_000,
        TEXT + "\n— a AAAAAAF=\n", "\ud800" + SIGNED,
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(damaged: str) -> None:
    with pytest.raises(VerificationError) as refusal:
        notes.parse(damaged)
    assert refusal.value.code == "malformed"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(VerificationError):
        notes.parse(b"\xff\xfe" + SIGNED.encode())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b"])
def test_a_key_has_a_name_without_spaces(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        NoteKey(name, ED25519, LOG_KEY.public_key)
