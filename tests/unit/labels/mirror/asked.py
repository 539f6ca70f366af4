"""What a reader asks of a mirror, and how a liar changes one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labels.mirror.report import Report
from labels.mirror.verification import verify_mirror
from labels.root import Root
from tests.unit.labels.mirror.made import ROOT, Made, sealed


def codes(report: Report) -> list[str]:
    """The codes of what is false and of what could not be checked, each once."""
    return sorted({one.code for one in (*report.false, *report.unchecked)})


def verified(folder: Path, **options: Any) -> list[str]:
    """What is wrong with a mirror for a reader who pinned the root."""
    return codes(verify_mirror(folder, **{"root": Root.of(ROOT), **options}))


def changed(folder: Path, path: str, change: Callable[[Any], None]) -> None:
    """Change a JSON file of a mirror, and its manifest with it."""
    document = json.loads((folder / path).read_bytes())
    change(document)
    (folder / path).write_text(json.dumps(document))
    sealed(folder)


def label_paths(folder: Path, name: str = "label.json") -> list[Path]:
    """A file of each label, in the order of their ids."""
    return sorted((folder / "labels").glob(f"*/{name}"))


def path_of(made: Made, name: str, folder: Path, file: str = "label.json") -> Path:
    """A file of the label of a product."""
    (label,) = [one for one, said in made.tokens.items() if said.name_version == f"{name} 1"]
    return folder / "labels" / label / file
