"""The plain YAML of schemes: what a value is, and in which line it stood."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from schemas.scheme_yaml import Document, read_folder


def read(folder: Path, **files: str) -> Document:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return read_folder(folder)


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("007", "007"),
        ("-7", "-7"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("1.5", "1.5"),
        ("2021-10-26", "2021-10-26"),
        ("9999999999", "9999999999"),
        ('"7"', "7"),
        ("'true'", "true"),
        ("Да", "Да"),
    ],
)
def test_only_whole_numbers_true_false_and_null_are_not_texts(tmp_path: Path, spelled: str, value: JsonValue) -> None:
    document = read(tmp_path, one=f"key: {spelled}\n")

    assert document.problems == []
    assert document.values == {"key": value}
    assert type(document.values["key"]) is type(value)


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    document = read(tmp_path, one="a:\n  b: 1\n  c:\n  - x\n  - y: 2\nd: {e: [3,\n  4]}\n")

    lines = {where: line for where, (_, line) in document.lines.items()}
    assert lines == {
        (): 1,
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "c"): 3,
        ("a", "c", 0): 4,
        ("a", "c", 1): 5,
        ("a", "c", 1, "y"): 5,
        ("d",): 6,
        ("d", "e"): 6,
        ("d", "e", 0): 6,
        ("d", "e", 1): 7,
    }


def test_a_list_goes_on_in_the_next_file_with_that_files_lines(tmp_path: Path) -> None:
    document = read(tmp_path, a="list: [1, 2]\n", b="# more\nlist:\n- 3\n- 4\n")

    assert document.values == {"list": [1, 2, 3, 4]}
    assert document.problem_at(("list", 1), "").line == 1
    assert document.lines["list", 2] == (str(tmp_path / "b.yaml"), 3)
    assert document.lines["list", 3] == (str(tmp_path / "b.yaml"), 4)


def test_a_problem_below_what_stands_in_a_file_is_told_at_its_parent(tmp_path: Path) -> None:
    document = read(tmp_path, one="a:\n  b: 1\n")

    assert str(document.problem_at(("a", "b", "missing"), "gone")) == f"{tmp_path / 'one.yaml'}:2: gone"


def test_a_key_stated_twice_keeps_its_first_value(tmp_path: Path) -> None:
    document = read(tmp_path, one="a: {b: 1, b: {c: 2}}\n")

    assert document.values == {"a": {"b": 1}}
    assert [problem.message for problem in document.problems] == ["key 'b' stands twice, first in line 1"]
