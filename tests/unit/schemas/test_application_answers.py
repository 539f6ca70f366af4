"""Of an application, finished or not, a self-check reads the answers; every slip in them is named."""

from pathlib import Path

import pytest

from schemas.application_answers import read_answers
from schemas.application_folder import ApplicationFolderError

EXAMPLE = Path(__file__).parents[3] / "examples" / "digit-reader"
UNFINISHED = """\
organisation: {roles: [developer]}
gates: {G1: yes, G2: unknown}
answers: {Q1: 0, Q2: unknown, Q3: {score: 2, evidence: [not-there-yet.md]}}
"""


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "application.yaml").write_text(text, "utf-8")
    return tmp_path


def problems(path: Path) -> list[str]:
    with pytest.raises(ApplicationFolderError) as refused:
        read_answers(path)
    return list(refused.value.problems)


def test_a_folder_and_its_file_say_the_same() -> None:
    scheme, answers = read_answers(EXAMPLE)

    assert read_answers(EXAMPLE / "application.yaml") == (scheme, answers)
    assert scheme == "ai-ethics-code"
    assert answers.roles == ("developer", "operator")
    assert (answers.answers["Q2"], answers.gates["G1"], answers.statements) == (1, "yes", {"groups_people": False})


def test_what_is_not_written_yet_does_not_matter(tmp_path: Path) -> None:
    scheme, answers = read_answers(written(tmp_path, UNFINISHED))

    assert scheme is None
    assert answers.roles == ("developer",)
    assert answers.gates == {"G1": "yes", "G2": "unknown"}
    assert answers.answers == {"Q1": 0, "Q2": None, "Q3": 2}
    assert answers.statements == {}


def test_who_applies_is_not_read(tmp_path: Path) -> None:
    _, answers = read_answers(written(tmp_path, UNFINISHED.replace("{roles", "{name: Acme Vision, roles")))

    assert "Acme" not in answers.model_dump_json()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("answers:", "anwsers:", "application.yaml:3: anwsers: is not a key of an application"),
        ("Q1: 0", "Q1: 7", "application.yaml:3: answers.Q1.score: "),
        ("[developer]", "[bystander]", "application.yaml:1: organisation.roles.0: "),
        ("organisation: {roles: [developer]}\n", "", "application.yaml: organisation: is missing"),
        ("Q1: 0", "Q1: 0, Q1: 1", "application.yaml:3: answers.Q1: is written twice, here and in line 3"),
    ],
)
def test_a_slip_is_named_by_line_and_key(tmp_path: Path, old: str, new: str, problem: str) -> None:
    found = problems(written(tmp_path, UNFINISHED.replace(old, new)))

    assert found[0].startswith(problem), found


def test_a_file_that_is_not_there_or_says_nothing_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path / "nowhere.yaml")[0].startswith("application.yaml: cannot be read")
    assert len(problems(written(tmp_path, ""))) == 1
