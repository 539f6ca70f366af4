"""Handing in a surveillance on a page: declaration, build, and the risk questionnaire answered again."""

from typing import Any

from certify.web.acting import Before, Typed
from certify.web.language import marked
from certify.web.matters.label_pages import facts_of
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter

_ANSWER, _UNKNOWN = "answer-", "unknown"


def _submission(typed: Typed) -> dict[str, Any]:
    given = {name.removeprefix(_ANSWER): typed.one(name) for name in typed.values if name.startswith(_ANSWER)}
    return {
        "surveillance": typed.one("surveillance"),
        "declaration": typed.one("declaration"),
        "build_digest": typed.one("build_digest") or None,
        "answers": {question: None if answer == _UNKNOWN else answer for question, answer in given.items()},
    }


async def _form(before: Before[OpenMatter]) -> dict[str, object]:
    found = facts_of(before).get("surveillances", [])
    is_open = [str(one["number"]) for one in found if one.get("closed_at") is None and one["needs_holder"]]
    return {"numbers": is_open, "answer": _ANSWER, "unknown": _UNKNOWN}


PAGE = MatterPage(
    kind="submit_surveillance",
    name=marked("Hand in a surveillance"),
    template="matters/submit_surveillance.html",
    fields=_submission,
    anchor="surveillance",
    anchors={"answers_missing": "answers", "malformed": "build_digest"},
    required={
        "surveillance": marked("Choose the surveillance."),
        "declaration": marked("Write the declaration."),
    },
    more=_form,
    unlisted=frozenset({"no_surveillance", "not_the_holder"}),
)
