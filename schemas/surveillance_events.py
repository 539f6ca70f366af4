"""What happens in a surveillance of a label: bodies of entries of the label's stream (ISO/IEC 17065, 7.9)."""

from typing import Literal

from pydantic import Field

from schemas.added_later import added_later
from schemas.event import Event
from schemas.evidence import EvidenceItem, TextRef
from schemas.identifiers import CriterionId, Identifier, ItemId, Moment, Word
from schemas.review import Assignment, Review
from schemas.stages import Verdict
from schemas.surveillance import CheckResult, LiveCheck, Submission, Surveillance


class SurveillanceOpened(Event):
    """The label is looked at again."""

    kind: Literal["surveillance_opened"] = "surveillance_opened"
    surveillance: Surveillance


class FreshEvidenceOffered(Event):
    """The holder offered a fresh item for a surveillance."""

    kind: Literal["fresh_evidence_offered"] = "fresh_evidence_offered"
    surveillance: int
    item: EvidenceItem


class FreshEvidenceWithdrawn(Event):
    """The holder took a fresh item back before handing in."""

    kind: Literal["fresh_evidence_withdrawn"] = "fresh_evidence_withdrawn"
    surveillance: int
    item: ItemId


class SurveillanceSubmitted(Event):
    """The holder handed in; the automatic checks ran."""

    kind: Literal["surveillance_submitted"] = "surveillance_submitted"
    surveillance: int
    submission: Submission
    checks: tuple[CheckResult, ...] = Field(max_length=9)
    review_due_at: Moment | None = None


class ChecksRepeated(Event):
    """The automatic checks ran again."""

    kind: Literal["checks_repeated"] = "checks_repeated"
    surveillance: int
    checks: tuple[CheckResult, ...] = Field(max_length=9)


class SurveillanceReviewerAssigned(Event):
    """An expert was asked to judge a surveillance."""

    kind: Literal["surveillance_reviewer_assigned"] = "surveillance_reviewer_assigned"
    surveillance: int
    assignment: Assignment


class SurveillanceAssignmentAnswered(Event):
    """An expert said yes or no.

    Attributes:
        evaluates: whether they said yes, now or before: who ever did so decides nothing about the label.
    """

    kind: Literal["surveillance_assignment_answered"] = "surveillance_assignment_answered"
    surveillance: int
    accepts: bool
    reason: TextRef | None = None
    evaluates: bool = added_later(default=False)


class SurveillanceAssignmentLapsed(Event):
    """An expert did not answer in time, which is a no."""

    kind: Literal["surveillance_assignment_lapsed"] = "surveillance_assignment_lapsed"
    surveillance: int
    reviewer: Identifier


class SurveillanceReviewerRelieved(Event):
    """The secretariat relieved a reviewer who said yes and did nothing: that is a no; `evaluates` as in an answer."""

    kind: Literal["surveillance_reviewer_relieved"] = "surveillance_reviewer_relieved"
    surveillance: int
    reviewer: Identifier
    reasons: TextRef
    evaluates: bool = added_later(default=False)


class LiveCheckRecorded(Event):
    """A reviewer recorded how they checked the system in use."""

    kind: Literal["live_check_recorded"] = "live_check_recorded"
    surveillance: int
    check: LiveCheck


class SurveillanceJudged(Event):
    """A reviewer handed in findings on every criterion of a surveillance."""

    kind: Literal["surveillance_judged"] = "surveillance_judged"
    surveillance: int
    review: Review


class SurveillanceEvaluated(Event):
    """All reviewers of a surveillance handed in; their findings meet."""

    kind: Literal["surveillance_evaluated"] = "surveillance_evaluated"
    surveillance: int
    results: dict[CriterionId, Verdict] = Field(max_length=100)
    decision_due_at: Moment | None = None


class LabelMaintained(Event):
    """A panel maintained the label after a surveillance.

    Attributes:
        ends: earlier ones that did not pass, and end with it: it found the same criteria met.
    """

    kind: Literal["label_maintained"] = "label_maintained"
    surveillance: int
    motion: int
    ends: tuple[int, ...] = added_later((), max_length=60)


class LabelNotMaintained(Event):
    """A panel voted to maintain the label, and when the vote closed what the label rests on held no more.

    Attributes:
        reason: what held no more, the code of the rule. The surveillance stays open; there can be another vote.
    """

    kind: Literal["label_not_maintained"] = "label_not_maintained"
    surveillance: int
    motion: int
    reason: Word
