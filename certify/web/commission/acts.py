"""The acts of the Commission's room, each with its page."""

from datetime import UTC, datetime
from typing import Any

from certify.web import reported_interests
from certify.web.act_pages import ActPage, Before, Typed
from certify.web.language import language_of, marked
from certify.web.signing import proof_in, signing
from schemas.stages import Choice
from workflows.rules.case.decisions import may_be_sent_back
from workflows.rules.case.evaluation import failed
from workflows.rules.case.expiry import ran_out
from workflows.rules.case.signed_acts import REPORT_KIND

_YES = "yes"


def _interests(typed: Typed) -> dict[str, Any]:
    return {"has_interest": typed.one("has_interest") == _YES, "statement": typed.one("statement") or None}


def _recommendation(typed: Typed) -> dict[str, Any]:
    return {"recommends": typed.one("recommends"), "reasons": typed.one("reasons")}


def _ballot(typed: Typed) -> dict[str, Any]:
    refuses = typed.one("choice") == Choice.REFUSE
    return {
        "round": typed.one("round"),
        "choice": typed.one("choice"),
        "manifest_digest": typed.one("manifest_digest"),
        "scheme_digest": typed.one("scheme_digest"),
        "grounds": typed.all("grounds") if refuses else (),
        "reasons": typed.one("reasons") or None,
        "dissent": typed.one("dissent") or None,
        "proof": proof_in(typed),
    }


def _report(typed: Typed) -> dict[str, Any]:
    return {"report": typed.one("report"), "summary": typed.one("summary"), "proof": proof_in(typed)}


async def _signing_report(before: Before) -> dict[str, object]:
    return await signing(before, REPORT_KIND, _report(before.typed))


async def _signing_ballot(before: Before) -> dict[str, object]:
    return await signing(before, "cast_ballot", _ballot(before.typed))


async def _signing_release(before: Before) -> dict[str, object]:
    return await signing(before, "release_label", {})


async def _what_failed(before: Before) -> dict[str, object]:
    return {"failed": failed(before.opened.reading.results)}


async def _vote(before: Before) -> dict[str, object]:
    """Return the open round and the grounds a refusal can name: first what failed, then the rest."""
    opened, language = before.opened, language_of(before.request, remembered=True)
    texts, results = opened.scheme.texts, opened.reading.results
    first = failed(results)
    criteria = [*first, *(one.criterion for one in results if one.criterion not in first)]
    grounds = [(one, f"{texts.criteria[one].title.in_language(language)} ({one})") for one in criteria]
    gates = [
        (gate.id, f"{texts.gates[gate.id].in_language(language)} ({gate.id})") for gate in opened.scheme.rules.gates
    ]
    vote, rules = opened.reading.rounds[-1], opened.scheme.rules
    on_label = vote.proposed_tier is None
    return {
        "failed": first,
        "vote": vote,
        "grounds": [*gates, *grounds] if opened.reading.rule else [*grounds, *gates],
        "passes": opened.reading.rule is None and not first,
        "expired": ran_out(opened.case, datetime.now(UTC)) if on_label else (),
        "proposed": vote.proposed_tier,
        "may_send_back": on_label and opened.case.edition > 1 and bool(may_be_sent_back(opened.case, rules)),
        "published": rules.tiers[opened.reading.tier].decision.separate_opinions_published,
        "is_public": opened.case.rounds[-1].opinions_public,
    }


PAGES = {
    **reported_interests.PAGES,
    "declare-interests": ActPage(
        kind="declare_interests",
        template="commission/declare_interests.html",
        fields=_interests,
        anchor="has_interest",
        anchors={"statement_missing": "statement"},
        required={"has_interest": marked("Say whether you have an interest in this case.")},
    ),
    "submit-recommendation": ActPage(
        kind="submit_recommendation",
        template="commission/submit_recommendation.html",
        fields=_recommendation,
        anchor="recommends",
        required={
            "recommends": marked("Choose what you recommend."),
            "reasons": marked("Give the reasons for your recommendation."),
        },
        more=_what_failed,
    ),
    "cast-ballot": ActPage(
        kind="cast_ballot",
        template="commission/cast_ballot.html",
        fields=_ballot,
        anchor="choice",
        anchors={"grounds_missing": "grounds", "unknown_ground": "grounds", "reasons_missing": "reasons"},
        required={"choice": marked("Choose how you vote.")},
        check="commission/cast_ballot_check.html",
        more=_vote,
        check_more=_signing_ballot,
    ),
    "recuse": ActPage(
        kind="recuse",
        template="commission/recuse.html",
        fields=lambda typed: {"reason": typed.one("reason")},
        anchor="reason",
        required={"reason": marked("Give the reason why you leave the electorate.")},
    ),
    "record-third-party-report": ActPage(
        kind=REPORT_KIND,
        template="commission/record_third_party_report.html",
        fields=_report,
        anchor="report",
        anchors={"summary_missing": "summary"},
        required={
            "report": marked("Write or paste the report."),
            "summary": marked("Write the summary that everybody may read."),
        },
        check="commission/record_third_party_report_check.html",
        check_more=_signing_report,
    ),
    "answer-assignment": ActPage(
        kind="answer_assignment",
        template="commission/answer_assignment.html",
        fields=lambda typed: {"accepts": False, "reason": typed.one("reason") or None},
        anchor="reason",
    ),
    "release-label": ActPage(
        kind="release_label",
        template="commission/release_label.html",
        fields=lambda typed: {"proof": proof_in(typed)},
        anchor="main-content",
        more=_signing_release,
    ),
}
