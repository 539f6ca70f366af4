"""The drill for a stolen label key (security T33, G11), in its short form; `make drill-compromise` plays all of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import environment

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_after_a_theft_every_honest_label_stands_and_no_other() -> None:
    played = subprocess.run(
        (sys.executable, "scripts/drill_compromise.py", "--short"),
        env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip

    assert played.returncode == 0, played.stdout + played.stderr
    assert ", 0 of them wrong;" in played.stdout
