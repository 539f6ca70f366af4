"""`evolve`: the next case from an event. It believes what is recorded and checks nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from schemas import events as ev
from schemas.canonical import digest_of
from schemas.case import Case
from schemas.event import Event
from schemas.evidence import Manifest
from schemas.stages import Stage
from workflows.rules.case.fold_correction import OF_CORRECTION
from workflows.rules.case.fold_decision import OF_DECISION, in_last_round, without_part_of
from workflows.rules.case.fold_tier import OF_TIER_AND_QUESTIONS, without, without_stop
from workflows.rules.case.interest_reports import settled
from workflows.rules.case.interests import LOOKUPS_NAMED_SINCE, confirmation_stands, has_said_yes, stands_as_third_party
from workflows.rules.clocks import EVALUATION, EVERY_STAGE_TIMED_SINCE

Changes = dict[str, Any]


def evolve(case: Case | None, event: Event) -> Case:
    """Return the case after an event; an application's first event makes the case."""
    if isinstance(event, ev.ApplicationLodged):
        return _lodged(event)
    if case is None:
        raise ValueError(f"{event.kind} before application_lodged")
    changes = _CHANGES[type(event)](case, event)
    if "stage" in changes and case.edition > 1:
        changes["stage_since"] = event.at
    if case.edition >= EVERY_STAGE_TIMED_SINCE and isinstance(event, _A_ROUND_IS_AWAITED):
        changes["round_awaited_since"] = event.at
    return case.model_copy(update={**changes, "entry": case.entry + 1})


def fold(events: Iterable[Event]) -> Case:
    """Return the case that a stream of events amounts to."""
    case: Case | None = None
    for event in events:
        case = evolve(case, event)
    if case is None:
        raise ValueError("no events")
    return case


def _lodged(event: ev.ApplicationLodged) -> Case:
    return Case(
        id=event.application,
        entry=1,
        stage=Stage.INTAKE,
        lodged=event.lodged,
        lodged_by=event.actor,
        lodged_at=event.at,
        assessment=event.assessment,
        not_applicable=event.not_applicable,
        edition=event.edition,
        stage_since=event.at if event.edition > 1 else None,
    )


def _end(stage: Stage, event: Event, **more: Any) -> Changes:
    return {"stage": stage, "ended_at": event.at, **more}


def _offered(case: Case, event: ev.EvidenceOffered) -> Changes:
    return {"evidence": {**case.evidence, event.item.id: event.item}, "items_numbered": case.items_numbered + 1}


def _taken_back(case: Case, event: ev.EvidenceWithdrawn) -> Changes:
    """What stands in a frozen manifest stays described; it is only left out of the next one."""
    if any(event.item in frozen.items for frozen in (*case.manifests, *((case.manifest,) if case.manifest else ()))):
        return {"set_aside": (*case.set_aside, event.item)}
    return {"evidence": {key: item for key, item in case.evidence.items() if key != event.item}}


def _not_applicable(case: Case, event: ev.NotApplicableStated) -> Changes:
    reasons = {key: reason for key, reason in case.not_applicable.items() if key != event.criterion}
    if event.reason is not None:
        reasons[event.criterion] = event.reason
    return {"not_applicable": reasons}


def _accepted(_: Case, event: ev.ApplicationAccepted) -> Changes:
    return {"stage": Stage.EVIDENCE, "accepted_at": event.at, "evidence_due_at": event.evidence_due_at}


def _frozen(case: Case, event: ev.ManifestFrozen) -> Changes:
    """The reasons of an earlier version are no longer needed: which of them changed is kept with the later ones."""
    earlier = (*case.manifests, _as_earlier(case.manifest)) if case.manifest else ()
    changes: Changes = {
        "manifest": event.manifest,
        "manifests": earlier,
        "public_statement_handed_in": case.public_statement,
        **_awaits_report_anew(case, event),
    }
    if case.plan is None:
        return {"stage": Stage.PLANNING, **changes}
    changes |= {"stage": Stage.EVALUATION, "evaluation_due_at": event.evaluation_due_at}
    return {**changes, **without_stop(case, EVALUATION), "due": without(case.due, EVALUATION)}


def _as_earlier(manifest: Manifest) -> Manifest:
    """Return what is kept of a version when another follows: of one handed in its items, of one by rule its protocols.

    The other half stands in a version before it.
    """
    spared: Changes = {"items": ()} if manifest.handed_in is not None else {"protocols": {}}
    return manifest.model_copy(update={"reasons": {}, **spared})


def _entered(case: Case, event: ev.ProtocolsEntered) -> Changes:
    """Nobody handed anything in: the stage and its clock go on."""
    assert case.manifest is not None
    earlier = (*case.manifests, _as_earlier(case.manifest))
    return {"manifest": event.manifest, "manifests": earlier, **_awaits_report_anew(case, event)}


def _awaits_report_anew(case: Case, event: Event) -> Changes:
    """Whoever was drawn before reports on the evidence as it is now, from now on."""
    return {"report_awaited_since": event.at} if case.third_party_drawn is not None else {}


def _referred(_: Case, event: ev.ReferredToCommission) -> Changes:
    return {"stage": Stage.DECISION, "rule": event.rule}


def _assigned(case: Case, event: ev.ReviewerAssigned) -> Changes:
    return {"assignments": {**case.assignments, event.assignment.reviewer: event.assignment}}


def _interests(case: Case, event: ev.InterestsDeclared) -> Changes:
    person = event.interests.person
    changes: Changes = {"interests": {**case.interests, person: event.interests}}
    assignment = case.assignments.get(person)
    if event.interests.has_interest and assignment is not None:
        changes["assignments"] = {**case.assignments, person: assignment.model_copy(update={"accepted": False})}
    # In attestation the signer is at work on the decision as it was taken: it decides, then the case is reopened.
    if case.edition > 1 and event.interests.has_interest and case.stage != Stage.ATTESTATION:
        changes |= without_part_of(case, person)
    return changes


def _answered(case: Case, person: str, *, accepts: bool, at: datetime) -> Changes:
    """Who was drawn as third party can only say no, also where they were asked to review before and did not."""
    if stands_as_third_party(case, person):
        return {"third_party_refused": (*case.third_party_refused, person)}
    left = {"left_at": at} if has_said_yes(case, person) else {}
    answered = case.assignments[person].model_copy(update={"accepted": accepts, **left})
    return {"assignments": {**case.assignments, person: answered}}


def _reported(_: Case, event: ev.ThirdPartyReportRecorded) -> Changes:
    return {
        "third_party": event.actor,
        "third_party_report": event.report,
        "third_party_summary": event.summary,
        "third_party_signed": event.signed,
    }


def _planned(case: Case, event: ev.PlanApproved) -> Changes:
    """What a lead confirmed who left or has an interest since, the lead of the new plan confirms anew."""
    changes: Changes = {"stage": Stage.EVALUATION, "plan": event.plan, "evaluation_due_at": event.evaluation_due_at}
    if not confirmation_stands(case):
        changes["confirmation"] = None
    if case.stage == Stage.PLANNING:  # after a tier was raised nobody reports before there is a plan
        changes |= _awaits_report_anew(case, event)
    return {**changes, **without_stop(case, EVALUATION), "due": without(case.due, EVALUATION)}


def _looked_up(case: Case, event: ev.LookupRecorded) -> Changes:
    """One that is recorded again, because its author has an interest, leads back to the evaluation it belongs to."""
    criterion = event.finding.criterion
    changes: Changes = {"lookups": {**case.lookups, criterion: event.finding}}
    if case.edition >= LOOKUPS_NAMED_SINCE:
        changes["lookups_by"] = {**case.lookups_by, criterion: event.actor}
        # Set only where it changes: `stage_since` is the start of a clock.
        if case.stage != Stage.EVALUATION:
            changes["stage"] = Stage.EVALUATION
    return changes


def _reviewed(case: Case, event: ev.ReviewSubmitted) -> Changes:
    """Findings judged again replace the earlier ones; the others are carried over."""
    given, earlier = event.review, case.reviews.get(event.review.reviewer)
    if earlier is not None:
        again = {finding.criterion for finding in given.findings}
        carried = tuple(finding for finding in earlier.findings if finding.criterion not in again)
        given = given.model_copy(
            update={"findings": (*carried, *given.findings), "revisions": earlier.revisions + given.revisions}
        )
    return {"reviews": {**case.reviews, given.reviewer: given}}


def _recommended(_: Case, event: ev.RecommendationSubmitted) -> Changes:
    return {"stage": Stage.DECISION, "recommendation": event.recommendation}


def _recused(case: Case, event: ev.MemberRecused) -> Changes:
    last = case.rounds[-1]
    left = {member: ballot for member, ballot in last.ballots.items() if member != event.member}
    return in_last_round(case, recused=(*last.recused, event.member), ballots=left)


def _voted(case: Case, event: ev.BallotCast) -> Changes:
    return in_last_round(case, ballots={**case.rounds[-1].ballots, event.ballot.member: event.ballot})


def _released(_: Case, event: ev.LabelReleased) -> Changes:
    return {"released_by": event.actor, "release_proof": digest_of(event.receipt) if event.receipt else None}


def _decided(_: Case, event: ev.DecisionTaken) -> Changes:
    ended = {"ended_at": event.at} if event.stage.is_final else {}
    return {"stage": event.stage, "decision": event.decision, **ended}


_A_ROUND_IS_AWAITED = (
    ev.ReferredToCommission,
    ev.RecommendationSubmitted,
    ev.TierDisputeReferred,
    ev.HearingRecorded,
    ev.HearingWaived,
    ev.ThirdPartyReportRecorded,
    ev.RoundClosed,
    ev.RoundVoided,
    ev.DecisionReopened,
)
"""What lets the time to open a round begin, and begin anew: each took something out of its way."""

_CHANGES: dict[type[Event], Callable[[Case, Any], Changes]] = {
    ev.ApplicationDeclined: lambda _, e: _end(Stage.DECLINED, e, reason=e.reasons, rule=e.rule),
    ev.EvidenceOffered: _offered,
    ev.EvidenceWithdrawn: _taken_back,
    ev.NotApplicableStated: _not_applicable,
    ev.PublicStatementMade: lambda _, e: {"public_statement": e.statement},
    ev.ApplicationAccepted: _accepted,
    ev.ManifestFrozen: _frozen,
    ev.ReferredToCommission: _referred,
    ev.ApplicationWithdrawn: lambda _, e: _end(Stage.WITHDRAWN_BY_APPLICANT, e, reason=e.reasons),
    ev.ApplicationLapsed: lambda _, e: _end(Stage.LAPSED, e),
    ev.ReviewerAssigned: _assigned,
    ev.InterestsDeclared: _interests,
    ev.UndeclaredInterestReported: lambda case, e: {"interest_reports": (*case.interest_reports, e.report)},
    ev.UndeclaredInterestConfirmed: lambda case, e: {"interest_reports": settled(case, e)},
    ev.UndeclaredInterestRejected: lambda case, e: {"interest_reports": settled(case, e)},
    ev.AssignmentAnswered: lambda case, e: _answered(case, e.actor, accepts=e.accepts, at=e.at),
    ev.ReviewerRelieved: lambda case, e: _answered(case, e.person, accepts=False, at=e.at),
    ev.PlanApproved: _planned,
    ev.LookupRecorded: _looked_up,
    ev.ReviewSubmitted: _reviewed,
    ev.ProtocolRecorded: lambda case, e: {"protocols": {**case.protocols, e.protocol.id: e.protocol}},
    ev.ProtocolsEntered: _entered,
    ev.ThirdPartyReportRecorded: _reported,
    ev.RapporteurAppointed: lambda _, e: {"rapporteur": e.rapporteur},
    ev.RecommendationSubmitted: _recommended,
    ev.HearingRecorded: lambda _, e: {"hearing": e.protocol},
    ev.RoundOpened: lambda case, e: {"rounds": (*case.rounds, e.round)},
    ev.MemberRecused: _recused,
    ev.BallotCast: _voted,
    ev.RoundClosed: lambda case, e: in_last_round(case, closed_at=e.at, tally=e.tally),
    ev.RoundsUsedUp: lambda _, e: _end(Stage.LAPSED, e),
    ev.DecisionTaken: _decided,
    ev.LabelReleased: _released,
    ev.Countersigned: lambda case, e: {"countersigns": (*case.countersigns, e.countersignature)},
    ev.LabelIssued: lambda _, e: _end(Stage.GRANTED, e, label=e.label),
    ev.ErrandDone: lambda case, e: {"errands_done": (*case.errands_done, e.key)},
    **OF_TIER_AND_QUESTIONS,
    **OF_CORRECTION,
    **OF_DECISION,
}
