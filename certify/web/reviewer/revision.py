"""The page on which a reviewer changes one verdict of theirs, once, after findings have met (stage 5)."""

from typing import Any

from certify.web.act_pages import ActPage, Before, Typed
from certify.web.language import marked
from schemas.errors import Unacceptable
from schemas.stages import Verdict
from workflows.rules.case.findings import PASSING, is_earlier_result


def _revision(typed: Typed) -> dict[str, Any]:
    verdict, passing = typed.one("verdict"), {verdict.value for verdict in PASSING}
    return {
        "criterion": typed.one("criterion"),
        "verdict": verdict,
        "grade": typed.one("grade") or None if verdict not in passing else None,
        "reason": typed.one("reason"),
        "cited": typed.all("cited") if verdict != Verdict.NOT_APPLICABLE else (),
        "reliance": typed.one("reliance") or None,
        "protocols": typed.all("protocols") if verdict != Verdict.NOT_APPLICABLE else (),
    }


async def _own_finding(before: Before) -> dict[str, object]:
    """Return the reader's finding on the criterion of the page, and what there is to cite.

    Raises:
        Unacceptable: `unknown_criterion`.
    """
    reading, criterion = before.opened.reading, before.typed.one("criterion")
    judged = reading.own.review.findings if reading.own.review else ()
    finding = next((one for one in judged if one.criterion == criterion), None)
    if finding is None:
        raise Unacceptable("unknown_criterion", marked("Choose one of your verdicts on the page of the case."))
    items = [one for one in reading.evidence if criterion in one.criteria and one.id not in reading.set_aside]
    has_earlier = any(is_earlier_result(one, reading.clock.lodged_at) for one in items)
    protocols = [one for one in reading.protocols if one.in_force and criterion in one.criteria]
    return {"finding": finding, "items": items, "has_earlier": has_earlier, "protocols": protocols}


REVISE_VERDICT = ActPage(
    kind="revise_verdict",
    template="reviewer/revise_verdict.html",
    fields=_revision,
    anchor="verdict",
    anchors={
        "evidence_not_cited": "cited",
        "evidence_expired": "cited",
        "evidence_other_version": "cited",
        "reliance_missing": "reliance",
    },
    required={"verdict": marked("Give the new verdict."), "reason": marked("Say why you change it.")},
    more=_own_finding,
    preset=("criterion",),
)
