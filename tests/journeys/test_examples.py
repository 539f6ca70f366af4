"""The demonstration of the critical example: three reviewers, a drawn third party, a hearing and a release."""

import json
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
