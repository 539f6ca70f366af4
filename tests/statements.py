"""What an applicant states for an extended public page, as tests have it."""

from typing import Any

STATEMENT: dict[str, Any] = {
    "main_limitations": "Not for digits written by children; reads worse in poor light.",
    "group_measures": ({"measure": "Share of digits read right", "group": "Left-handed writers", "value": "97.1 %"},),
}
