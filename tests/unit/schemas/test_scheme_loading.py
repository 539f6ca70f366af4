"""A scheme that is wrong is refused by file and line, with everything that is wrong at once."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from schemas.scheme import BUILT_IN
from schemas.scheme_loading import SchemeError, load_scheme
from schemas.scheme_yaml import MAX_BYTES

Edit = Callable[[str, str, str], int]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUILT_IN, tmp_path / "scheme"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Replace the first occurrence of a text in a file; return the line where it stood."""

    def replaced(file: str, old: str, new: str) -> int:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{old!r} is not in {file}"
        path.write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    return replaced


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(SchemeError) as refused:
        load_scheme(folder)
    found = [f"{Path(one.file).name}:{one.line}: {one.message}" for one in refused.value.problems]
    assert [str(one) for one in refused.value.problems] == str(refused.value).splitlines()
    return found


@pytest.mark.parametrize(
    "wrong",
    [
        ("criteria-I-1.yaml", "kind: mandatory", "colour: red\n  kind: mandatory", "unknown key 'colour'"),
        ("scheme.yaml", "version:", "flavour: sweet\nversion:", "unknown key 'flavour'"),
        ("criteria-I-1.yaml", "article: I-1.1", "article: I-9.9", r".*unknown article I-9\.9"),
        ("criteria-I-1.yaml", "[impact_assessment, policy]", "[horoscope]", ".*unknown evidence type horoscope"),
        ("criteria-I-1.yaml", "area: ethics_or_law", "area: astrology", ".*unknown area astrology"),
        ("criteria-I-1.yaml", "roles: [operator]", "roles: [bystander]", ".*unknown role bystander"),
        ("criteria-I-1.yaml", "tiers: [critical]", "tiers: [extreme]", r".*'low', 'medium', 'high' or 'critical'"),
        ("criteria-I-1.yaml", "kind: recommended", "kind: nice", ".*'mandatory' or 'recommended'"),
        ("criteria-I-1.yaml", "basis: must", "basis: yes", ".*'must', 'should', 'encouraged' or 'may'"),
        ("criteria-I-1.yaml", "answered_if: Q9", "answered_if: Q99", ".*unknown question or statement Q99"),
        ("criteria-I-1.yaml", "short_form_low: true", "short_form_low: yes", ".*valid boolean"),
        ("scoring.yaml", 'when: "Q3 == 3"', 'when: "Q3 = 3"', r".*cannot parse .* at character 4.*"),
        ("scoring.yaml", 'when: "Q3 == 3"', 'when: "Q13 == 3"', ".*unknown question Q13"),
        ("scoring.yaml", 'when: "Q3 == 3"', 'when: "groups_people == 3"', ".*unknown question groups_people"),
        ("scoring.yaml", "at_least: high", "at_least: alarming", ".*'low', 'medium', 'high' or 'critical'"),
        ("scoring.yaml", "medium: [9, 16]", "medium: [10, 16]", ".*gap or overlap: medium.*should begin at 9"),
        ("scoring.yaml", "medium: [9, 16]", "medium: [8, 16]", ".*gap or overlap: medium.*should begin at 9"),
        ("scoring.yaml", "low: [0, 8]", "low: [1, 8]", ".*gap or overlap: low.*should begin at 0"),
        ("scoring.yaml", ", critical: [25, 36]", "", ".*nothing stated for the tier critical"),
        ("scoring.yaml", "critical: [25, 36]", "critical: [25, 35]", "the bands end at 35, the points at 36"),
        ("risk.yaml", "- {score: 1,", "- {score: 2,", "option 1 of Q1 has score 2"),
        ("risk.yaml", "if_no: out_of_scope", "if_no: shrug", ".*out_of_scope.*"),
        ("tiers.yaml", "areas: [ethics_or_law]", "areas: [lookup]", "no reviewer judges the area lookup"),
        ("tiers.yaml", "validity_months: 24", 'validity_months: "24"', ".*valid integer"),
        ("tiers.yaml", "validity_months: 24", "validity_months: 36", ".*less than or equal to 24"),
        ("tiers.yaml", '"01-01"', '"02-30"', "no year has the day 02-30"),
        ("tiers.yaml", 'quorum: "1/2"', 'quorum: "3/2"', ".*a share is more than 0 and at most 1"),
        ("tiers.yaml", 'quorum: "1/2"', 'quorum: "1/0"', ".*a share of nothing"),
        ("tiers.yaml", 'majority: "2/3"', "majority: most", ".*"),
        ("tiers.yaml", 'majority: "2/3"', 'majority: "1/2"', ".*a tie grants nothing"),
        ("tiers.yaml", 'majority: "2/3"', 'majority: "1/3"', ".*a tie grants nothing"),
        ("tiers.yaml", "evaluation: 10,", "evaluation: 10000,", ".*less than or equal to 3660"),
        ("tiers.yaml", "every_months: 12", "every_months: 25", ".*less than or equal to 24"),
        ("tiers.yaml", "appeal_panel: 3", "appeal_panel: 9", "a pool of 7 has no panel of 9"),
        ("tiers.yaml", "opens: 120", "opens: 20", ".*closes before it opens"),
        ("tiers.yaml", "majority_of: ballots_cast_with_abstentions", "majority_of: seats", ".*"),
        ("scheme.yaml", "{granted_on}", "{today}", "fields unknown or missing: granted_on, today"),
        ("scheme.yaml", "{granted_on}", "{granted_on", "braces do not match.*"),
        ("scheme.yaml", "amounts: {low: 0,", "amounts: {low: 10,", "amounts need a currency .*"),
        ("examples.yaml", "tier: low", "tier: low, decided_by: F99", "unknown cap or floor F99"),
        ("examples.yaml", "[0, 0, 0, 1, 2", "[0, 0, 1, 2", "12 answers are needed"),
        ("examples.yaml", "[0, 0, 0, 1, 2", "[0, 0, 0, 1, 4", "more than 3 points"),
    ],
)
def test_a_wrong_value_is_refused_by_file_and_line(folder: Path, edit: Edit, wrong: tuple[str, str, str, str]) -> None:
    file, old, new, message = wrong
    line = edit(file, old, new)

    found = problems_of(folder)

    assert any(re.fullmatch(f"{re.escape(file)}:{line}: {message}", problem) for problem in found), found


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ('holidays: {"2026": ["2027-01-11"]}', "2027-01-11 is no day of 2026"),
        ('working: {"2026": ["2025-11-01"]}', "2025-11-01 is no day of 2026"),
        ('holidays: {"2026": ["2026-03-09", "2026-03-09"]}', "2026-03-09 stands twice"),
        ('working: {"2026": ["2026-03-10"]}', "2026-03-10 is worked anyway"),
        ('working: {"2026": ["2026-03-07"]}\n    holidays: {"2026": ["2026-03-07"]}', "2026-03-07 is a holiday too"),
    ],
)
def test_a_day_that_cannot_be_what_it_is_listed_as_is_refused_by_its_line(
    folder: Path, edit: Edit, days: str, message: str
) -> None:
    line = edit("tiers.yaml", "yearly: [", f"{days}\n    yearly: [")

    assert problems_of(folder) == [f"tiers.yaml:{line}: {message}"]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("file", ["criteria-II.yaml", "risk.yaml", "scheme.yaml"])
def test_a_text_missing_in_a_language_is_refused_where_the_text_stands(folder: Path, file: str, language: str) -> None:
    path = folder / file
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"    {language}: "))
    del lines[at]
    path.write_text("\n".join(lines), encoding="utf-8")
    parent = at if language == "en" else at - 1

    assert problems_of(folder) == [f"{file}:{parent}: missing key '{language}'"]


def test_a_blank_text_is_as_good_as_none(folder: Path, edit: Edit) -> None:
    line = edit("scheme.yaml", 'ru: "Политика или стандарт организации"', 'ru: " "')

    (problem,) = problems_of(folder)
    assert problem.startswith(f"scheme.yaml:{line}: evidence_types.policy.ru: ")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("criteria-II.yaml", "id: II-2.1-02", "id: II-2.1-01"),
        ("risk.yaml", "id: G2", "id: G1"),
        ("risk.yaml", "id: Q12", "id: Q11"),
        ("scoring.yaml", "id: F3", "id: F2"),
        ("scoring.yaml", "id: F3", "id: C1"),
    ],
)
def test_an_id_used_twice_is_refused_where_it_comes_again(
    folder: Path, edit: Edit, file: str, old: str, new: str
) -> None:
    line = edit(file, old, new)

    assert f"{file}:{line}: {new.replace('id: ', 'id ')} is used twice" in problems_of(folder)


def test_an_id_used_in_two_files_is_refused_in_the_second(folder: Path) -> None:
    again = (folder / "criteria-II.yaml").read_text(encoding="utf-8")
    (folder / "criteria-more.yaml").write_text(again, encoding="utf-8")

    found = problems_of(folder)

    assert len(found) == 6
    assert all(re.match(r"criteria-more\.yaml:\d+: id II-\d\.\d-\d\d is used twice", problem) for problem in found)


def test_a_key_stated_twice_is_refused_and_names_the_first_line(folder: Path, edit: Edit) -> None:
    line = edit("scheme.yaml", "version: 0.3.0-draft", "version: 0.3.0-draft\nversion: 0.4.0")

    assert problems_of(folder) == [f"scheme.yaml:{line + 1}: key 'version' stands twice, first in line {line}"]


def test_a_section_stated_in_two_files_is_refused(folder: Path) -> None:
    (folder / "zz.yaml").write_text("version: 0.2.0\n", encoding="utf-8")

    assert problems_of(folder) == ["zz.yaml:1: key 'version' stands in another file too"]


def test_everything_wrong_in_several_files_is_told_at_once(folder: Path, edit: Edit) -> None:
    lines = [
        edit("criteria-I-1.yaml", "article: I-1.1", "article: I-9.9"),
        edit("criteria-II.yaml", "id: II-2.1-02", "id: II-2.1-01"),
        edit("scoring.yaml", 'when: "Q3 == 3"', 'when: "Q3 ="'),
        edit("tiers.yaml", "appeal_panel: 3", "appeal_pane: 3"),
    ]

    places = {problem.rsplit(": ")[0] for problem in problems_of(folder)}

    assert {f"{file}:{line}" for file, line in zip(
        ("criteria-I-1.yaml", "criteria-II.yaml", "scoring.yaml", "tiers.yaml"), lines, strict=True
    )} <= places  # fmt: skip


def test_a_missing_section_is_told_once_and_not_by_all_who_refer_to_it(folder: Path, edit: Edit) -> None:
    edit("scheme.yaml", "\nareas:", "\nfields:")

    found = problems_of(folder)

    assert [problem.split(": ", 1)[1] for problem in found] == ["missing key 'areas'", "unknown key 'fields'"]


def test_criteria_carry_the_name_of_their_article(folder: Path, edit: Edit) -> None:
    edit("criteria-II.yaml", "article: II-2.1", "article: I-2.1")

    assert any("does not carry the name of its article I-2.1" in problem for problem in problems_of(folder))


def test_a_condition_for_an_answer_nobody_gives_is_refused(folder: Path, edit: Edit) -> None:
    edit("criteria-I-1.yaml", "  answered_by_low: application\n", "")

    assert any("answered_if without answered_by_low" in problem for problem in problems_of(folder))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: 1\nb: ]\n", "zz.yaml:2: not YAML: "),
        ("a: &x 1\nb: *x\n", "zz.yaml:2: aliases are not part of a scheme's YAML"),
        ("a: !!timestamp 2020-01-01\n", "zz.yaml:1: tag tag:yaml.org,2002:timestamp is not part"),
        ("? [a]\n: 1\n", "zz.yaml:1: a key is a plain text"),
        ("- 1\n", "zz.yaml:1: a scheme file is a mapping"),
        ("", "zz.yaml:1: a scheme file is a mapping"),
        ("a:\n  " + "[" * 200_000, "zz.yaml:2: nested too deeply"),
        ("a: 1\n---\nb: 2\n", "zz.yaml:2: one file holds one document"),
        ("a: \x00", "zz.yaml:1: not YAML: "),
        ("#" * (MAX_BYTES + 1), f"zz.yaml:1: larger than {MAX_BYTES} bytes"),
    ],
    ids=["broken", "alias", "tag", "key", "list", "empty", "deep", "second", "control", "large"],
)
def test_a_file_that_is_no_plain_yaml_is_refused(folder: Path, content: str, message: str) -> None:
    (folder / "zz.yaml").write_text(content, encoding="utf-8")

    assert any(problem.startswith(message) for problem in problems_of(folder))


def test_a_file_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "zz.yaml").write_bytes(b"a: 1\nb: \xff\n")

    assert problems_of(folder) == ["zz.yaml:2: not UTF-8"]


def test_a_folder_without_a_scheme_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [f"{tmp_path.name}:1: no *.yaml file here"]


def test_the_built_in_files_mean_the_same_to_a_stock_yaml_reader() -> None:
    """No text in them turns into a boolean, a date or a number for people who read them with other tools."""
    scheme = load_scheme(BUILT_IN)
    stock = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in BUILT_IN.glob("*.yaml")}

    criteria = [one for name in sorted(stock) if name.startswith("criteria") for one in stock[name]["criteria"]]
    assert {one["id"]: one["requirement"] for one in criteria} == {
        key: text.requirement.model_dump() for key, text in scheme.texts.criteria.items()
    }
    assert stock["scheme"]["version"] == scheme.rules.version
    assert stock["scheme"]["code"]["edition"] == scheme.rules.code.edition


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("validity_months: 12", "validity_months: 13", "third_party_yearly needs neutral_third_party: required"),
        (
            "neutral_third_party: required", "neutral_third_party: recommended",
            "third_party_yearly needs neutral_third_party: required",
        ),
        ("asks: [declaration, live_check]", "asks: [declaration, declaration]", "stated twice in asks"),
        ("asks: [declaration, live_check]", "asks: [test_results]", "state in test_results which evidence counts"),
        ("test_results: [test_report, ", "test_results: [hearsay, ", "unknown evidence type hearsay"),
        ("asks: [declaration, live_check]", "asks: [phone_call]", "Input should be 'declaration'"),
    ],
)  # fmt: skip
def test_what_a_surveillance_asks_for_is_refused_where_no_rule_can_hold_it(
    folder: Path, edit: Edit, old: str, new: str, said: str
) -> None:
    edit("tiers.yaml", old, new)

    (problem,) = problems_of(folder)

    assert said in problem
