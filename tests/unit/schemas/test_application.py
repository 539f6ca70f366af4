"""What an application may say, and in how many spellings."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from schemas.application import Application, InconsistentError, Problem, check_against

EXAMPLES = Path(__file__).parents[3] / "examples"
Change = Callable[[dict[str, Any]], None]


@cache
def _example() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((EXAMPLES / "digit-reader" / "application.yaml").read_text("utf-8"))
    return read


def written(**keys: Any) -> dict[str, Any]:
    return deepcopy(_example()) | keys


def application(**keys: Any) -> Application:
    return Application.model_validate(written(**keys))


def item(**keys: Any) -> dict[str, Any]:
    first: dict[str, Any] = deepcopy(_example()["evidence"][0])
    return first | keys


def problem_keys(document: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Application.model_validate(document)
    return [".".join(str(part) for part in error["loc"]) for error in refused.value.errors()]


def inconsistencies(document: dict[str, Any]) -> list[Problem]:
    with pytest.raises(ValidationError) as refused:
        Application.model_validate(document)
    cause = refused.value.errors()[0]["ctx"]["error"]
    assert isinstance(cause, InconsistentError)
    return cause.problems


def system(**keys: Any) -> dict[str, Any]:
    return written(system=_example()["system"] | keys)


def test_an_application_written_in_yaml_is_read() -> None:
    read = application()

    assert read.system.version == "1.2.0"
    assert read.gates["G1"] == "yes"
    assert read.gates["G2"] == "no"
    assert read.statements is not None
    assert read.statements.points == {"groups_people": 0}


@pytest.mark.parametrize(("said", "kept"), [(True, "yes"), (False, "no"), ("YES", "yes"), (" Unknown ", "unknown")])
def test_a_gate_is_answered_in_any_spelling_of_yes_no_and_unknown(said: object, kept: str) -> None:
    assert application(gates={"G1": said}).gates == {"G1": kept}


def test_a_gate_may_be_answered_by_a_sentence() -> None:
    assert application(gates={"G5": "Law on data protection."}).gates["G5"] == "Law on data protection."


@pytest.mark.parametrize(("said", "points"), [(0, 0), (3, 3), ("unknown", None), ({"score": 2}, 2)])
def test_a_bare_score_is_an_answer_without_evidence(said: object, points: int | None) -> None:
    answer = application(answers={"Q1": said}).answers["Q1"]

    assert answer.points == points
    assert answer.evidence == ()


@pytest.mark.parametrize("said", [4, -1, True, False, "2", 1.5, None, "maybe", [1]])
def test_a_score_is_0_to_3_or_unknown_and_nothing_like_it(said: object) -> None:
    assert problem_keys(written(answers={"Q3": said})) == ["answers.Q3.score"]


def test_the_ethics_officer_may_be_a_bare_name() -> None:
    assert application(ethics_officer="Mare Tamm").ethics_officer.name == "Mare Tamm"


@pytest.mark.parametrize("said", [True, {"accepted": True}, {"accepted": "yes", "signed_on": "2026-11-22"}, "yes"])
def test_the_agreement_may_be_a_bare_yes(said: object) -> None:
    assert application(agreement=said).agreement.accepted is True


@pytest.mark.parametrize("said", [1, "accepted", None, {"accepted": 1}, {}])
def test_an_agreement_that_is_neither_yes_nor_no_is_refused(said: object) -> None:
    assert problem_keys(written(agreement=said)) == ["agreement.accepted"]


def test_a_maker_may_be_a_bare_word() -> None:
    assert application(evidence=[item(made_by="supplier")], answers={}).evidence[0].made_by.kind == "supplier"


def test_an_accredited_laboratory_without_its_number_is_refused() -> None:
    nameless = written(evidence=[item(made_by="accredited_laboratory")], answers={})
    numbered = {"kind": "accredited_laboratory", "name": "Lab", "accreditation": "EE-17"}

    assert [problem.key for problem in inconsistencies(nameless)] == ["accreditation"]
    assert application(evidence=[item(made_by=numbered)], answers={}).evidence[0].made_by.accreditation == "EE-17"


@pytest.mark.parametrize("maker", ["nobody", {"kind": "nobody"}, {"name": "Lab"}, {"kind": "supplier", "age": 3}, 7])
def test_a_maker_of_no_known_kind_is_refused(maker: object) -> None:
    assert problem_keys(written(evidence=[item(made_by=maker)], answers={}))


@pytest.mark.parametrize("version", [1.0, 2, True, None])
def test_a_version_that_yaml_has_read_as_something_else_is_refused(version: object) -> None:
    assert problem_keys(system(version=version)) == ["system.version"]


def test_a_number_where_text_is_asked_is_answered_with_what_to_do() -> None:
    with pytest.raises(ValidationError, match="write it in quotes"):
        Application.model_validate(system(version=1.10))


@pytest.mark.parametrize("country", [False, "ee", "EST", "E1", ""])
def test_a_country_is_two_capital_letters(country: object) -> None:
    document = written()
    document["organisation"]["country"] = country

    assert problem_keys(document) == ["organisation.country"]


@pytest.mark.parametrize("roles", [[], ["customer"], ["developer", "developer"]])
def test_roles_are_known_and_named_once(roles: list[str]) -> None:
    document = written()
    document["organisation"]["roles"] = roles

    assert problem_keys(document)[0].startswith("organisation.roles")


@pytest.mark.parametrize("tags", [["en"], ["pt-BR", "zh-Hant-TW"]])
def test_languages_are_tags_of_bcp_47(tags: list[str]) -> None:
    assert application(system=_example()["system"] | {"languages": tags}).system.languages == tuple(tags)


@pytest.mark.parametrize("tag", ["English", "e", "en_US", False, "en-"])
def test_a_language_that_is_no_tag_is_refused(tag: object) -> None:
    assert problem_keys(system(languages=["en", tag])) == ["system.languages.1"]


def test_a_label_name_with_its_version_fills_at_most_55_bytes() -> None:
    fits = "Ж" * 24 + "x"

    assert application(system=_example()["system"] | {"label_name": fits}).system.label_name == fits
    assert [problem.key for problem in inconsistencies(system(label_name=fits + "x"))] == ["label_name"]


@pytest.mark.parametrize("name", ["a\u202eb", "a\u2066b", "a\x07b", "a\nb", "a\u2028b", "   "])
def test_a_name_that_would_deceive_on_a_label_is_refused(name: str) -> None:
    assert problem_keys(system(label_name=name)) == ["system.label_name"]


@pytest.mark.parametrize("digest", ["ab" * 32, "AB" * 32, "sha256:" + "ab" * 32])
def test_a_build_digest_is_kept_in_one_spelling(digest: str) -> None:
    assert application(system=_example()["system"] | {"build_digest": digest}).system.build_digest == "ab" * 32


@pytest.mark.parametrize("digest", ["ab", "md5:" + "ab" * 16, "zz" * 32, 12])
def test_a_build_digest_that_is_no_sha256_is_refused(digest: object) -> None:
    assert problem_keys(system(build_digest=digest)) == ["system.build_digest"]


@pytest.mark.parametrize("number", ["EJGAH1E98JEK0736", "EJGA-H1E9-8JEK-0736-Q", "ejga h1e9 8jek 0736"])
def test_the_number_of_a_renewed_label_is_kept_as_its_sixteen_characters(number: str) -> None:
    assert application(renews=number).renews == "EJGAH1E98JEK0736"


@pytest.mark.parametrize("number", ["EJGA-H1E9-8JEK-0736-R", "EJGA-H1E9-8JEK-07U6", "short", 12])
def test_a_number_that_cannot_be_a_labels_is_refused(number: object) -> None:
    assert problem_keys(written(renews=number)) == ["renews"]


def test_an_application_that_renews_nothing_keeps_the_digest_it_had() -> None:
    assert application(renews=None).digest == application().digest


@pytest.mark.parametrize("day", [20260101, "20260101", "1767225600", "2026-13-01", "01.02.2026", True, None])
def test_a_day_is_written_year_month_day(day: object) -> None:
    assert problem_keys(written(evidence=[item(effective=day)], answers={})) == ["evidence.0.effective"]


def test_evidence_that_expires_before_it_takes_effect_is_refused() -> None:
    late = written(evidence=[item(effective="2026-02-02", expires="2026-02-01")], answers={})

    assert [problem.key for problem in inconsistencies(late)] == ["expires"]


def test_a_file_listed_twice_as_one_type_is_named() -> None:
    twice = written(evidence=[item(), item()], answers={})

    assert [problem.key for problem in inconsistencies(twice)] == ["evidence.1.file"]


def test_a_file_is_listed_once_for_each_type_it_serves() -> None:
    other = item(type="legal_review", criteria=["I-1.3-01"])

    assert [one.type for one in application(evidence=[item(), other], answers={}).evidence] == [
        "impact_assessment",
        "legal_review",
    ]


def test_what_is_said_of_a_file_listed_again_must_be_the_same() -> None:
    other = item(type="legal_review", made_by="supplier", effective="2026-01-01", confidentiality="secret")

    assert [problem.key for problem in inconsistencies(written(evidence=[item(), other], answers={}))] == [
        "evidence.1.made_by",
        "evidence.1.effective",
        "evidence.1.confidentiality",
    ]


def test_an_answer_that_cites_a_file_not_handed_in_is_named() -> None:
    citing = written(answers={"Q3": {"score": 1, "evidence": ["impact-assessment.md", "other.md"]}})

    assert [str(problem) for problem in inconsistencies(citing)] == [
        "answers.Q3.evidence.1: other.md is not listed under evidence"
    ]


@pytest.mark.parametrize("key", ["scheme", "reference", "organisation", "ethics_officer", "system", "gates"])
def test_a_missing_key_is_named(key: str) -> None:
    document = written()
    del document[key]

    assert problem_keys(document) == [key]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda document: document.update(colour="red"), "colour"),
        (lambda document: document["system"].update(size=3), "system.size"),
        (lambda document: document["evidence"][2].update(note="x"), "evidence.2.note"),
        (lambda document: document["statements"].update(other=True), "statements.other"),
    ],
)
def test_an_unknown_key_is_named_wherever_it_stands(change: Change, key: str) -> None:
    document = written()
    change(document)

    assert problem_keys(document) == [key]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda document: document["system"].update(purpose="x" * 2001), "system.purpose"),
        (lambda document: document["gates"].update(G5="x" * 501), "gates.G5"),
        (lambda document: document.update(reference="x" * 65), "reference"),
        (lambda document: document["evidence"].extend(item(file=f"{n}.md") for n in range(200)), "evidence"),
        (lambda document: document["not_applicable"].update({"I-1.1-02": "x" * 2001}), "not_applicable.I-1.1-02"),
        (lambda document: document.update(gates={f"G{n}": True for n in range(21)}), "gates"),
    ],
)
def test_everything_has_a_longest_length(change: Change, key: str) -> None:
    document = written(not_applicable={})
    change(document)

    assert problem_keys(document) == [key]


def test_the_digest_is_the_same_for_every_spelling_and_another_for_every_content() -> None:
    spelled = application(gates={"G1": True}, answers={"Q1": 2})

    assert spelled.digest == application(gates={"G1": "YES"}, answers={"Q1": {"score": 2, "evidence": []}}).digest
    assert spelled.digest != application(gates={"G1": False}, answers={"Q1": 2}).digest


def test_the_json_of_an_application_reads_back_as_the_same_application() -> None:
    read = application()

    assert Application.model_validate_json(read.model_dump_json()) == read


CRITERIA = {criterion for declared in _example()["evidence"] for criterion in declared["criteria"]}
TYPES = {declared["type"] for declared in _example()["evidence"]}


def foreign(read: Application, *, texts: set[str] | None = None) -> list[str]:
    found = check_against(
        read, CRITERIA, TYPES, set(_example()["answers"]), set(_example()["gates"]), text_gate_ids=texts
    )
    return sorted(problem.key for problem in found)


def test_what_the_scheme_knows_and_asks_is_no_problem() -> None:
    assert foreign(application(), texts={"G5"}) == []


def test_what_the_scheme_does_not_know_is_named_by_its_key() -> None:
    strange = written(not_applicable={"I-9.9-01": "no such thing"})
    strange["gates"]["G9"] = True
    strange["answers"]["Q13"] = 1
    strange["evidence"][0] |= {"criteria": ["I-1.1-01", "I-9.9-09"], "type": "poem"}

    assert foreign(Application.model_validate(strange)) == [
        "answers.Q13",
        "evidence.0.criteria.1",
        "evidence.0.type",
        "gates.G9",
        "not_applicable.I-9.9-01",
    ]


def test_what_is_left_unanswered_is_named() -> None:
    silent = written()
    del silent["gates"]["G3"]
    del silent["answers"]["Q5"]

    assert foreign(Application.model_validate(silent)) == ["answers.Q5", "gates.G3"]


def test_a_sentence_is_no_answer_to_a_gate_of_yes_and_no() -> None:
    chatty = written()
    chatty["gates"]["G2"] = "rather not"

    assert foreign(Application.model_validate(chatty), texts={"G5"}) == ["gates.G2"]


SAVED = {"type": "public_link", "address": "https://example.org/policy", "saved_on": "2026-01-09"}


def test_a_web_page_is_announced_as_a_saved_copy_with_its_address_and_day() -> None:
    announced = application(evidence=[item(**SAVED)], answers={}).evidence[0]
    assert (announced.address, str(announced.saved_on)) == (SAVED["address"], SAVED["saved_on"])


@pytest.mark.parametrize(
    ("lacking", "of"),
    [("address", "public_link"), ("saved_on", "public_link"), ("address", "policy"), ("saved_on", "policy")],
)
def test_a_saved_copy_without_address_or_day_is_named_where_it_stands(lacking: str, of: str) -> None:
    document = written(evidence=[{**item(), **SAVED, "type": of}], answers={})
    del document["evidence"][0][lacking]
    assert [one.key for one in inconsistencies(document)] == [lacking]
