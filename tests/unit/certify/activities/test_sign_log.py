import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certify.activities import sign_log
from certify.activities.sign_log import Intent, Signature, SignLog, SignLogBroken
from schemas.label import IssuedLabel, LabelStatement
from tests.builders import sha256

AT = datetime(2026, 3, 2, tzinfo=UTC)
STATEMENT = LabelStatement(
    id="0123456789ABCDEF",
    expires_at=datetime(2028, 3, 2, 23, 59, 59, tzinfo=UTC),
    tier="low",
    status_index=1,
    subject_digest=sha256("subject")[:24],
    name_version="Digit Reader 1.2.0",
)


def intent(decision: str = "case-1/30", index: int = 1) -> Intent:
    statement = STATEMENT.model_copy(update={"status_index": index})
    return Intent(decision=decision, at=AT, statement=statement, holder="Acme Vision")


def signature(decision: str = "case-1/30") -> Signature:
    claims = STATEMENT.model_dump(exclude={"holder"})
    label = IssuedLabel(
        **claims, token="TOKEN", kid="00000000", decision_number=decision, holder="Acme Vision", issued_at=AT
    )
    return Signature(decision=decision, at=AT, label=label)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "signer" / "sign-log.jsonl"


def test_a_new_log_is_empty_and_only_its_owner_may_read_it(path: Path) -> None:
    log = SignLog(path)

    assert sign_log.read(path) == ()
    assert (log.intent_for("case-1/30"), log.signature_for("case-1/30"), log.status_indices) == (None, None, set())
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_log_that_was_never_begun_reads_as_empty(path: Path) -> None:
    assert sign_log.read(path) == ()


def test_a_log_that_is_opened_again_remembers_all(path: Path) -> None:
    first = SignLog(path)
    first.append(intent())
    first.append(signature())
    first.append(intent("case-2/30", 7))

    again = SignLog(path)

    assert again.intent_for("case-1/30") == first.intent_for("case-1/30")
    assert again.signature_for("case-1/30") == first.signature_for("case-1/30")
    assert again.signature_for("case-2/30") is None
    assert again.status_indices == {1, 7}


def test_every_line_names_the_line_before_it(path: Path) -> None:
    log = SignLog(path)
    log.append(intent())
    SignLog(path).append(signature())

    first, second = sign_log.read(path)

    assert first.previous is None
    assert second.previous == sha256(path.read_text().splitlines()[0])


@pytest.mark.parametrize("kept", [0, 1, 40])
def test_a_line_that_a_crash_cut_off_is_dropped_and_the_log_goes_on(path: Path, kept: int) -> None:
    log = SignLog(path)
    log.append(intent())
    whole = path.read_bytes()
    log.append(signature())
    path.write_bytes(path.read_bytes()[: len(whole) + kept])

    again = SignLog(path)

    assert path.read_bytes() == whole
    assert again.signature_for("case-1/30") is None
    again.append(signature())
    assert [line.kind for line in sign_log.read(path)] == ["intent", "signature"]


def test_a_line_that_ends_without_its_line_end_was_never_acknowledged(path: Path) -> None:
    SignLog(path).append(intent())
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))

    assert sign_log.read(path) == ()
    assert SignLog(path).intent_for("case-1/30") is None


def _without_line(lines: list[bytes], number: int) -> list[bytes]:
    return lines[: number - 1] + lines[number:]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: _without_line(lines, 1), "line 1 does not follow"),
        (lambda lines: _without_line(lines, 2), "line 2 does not follow"),
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1 does not follow"),
        (lambda lines: [lines[0], lines[0], *lines[1:]], "line 2 does not follow"),
        (lambda lines: [lines[0].replace(b"Acme", b"Acne"), *lines[1:]], "line 2 does not follow"),
        (lambda lines: [lines[0], b"{}", lines[2]], "line 2 is no entry"),
        (lambda lines: [lines[0], b"", lines[2]], "line 2 is no entry"),
        (lambda lines: [b"\xff", *lines[1:]], "line 1 is no entry"),
    ],
)
def test_a_log_whose_chain_is_broken_is_not_opened(path: Path, change, message: str) -> None:
    log = SignLog(path)
    for line in (intent(), signature(), intent("case-2/30", 2)):
        log.append(line)
    path.write_bytes(b"".join(line + b"\n" for line in change(path.read_bytes().splitlines())))

    for open_it in (SignLog, sign_log.read):
        with pytest.raises(SignLogBroken, match=message):
            open_it(path)


def test_a_full_disk_leaves_no_half_line_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = SignLog(path)
    log.append(intent())
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            log.append(signature())

    assert path.read_bytes() == before
    assert log.signature_for("case-1/30") is None
    log.append(signature())
    assert [line.kind for line in sign_log.read(path)] == ["intent", "signature"]


def test_a_line_is_on_the_disk_before_it_counts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = SignLog(path)
    seen: list[tuple[bytes, bool]] = []

    def note(descriptor: int) -> None:
        seen.append((path.read_bytes(), log.intent_for("case-1/30") is None))
        assert os.fstat(descriptor).st_ino == path.stat().st_ino

    monkeypatch.setattr(os, "fsync", note)
    log.append(intent())

    ((content, was_unknown),) = seen
    assert content.endswith(b"\n")
    assert json.loads(content)["decision"] == "case-1/30"
    assert was_unknown
