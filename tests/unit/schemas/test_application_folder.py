"""Every fault of an application folder is named by file, line and key."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from schemas.application import Problem
from schemas.application_folder import MAX_APPLICATION_BYTES, ApplicationFolderError, read_folder

EXAMPLE = Path(__file__).parents[3] / "examples" / "out-of-scope"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "application"))


def rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / "application.yaml"
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "application.yaml").read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def problems(folder: Path) -> list[str]:
    with pytest.raises(ApplicationFolderError) as refused:
        read_folder(folder)
    assert refused.value.code == "application_folder_unreadable"
    return list(refused.value.problems)


def test_a_folder_is_read_with_digest_and_size_of_each_file(folder: Path) -> None:
    read = read_folder(folder)
    content = (folder / "model-card.md").read_bytes()

    assert [(file.file, file.digest, file.size) for file in read.files] == [
        ("model-card.md", hashlib.sha256(content).hexdigest(), len(content))
    ]
    assert (read.application.evidence[0].digest, read.application.evidence[0].size) == (
        read.files[0].digest,
        read.files[0].size,
    )


def test_another_content_of_a_file_is_another_application(folder: Path) -> None:
    before = read_folder(folder).application.digest
    (folder / "model-card.md").write_text("other", "utf-8")

    assert read_folder(folder).application.digest != before


def test_a_file_larger_than_one_chunk_has_the_digest_of_all_its_bytes(folder: Path) -> None:
    content = os.urandom(1024) * 1500
    (folder / "model-card.md").write_bytes(content)

    assert read_folder(folder).files[0].digest == hashlib.sha256(content).hexdigest()


def test_a_problem_found_later_is_located_too(folder: Path) -> None:
    read = read_folder(folder)

    assert read.located(Problem(("answers", "Q3"), "odd")) == (
        f"application.yaml:{line_of(folder, 'Q3:')}: answers.Q3: odd"
    )


def test_a_value_out_of_range_is_named_with_its_line(folder: Path) -> None:
    rewrite(folder, "Q3: 2", "Q3: {score: 7}")

    assert problems(folder) == [
        f"application.yaml:{line_of(folder, 'Q3:')}: answers.Q3.score: Input should be 0, 1, 2, 3 or 'unknown'"
    ]


def test_a_missing_key_is_named_at_what_should_hold_it(folder: Path) -> None:
    rewrite(folder, "  label_name: Range Marker\n", "")

    assert problems(folder) == [f"application.yaml:{line_of(folder, 'system:')}: system.label_name: is missing"]


def test_an_unknown_key_is_named(folder: Path) -> None:
    rewrite(folder, "statements:", "colour: red\nstatements:")

    assert problems(folder) == [f"application.yaml:{line_of(folder, 'colour')}: colour: is not a key of an application"]


def test_a_key_written_twice_is_named(folder: Path) -> None:
    rewrite(folder, "  Q3: 2\n", "  Q3: 2\n  Q3: 0\n")
    line = line_of(folder, "Q3: 2")

    assert problems(folder) == [f"application.yaml:{line}: answers.Q3: is written twice, here and in line {line + 1}"]


def test_a_version_written_as_a_number_is_refused_with_advice(folder: Path) -> None:
    rewrite(folder, '  version: "2.0"', "  version: 2.0")

    assert problems(folder) == [
        (
            f"application.yaml:{line_of(folder, '  version:')}: system.version: "
            "write it in quotes: unquoted, YAML reads it as a number, a day or yes/no"
        )
    ]


def test_norway_without_quotes_is_refused_with_advice(folder: Path) -> None:
    rewrite(folder, '"NO"', "NO")

    assert "organisation.country: write it in quotes" in problems(folder)[0]


def test_a_day_that_does_not_exist_is_named(folder: Path) -> None:
    rewrite(folder, "effective: 2026-11-22", "effective: 2026-13-22")

    assert "evidence.0.effective: " in problems(folder)[0]


def test_a_laboratory_without_number_is_named_at_the_maker(folder: Path) -> None:
    rewrite(folder, "made_by: applicant", "made_by: accredited_laboratory")

    assert problems(folder) == [
        (
            f"application.yaml:{line_of(folder, 'made_by')}: evidence.0.made_by.accreditation: "
            "an accredited laboratory has a number of accreditation"
        )
    ]


def test_a_maker_of_unknown_kind_is_named_at_its_kind(folder: Path) -> None:
    rewrite(folder, "made_by: applicant", "made_by: nobody")

    assert problems(folder)[0].startswith(
        f"application.yaml:{line_of(folder, 'made_by')}: evidence.0.made_by.kind: Input should be 'applicant'"
    )


def test_a_label_name_that_is_too_long_is_named(folder: Path) -> None:
    rewrite(folder, "label_name: Range Marker", f"label_name: {'x' * 60}")

    assert problems(folder) == [
        (
            f"application.yaml:{line_of(folder, 'label_name')}: system.label_name: "
            "takes 64 bytes of UTF-8 with the version; a label has room for 55"
        )
    ]


def test_everything_wrong_is_named_at_once(folder: Path) -> None:
    rewrite(folder, "Q3: 2", "Q3: 9")
    rewrite(folder, "reference: range-marker-2.0", "reference: 12")

    assert [problem.split(": ")[1] for problem in problems(folder)] == ["reference", "answers.Q3.score"]


@pytest.mark.parametrize("key", ["digest: " + "ab" * 32, "size: 12"])
def test_what_lodging_fills_in_is_not_written_by_people(folder: Path, key: str) -> None:
    rewrite(folder, "    made_by: applicant", f"    {key}\n    made_by: applicant")

    assert "leave it out" in problems(folder)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "application.yaml:1: holds no keys"),
        (b"- a\n- b\n", "application.yaml:1: holds no keys"),
        (b"a: [1, 2\nb: 3\n", "application.yaml:2: unreadable YAML: "),
        (b"a: &x 1\nb: *x\n", "application.yaml:2: unreadable YAML: is an alias"),
        (b"a: !!python/object:os.system 1\n", "application.yaml:1: unreadable YAML: "),
        (b"a: 1\n---\nb: 2\n", "application.yaml:2: unreadable YAML: "),
        (b"a: \xff\xfe\n", "application.yaml: is not text in UTF-8"),
        (b"a: \x07\n", "application.yaml: unreadable YAML: "),
        (b"a: " + b"[" * 600, "application.yaml: unreadable YAML: too many levels"),
        (b"[a]: 1\n", "application.yaml:1: unreadable YAML: "),
        (b"a: " + b"9" * 5000, "application.yaml: unreadable YAML: "),
        (b"#" * (MAX_APPLICATION_BYTES + 1), "application.yaml: is longer than 1048576 bytes"),
    ],
)
def test_a_text_that_is_no_application_is_refused_whole(folder: Path, text: bytes, message: str) -> None:
    (folder / "application.yaml").write_bytes(text)

    assert problems(folder)[0].startswith(message)


def test_a_folder_without_application_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path) == ["application.yaml: cannot be read: No such file or directory"]


def file_problem(folder: Path, message: str) -> str:
    return f"application.yaml:{line_of(folder, '- file:')}: evidence.0.file: {message}"


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "model-card.md").unlink()

    assert problems(folder) == [file_problem(folder, "model-card.md is not in the folder")]


def test_an_empty_file_is_named(folder: Path) -> None:
    (folder / "model-card.md").write_bytes(b"")

    assert problems(folder) == [file_problem(folder, "model-card.md is empty")]


def test_a_folder_named_as_evidence_is_named(folder: Path) -> None:
    (folder / "model-card.md").unlink()
    (folder / "model-card.md").mkdir()

    assert problems(folder) == [file_problem(folder, "model-card.md is no file")]


def test_a_link_that_leaves_the_folder_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not for you", "utf-8")
    (folder / "model-card.md").unlink()
    (folder / "model-card.md").symlink_to(tmp_path / "secret")

    assert problems(folder) == [file_problem(folder, "model-card.md leads out of the folder")]


def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "model-card.md").rename(folder / "card.md")
    (folder / "model-card.md").symlink_to("card.md")

    assert read_folder(folder).files[0].path == (folder / "card.md").resolve()


def test_links_in_a_circle_are_named(folder: Path) -> None:
    (folder / "model-card.md").unlink()
    (folder / "model-card.md").symlink_to("model-card.md")

    assert problems(folder)[0].startswith(file_problem(folder, "model-card.md cannot be read: "))


def test_two_names_of_one_file_are_named(folder: Path) -> None:
    (folder / "again.md").symlink_to("model-card.md")
    written = (folder / "application.yaml").read_text("utf-8")
    entry = written[written.index("  - file:") : written.index("\nagreement")]
    rewrite(folder, "\nagreement", entry.replace("model-card.md", "again.md") + "\nagreement")

    assert problems(folder) == [
        f"application.yaml:{line_of(folder, 'again.md')}: evidence.1.file: again.md is the same file as model-card.md"
    ]


def test_a_file_listed_under_two_types_stands_for_both_items(folder: Path) -> None:
    written = (folder / "application.yaml").read_text("utf-8")
    entry = written[written.index("  - file:") : written.index("\nagreement")]
    rewrite(folder, "\nagreement", entry.replace("type: model_card", "type: user_docs") + "\nagreement")

    read = read_folder(folder)

    assert [(item.file, item.type) for item in read.application.evidence] == [
        ("model-card.md", "model_card"),
        ("model-card.md", "user_docs"),
    ]
    assert read.files[0] == read.files[1]
    assert {item.digest for item in read.application.evidence} == {read.files[0].digest}
