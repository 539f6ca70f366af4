"""Handing in a surveillance on a page: declaration, build, and the risk questionnaire answered again."""

from typing import Any

from certify.accounts.matter_reading import MatterReading
from certify.web.acting import Before, Typed
from certify.web.language import marked
from certify.web.matters.label_pages import asked_of_holder
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter
from certify.web.questionnaire import ANSWER, UNKNOWN, answers_given


def _submission(typed: Typed) -> dict[str, Any]:
    return {
        "surveillance": typed.one("surveillance"),
        "declaration": typed.one("declaration"),
        "build_digest": typed.one("build_digest") or None,
        "answers": answers_given(typed),
        "incidents": typed.one("incidents") or None,
        "incident_report": typed.one("incident_report") or None,
    }


async def _form(before: Before[OpenMatter]) -> dict[str, object]:
    waiting = asked_of_holder(before)
    return {
        "numbers": [str(one["number"]) for one in waiting],
        "asks": list(dict.fromkeys(ask for one in waiting for ask in one.get("asks", ()))),
        "answer": ANSWER,
        "unknown": UNKNOWN,
    }


def _is_owed(reading: MatterReading) -> bool:
    """Whether a surveillance waits for the holder; what was handed in may be handed in anew, but need not."""
    held: Any = reading.facts.get("surveillances", [])
    return any(one["needs_holder"] and not one.get("submission") and not one.get("closed_at") for one in held)


PAGE = MatterPage(
    kind="submit_surveillance",
    name=marked("Hand in a surveillance"),
    template="matters/submit_surveillance.html",
    fields=_submission,
    anchor="surveillance",
    anchors={
        "answers_missing": "answers",
        "malformed": "build_digest",
        "incidents_not_stated": "incidents",
        "incident_report_missing": "incident_report",
    },
    required={
        "surveillance": marked("Choose the surveillance."),
        "declaration": marked("Write the declaration."),
    },
    more=_form,
    is_due=_is_owed,
    unlisted=frozenset({"no_surveillance", "not_the_holder"}),
)
