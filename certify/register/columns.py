"""Lists of words in one text column, so that both databases hold and compare them alike."""

from collections.abc import Iterable


def words(values: Iterable[str]) -> str:
    """Return words as one column."""
    return " ".join(str(value) for value in values)


def from_words(column: str) -> tuple[str, ...]:
    """Return the words of a column."""
    return tuple(column.split())
