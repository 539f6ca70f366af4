"""Writes an unexpected error for the program's log, without what people confided (security I12, T36).

A model of the record that does not fit says with which value, and so does a request or an answer that does not: of such
an error only kinds and places are told. What libraries log goes through here too.
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

_MISFIT: Final = "ValidationError"
_FOREIGN: Final = "extra_forbidden"
"""The kind of error whose place ends with a name that is none of ours."""


def told(error: BaseException) -> str:
    """Return the traceback of an error, after those of the errors that led to it."""
    return "".join(_lines(error, set())).rstrip("\n")


class Formatter(logging.Formatter):
    """Formats what libraries log as ever, and their tracebacks as `told`."""

    def formatException(  # noqa: N802  # the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return the traceback of a record."""
        return told(ei[1]) if ei[1] is not None else ""


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield "\nThis led to:\n\n"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    yield _said(error)
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _lines(one, seen)


def _said(error: BaseException) -> str:
    """Return what an error says; one that lists values says where they stand, and of what kind the errors are."""
    if callable(listed := getattr(error, "errors", None)):
        return f"{type(error).__qualname__}: {'; '.join(_place(one) for one in listed())}\n"
    # What failed elsewhere comes back from Temporal as a sentence, with the name of what it was.
    if getattr(error, "type", None) == _MISFIT:
        return f"{type(error).__qualname__}: {_MISFIT}\n"
    return "".join(traceback.format_exception_only(error))


def _place(one: Any) -> str:
    kind, place = one["type"], one["loc"]
    return f"{kind} at {'.'.join(map(str, place[:-1] if kind == _FOREIGN else place)) or 'the top'}"
