"""What is found when the sign log was written again, in a chain that holds, with other lines than were signed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from certify.activities.sign_log import Intent, Line, Signature, SignLog, read
from certify.register.database import Database
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, founded


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    """Two labels, so that the log holds intent, signature, intent, signature."""
    made = await founded(Database(sqlite_url, cells=CELLS), tmp_path)
    await made.certified(application="case-1")
    await made.certified(application="case-2")
    return made


def _other_statement(line: Line) -> Line:
    assert isinstance(line, Intent)
    return line.model_copy(update={"statement": line.statement.model_copy(update={"name_version": "Another 1.0"})})


def _same_index(line: Line, other: Line) -> Line:
    assert isinstance(line, Intent)
    assert isinstance(other, Intent)
    index = other.statement.status_index
    return line.model_copy(update={"statement": line.statement.model_copy(update={"status_index": index})})


def _other_decision(line: Line) -> Line:
    return line.model_copy(update={"decision": "case-9/30"})


def _other_token(line: Line, other: Line) -> Line:
    assert isinstance(line, Signature)
    assert isinstance(other, Signature)
    return line.model_copy(update={"label": line.label.model_copy(update={"token": other.label.token})})


FORGERIES: dict[str, tuple[Callable[[Sequence[Line]], Sequence[Line]], set[str]]] = {
    "no signature": (lambda lines: lines[:3], {"label_not_signed"}),
    "no intent": (lambda lines: lines[1:], {"signature_without_intent"}),
    "other intent": (lambda lines: [_other_statement(lines[0]), *lines[1:]], {"signature_without_intent"}),
    "one intent more": (
        lambda lines: [*lines, _other_decision(lines[0])],
        {"intent_without_signature", "number_twice"},
    ),
    "signed for another decision": (
        lambda lines: [lines[0], _other_decision(lines[1]), *lines[2:]],
        {"signature_without_intent", "signature_without_label", "label_not_signed"},
    ),
    "signed twice": (lambda lines: [*lines, lines[3]], {"signed_twice"}),
    "one index twice": (
        lambda lines: [*lines[:2], _same_index(lines[2], lines[0]), lines[3]],
        {"number_twice", "signature_without_intent"},
    ),
    "another token": (
        lambda lines: [lines[0], _other_token(lines[1], lines[3]), *lines[2:]],
        {"signature_differs"},
    ),
    "nothing": (lambda _: [], {"label_not_signed"}),
    "the same": (lambda lines: lines, set()),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_sign_log_with_other_lines_is_found(body: Body, name: str) -> None:
    forge, codes = FORGERIES[name]
    lines = forge(read(body.sign_log))
    body.sign_log.unlink()
    log = SignLog(body.sign_log)
    for line in lines:
        log.append(line)

    assert set(await body.codes()) == codes
