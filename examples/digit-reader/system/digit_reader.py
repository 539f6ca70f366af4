# ruff: noqa: INP001  # a program of its own, no part of the package around it
"""Digit Reader 1.2.0: suggest which digit a hand-written 8 x 8 picture shows, or say nothing.

    python digit_reader.py picture.txt      # 64 whole numbers 0 (paper) to 16 (ink), in 8 rows

It needs Python and the model file beside it, opens no connection and keeps nothing.
"""

import json
import math
import sys
from pathlib import Path

MODEL = json.loads((Path(__file__).parent / "digit-reader-1.2.0.json").read_text("utf-8"))
PIXELS = 64
INK = 16


def confidences(pixels: list[float]) -> list[float]:
    """Return ten numbers that add up to 1: how far the model holds the picture for each digit.

    Raises:
        ValueError: not 64 numbers from 0 to 16.
    """
    if len(pixels) != PIXELS or not all(0 <= pixel <= INK for pixel in pixels):
        raise ValueError("a picture is 64 numbers from 0 to 16")
    layer = [pixel / INK for pixel in pixels]
    for number, (weights, bias) in enumerate(MODEL["layers"]):
        layer = [sum(map(float.__mul__, layer, column)) + shift for column, shift in zip(weights, bias, strict=True)]
        if number < len(MODEL["layers"]) - 1:
            layer = [max(0.0, value) for value in layer]
    highest = max(layer)
    powers = [math.exp(value - highest) for value in layer]
    return [power / sum(powers) for power in powers]


def suggest(pixels: list[float]) -> tuple[int | None, float]:
    """Return the suggested digit, or None below the threshold of the model file, with its confidence."""
    found = confidences(pixels)
    confidence = max(found)
    return (found.index(confidence) if confidence >= MODEL["threshold"] else None), confidence


if __name__ == "__main__":
    suggestion, sure = suggest([float(word) for word in Path(sys.argv[1]).read_text("utf-8").split()])
    sys.stdout.write(f"{'?' if suggestion is None else suggestion} {sure:.3f}\n")
