"""How long ten years of labels take in the pure rules: what a change of the rules costs every label that lives."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from schemas.scheme import Tier
from tests.label_walk import begin_content
from tests.label_years import YEARS, simulate

HOLDERS = 6


def measure() -> dict[str, float]:
    """Seconds of CPU for ten years of some holders of every tier, with the labels and events that they came to."""
    for tier in Tier:
        begin_content(tier)  # the cases behind the labels are no part of the figure
    started = time.process_time()
    years = simulate(HOLDERS)
    seconds = time.process_time() - started
    return {
        "seconds": seconds,
        "years": YEARS,
        "labels": len(years.lives),
        "events": sum(1 for _ in years.events),
    }


if __name__ == "__main__":
    print(measure())  # noqa: T201  # what a bench is for
