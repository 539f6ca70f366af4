"""The acts of the secretariat, each with its page."""

from typing import Any

from certify.web import reported_interests
from certify.web.act_pages import ActPage, Before, Typed
from certify.web.case_questions import ASK_QUESTION
from certify.web.language import marked
from certify.web.secretariat.board import open_lookups
from certify.web.secretariat.countersigning import whom
from certify.web.secretariat.planning import electorate, experts, members, plan, relieved, third_parties, tier_vote
from schemas.errors import Unacceptable


def _lookup(typed: Typed) -> dict[str, Any]:
    return {
        "criterion": typed.one("criterion"),
        "verdict": typed.one("verdict"),
        "rationale": typed.one("rationale"),
        "cited": typed.all("cited"),
    }


def _team(typed: Typed) -> dict[str, Any]:
    def asked(group: str) -> list[dict[str, Any]]:
        return [{"reviewer": one, "areas": typed.all(f"areas-{one}")} for one in typed.all(group)]

    return {"reviewers": asked("reviewers"), "reserves": asked("reserves")}


async def _criterion(before: Before) -> dict[str, object]:
    """Return the lookup on the page: the one asked for, else the first that is open."""
    left = open_lookups(before.opened.reading)
    criterion = before.typed.one("criterion") or next(iter(left), "")
    if criterion not in left:
        raise Unacceptable("nothing_to_look_up", "Nothing is left to look up.")
    offered = [item for item in before.opened.reading.evidence if criterion in item.criteria]
    return {"criterion": criterion, "offered": offered, "left": left}


async def _missing(before: Before) -> dict[str, object]:
    reading = before.opened.reading
    return {"missing": bool(reading.missing) or reading.public_statement_missing}


PAGES = {
    **reported_interests.PAGES,
    "declare-interests": ActPage(
        kind="declare_interests",
        template="secretariat/declare_interests.html",
        fields=lambda typed: {"has_interest": True, "statement": typed.one("statement")},
        anchor="statement",
        required={"statement": marked("Say what the interest is.")},
        closes=lambda _: True,
    ),
    "ask-question": ASK_QUESTION,
    "accept-application": ActPage(
        kind="accept_application",
        template="secretariat/accept_application.html",
        fields=lambda typed: {"note": typed.one("note") or None},
        anchor="note",
        more=_missing,
    ),
    "decline-application": ActPage(
        kind="decline_application",
        template="secretariat/decline_application.html",
        fields=lambda typed: {"reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Give the reasons; the applicant reads them and may appeal.")},
        check="secretariat/decline_application_check.html",
    ),
    "assign-reviewers": ActPage(
        kind="assign_reviewers",
        template="secretariat/assign_reviewers.html",
        fields=_team,
        anchor="reviewers",
        required={"reviewers": marked("Choose whom to ask.")},
        more=experts,
    ),
    "assign-reviewer": ActPage(
        kind="assign_reviewer",
        template="secretariat/assign_reviewer.html",
        fields=lambda typed: {"reviewer": typed.one("reviewer"), "areas": typed.all("areas")},
        anchor="reviewer",
        anchors={"not_competent": "areas", "area_not_needed": "areas"},
        required={
            "reviewer": marked("Choose whom to ask."),
            "areas": marked("Choose at least one area."),
        },
        more=experts,
    ),
    "approve-plan": ActPage(
        kind="approve_plan",
        template="secretariat/approve_plan.html",
        fields=lambda _: {},
        anchor="main-content",
        more=plan,
    ),
    "relieve-reviewer": ActPage(
        kind="relieve_reviewer",
        template="secretariat/relieve_reviewer.html",
        fields=lambda typed: {"person": typed.one("person"), "reasons": typed.one("reasons")},
        anchor="person",
        required={"person": marked("Choose whom to relieve."), "reasons": marked("Give the reasons.")},
        more=relieved,
    ),
    "record-lookup": ActPage(
        kind="record_lookup",
        template="secretariat/record_lookup.html",
        fields=_lookup,
        anchor="verdict",
        anchors={"evidence_not_cited": "cited", "unknown_item": "cited"},
        required={
            "verdict": marked("Choose what you found."),
            "rationale": marked("Say where you looked and what it says."),
        },
        more=_criterion,
        preset=("criterion",),
    ),
    "appoint-rapporteur": ActPage(
        kind="appoint_rapporteur",
        template="secretariat/appoint_rapporteur.html",
        fields=lambda typed: {"rapporteur": typed.one("rapporteur")},
        anchor="rapporteur",
        required={"rapporteur": marked("Choose the rapporteur.")},
        more=members,
    ),
    "record-hearing": ActPage(
        kind="record_hearing",
        template="secretariat/record_hearing.html",
        fields=lambda typed: {"protocol": typed.one("protocol")},
        anchor="protocol",
        required={"protocol": marked("Write or paste the protocol.")},
    ),
    "draw-third-party": ActPage(
        kind="draw_third_party",
        template="secretariat/draw_third_party.html",
        fields=lambda _: {},
        anchor="main-content",
        more=third_parties,
    ),
    "open-tier-round": ActPage(
        kind="open_round",
        permission="open_tier_round",
        template="secretariat/open_tier_round.html",
        fields=lambda typed: {"proposed_tier": typed.one("proposed_tier")},
        anchor="proposed_tier",
        required={"proposed_tier": marked("Choose the tier that is proposed.")},
        more=tier_vote,
    ),
    "countersign": ActPage(
        kind="countersign",
        template="secretariat/countersign.html",
        fields=lambda typed: {"person": typed.one("person"), "round": typed.one("round")},
        anchor="person",
        required={"person": marked("Choose for whom you vouch.")},
        more=whom,
    ),
    "open-round": ActPage(
        kind="open_round",
        template="secretariat/open_round.html",
        fields=lambda _: {},
        anchor="main-content",
        more=electorate,
    ),
}
