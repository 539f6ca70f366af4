"""The page on which an applicant states what everybody reads on an extended public page."""

from typing import Any, Final

from certify.web.act_pages import ActPage, Before, Typed
from certify.web.language import marked
from schemas.errors import Unacceptable
from schemas.public_statement import GROUP_MEASURES_MAX

_FIELDS: Final = ("measure", "group", "value")
_SHOWN: Final = 3
"""Lines that are open before any is filled in."""


def stated(typed: Typed) -> dict[str, Any]:
    """Return the fields of `make_public_statement` from what was typed; empty lines are left out.

    Raises:
        Unacceptable: `group_measure_incomplete`.
    """
    lines = [_line(typed, place) for place in range(1, GROUP_MEASURES_MAX + 1)]
    filled = [line for line in lines if any(line.values())]
    if not all(all(line.values()) for line in filled):
        raise Unacceptable(
            "group_measure_incomplete", marked("Say of each measure what is measured, for which group, and the value.")
        )
    return {
        "main_limitations": typed.one("main_limitations"),
        "group_measures": filled,
        "no_group_measures": typed.one("no_group_measures") or None,
    }


def _line(typed: Typed, place: int) -> dict[str, str]:
    return {name: typed.one(f"{name}-{place}") for name in _FIELDS}


async def _more(before: Before) -> dict[str, object]:
    """Open every line that is filled in, and one more."""
    said, typed = before.opened.reading.public_statement, before.typed
    places = range(1, GROUP_MEASURES_MAX + 1)
    filled = [place for place in places if any(_line(typed, place).values())] if typed.values else []
    last = max(filled, default=0) if typed.values else len(said.group_measures) if said else 0
    return {"stated": said, "lines": len(places), "shown": min(max(_SHOWN, last + 1), len(places))}


PAGE = ActPage(
    kind="make_public_statement",
    template="applicant/make_public_statement.html",
    fields=stated,
    anchor="main_limitations",
    anchors={
        "group_measures_missing": "measures",
        "group_measure_incomplete": "measures",
        "group_measure_twice": "measures",
        "group_measures_and_reason": "no_group_measures",
    },
    required={"main_limitations": marked("State the main limitations of the system.")},
    more=_more,
)
