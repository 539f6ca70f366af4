"""A key of the publisher signs nothing that is not written down before (security, I18, F8)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from certify.publication.signature_log import Begun, LoggedKey, SignatureLog, SignatureLogBroken, Signed, read
from certify.vault.appended import append_line, drop_unfinished, last_line, whole_lines
from labels.key_set import Use
from labels.keys import KeyInMemory
from schemas.errors import Unavailable
from tests.unit.certify.publication.published import STATUS_KEY, key

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Counting:
    """A key that counts what it signs."""

    def __init__(self, signer: KeyInMemory) -> None:
        self.public_key, self.kid, self.alg, self._signer = signer.public_key, signer.kid, signer.alg, signer
        self.signed = 0

    def sign(self, message: bytes) -> bytes:
        """Sign, and count it."""
        self.signed += 1
        return self._signer.sign(message)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "signer" / "signatures.jsonl"


def test_a_line_stands_on_the_disk_before_the_key_is_used(path: Path) -> None:
    log = SignatureLog(path, lambda: NOW)
    logged = LoggedKey.of(STATUS_KEY, Use.STATUS, log, "s/0")

    assert logged.sign(b"a list") == STATUS_KEY.sign(b"a list")
    begun, line = read(path)
    assert begun == Begun(at=NOW)
    assert isinstance(line, Signed)
    assert (line.use, line.kid, line.what, line.at) == (Use.STATUS, STATUS_KEY.kid, "s/0", NOW)


def test_a_key_whose_line_cannot_be_written_signs_nothing(path: Path) -> None:
    log, counting = SignatureLog(path), Counting(key("counting"))
    logged = LoggedKey.of(counting, Use.STATUS, log, "s/0")
    path.unlink()
    path.mkdir()

    with pytest.raises(OSError, match="directory"):
        logged.sign(b"a list")
    assert counting.signed == 0


def test_a_log_goes_on_where_it_stopped_and_drops_what_was_never_finished(path: Path) -> None:
    SignatureLog(path).note(Use.LOG, "00000000", "log/1", b"one")
    with path.open("ab") as file:
        file.write(b'{"kind":"signed","at":')
    again = SignatureLog(path)
    again.note(Use.LOG, "00000000", "log/2", b"two")

    assert not again.is_new
    assert [line.what for line in read(path) if isinstance(line, Signed)] == ["log/1", "log/2"]


def test_a_line_that_was_taken_out_is_found_by_the_next(path: Path) -> None:
    log = SignatureLog(path)
    for number in range(3):
        log.note(Use.LOG, "00000000", f"log/{number}", b"")
    kept = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*kept[:2], *kept[3:]]))

    with pytest.raises(SignatureLogBroken, match="line 3"):
        list(read(path))


@pytest.mark.parametrize(("size", "message"), [(4, b"five"), (5, b"another five")])
@pytest.mark.parametrize("is_reopened", [False, True])
def test_no_second_log_is_signed_for_under_the_name_of_one_that_was(
    path: Path, size: int, message: bytes, is_reopened: bool
) -> None:
    log = SignatureLog(path)
    log.note(Use.LOG, "00000000", "log/5", b"five")
    log.note(Use.STATUS, "00000000", "s/0", b"a list")
    log = SignatureLog(path) if is_reopened else log

    with pytest.raises(Unavailable, match="log_forked"):
        log.note(Use.LOG, "00000000", f"log/{size}", message)
    log.note(Use.LOG, "11111111", "log/5", b"five")
    log.note(Use.LOG, "11111111", "log/6", b"six")
    assert log.log_size == 6


@pytest.mark.parametrize("before", [b"", b"a\n", b"a\nb\n", b"x" * 70_000 + b"\n", b"a\n" + b"x" * 140_000 + b"\n"])
@pytest.mark.parametrize("left", [b"", b"half", b"h" * 70_000])
def test_what_ends_within_a_line_is_cut_to_the_last_whole_one(tmp_path: Path, before: bytes, left: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(before + left)
    lines = whole_lines(before)

    assert last_line(path) == (lines[-1] if lines else None)
    drop_unfinished(path)
    assert path.read_bytes() == before
    append_line(path, b"next")
    assert last_line(path) == b"next"
