"""What happened in stages 4 to 6: reviewers, findings, nonconformities."""

from typing import Literal

from pydantic import Field

from schemas.added_later import added_later
from schemas.correction import Grade, Nonconformity
from schemas.event import Event
from schemas.evidence import PROTOCOLS_CITED_MAX, Manifest, TextRef
from schemas.identifiers import CriterionId, Digest, Identifier, ItemId, Moment, ProtocolId
from schemas.people import Role
from schemas.protocol import Protocol
from schemas.review import Assignment, Finding, InterestReport, Interests, Plan, Proposed, Result, Review, Revision
from schemas.signed_acts import Origin, Receipt, SignedReport


class ReviewersProposed(Event):
    """Who is asked, and who is asked next, was proposed by the rules of matching."""

    kind: Literal["reviewers_proposed"] = "reviewers_proposed"
    reserves: tuple[Proposed, ...] = Field(max_length=40)
    proposal: TextRef | None


class ReviewerAssigned(Event):
    """An expert was asked to judge some areas."""

    kind: Literal["reviewer_assigned"] = "reviewer_assigned"
    assignment: Assignment


class InterestsDeclared(Event):
    """A person declared their interests for this case, in the role they take in it."""

    kind: Literal["interests_declared"] = "interests_declared"
    interests: Interests
    role: Role


class UndeclaredInterestReported(Event):
    """Somebody reported that another has an interest in the case which they did not declare."""

    kind: Literal["undeclared_interest_reported"] = "undeclared_interest_reported"
    report: InterestReport


class UndeclaredInterestConfirmed(Event):
    """A second person confirmed a reported interest; the interest itself follows as an entry of its own."""

    kind: Literal["undeclared_interest_confirmed"] = "undeclared_interest_confirmed"
    person: Identifier


class UndeclaredInterestRejected(Event):
    """A second person found nothing in a reported interest."""

    kind: Literal["undeclared_interest_rejected"] = "undeclared_interest_rejected"
    person: Identifier
    reasons: TextRef


class AssignmentAnswered(Event):
    """An expert said yes or no."""

    kind: Literal["assignment_answered"] = "assignment_answered"
    accepts: bool
    reason: TextRef | None


class AssignmentLapsed(Event):
    """An expert said neither yes nor no in time: that counts as a no."""

    kind: Literal["assignment_lapsed"] = "assignment_lapsed"
    reviewer: Identifier


class ReviewerRelieved(Event):
    """The secretariat relieved a reviewer, or a drawn third party, who said yes and did nothing: that is a no."""

    kind: Literal["reviewer_relieved"] = "reviewer_relieved"
    person: Identifier
    reasons: TextRef


class PlanApproved(Event):
    """The evaluation plan is fixed."""

    kind: Literal["plan_approved"] = "plan_approved"
    plan: Plan
    evaluation_due_at: Moment


class LookupRecorded(Event):
    """The secretariat checked a lookup criterion."""

    kind: Literal["lookup_recorded"] = "lookup_recorded"
    finding: Finding


class ReviewSubmitted(Event):
    """A reviewer handed in all findings."""

    kind: Literal["review_submitted"] = "review_submitted"
    review: Review


class VerdictRevised(Event):
    """A reviewer changed one verdict; both versions stay. Without `cited` or `protocols` it rests on the same ones."""

    kind: Literal["verdict_revised"] = "verdict_revised"
    reviewer: Identifier
    revision: Revision
    grade: Grade | None = None
    cited: tuple[ItemId, ...] = Field(default=(), max_length=50)
    reliance: TextRef | None = None
    protocols: tuple[ProtocolId, ...] = added_later((), max_length=PROTOCOLS_CITED_MAX)


class ProtocolRecorded(Event):
    """A reviewer recorded a demonstration or an interview; the other reviewers do not see it yet."""

    kind: Literal["protocol_recorded"] = "protocol_recorded"
    protocol: Protocol


class ProtocolsEntered(Event):
    """All findings are in, and the manifest now names the protocols; the applicant's items are the same."""

    kind: Literal["protocols_entered"] = "protocols_entered"
    manifest: Manifest


class EvaluationClosed(Event):
    """All findings are in; what each criterion comes to."""

    kind: Literal["evaluation_closed"] = "evaluation_closed"
    results: tuple[Result, ...] = Field(max_length=200)


class ThirdPartyDrawn(Event):
    """The neutral third party was drawn; `pool` and `seed` let anyone draw again; at `origin` it signs its report.

    `entry` is the digest of the entry that had approved the plan; the seed rests on it too, where there is one.
    """

    kind: Literal["third_party_drawn"] = "third_party_drawn"
    person: Identifier
    pool: tuple[Identifier, ...] = Field(max_length=200)
    seed: Digest
    origin: Origin | None = added_later(None)
    entry: Digest | None = added_later(None)


class ThirdPartyReportRecorded(Event):
    """The neutral third party's report is on file."""

    kind: Literal["third_party_report_recorded"] = "third_party_report_recorded"
    report: TextRef
    summary: TextRef | None = added_later(None)
    signed: SignedReport | None = added_later(None)
    receipt: Receipt | None = added_later(None)


class NonconformitiesRaised(Event):
    """Mandatory criteria are not met; the time to close them runs."""

    kind: Literal["nonconformities_raised"] = "nonconformities_raised"
    nonconformities: tuple[Nonconformity, ...] = Field(min_length=1, max_length=100)


class NonconformitiesClosed(Event):
    """Criteria were found met, or not applicable, after all."""

    kind: Literal["nonconformities_closed"] = "nonconformities_closed"
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)


class CorrectionExtended(Event):
    """A nonconformity has more time."""

    kind: Literal["correction_extended"] = "correction_extended"
    criterion: CriterionId
    reasons: TextRef
    due_at: Moment


class NonconformityBecameMajor(Event):
    """A minor nonconformity passed its deadline and is major now."""

    kind: Literal["nonconformity_became_major"] = "nonconformity_became_major"
    criterion: CriterionId
    due_at: Moment


class NonconformityRegraded(Event):
    """The verdicts under a criterion have changed: the grade, its days and who stands behind it follow them."""

    kind: Literal["nonconformity_regraded"] = "nonconformity_regraded"
    criterion: CriterionId
    grade: Grade
    raised_by: tuple[Identifier, ...] = Field(default=(), max_length=30)
    due_at: Moment


class NonconformityPastDeadline(Event):
    """A nonconformity passed its last deadline; the case goes on with it open."""

    kind: Literal["nonconformity_past_deadline"] = "nonconformity_past_deadline"
    criterion: CriterionId


class CorrectionEnded(Event):
    """Correction is over; `open` names what was not closed."""

    kind: Literal["correction_ended"] = "correction_ended"
    open: tuple[CriterionId, ...] = Field(default=(), max_length=100)
