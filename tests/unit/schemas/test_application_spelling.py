"""No file name of an application leads out of its folder or looks like another."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.application_spelling import RelativeFile

FILES: TypeAdapter[str] = TypeAdapter(RelativeFile)
PIECES = st.sampled_from(["..", ".", "", "a", "b.md", "/", "\\", ":", "C:", " ", "\x00", "\u202e", "~", "dir/", "é"])


def is_taken(file: str) -> bool:
    try:
        FILES.validate_python(file)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("file", ["a.md", "docs/a b.md", "протокол.pdf", ".hidden", "a..b", "deep/er/still/x.csv"])
def test_a_plain_path_inside_the_folder_is_taken(file: str) -> None:
    assert FILES.validate_python(file) == file


@pytest.mark.parametrize(
    "file",
    [
        *("/etc/passwd", "../a", "a/../../b", "a/..", "./a", "a//b", "a/", "", "C:/a", "C:a", "a\\b"),
        *("a\x00", "a\nb", "a\u202egnp.md", "a\u200b.md", " a", "a ", "x" * 201),
    ],
)
def test_a_path_that_could_lead_or_look_elsewhere_is_refused(file: str) -> None:
    assert not is_taken(file)


@given(st.lists(PIECES, min_size=1, max_size=6).map("".join) | st.text(max_size=30))
def test_whatever_is_taken_stays_inside_the_folder_on_every_system(file: str) -> None:
    if not is_taken(file):
        return

    assert not PurePosixPath(file).is_absolute()
    assert not PureWindowsPath(file).is_absolute()
    assert not PureWindowsPath(file).drive
    assert ".." not in {*PurePosixPath(file).parts, *PureWindowsPath(file).parts}
    assert str(PurePosixPath(file)) == file
    # Spaces of every kind are taken: the screens of some systems are saved under names with a narrow one.
    assert not [one for one in file if unicodedata.category(one) in {"Zl", "Zp"} or unicodedata.category(one)[0] == "C"]


@given(
    st.lists(
        st.text("abcXYZ09._-", min_size=1, max_size=8).filter(lambda part: part.strip(".")), min_size=1, max_size=5
    )
)
def test_every_path_of_plain_parts_is_taken(parts: list[str]) -> None:
    assert is_taken("/".join(parts))
