"""The acts of a complaint that people of several rooms do, each with its page: declaring, handling, deciding."""

from dataclasses import replace
from typing import Any

from certify.accounts.matter_parts import MatterPart
from certify.accounts.matter_reading import MatterReading
from certify.web.acting import Before, Typed
from certify.web.language import language_of, marked
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.matter_voting import DECLARING
from certify.web.matters.open_matter import OpenMatter
from schemas.complaint import PUBLIC_REASON_MAX

OWN = "matters/complaint.html"
_OF_HANDLER = frozenset({"not_the_handler"})


def _decision(typed: Typed) -> dict[str, Any]:
    upheld = typed.one("outcome") in {"upheld", "partly_upheld"}
    return {
        "outcome": typed.one("outcome"),
        "reasons": typed.one("reasons"),
        "public_reason": typed.one("public_reason"),
        "criteria": typed.all("criteria") if upheld else (),
    }


async def _criteria(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the requirements that a review of the label can look at."""
    language = language_of(before.request, remembered=True)
    texts, rules = before.opened.scheme.texts, before.opened.scheme.rules
    return {
        "criteria": [(one, f"{texts.criteria[one].title.in_language(language)} ({one})") for one in rules.criteria],
        "public_reason_max": PUBLIC_REASON_MAX,
    }


def _is_to_declare(reading: MatterReading) -> bool:
    """Whether a declaration is waited for: the handler's at once, a decider's when there are findings."""
    return MatterPart.HANDLER in reading.parts or reading.facts.get("findings") is not None


HANDLING = {
    "declare-matter-interests": replace(DECLARING, is_due=_is_to_declare, unlisted=frozenset({"already_decided"})),
    "ask-complainant": MatterPage(
        kind="ask_complainant",
        name=marked("Ask the complainant"),
        template="matters/ask_complainant.html",
        fields=lambda typed: {"question": typed.one("question")},
        anchor="question",
        required={"question": marked("Write your question.")},
        is_optional=True,
        unlisted=_OF_HANDLER | {"already_decided"},
    ),
    "record-findings": MatterPage(
        kind="record_findings",
        name=marked("Write down what was found"),
        template="matters/record_findings.html",
        fields=lambda typed: {"findings": typed.one("findings")},
        anchor="findings",
        required={"findings": marked("Write what you found.")},
        is_done=lambda reading: reading.facts.get("findings") is not None,
        unlisted=_OF_HANDLER | {"already_decided"},
    ),
}
DECIDING = {
    "decide-complaint": MatterPage(
        kind="decide_complaint",
        name=marked("Decide the complaint"),
        template="matters/decide_complaint.html",
        fields=_decision,
        anchor="outcome",
        anchors={"public_reason_too_long": "public_reason", "unknown_criterion": "criteria"},
        required={
            "outcome": marked("Choose the outcome."),
            "reasons": marked("Give the reasons."),
            "public_reason": marked("Write one or two sentences for the complainant."),
        },
        check="matters/decide_complaint_check.html",
        more=_criteria,
        unlisted=frozenset({"handles_and_decides", "already_decided"}),
    ),
}
