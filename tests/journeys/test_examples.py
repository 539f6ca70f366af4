"""Demonstrations of the upper tiers: reviewers, a drawn third party, a hearing required or asked for, a release."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.programs import certify

CRITICAL = Path(__file__).parents[2] / "examples" / "medical-images-critical"
pytestmark = pytest.mark.slow


def test_the_critical_example_is_granted_and_its_record_checks(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shown = certify("demo", "--once", "--json", "--application", CRITICAL, "--data", data)
    assert shown.returncode == 0, shown.stderr
    answer = json.loads(shown.stdout.splitlines()[-1])
    assert (answer["outcome"], answer["tier"], answer["decision"]["base"]) == ("granted", "critical", 5)
    assert answer["scan"] == {"authenticity": "authentic", "standing": "in_force"}

    exported = certify("decision", "export", answer["application"], "--data", data)
    record = tmp_path / "decision.json"
    record.write_text(exported.stdout)
    assert certify("decision", "verify", record).returncode == 0
    assert certify("check", "--data", data).returncode == 0


def of_the_high_tier(folder: Path) -> Path:
    """Copy the critical example with answers that lead one tier lower."""
    shutil.copytree(CRITICAL, folder)
    application = folder / "application.yaml"
    lower = re.sub(r"(Q[178]: {score: )\d", r"\g<1>2", application.read_text("utf-8"))
    application.write_text(re.sub(r"(Q3: {score: )\d", r"\g<1>1", lower), encoding="utf-8")
    return folder


def test_in_the_high_tier_the_applicant_asks_to_be_heard_and_the_record_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shown = certify("demo", "--once", "--json", "--application", of_the_high_tier(tmp_path / "high"), "--data", data)
    assert shown.returncode == 0, shown.stderr
    answer = json.loads(shown.stdout.splitlines()[-1])
    assert (answer["outcome"], answer["tier"]) == ("granted", "high")

    exported = certify("decision", "export", answer["application"], "--data", data)
    stated = json.loads(exported.stdout)
    assert stated["hearing_asked"]["length"] > 0
    assert stated["hearing"]["length"] > 0
    record = tmp_path / "decision.json"
    record.write_text(exported.stdout)
    assert certify("decision", "verify", record).returncode == 0
    assert certify("check", "--data", data).returncode == 0
