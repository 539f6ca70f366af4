"""Tables for spreadsheets, in which no cell can be taken for a formula (RFC 4180; OWASP, CSV injection)."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_BYTE_ORDER_MARK = "\ufeff"
"""Without it a common spreadsheet program takes UTF-8 for another encoding, and Russian for noise."""
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8; a cell that would begin a formula is marked as text by an apostrophe."""
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(text) for text in row])
    return (_BYTE_ORDER_MARK + written.getvalue()).encode()


def cell(text: str) -> str:
    """Return a text as a spreadsheet shows it, and never computes it."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
