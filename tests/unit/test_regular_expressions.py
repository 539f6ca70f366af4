"""No regular expression of ours goes back and forth over a long text: 100 kB end at once (ASVS 1.3.12).

The patterns of models are not among them: pydantic reads those with an engine that never goes back.
"""

import ast
import importlib
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted(path for part in ("certify", "workflows", "labels", "schemas") for path in (ROOT / part).rglob("*.py"))
LENGTH = 100_000
HANGS_AFTER = 5.0
"""Seconds: a linear one takes a thousandth of that, one that goes back takes minutes."""
OFTEN_REPEATED = ("a", "0", " ", "\n", "\t", "-", ".", "/", "=", "a.", "0.", "a-", "a ", "\r\n", "é", "\u200b", "x000/")
ANYWHERE = frozenset({"search", "sub", "subn", "split", "findall", "finditer"})
"""What begins anew at every place of a text."""


class Pattern(NamedTuple):
    """One that is written in our code.

    Attributes:
        anywhere: whether it is looked for at any place, and not at the beginning alone.
    """

    written: Any
    anywhere: bool


def patterns_in(path: Path) -> Iterator[Pattern]:
    source = path.read_text(encoding="utf-8")
    if not re.search(r"^import re$", source, re.MULTILINE):
        return
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name, value in vars(module).items():
        for one in value.values() if isinstance(value, dict) else [value]:
            if isinstance(one, re.Pattern):
                named = "\\w+" if isinstance(value, dict) else name
                is_anywhere = re.search(rf"\b{named}\.({'|'.join(ANYWHERE)})\(", source)
                yield Pattern(one.pattern, bool(is_anywhere))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            module_of, _, function = ast.unparse(node.func).rpartition(".")
            if module_of == "re" and function != "compile":
                yield Pattern(node.args[0].value, function in ANYWHERE)


def repeated_by(pattern: str) -> Iterator[str]:
    """What a pattern repeats is among what is written in it."""
    yield from OFTEN_REPEATED
    letters = sorted({one for one in pattern if one.isprintable() and one not in "\\()[]{}|^$?+*"})
    yield from letters


@contextmanager
def ends_soon(what: str) -> Iterator[None]:
    def hangs(*_: object) -> NoReturn:
        raise AssertionError(what)

    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def try_long_texts(pattern: Pattern) -> None:
    compiled = re.compile(pattern.written)
    for part in repeated_by(str(pattern.written)):
        long = part * (LENGTH // len(part))
        for text in (long, long + "\x00", "\x00" + long + "!"):
            read = text.encode() if isinstance(pattern.written, bytes) else text
            with ends_soon(f"{pattern.written!r} over {part!r}"):
                compiled.fullmatch(read)
                if pattern.anywhere:
                    compiled.search(read)


PATTERNS = sorted({one for path in OURS for one in patterns_in(path)}, key=repr)


def test_one_that_goes_back_and_forth_is_found() -> None:
    with pytest.raises(AssertionError):
        try_long_texts(Pattern("(a+)+", anywhere=False))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: repr(one.written))
def test_a_long_text_takes_no_long_time(pattern: Pattern) -> None:
    try_long_texts(pattern)


def test_the_patterns_of_ours_were_found() -> None:
    assert len(PATTERNS) > 40
