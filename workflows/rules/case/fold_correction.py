"""What revised verdicts and nonconformities change in a case (stages 5 and 6)."""

from collections.abc import Callable
from typing import Any, Final

from schemas import events as ev
from schemas.case import Case
from schemas.correction import Grade
from schemas.event import Event
from schemas.evidence import EvidenceItem
from schemas.review import Finding
from schemas.stages import Stage
from workflows.rules.case.fold_tier import OF_TIER_AND_QUESTIONS, without_stop
from workflows.rules.case.standing import concerned
from workflows.rules.clocks import EVALUATION

Changes = dict[str, Any]
DEADLINES_BIND_SINCE: Final = 7
"""The edition from which on grades follow verdicts, the last deadline ends correcting, and one extension is given."""
CORRECTION = "correction"
"""Kind of the clocks of nonconformities, and the name under which all of them stand still."""


def as_revised(case: Case, finding: Finding, event: ev.VerdictRevised) -> Finding:
    """Return a finding with another verdict, given on the manifest in force."""
    assert case.manifest is not None
    return finding.model_copy(
        update={
            "verdict": event.revision.after,
            "grade": event.grade,
            "cited": event.cited or finding.cited,
            "reliance": event.reliance or finding.reliance,
            "protocols": event.protocols or finding.protocols,
            "manifest": case.manifest.version,
        }
    )


def _revised(case: Case, event: ev.VerdictRevised) -> Changes:
    review, revision = case.reviews[event.reviewer], event.revision
    findings = tuple(
        as_revised(case, one, event) if one.criterion == revision.criterion else one for one in review.findings
    )
    revised = review.model_copy(update={"findings": findings, "revisions": (*review.revisions, revision)})
    return {"reviews": {**case.reviews, event.reviewer: revised}}


def _evaluated(case: Case, event: ev.EvaluationClosed) -> Changes:
    """Open nonconformities lead back to correction; results that a revised verdict gave leave the stage as it is."""
    changes: Changes = {"results": event.results, **without_stop(case, EVALUATION)}
    if case.stage != Stage.EVALUATION:
        return changes
    if case.edition > 1:
        # What was said of earlier results was not said of these.
        changes |= {"recommendation": None, "hearing": None, "hearing_due_at": None, "hearing_waived": False}
    is_open = any(one.is_open for one in case.nonconformities.values())
    return {"stage": Stage.CORRECTION if is_open else Stage.RECOMMENDATION, **changes}


def _raised(case: Case, event: ev.NonconformitiesRaised) -> Changes:
    raised = {one.criterion: one for one in event.nonconformities}
    return {"stage": Stage.CORRECTION, "nonconformities": {**case.nonconformities, **raised}}


def _changed(case: Case, criterion: str, **changes: Any) -> Changes:
    one = case.nonconformities[criterion].model_copy(update=changes)
    return {"nonconformities": {**case.nonconformities, criterion: one}}


def _closed(case: Case, event: ev.NonconformitiesClosed) -> Changes:
    closed = {
        criterion: case.nonconformities[criterion].model_copy(update={"closed_at": event.at})
        for criterion in event.criteria
    }
    return {"nonconformities": {**case.nonconformities, **closed}}


def _extended(case: Case, event: ev.CorrectionExtended) -> Changes:
    extensions = case.nonconformities[event.criterion].extensions + 1
    changes = _changed(case, event.criterion, due_at=event.due_at, extensions=extensions)
    return {**changes, "correction_extensions": case.correction_extensions + 1}


def _past(case: Case, event: ev.NonconformityPastDeadline) -> Changes:
    """What was not handed in under this criterion does not count; others may still be corrected."""
    changes = _changed(case, event.criterion, is_past=True)
    return {**changes, **_as_handed_in(case, event.criterion)} if case.edition >= DEADLINES_BIND_SINCE else changes


def _as_handed_in(case: Case, criterion: str) -> Changes:
    assert case.manifest is not None
    frozen = {item for one in (*case.manifests, case.manifest) for item in one.items}
    reasons = {key: reason for key, reason in case.not_applicable.items() if key != criterion}
    if criterion in case.manifest.reasons:
        reasons[criterion] = case.manifest.reasons[criterion]
    back = {item for item in case.set_aside if item in case.manifest.items and criterion in concerned(case, item)}
    standing = [case.evidence[item] for item in back]
    return {
        "evidence": {
            key: one
            for key, one in case.evidence.items()
            if key in frozen or not (criterion in one.criteria or any(_clash(one, other) for other in standing))
        },
        "set_aside": tuple(item for item in case.set_aside if item not in back),
        "not_applicable": reasons,
    }


def _resumed(case: Case, event: ev.ClockResumed) -> Changes:
    """The clock of all nonconformities stands still as one: each has as much time left as before."""
    changes = OF_TIER_AND_QUESTIONS[ev.ClockResumed](case, event)
    if event.clock != CORRECTION:
        return changes
    stopped_at = case.stops[CORRECTION].stopped_at
    moved = {
        key: one.model_copy(update={"due_at": one.due_at + (event.at - stopped_at)})
        for key, one in case.nonconformities.items()
        if one.is_running and one.raised_at <= stopped_at
    }
    return {"stops": changes["stops"], "nonconformities": {**case.nonconformities, **moved}}


def _clash(one: EvidenceItem, other: EvidenceItem) -> bool:
    """Whether a case cannot hold both: two files by one name, or the same twice as evidence of one type."""
    return one.file == other.file and (one.digest != other.digest or one.type == other.type)


def _ended(case: Case, _: ev.CorrectionEnded) -> Changes:
    """What was not handed in does not count: the case goes on with what is frozen."""
    assert case.manifest is not None
    frozen = {item for one in (*case.manifests, case.manifest) for item in one.items}
    return {
        "stage": Stage.RECOMMENDATION,
        "evidence": {key: item for key, item in case.evidence.items() if key in frozen},
        "set_aside": tuple(sorted(frozen - set(case.manifest.items), key=lambda key: int(key[1:]))),
        "not_applicable": case.manifest.reasons,
        "public_statement": case.public_statement_handed_in,
    }


OF_CORRECTION: dict[type[Event], Callable[[Case, Any], Changes]] = {
    ev.EvaluationClosed: _evaluated,
    ev.VerdictRevised: _revised,
    ev.NonconformitiesRaised: _raised,
    ev.NonconformitiesClosed: _closed,
    ev.CorrectionExtended: _extended,
    ev.NonconformityBecameMajor: lambda case, e: _changed(case, e.criterion, grade=Grade.MAJOR, due_at=e.due_at),
    ev.NonconformityRegraded: lambda case, e: _changed(
        case, e.criterion, grade=e.grade, raised_by=e.raised_by, due_at=e.due_at
    ),
    ev.NonconformityPastDeadline: _past,
    ev.CorrectionEnded: _ended,
    ev.ClockResumed: _resumed,
}
