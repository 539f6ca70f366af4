"""Stages 7 to 9: nothing is granted on evidence that ran out; the case goes back to its applicant (decision 85).

A mandatory criterion that was found met rests on the items its findings cite. Once one of them has expired, the case
waits for no recommendation, round or label any more: the applicant hands in what is in force, and reviewers judge
what differs. A case that fails anyway goes its way: nobody gets more time to correct by what expires.
"""

from datetime import UTC, datetime, time, timedelta

from schemas import events as ev
from schemas.case import Case
from schemas.evidence import EXPIRY_COUNTS_SINCE
from schemas.identifiers import ENGINE
from schemas.scheme import SchemeRules
from schemas.stages import Stage, Verdict
from workflows.rules.case.attestation import awaits_signature
from workflows.rules.case.evaluation import failed
from workflows.rules.case.standing import counted_reviews
from workflows.rules.deadlines import days_after

_BEFORE_A_DECISION = (Stage.RECOMMENDATION, Stage.DECISION)


def ran_out(case: Case, at: datetime) -> tuple[str, ...]:
    """Return the expired items on which a case rests that could be granted otherwise, in the order of their numbers."""
    day = at.astimezone(UTC).date()
    return tuple(item for item in _rests_on(case) if (ends := case.evidence[item].expires) is not None and ends < day)


def went_back_for(case: Case) -> tuple[str, ...]:
    """Return the items for which a case waits for its applicant, as they had expired when it went back."""
    if case.stage != Stage.EVIDENCE or case.stage_since is None:
        return ()
    return ran_out(case, case.stage_since)


def runs_out_at(case: Case) -> datetime | None:
    """Return when the case goes back for what expires; None while something else comes first, or nothing expires.

    In an open round members vote on; its closing then asks. While the signer has its order, it asks.
    """
    waits = case.stage in _BEFORE_A_DECISION and case.open_round is None
    if not waits and (case.stage != Stage.ATTESTATION or awaits_signature(case)):
        return None
    ends = [one for item in _rests_on(case) if (one := case.evidence[item].expires) is not None]
    return datetime.combine(min(ends), time(), tzinfo=UTC) + timedelta(days=1) if ends else None


def evidence_ran_out(case: Case, now: datetime, rules: SchemeRules) -> ev.EvidenceRanOut | None:
    """Take a case back to its applicant, whose evidence ran out before a decision; a counted round is set aside.

    A decision that no label can follow from any more is reopened first (`workflows.rules.case.reopening`).
    """
    if case.stage not in _BEFORE_A_DECISION or case.open_round is not None:
        return None
    items = ran_out(case, now)
    if not items:
        return None
    due_at = days_after(now, rules.clocks.evidence_stage_days[case.tier])
    return ev.EvidenceRanOut(at=now, actor=ENGINE, items=items, evidence_due_at=due_at)


def _rests_on(case: Case) -> tuple[str, ...]:
    """Return the items that findings cite by which mandatory criteria are met, where nothing stands against a grant."""
    if case.edition < EXPIRY_COUNTS_SINCE or case.rule is not None or failed(case.results):
        return ()
    met = {one.criterion for one in case.results if one.mandatory and one.verdict == Verdict.MET}
    findings = (*case.lookups.values(), *(one for review in counted_reviews(case).values() for one in review.findings))
    cited = {item for one in findings if one.criterion in met and one.verdict == Verdict.MET for item in one.cited}
    return tuple(sorted(cited, key=lambda key: int(key[1:])))
