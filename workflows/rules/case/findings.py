"""What a finding must have: evidence of the plan's manifest, fit to show what it is cited for (ISO/IEC 17065, 7.4).

A surveillance is judged by the same rule (`check_fitness`; 7.9).
"""

from collections.abc import Iterable
from datetime import datetime

from schemas.case import Case
from schemas.errors import Unacceptable
from schemas.evidence import EvidenceItem, Manifest
from schemas.review import Finding
from schemas.stages import Verdict
from workflows.rules.case.standing import protocols_in_force

PASSING = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})
"""Verdicts that a mandatory criterion needs for a grant."""

_SHOWN = frozenset({Verdict.MET, Verdict.PARTLY_MET})
_APPLICANT = "applicant"


def check_finding(case: Case, finding: Finding, now: datetime, *, reviewer: str | None) -> None:
    """Refuse a finding that rests on nothing, or on what cannot show it.

    Args:
        case: in which it is found.
        finding: what somebody found.
        now: when.
        reviewer: who found it; None for a lookup of the secretariat.

    Raises:
        Unacceptable: `unknown_item`, `unknown_protocol`, `not_applicable_not_stated`, `evidence_not_cited`,
            `grade_without_nonconformity`, `evidence_expired`, `evidence_other_version`, `reliance_missing`.
    """
    assert case.manifest is not None
    unknown = [item for item in finding.cited if item not in case.manifest.items]
    if unknown:
        raise Unacceptable("unknown_item", f"Not in the manifest: {', '.join(unknown)}.")
    _check_protocols(case, case.manifest, finding, reviewer)
    reasons = case.manifest.reasons if case.edition > 1 else case.not_applicable
    if finding.verdict == Verdict.NOT_APPLICABLE and finding.criterion not in reasons:
        raise Unacceptable(
            "not_applicable_not_stated", f"The applicant gave no reason why {finding.criterion} should not apply."
        )
    if finding.verdict in _SHOWN and not (finding.cited or finding.protocols):
        raise Unacceptable("evidence_not_cited", f"Name the evidence for {finding.criterion}.")
    if case.edition > 1:
        check_fitness(
            finding,
            [case.evidence[item] for item in finding.cited],
            now,
            version=case.lodged.system.version,
            lodged_at=case.lodged_at,
            by_reviewer=reviewer is not None,
        )


def _check_protocols(case: Case, manifest: Manifest, finding: Finding, reviewer: str | None) -> None:
    """Refuse protocols of others that have not met, as if there were none, and those of other criteria."""
    known = {
        key: one
        for key, one in protocols_in_force(case).items()
        if key in manifest.protocols or one.recorded_by == reviewer
    }
    unknown = [key for key in finding.protocols if key not in known or finding.criterion not in known[key].criteria]
    if unknown:
        message = f"No protocol on {finding.criterion} that you may cite: {', '.join(unknown)}."
        raise Unacceptable("unknown_protocol", message)


def check_fitness(
    finding: Finding,
    cited: Iterable[EvidenceItem],
    now: datetime,
    *,
    version: str,
    lodged_at: datetime,
    by_reviewer: bool = True,
) -> None:
    """Refuse a finding that rests on what cannot show it.

    Args:
        finding: what somebody found.
        cited: the items it cites.
        now: when.
        version: of the system that is certified.
        lodged_at: when the application was lodged; what others made before is an earlier result.
        by_reviewer: whether a reviewer found it, who says why makers of earlier results are relied on.

    Raises:
        Unacceptable: `grade_without_nonconformity`, `evidence_expired`, `evidence_other_version`, `reliance_missing`.
    """
    if finding.grade is not None and finding.verdict in PASSING:
        raise Unacceptable("grade_without_nonconformity", f"Nothing is to be graded under {finding.criterion}.")
    if finding.verdict not in _SHOWN:
        return
    cited = tuple(cited)
    expired = [item.id for item in cited if item.expires is not None and item.expires < now.date()]
    if expired:
        raise Unacceptable("evidence_expired", f"{finding.criterion} rests on what has expired: {', '.join(expired)}.")
    other = [item.id for item in cited if item.covers_version != version]
    if other:
        raise Unacceptable(
            "evidence_other_version", f"{finding.criterion} rests on what covers another version: {', '.join(other)}."
        )
    earlier = [item.id for item in cited if is_earlier_result(item, lodged_at)]
    if by_reviewer and earlier and finding.reliance is None:
        raise Unacceptable(
            "reliance_missing",
            f"Say under {finding.criterion} why the maker of {', '.join(earlier)} is relied on (ISO/IEC 17065, 7.4.5).",
        )


def is_earlier_result(item: EvidenceItem, lodged_at: datetime) -> bool:
    """Whether somebody else than the applicant made an item before the application (ISO/IEC 17065, 7.4.5)."""
    return item.made_by.kind != _APPLICANT and item.effective < lodged_at.date()
