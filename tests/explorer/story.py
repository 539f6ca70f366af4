"""What a stream of events tells, event by event; judged from the events, not by the rules that made them."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from schemas import events as ev
from schemas.event import Event
from schemas.evidence import EvidenceItem, Manifest, TextRef, manifest_digest
from schemas.identifiers import ENGINE
from schemas.stages import Outcome
from tests.explorer.story_of_votes import FOURTH, Votes
from tests.explorer.violation import require

ENDS = (ev.ApplicationDeclined, ev.ApplicationWithdrawn, ev.ApplicationLapsed, ev.RoundsUsedUp, ev.LabelIssued)
ALL = "correction"
"""The clocks of all nonconformities, which stand still as one."""


@dataclass
class Story(Votes):
    """The evidence, the evaluation and the clocks, beside the votes.

    Attributes:
        keys: of the acts that stand in the stream.
        items: the evidence as it would be frozen now, of `everything` that ever came.
        stated: digest of the statement for the public page that would be frozen now.
        collects: evidence may come: until a freeze, and again after a send-back, a raised tier or a nonconformity.
        judges: an evaluation is under way; the applicant has no clock of corrections and of hearings meanwhile.
        evaluated: the manifest that the results rest on.
        reminded: each reminder that was given.
        minor: criteria whose nonconformity has a second deadline still.
        held: since when the clocks of nonconformities stand still.
    """

    has_ended: bool = False
    keys: set[str] = field(default_factory=set)
    everything: dict[str, EvidenceItem] = field(default_factory=dict)
    items: dict[str, EvidenceItem] = field(default_factory=dict)
    reasons: dict[str, TextRef] = field(default_factory=dict)
    stated: str | None = None
    frozen: tuple[Manifest, ...] = ()
    collects: bool = True
    judges: bool = False
    evaluated: str | None = None
    given: set[tuple[str, str, int]] = field(default_factory=set)
    reminded: set[tuple[object, ...]] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    minor: set[str] = field(default_factory=set)
    held: dict[str, timedelta] | None = None

    def copy(self) -> Self:
        """Return the same story, to be told on another way."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (dict, set)):
                setattr(other, name, value.copy())
        return other

    def tell(self, event: Event) -> None:
        """Take the next event; raise if it may not come here."""
        require("I6", not self.has_ended, f"{event.kind} after the case had ended")
        self.has_ended = isinstance(event, ENDS)
        if event.actor != ENGINE:
            for clock, due_at in self.clocks.items():
                require("I15", event.at < due_at, f"{event.kind} slipped in after the clock {clock}")
        reader = getattr(self, f"_{event.kind}", None)
        if reader is not None:
            reader(event)

    def _ran_out(self, clock: str, event: Event) -> None:
        """A clock does its work: it ran, and it is over."""
        due_at = self.clocks.pop(clock, None)
        require("I15", due_at is not None, f"{event.kind} without a clock that ran")
        require("I15", due_at is not None and event.at >= due_at, f"{event.kind} before it was due")

    def _stop_clocks(self, kind: str) -> None:
        self.clocks = {name: due for name, due in self.clocks.items() if name.partition("/")[0] != kind}

    # Intake and evidence

    def _application_lodged(self, event: ev.ApplicationLodged) -> None:
        self.tier, self.edition = event.assessment.tier, event.edition
        self.reasons = dict(event.not_applicable)

    def _application_accepted(self, event: ev.ApplicationAccepted) -> None:
        self.clocks["evidence"] = event.evidence_due_at

    def _referred_to_commission(self, event: ev.ReferredToCommission) -> None:
        self.gate = event.rule

    def _application_lapsed(self, event: ev.ApplicationLapsed) -> None:
        require("I15", self.collects, "lapsed though the evidence was handed in")
        self._ran_out("evidence", event)

    def _evidence_offered(self, event: ev.EvidenceOffered) -> None:
        require("I3", self.collects, "evidence came after the manifest was frozen")
        require("I5", event.item.id not in self.everything, "an item came twice")
        self.items[event.item.id] = self.everything[event.item.id] = event.item

    def _evidence_withdrawn(self, event: ev.EvidenceWithdrawn) -> None:
        require("I3", self.collects, "evidence went after the manifest was frozen")
        require("I5", self.items.pop(event.item, None), "an item went twice")

    def _not_applicable_stated(self, event: ev.NotApplicableStated) -> None:
        require("I3", self.collects, "a reason came after the manifest was frozen")
        self.reasons.pop(event.criterion, None)
        if event.reason is not None:
            self.reasons[event.criterion] = event.reason

    def _public_statement_made(self, event: ev.PublicStatementMade) -> None:
        require("I3", self.collects, "a statement came after the manifest was frozen")
        self.stated = event.statement.digest

    def _manifest_frozen(self, event: ev.ManifestFrozen) -> None:
        require("I3", self.collects, "the manifest was frozen twice")
        require("I3", event.manifest.version == len(self.frozen) + 1, "a version of the manifest is missing")
        require("I3", set(event.manifest.items) == set(self.items), "the manifest is not what was handed in")
        as_handed_in = manifest_digest(self.items, self.reasons, {}, self.stated)
        require("I3", event.manifest.digest == as_handed_in, "the manifest's digest is not that of what was handed in")
        self.frozen = (*self.frozen, event.manifest)
        self.manifest, self.collects, self.judges = event.manifest.digest, False, bool(self.planned)
        self.clocks.pop("evidence", None)

    def _case_sent_back(self, event: ev.CaseSentBack) -> None:
        self._check_sent_back(event)
        self.collects, self.recommended = True, None
        self._not_heard()
        self.clocks["evidence"] = event.evidence_due_at

    def _evidence_ran_out(self, event: ev.EvidenceRanOut) -> None:
        require("I5", not self.is_open and self.decision is None, "evidence ran out past a round or a decision")
        for item in event.items:
            require("I15", self.has_expired(item, event.at), "evidence ran out that had not expired")
        if self.was_counted and self.round and self.round.proposed_tier is None:
            self.is_spent = True
        self.collects, self.recommended = True, None
        self._not_heard()
        self.clocks["evidence"] = event.evidence_due_at

    def has_expired(self, item: str, at: datetime) -> bool:
        """Whether an item had expired at a moment."""
        expires = self.everything[item].expires
        return expires is not None and at.date() > expires

    def _decision_reopened(self, event: ev.DecisionReopened) -> None:
        self.has_run_out = any(self.has_expired(item, event.at) for item in self.frozen[-1].items)
        super()._decision_reopened(event)

    def _tier_raised(self, event: ev.TierRaised) -> None:
        self._check_raised(event)
        self.tier, self.disputed = event.tier, None
        self.collects, self.judges, self.recommended, self.evaluated = True, False, None, None
        self.open, self.minor, self.held, self.planned = set(), set(), None, set()
        self._not_heard()
        self._stop_clocks(ALL)
        self.clocks["evidence"] = event.evidence_due_at

    # Evaluation

    def _reviewer_assigned(self, event: ev.ReviewerAssigned) -> None:
        held = event.assignment
        require("I14", held.reviewer not in self.interested, "somebody with an interest was asked to judge")
        self.asked.add(held.reviewer)
        if held.answer_due_at is not None:
            self.clocks[f"assignment/{held.reviewer}"] = held.answer_due_at

    def _assignment_answered(self, event: ev.AssignmentAnswered) -> None:
        self.clocks.pop(f"assignment/{event.actor}", None)
        if not event.accepts:
            self.asked.discard(event.actor)

    def _assignment_lapsed(self, event: ev.AssignmentLapsed) -> None:
        self._ran_out(f"assignment/{event.reviewer}", event)
        self.asked.discard(event.reviewer)

    def _interests_declared(self, event: ev.InterestsDeclared) -> None:
        if event.interests.has_interest:
            self.clocks.pop(f"assignment/{event.interests.person}", None)
            self._has_interest(event.interests.person)
        else:
            self.declared.add(event.interests.person)

    def _undeclared_interest_reported(self, event: ev.UndeclaredInterestReported) -> None:
        whose = event.report.person
        require("I5", whose not in {*self.reported, *self.interested}, "an interest was reported twice")
        require("I14", event.actor == event.report.reported_by != whose, "somebody reported themselves")
        self.reported[whose] = event.actor

    def _settled(self, whose: str, by: str) -> None:
        reporter = self.reported.pop(whose, None)
        require("I5", reporter is not None, "a report was settled that did not wait")
        require("I14", by not in {whose, reporter}, "a report was settled by one of its two people")
        require("I14", by not in self.interested, "a report was settled by somebody with an interest")

    def _undeclared_interest_confirmed(self, event: ev.UndeclaredInterestConfirmed) -> None:
        self._settled(event.person, event.actor)

    def _undeclared_interest_rejected(self, event: ev.UndeclaredInterestRejected) -> None:
        self._settled(event.person, event.actor)

    def _plan_approved(self, event: ev.PlanApproved) -> None:
        require("I14", not set(event.plan.criteria) & self.interested, "somebody with an interest is to judge")
        self.planned, self.lead, self.judges = set(event.plan.criteria), event.plan.lead, True
        self._stop_clocks("hearing")

    def _answers_confirmed(self, event: ev.AnswersConfirmed) -> None:
        require("I14", event.actor not in self.interested, "somebody with an interest confirmed the answers")
        self.confirmed, self.disputed = event.confirmation, None

    def _tier_dispute_referred(self, event: ev.TierDisputeReferred) -> None:
        self.disputed = event.tier

    def _tier_kept(self, event: ev.TierKept) -> None:
        self._check_kept(event)
        self.disputed = None

    def _review_submitted(self, event: ev.ReviewSubmitted) -> None:
        reviewer, on = event.review.reviewer, self.frozen[-1].version
        require("I14", reviewer not in self.interested, "somebody with an interest judged")
        self._check_declared(reviewer, "a review")
        for finding in event.review.findings:
            require("I3", finding.manifest == on, "a finding on another manifest")
            key = (reviewer, finding.criterion, on)
            require("I5", key not in self.given, "a reviewer handed in twice")
            self.given.add(key)
        self.judged.add(reviewer)

    def _evaluation_closed(self, event: ev.EvaluationClosed) -> None:
        require("I14", not self.planned & self.interested, "results rest on somebody with an interest")
        self.evaluated, self.results = self.manifest, event.results
        if self.judges and self.edition > 1:
            self.recommended = None
            self._not_heard()
            self.collects = bool(self.open)
        self.judges = False

    def _lookup_recorded(self, event: ev.LookupRecorded) -> None:
        require("I14", event.actor not in self.interested, "somebody with an interest looked something up")
        if self.edition >= FOURTH:
            self.looked_up[event.finding.criterion] = event.actor
            self.judges = True

    def _third_party_report_recorded(self, event: ev.ThirdPartyReportRecorded) -> None:
        self._check_declared(event.actor, "a report")
        self.third_party = event.actor
        if event.signed is not None:
            require("I3", event.signed.manifest_digest == self.manifest, "a report on another manifest")
            self.reported_on = event.signed.manifest_digest

    def _recommendation_submitted(self, event: ev.RecommendationSubmitted) -> None:
        require("I3", self.evaluated == self.manifest, "a recommendation on results of another manifest")
        self._check_declared(event.actor, "a recommendation")
        self.rapporteur, self.recommended = event.recommendation.rapporteur, self.manifest

    # Corrections

    def _nonconformities_raised(self, event: ev.NonconformitiesRaised) -> None:
        for one in event.nonconformities:
            require("I5", one.criterion not in self.open, "a nonconformity was raised twice")
            self.open.add(one.criterion)
            self.clocks[f"correction/{one.criterion}"] = one.due_at
            if one.grade == "minor":
                self.minor.add(one.criterion)
        self.collects = True

    def _nonconformities_closed(self, event: ev.NonconformitiesClosed) -> None:
        for criterion in event.criteria:
            require("I5", criterion in self.open, "a nonconformity was closed that was not open")
            self.open.remove(criterion)
            self.clocks.pop(f"correction/{criterion}", None)
            (self.held or {}).pop(criterion, None)
            self.minor.discard(criterion)

    def _correction_extended(self, event: ev.CorrectionExtended) -> None:
        require("I15", f"correction/{event.criterion}" in self.clocks, "a clock was extended that did not run")
        self.clocks[f"correction/{event.criterion}"] = event.due_at

    def _nonconformity_became_major(self, event: ev.NonconformityBecameMajor) -> None:
        require("I15", event.criterion in self.minor, "a nonconformity became major twice")
        self._ran_out(f"correction/{event.criterion}", event)
        self.minor.remove(event.criterion)
        self.clocks[f"correction/{event.criterion}"] = event.due_at

    def _nonconformity_regraded(self, event: ev.NonconformityRegraded) -> None:
        criterion, days = event.criterion, self.rules.clocks.correction_days
        require("I5", criterion in self.open, "a nonconformity was graded anew that was not open")
        steps = (criterion in self.minor) - (event.grade == "minor")
        more = timedelta(days=days.major - days.minor) * steps
        (self.minor.add if event.grade == "minor" else self.minor.discard)(criterion)
        if self.held is not None and criterion in self.held:
            self.held[criterion] += more
            return
        moved = self.clocks[f"correction/{criterion}"] + more
        require("I15", event.due_at == moved, "a nonconformity graded anew has other days than those of its grade")
        self.clocks[f"correction/{criterion}"] = moved

    def _nonconformity_past_deadline(self, event: ev.NonconformityPastDeadline) -> None:
        require("I15", event.criterion not in self.minor, "a nonconformity skipped its second deadline")
        self._ran_out(f"correction/{event.criterion}", event)

    def _correction_ended(self, event: ev.CorrectionEnded) -> None:
        running = [name for name in self.clocks if name.startswith("correction/")]
        require("I15", event.actor != ENGINE or not running, "correction ended while a clock of it ran")
        require("I3", set(event.open) == self.open, "correction ended with other nonconformities open")
        last = self.frozen[-1]
        self.items = {key: self.everything[key] for key in last.items}
        self.reasons, self.stated, self.collects = dict(last.reasons), last.public_statement, False

    def _clock_stopped(self, event: ev.ClockStopped) -> None:
        if event.clock != ALL:
            return
        require("I15", self.held is None, "a clock that stood still was stopped")
        running = {name: due for name, due in self.clocks.items() if name.startswith("correction/")}
        self.held = {name.partition("/")[2]: due - event.at for name, due in running.items()}
        self._stop_clocks(ALL)

    def _clock_resumed(self, event: ev.ClockResumed) -> None:
        if event.clock != ALL:
            return
        held, self.held = self.held, None
        require("I15", held is not None, "a clock that ran was set going")
        for criterion, left in (held or {}).items():
            self.clocks[f"correction/{criterion}"] = event.at + left

    def _reminder_given(self, event: ev.ReminderGiven) -> None:
        key = (event.clock, event.due_at, event.days)
        require("I15", key not in self.reminded, "a reminder was given twice")
        require("I15", event.at >= event.due_at - timedelta(days=event.days), "a reminder came too early")
        self.reminded.add(key)

    # Hearings and the label

    def _hearing_asked_for(self, _: ev.HearingAskedFor) -> None:
        require("I2", not self.asked_to_be_heard and not self.is_open, "a hearing was asked for twice, or in a round")
        self.asked_to_be_heard = True

    def _hearing_called(self, event: ev.HearingCalled) -> None:
        require("I15", "hearing" not in self.clocks and not self.is_heard, "a hearing was called twice")
        self.clocks["hearing"] = event.due_at
        if self.was_counted and self.round and self.round.proposed_tier is None:
            self.is_spent = True

    def _hearing_recorded(self, _: ev.HearingRecorded) -> None:
        self.clocks.pop("hearing", None)
        self.is_heard = True

    def _hearing_waived(self, event: ev.HearingWaived) -> None:
        if event.actor == ENGINE:
            self._ran_out("hearing", event)
        self.clocks.pop("hearing", None)
        self.is_heard = True

    def _not_heard(self) -> None:
        self.clocks.pop("hearing", None)
        self.is_heard = False

    def _label_issued(self, event: ev.LabelIssued) -> None:
        decision = self.decision
        granted = decision is not None and decision.outcome == Outcome.GRANTED
        require("I1", granted, "a label without a grant")
        require("I1", decision and event.label.decision_number == decision.number, "a label of another decision")
        require("I1", self.released_by or not self.needs_release, "a label of the critical tier without a release")
