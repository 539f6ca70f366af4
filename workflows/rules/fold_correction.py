"""What revised verdicts and nonconformities change in a case (stages 5 and 6)."""

from collections.abc import Callable
from typing import Any

from schemas import events as ev
from schemas.case import Case
from schemas.correction import Grade
from schemas.event import Event
from schemas.stages import Stage

Changes = dict[str, Any]


def _revised(case: Case, event: ev.VerdictRevised) -> Changes:
    review, revision = case.reviews[event.reviewer], event.revision
    findings = tuple(
        one.model_copy(update={"verdict": revision.after, "grade": event.grade})
        if one.criterion == revision.criterion
        else one
        for one in review.findings
    )
    revised = review.model_copy(update={"findings": findings, "revisions": (*review.revisions, revision)})
    return {"reviews": {**case.reviews, event.reviewer: revised}}


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
    return _changed(case, event.criterion, due_at=event.due_at, extensions=extensions)


OF_CORRECTION: dict[type[Event], Callable[[Case, Any], Changes]] = {
    ev.VerdictRevised: _revised,
    ev.NonconformitiesRaised: _raised,
    ev.NonconformitiesClosed: _closed,
    ev.CorrectionExtended: _extended,
    ev.NonconformityBecameMajor: lambda case, e: _changed(case, e.criterion, grade=Grade.MAJOR, due_at=e.due_at),
    ev.NonconformityPastDeadline: lambda case, e: _changed(case, e.criterion, is_past=True),
    ev.CorrectionEnded: lambda _case, _e: {"stage": Stage.RECOMMENDATION},
}
