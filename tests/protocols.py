"""A valid protocol, of which a test changes one thing."""

import hashlib
from datetime import date
from typing import Any

from schemas.evidence import TextRef


def protocol(*criteria: str, **changes: Any) -> dict[str, Any]:
    """What a reviewer records of a demonstration on the first day of a walk."""
    said = {name: _text(name) for name in ("participants", "shown", "observed")}
    held_on = date(2026, 3, 2)
    return {"form": "demonstration", "held_on": held_on, "criteria": criteria or ("I-1.1-01",), **said, **changes}


def _text(words: str) -> TextRef:
    return TextRef(digest=hashlib.sha256(words.encode()).hexdigest(), length=len(words))
