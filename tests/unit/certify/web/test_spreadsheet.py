"""No cell of a table we give out is computed by the spreadsheet that opens it."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.web.spreadsheet import as_csv


def cells_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")'],
)
def test_what_would_begin_a_formula_is_marked_as_text(formula: str) -> None:
    assert cells_of(as_csv([["a", formula], [formula, "b"]])) == [["a", f"'{formula}"], [f"'{formula}", "b"]]


def test_a_cell_that_begins_with_nothing_at_all_is_marked_too() -> None:
    assert b'"\'\x00=1"' in as_csv([["\0=1"]])


@pytest.mark.parametrize(
    "text", ["", "a=1", "1-2", "a@b", "'=1", " x", "Уровень; риск", 'say "no", twice', "two\nlines"]
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert cells_of(as_csv([[text]])) == [[text]]


def test_a_spreadsheet_is_told_that_it_is_utf_8() -> None:
    assert as_csv([["Риск"]]).startswith("\ufeff".encode())


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=5))
def test_no_cell_of_any_text_begins_a_formula(row: list[str]) -> None:
    assert not [one for cells in cells_of(as_csv([row])) for one in cells if one[:1] in set("=+-@\t\r\0") - {""}]
