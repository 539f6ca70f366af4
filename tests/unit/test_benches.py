"""What `make bench` runs can be run: a name that is gone is found here, and not by whoever measures."""

import importlib
from pathlib import Path

import pytest

BENCHES = sorted(path.stem for path in (Path(__file__).parents[1] / "bench").glob("bench*.py"))


@pytest.mark.parametrize("bench", BENCHES)
def test_a_bench_finds_all_that_it_measures(bench: str) -> None:
    assert importlib.import_module(f"tests.bench.{bench}")
