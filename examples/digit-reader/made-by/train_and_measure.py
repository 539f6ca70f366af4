# ruff: noqa: INP001  # a script beside an example, no part of the package around it
"""Train Digit Reader 1.2.0, measure the very program that is handed over, and draw its screen.

    python -m venv measuring && measuring/bin/pip install -r requirements.txt
    measuring/bin/python train_and_measure.py

Writes system/digit-reader-1.2.0.json, system/SHA256SUMS, test-report.json, confusion.csv and screen.png.
Training is not bit for bit the same on every processor; the committed files are from one run.
"""

import csv
import hashlib
import importlib
import json
import math
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

sys.dont_write_bytecode = True
FOLDER = Path(__file__).resolve().parent.parent
SYSTEM = FOLDER / "system"
MODEL = SYSTEM / "digit-reader-1.2.0.json"
SEED = 20260102
# Fixed before the test: what is shown as a suggestion is right in at least 97 of 100 cases, at least 90 of 100
# digits get one, and at most 35 of 100 pictures without a digit do. The first release candidate failed the last
# limit (48 of 100); since then such pictures have a part in choosing the threshold, and the data were divided anew.
LIMITS = {"right_among_suggested": 0.97, "suggested": 0.90, "blank_or_noise_suggested": 0.35}
WANTED_WHEN_CHOOSING = {"right": 0.99, "no_digit": 0.20}


def trained(pictures: np.ndarray, digits: np.ndarray) -> MLPClassifier:
    """Return a network of one hidden layer of 24, as released."""
    model = MLPClassifier(hidden_layer_sizes=(24,), alpha=1e-2, max_iter=2000, random_state=SEED)
    return model.fit(pictures / 16, digits)


def written(model: MLPClassifier, threshold: float) -> dict[str, Any]:
    """Return a model as the JSON file that the program reads; each list of weights leads to one unit."""
    layers = [
        [np.round(weights.T, 4).tolist(), np.round(bias, 4).tolist()]
        for weights, bias in zip(model.coefs_, model.intercepts_, strict=True)
    ]
    return {"name": "Digit Reader", "version": "1.2.0", "threshold": threshold, "layers": layers}


def reader_of(model: dict[str, Any]) -> Any:
    """Write a model beside the program and return the program itself, reading with it."""
    MODEL.write_text(json.dumps(model, separators=(",", ":")) + "\n", "utf-8")
    if str(SYSTEM) not in sys.path:
        sys.path.insert(0, str(SYSTEM))
    return importlib.reload(importlib.import_module("digit_reader"))


def interval(right: int, of: int) -> list[float]:
    """Return the Wilson interval of a share, 95 %."""
    share, z = right / of, 1.96
    middle, spread = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return [round((middle + sign * spread) / (1 + z * z / of), 4) for sign in (-1, 1)]


def measured(reader: Any, pictures: np.ndarray, digits: np.ndarray) -> dict[str, Any]:
    """Return shares of suggestions and of right ones, with counts."""
    suggestions = [reader.suggest([float(pixel) for pixel in picture])[0] for picture in pictures]
    shown = [(said, digit) for said, digit in zip(suggestions, digits, strict=True) if said is not None]
    right = sum(int(said == digit) for said, digit in shown)
    return {
        "pictures": len(digits),
        "suggested": len(shown),
        "suggested_share": round(len(shown) / len(digits), 4),
        "right_among_suggested": right,
        "right_share": round(right / max(len(shown), 1), 4),
        "right_share_95": interval(right, max(len(shown), 1)),
    }


def lowest_threshold(model: MLPClassifier, pictures: np.ndarray, digits: np.ndarray) -> float:
    """Return the lowest threshold at which enough of what is suggested is right."""
    for threshold in np.arange(0.30, 1.0, 0.01):
        found = measured(reader_of(written(model, float(threshold))), pictures, digits)
        wrongly = share_suggested(reader_of(written(model, float(threshold))), no_digits(SEED + 1))
        if found["right_share"] >= WANTED_WHEN_CHOOSING["right"] and wrongly <= WANTED_WHEN_CHOOSING["no_digit"]:
            return round(float(threshold), 2)
    raise SystemExit("no threshold is enough")


def shifted(pictures: np.ndarray, columns: int) -> np.ndarray:
    """Return the pictures moved sideways, paper coming in at the edge."""
    moved = np.zeros_like(pictures.reshape(-1, 8, 8))
    whole = pictures.reshape(-1, 8, 8)
    moved[:, :, max(columns, 0) : 8 + min(columns, 0)] = whole[:, :, max(-columns, 0) : 8 - max(columns, 0)]
    return moved.reshape(-1, 64)


def share_suggested(reader: Any, pictures: np.ndarray) -> float:
    """Return the share of pictures that get a suggestion, right or wrong."""
    return measured(reader, pictures, np.zeros(len(pictures)))["suggested_share"]


def no_digits(seed: int) -> np.ndarray:
    """Return 200 pictures that show no digit: blank ones, and noise of different density."""
    random = np.random.default_rng(seed)
    noise = [random.integers(0, 17, 64) * (random.random(64) < density) for density in np.linspace(0.1, 1, 100)]
    return np.array([np.zeros(64)] * 100 + noise)


def draw_screen(reader: Any, pictures: np.ndarray) -> None:
    """Draw the screen with real pictures of the test part and the program's real suggestions."""
    font, small = (ImageFont.load_default(size) for size in (22, 15))
    screen = Image.new("RGB", (960, 420), "white")
    draw = ImageDraw.Draw(screen)
    draw.text((24, 16), "Score card, table 7, round 3: check each digit", fill="black", font=font)
    draw.text((24, 48), "Suggestions come from Digit Reader 1.2.0, an AI system. Nothing is kept before Enter.",
              fill="black", font=small)  # fmt: skip
    for place, picture in enumerate(pictures[:10]):
        left = 24 + place * 92
        cell = Image.fromarray((255 - picture.reshape(8, 8) / 16 * 255).astype("uint8")).resize((80, 80), 0)
        screen.paste(cell, (left, 84))
        draw.rectangle((left, 84, left + 80, 164), outline="black")
        digit, sure = reader.suggest([float(pixel) for pixel in picture])
        draw.text((left + 30, 172), "?" if digit is None else str(digit), fill="black", font=font)
        draw.text((left + 22, 202), f"{sure:.0%}", fill="#444444", font=small)
    for place, word in enumerate(("Enter: keep all ten", "Click a digit: correct it", "F2: type without suggestions")):
        draw.rectangle((24 + place * 306, 250, 310 + place * 306, 300), outline="black", width=2)
        draw.text((40 + place * 306, 264), word, fill="black", font=small)
    draw.text((24, 330), "F2 turns the reader off for good on this computer; everything can be typed by hand.",
              fill="black", font=small)  # fmt: skip
    draw.text((24, 372), "ILLUSTRATION of a screen. The ten pictures are from the public data set, the suggestions are",
              fill="#902020", font=small)  # fmt: skip
    draw.text((24, 392), "what the program really answered; club, table and buttons are invented.", fill="#902020",
              font=small)  # fmt: skip
    screen.quantize(32).save(FOLDER / "screen.png", optimize=True)


def sums() -> str:
    """Write SHA256SUMS over the program and its model; its own digest identifies the build."""
    names = ("digit-reader-1.2.0.json", "digit_reader.py")
    text = "".join(f"{hashlib.sha256((SYSTEM / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (SYSTEM / "SHA256SUMS").write_text(text, "utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Train, choose the threshold, measure once on the part that was kept aside."""
    pictures, digits = load_digits(return_X_y=True)
    rest, kept, rest_digits, kept_digits = train_test_split(
        pictures, digits, test_size=0.25, stratify=digits, random_state=SEED
    )
    learnt, chosen, learnt_digits, chosen_digits = train_test_split(
        rest, rest_digits, test_size=0.25, stratify=rest_digits, random_state=SEED
    )
    model = trained(learnt, learnt_digits)
    released = written(model, lowest_threshold(model, chosen, chosen_digits))
    half = len(digits) // 2
    later_writers = measured(reader_of(written(trained(pictures[:half], digits[:half]), released["threshold"])),
                             pictures[half:], digits[half:])  # fmt: skip
    reader = reader_of(released)
    test, silent = measured(reader, kept, kept_digits), no_digits(SEED + 2)
    wrongly = share_suggested(reader, silent)
    report = {
        "illustration": "Organisation and people are invented; made-by/train_and_measure.py measured every number.",
        "system": "Digit Reader 1.2.0",
        "build_digest": sums(),
        "measured_at": datetime.now(UTC).date().isoformat(),
        "conditions": {
            "python": platform.python_version(),
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "seed": SEED,
            "data": "UCI 80, Optical Recognition of Handwritten Digits, as bundled with scikit-learn",
            "parts": {"learnt": len(learnt), "threshold": len(chosen), "test": len(kept)},
        },
        "limits_fixed_before_the_test": LIMITS,
        "threshold": released["threshold"],
        "test": test,
        "test_moved_one_pixel_right": measured(reader, shifted(kept, 1), kept_digits),
        "test_moved_one_pixel_left": measured(reader, shifted(kept, -1), kept_digits),
        "same_recipe_learnt_on_first_half_tested_on_second_half": later_writers,
        "no_digit_shown": {"pictures": len(silent), "suggested_share": wrongly},
        "within_limits": bool(
            test["right_share"] >= LIMITS["right_among_suggested"]
            and test["suggested_share"] >= LIMITS["suggested"]
            and wrongly <= LIMITS["blank_or_noise_suggested"]
        ),
    }
    (FOLDER / "test-report.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    said = [reader.suggest([float(pixel) for pixel in picture])[0] for picture in kept]
    with (FOLDER / "confusion.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["written", *(f"suggested_{digit}" for digit in range(10)), "no_suggestion"])
        for digit in range(10):
            answers = [answer for answer, true in zip(said, kept_digits, strict=True) if true == digit]
            table.writerow([digit, *(answers.count(other) for other in range(10)), answers.count(None)])
    draw_screen(reader, kept)
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
