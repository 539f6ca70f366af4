"""The acts of a vote in any matter, each with its page: declare interests, vote, leave the electorate."""

from typing import Any

from certify.accounts.matter_reading import MatterReading
from certify.web.acting import Before, Typed
from certify.web.language import language_of, marked
from certify.web.matters.matter_pages import MatterPage, shared
from certify.web.matters.open_matter import OpenMatter

_YES = "yes"


def _has_interest(typed: Typed) -> bool:
    return typed.one("has_interest") == _YES


def _interests(typed: Typed) -> dict[str, Any]:
    return {"has_interest": _has_interest(typed), "statement": typed.one("statement") or None}


def _vote(typed: Typed) -> dict[str, Any]:
    return {
        "motion": typed.one("motion"),
        "choice": typed.one("choice"),
        "object_digest": typed.one("object_digest"),
        "reasons": typed.one("reasons") or None,
        "dissent": typed.one("dissent") or None,
    }


async def _motion(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the vote on the page: the last one."""
    motions = before.opened.reading.motions
    language = language_of(before.request, remembered=True)
    return {"vote": motions[-1] if motions else None, **shared(language, before.opened)}


def _has_declared(reading: MatterReading) -> bool:
    return reading.has_declared is not None


def _has_voted(reading: MatterReading) -> bool:
    return reading.may["cast_vote"] == "already_voted"


DECLARING = MatterPage(
    kind="declare_matter_interests",
    name=marked("Declare your interests"),
    template="matters/declare_matter_interests.html",
    fields=_interests,
    anchor="has_interest",
    anchors={"statement_missing": "statement"},
    required={"has_interest": marked("Say whether you have an interest in this matter.")},
    more=_motion,
    is_done=_has_declared,
    closes=_has_interest,
)
VOTING = {
    "declare-matter-interests": DECLARING,
    "cast-vote": MatterPage(
        kind="cast_vote",
        name=marked("Vote"),
        template="matters/cast_vote.html",
        fields=_vote,
        anchor="choice",
        required={"choice": marked("Choose how you vote.")},
        check="matters/cast_vote_check.html",
        more=_motion,
        is_done=_has_voted,
    ),
    "leave-electorate": MatterPage(
        kind="leave_electorate",
        name=marked("Leave the electorate of this vote"),
        template="matters/leave_electorate.html",
        fields=lambda typed: {"reason": typed.one("reason")},
        anchor="reason",
        required={"reason": marked("Give the reason why you leave the electorate.")},
        more=_motion,
        is_optional=True,
        unlisted=frozenset({"recused"}),
    ),
}
"""By the last part of their address; a room of people who vote has these beside its own."""
