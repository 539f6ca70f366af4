# ruff: noqa: INP001  # a program of its own, no part of the package around it
"""Slide Order 0.9.0: order the worklist of a cytology laboratory by how suspicious each sample measures.

    python slide_order.py samples.csv      # a header, then: number, thirty measurements of cell nuclei

It prints the numbers, most suspicious first. A sample that measures outside the range of the training data
gets no place of its own: it stands at the top, marked `look first`.
"""

import csv
import json
import math
import sys
from pathlib import Path

MODEL = json.loads((Path(__file__).parent / "slide-order-0.9.0.json").read_text("utf-8"))


def is_unfamiliar(measurements: list[float]) -> bool:
    """Whether a measurement is missing, no number, or outside the range of the training data."""
    if len(measurements) != len(MODEL["weights"]):
        return True
    return any(
        not low <= value <= high for value, low, high in zip(measurements, MODEL["low"], MODEL["high"], strict=True)
    )


def suspicion(measurements: list[float]) -> float:
    """Return 0 to 1; it orders samples and says nothing about one sample alone."""
    columns = zip(measurements, MODEL["mean"], MODEL["scale"], MODEL["weights"], strict=True)
    total = MODEL["bias"] + sum((value - mean) / scale * weight for value, mean, scale, weight in columns)
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


def order(samples: dict[str, list[float]]) -> list[tuple[str, str]]:
    """Return (number, mark), most suspicious first; the mark is empty or `look first`."""
    unfamiliar = [number for number, measurements in samples.items() if is_unfamiliar(measurements)]
    others = sorted(samples.keys() - set(unfamiliar), key=lambda number: (-suspicion(samples[number]), number))
    return [(number, "look first") for number in sorted(unfamiliar)] + [(number, "") for number in others]


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    for number, mark in order({row[0]: [float(value) for value in row[1:]] for row in rows}):
        sys.stdout.write(f"{number} {mark}".rstrip() + "\n")
