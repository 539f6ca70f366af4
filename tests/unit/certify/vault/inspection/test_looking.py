"""What a file is: its first bytes and a parser agree, or it is refused with a code (security T3, T4; ASVS 5.2)."""

import io
import re
from pathlib import Path

import pytest

from certify.vault.inspection.accepted import EXTENSIONS, kind_of, require_agreement
from certify.vault.inspection.looking import look_at
from certify.vault.inspection.report import SENTENCES, Refused, Report
from schemas.errors import Unacceptable
from tests import files
from tests.files import BOMBS, GOOD, POLYGLOTS

GUIDE = Path(__file__).parents[5] / "docs" / "operate" / "files.md"
SMALL = {name: one for name, one in BOMBS.items() if name not in {"dense", "PDF that unpacks"}}
"""Those two fill the memory that only a child has too little of: `test_inspector.py`."""


def found_in(name: str, content: bytes) -> Report:
    report = look_at(io.BytesIO(content))
    require_agreement(name, report.kinds)
    return report


@pytest.mark.parametrize("name", GOOD)
def test_a_file_of_an_accepted_type_is_what_its_name_says(name: str) -> None:
    content, kind = GOOD[name]
    assert kind in found_in(name, content).kinds


@pytest.mark.parametrize("name", [*SMALL, *POLYGLOTS])
def test_bombs_and_files_that_are_two_things_are_refused_with_a_code(name: str) -> None:
    file, make, code = {**SMALL, **POLYGLOTS}[name]
    with pytest.raises((Refused, Unacceptable)) as refusal:
        found_in(file, make())
    assert refusal.value.code in SENTENCES
    assert refusal.value.code == (code or refusal.value.code)


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        (files.pdf(catalogue=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "scripts"),
        (files.pdf(catalogue=b"/OpenAction<</S/Launch/F(calc.exe)>>"), "launches_programs"),
        (files.docx({"word/vbaProject.bin": b"x"}), "macros"),
        (files.with_external_template(), "external_content"),
        (files.docx({"word/embeddings/a.bin": b"x"}), "attached_files"),
    ],
)
def test_what_a_file_would_do_is_told_to_whoever_opens_it(content: bytes, remark: str) -> None:
    assert remark in look_at(io.BytesIO(content)).remarks


def test_a_file_that_does_nothing_has_no_remark() -> None:
    assert [look_at(io.BytesIO(content)).remarks for content, _ in GOOD.values()] == [()] * len(GOOD)


@pytest.mark.parametrize(
    "name", ["", ".pdf", "pdf", "a.", "a.exe", "a.pdf.exe", "a.svg", "a.html", "a.docm", "a.pdf ", "a.p\0df"]
)
def test_a_name_of_no_accepted_type_is_refused(name: str) -> None:
    with pytest.raises(Unacceptable, match="file_type_not_accepted"):
        kind_of(name)


def test_what_is_accepted_is_what_the_guide_says() -> None:
    table = re.findall(r"^\| [\w ]+ \| ([a-z0-9, ]+) \| ", GUIDE.read_text(), re.MULTILINE)

    told = sorted(extension for row in table[1:] for extension in row.split(", "))
    assert told == sorted(extension for extensions in EXTENSIONS.values() for extension in extensions)


def test_a_file_of_an_earlier_version_is_taken_by_its_name() -> None:
    require_agreement("a.pdf", None)


def test_no_extension_says_two_kinds() -> None:
    said = [extension for extensions in EXTENSIONS.values() for extension in extensions]
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\0\0\0\x18ftypisom"]
)
def test_the_beginning_of_a_file_is_no_file(content: bytes) -> None:
    if content:
        with pytest.raises(Refused):
            look_at(io.BytesIO(content))
    else:
        assert "text" in look_at(io.BytesIO(content)).kinds


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
@pytest.mark.parametrize("place", [0, 7000, 2_500_000])
def test_a_text_may_have_tabs_ends_of_lines_and_pages_and_escapes_and_no_other_control_character(
    place: int, encoding: str
) -> None:
    before, after = "a" * place, "b" * 100
    for character in map(chr, range(128)):
        content = (before + character + after).encode(encoding)
        if (character < " " and character not in "\t\n\f\r\x1b") or character == "\x7f":
            with pytest.raises(Refused, match="file_type_not_accepted"):
                look_at(io.BytesIO(content))
        else:
            assert "text" in look_at(io.BytesIO(content)).kinds
