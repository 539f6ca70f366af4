"""`certify scheme`: check, show, self-check."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from certify.scheme_commands import app
from schemas.application_answers import read_answers
from schemas.errors import Unacceptable
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme
from workflows.rules.self_check import self_check

EXAMPLE = Path(__file__).parents[3] / "examples" / "digit-reader"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILT_IN, tmp_path / "scheme"))


def replace(file: Path, old: str, new: str) -> int:
    before, found, after = file.read_text(encoding="utf-8").partition(old)
    assert found
    file.write_text(before + new + after, encoding="utf-8")
    return before.count("\n") + 1


def test_check_accepts_the_built_in_scheme_and_tells_its_digest() -> None:
    result = run("check", str(BUILT_IN))

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"ai-ethics-code 0.3.0-draft: 82 criteria, digest {load_scheme(BUILT_IN).digest}\n"


def test_check_lists_each_problem_on_a_line_of_stderr(folder: Path) -> None:
    first = replace(folder / "scoring.yaml", 'when: "Q3 == 3"', 'when: "Q13 == 3"')
    second = replace(folder / "tiers.yaml", "appeal_panel: 3", "appeal_pane: 3")

    result = run("check", str(folder))

    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"{folder}/scoring.yaml:{first}: ")
    assert f"{folder}/tiers.yaml:{second}: unknown key 'appeal_pane'" in lines


def test_check_computes_the_worked_examples(folder: Path) -> None:
    replace(folder / "scoring.yaml", "at_least: high", "at_least: medium")

    result = run("check", str(folder))

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"{folder}: example 10 (F1) is medium, not high"]


def test_check_answers_machines_with_one_object(folder: Path) -> None:
    good = json.loads(run("check", str(folder), "--json").stdout)
    line = replace(folder / "scheme.yaml", "id: ai-ethics-code", "id: AI")
    bad = run("check", str(folder), "--json")

    assert (good["ok"], good["problems"]) == (True, [])
    assert bad.exit_code == 1
    (problem,) = json.loads(bad.stdout)["problems"]
    assert (problem["file"], problem["line"]) == (str(folder / "scheme.yaml"), line)


@pytest.mark.parametrize(("lang", "title"), [("en", "Right to choose is preserved"), ("ru", "Сохранение права выбора")])
def test_show_prints_criteria_tiers_and_floors_in_a_language(lang: str, title: str) -> None:
    result = run("show", "--lang", lang)

    assert result.exit_code == 0
    for expected in ("82 criteria", title, "I-1.2-01", "Q3 == 3 and Q8 >= 2", "at least critical", "F12", "3/4"):
        assert expected in result.stdout


def test_show_for_a_tier_leaves_out_what_it_does_not_ask() -> None:
    whole, low = run("show").stdout, run("show", "--tier", "low").stdout

    assert "34 criteria" in low
    assert "Critical risk" in whole
    assert "Critical risk" not in low
    assert "Neutral" not in low


def test_show_as_json_is_the_scheme_with_its_derived_lists() -> None:
    shown = json.loads(run("show", "--tier", "low", "--json").stdout)

    assert len(shown["rules"]["criteria"]) == len(shown["texts"]["criteria"]) == 34
    assert shown["softer_than_code"] == ["I-1.1-03", "I-1.1-04", "I-4.2-01", "I-4.2-02"]
    assert shown["digest"] == load_scheme(BUILT_IN).digest


@pytest.mark.parametrize(("lang", "words"), [("en", "Requirements to show: 8"), ("ru", "Низкий риск")])
def test_a_self_check_prints_what_an_application_leads_to(lang: str, words: str) -> None:
    result = run("self-check", str(EXAMPLE), "--lang", lang)

    assert (result.exit_code, result.stderr) == (0, "")
    for expected in (words, "5 ", "36 ", "C1", "I-1.1-01", "I-2.9-01", load_scheme(BUILT_IN).digest):
        assert expected in result.stdout


def test_a_self_check_as_json_is_what_the_rules_find() -> None:
    printed = json.loads(run("self-check", str(EXAMPLE / "application.yaml"), "--json").stdout)
    _, answers = read_answers(EXAMPLE)

    assert printed == self_check(load_scheme(BUILT_IN), answers).model_dump(mode="json")


def test_a_self_check_says_first_that_no_label_can_be_granted() -> None:
    result = run("self-check", str(EXAMPLE.parent / "out-of-scope"))

    assert "No label can be granted: see gate G1." in result.stdout
    assert "Out of scope" in result.stdout


def test_a_self_check_under_another_scheme_needs_its_folder(folder: Path) -> None:
    for file in folder.glob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("id: ai-ethics-code", "id: other-code"), "utf-8")

    with pytest.raises(Unacceptable, match="unknown_scheme"):
        CliRunner().invoke(app, ["self-check", str(EXAMPLE), "--scheme", str(folder)], catch_exceptions=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "--lang", "de"),
        ("show", "--tier", "extreme"),
        ("check",),
        ("self-check",),
        ("self-check", str(EXAMPLE), "--lang", "de"),
    ],
)
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("command", ["check", "show", "self-check"])
def test_help_of_each_command_has_an_example(command: str) -> None:
    assert f"Example: certify scheme {command}" in run(command, "--help").stdout
