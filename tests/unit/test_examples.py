"""The example applications read cleanly, say what is invented, and lead to the tier they are meant for."""

import hashlib
import json
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from schemas.application import Application, check_against
from schemas.application_folder import ApplicationFolder, read_folder
from schemas.scheme import GateOutcome, SchemeRules, Tier
from schemas.scheme_loading import load_scheme
from workflows.rules.requirements import missing_evidence, requirements
from workflows.rules.risk import assess_tier, gate_outcomes

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/application.yaml"))
WITH_SYSTEM = ["digit-reader", "medical-images-critical"]


@cache
def example(name: str) -> ApplicationFolder:
    return read_folder(EXAMPLES / name)


@cache
def rules() -> SchemeRules:
    return load_scheme(ROOT / "schemas" / "schemes" / "ai-ethics-code").rules


def points(application: Application) -> dict[str, int | None]:
    return {question: answer.points for question, answer in application.answers.items()}


def stated(application: Application) -> dict[str, int]:
    return application.statements.points if application.statements else {}


def test_there_is_an_example_for_each_way_a_case_can_go() -> None:
    assert NAMES == ["digit-reader", "medical-images-critical", "out-of-scope", "refused-prohibited-use"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_reads_cleanly_and_names_only_what_the_scheme_knows(name: str) -> None:
    scheme = rules()
    texts = {gate.id for gate in scheme.gates if gate.kind == "text"}

    assert check_against(
        example(name).application,
        scheme.criteria,
        scheme.evidence_types,
        scheme.questions,
        {gate.id for gate in scheme.gates},
        text_gate_ids=texts,
    ) == []  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_item_has_a_type_that_one_of_its_criteria_asks_for(name: str) -> None:
    scheme = rules()
    useless = [
        (item.file, criterion)
        for item in example(name).application.evidence
        for criterion in item.criteria
        if item.type not in scheme.criteria[criterion].evidence
    ]

    assert useless == []


@pytest.mark.parametrize(("name", "tier"), [("digit-reader", Tier.LOW), ("medical-images-critical", Tier.CRITICAL)])
def test_an_example_has_its_tier_and_nothing_mandatory_is_missing(name: str, tier: Tier) -> None:
    application = example(name).application
    roles = application.organisation.roles
    asked = requirements(rules(), tier=tier, roles=roles, answers=points(application), statements=stated(application))
    offered = [(item.type, item.criteria) for item in application.evidence]

    assert assess_tier(rules(), points(application), application.gates).tier == tier
    assert missing_evidence(asked, offered, application.not_applicable) == ()


def test_the_critical_example_is_critical_by_floors_and_not_by_its_sum() -> None:
    application = example("medical-images-critical").application
    assessed = assess_tier(rules(), points(application), application.gates)

    assert assessed.band == Tier.HIGH
    assert {"F2", "F3"} <= set(assessed.applied)


def test_the_low_example_is_asked_for_documents_on_eight_criteria_and_answers_the_rest_by_its_form() -> None:
    application = example("digit-reader").application
    asked = requirements(
        rules(),
        tier=Tier.LOW,
        roles=application.organisation.roles,
        answers=points(application),
        statements=stated(application),
    )

    assert missing_evidence(asked, [], {}) == (
        "I-1.1-01", "I-1.2-01", "I-1.3-01", "I-1.3-02", "I-2.7-04", "I-3.1-01", "I-4.1-01", "I-6.1-01",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "gate", "outcome"),
    [
        ("refused-prohibited-use", "G2", GateOutcome.REFUSE),
        ("out-of-scope", "G1", GateOutcome.OUT_OF_SCOPE),
    ],
)
def test_an_example_fails_the_gate_it_is_there_for_and_no_other(name: str, gate: str, outcome: GateOutcome) -> None:
    assert gate_outcomes(rules(), example(name).application.gates) == {gate: outcome}


@pytest.mark.parametrize("name", WITH_SYSTEM)
def test_an_example_to_be_granted_passes_every_gate(name: str) -> None:
    assert gate_outcomes(rules(), example(name).application.gates) == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_file_with_something_invented_says_so(name: str) -> None:
    silent = [
        file.file
        for file in example(name).files
        if file.path.suffix != ".png" and "illustration" not in file.path.read_text("utf-8").casefold()
    ]

    only_measured = ["confusion.csv"] if name == "digit-reader" else []
    assert silent == only_measured
    assert "illustration" in (EXAMPLES / name / "application.yaml").read_text("utf-8").casefold()


@pytest.mark.parametrize("name", WITH_SYSTEM)
def test_the_build_digest_is_that_of_the_files_handed_over(name: str) -> None:
    system = EXAMPLES / name / "system"
    sums = (system / "SHA256SUMS").read_text("utf-8")
    made = "".join(
        f"{hashlib.sha256((system / file).read_bytes()).hexdigest()}  {file}\n"
        for file in (line.split()[1] for line in sums.splitlines())
    )

    assert sums == made
    assert hashlib.sha256(sums.encode()).hexdigest() == example(name).application.system.build_digest


@pytest.mark.parametrize("name", WITH_SYSTEM)
def test_a_test_report_is_of_the_build_applied_for_and_within_its_limits(name: str) -> None:
    report = json.loads((EXAMPLES / name / "test-report.json").read_text("utf-8"))

    assert report["build_digest"] == example(name).application.system.build_digest
    assert report["within_limits"] is True


def test_each_text_of_the_critical_example_speaks_of_every_criterion_it_claims() -> None:
    folder = example("medical-images-critical")
    unnamed = [
        (item.file, criterion)
        for item, file in zip(folder.application.evidence, folder.files, strict=True)
        if file.path.suffix not in {".png", ".jsonl"}
        for criterion in item.criteria
        if criterion not in file.path.read_text("utf-8")
    ]

    assert unnamed == []


@pytest.mark.parametrize("name", WITH_SYSTEM)
def test_a_screen_is_a_picture(name: str) -> None:
    with Image.open(EXAMPLES / name / "screen.png") as picture:
        picture.verify()

    assert picture.width >= 800
