"""What the events in the life of a label change. It believes what is recorded and checks nothing."""

from collections.abc import Callable, Collection
from typing import Any

from schemas import label_events as ev
from schemas import surveillance_events as sv
from schemas import withdrawal_events as wd
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.label import Standing
from schemas.label_life import (
    Because,
    LabelLife,
    Notice,
    NoticeTakenBack,
    Renewal,
    ReportedInterest,
    Step,
    Subject,
    Suspension,
)
from schemas.matter import MatterInterestsDeclared, Motion, MotionOpened
from schemas.review import Assignment
from schemas.surveillance import Surveillance
from workflows.rules.label.carrying import carried
from workflows.rules.label.interests import without_judge
from workflows.rules.label.standing import stepped
from workflows.rules.label.surveillance_judging import ASKED_MAX, open_findings

Changes = dict[str, Any]
PEOPLE_KEPT = 1000
"""Room for the people of votes, a ballot counted as five: the whole label travels through Temporal (design, 4)."""
VOTERS_MAX = 300
"""People of votes, and whoever ever judged, together."""


def begun(event: ev.LabelLifeBegun) -> LabelLife:
    """Return the label as its life begins: in force from the day of the decision."""
    fields = event.model_dump(exclude={"kind", "version", "at", "actor", "label", "scheme_digest", "interests"})
    because = Because.GRANTED if event.prolongs is None else Because.PROLONGED
    first = Step(version=1, standing=Standing.IN_FORCE, at=event.issued_at, because=because)
    return LabelLife(
        **fields,
        interests={one.person: one for one in event.interests},
        id=event.label,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        steps=(first,),
    )


def _in(life: LabelLife, number: int, **changes: Any) -> tuple[Surveillance, ...]:
    return tuple(one.model_copy(update=changes) if one.number == number else one for one in life.surveillances)


def _at(life: LabelLife, number: int) -> Surveillance:
    return life.surveillances[number - 1]


def _opened(life: LabelLife, event: sv.SurveillanceOpened) -> Changes:
    return {"surveillances": (*life.surveillances, event.surveillance)}


def _offered(life: LabelLife, event: sv.FreshEvidenceOffered) -> Changes:
    items = (*_at(life, event.surveillance).items, event.item.id)
    return {
        "items": {**life.items, event.item.id: event.item},
        "items_numbered": life.items_numbered + 1,
        "surveillances": _in(life, event.surveillance, items=items),
    }


def _taken_back(life: LabelLife, event: sv.FreshEvidenceWithdrawn) -> Changes:
    items = tuple(item for item in _at(life, event.surveillance).items if item != event.item)
    return {
        "items": {key: item for key, item in life.items.items() if key != event.item},
        "surveillances": _in(life, event.surveillance, items=items),
    }


def _submitted(life: LabelLife, event: sv.SurveillanceSubmitted) -> Changes:
    handed_in = {"submission": event.submission, "checks": event.checks, "review_due_at": event.review_due_at}
    return {"surveillances": _in(life, event.surveillance, **handed_in)}


def _checked(life: LabelLife, event: sv.ChecksRepeated) -> Changes:
    return {"surveillances": _in(life, event.surveillance, checks=event.checks)}


def _judging(life: LabelLife, number: int, **changes: Any) -> Changes:
    return {"judging": {**life.judging, number: life.judged_by(number).model_copy(update=changes)}}


def _assigned(life: LabelLife, event: sv.SurveillanceReviewerAssigned) -> Changes:
    judging = life.judged_by(event.surveillance)
    said_no = [who for who, held in judging.assignments.items() if held.accepted is False]
    # Who said yes and left is forgotten last: nobody is asked a second time to judge what they did not.
    said_no.sort(key=lambda who: who in life.evaluators)
    forgotten = said_no[: max(len(judging.assignments) + 1 - ASKED_MAX, 0)]
    held = {who: one for who, one in judging.assignments.items() if who not in forgotten}
    checks = {who: check for who, check in judging.live_checks.items() if who not in forgotten}
    asked = {**held, event.assignment.reviewer: event.assignment}
    return _judging(life, event.surveillance, assignments=asked, live_checks=checks)


def _answered(life: LabelLife, number: int, reviewer: str, *, accepts: bool, evaluates: bool = False) -> Changes:
    held = life.judged_by(number).assignments
    answered: Assignment = held[reviewer].model_copy(update={"accepted": accepts})
    judging = _judging(life, number, assignments={**held, reviewer: answered})
    if not evaluates or reviewer in life.evaluators:
        return judging
    return {**judging, "evaluators": (*life.evaluators, reviewer)}


def _judged(life: LabelLife, event: sv.SurveillanceJudged) -> Changes:
    reviews = life.judged_by(event.surveillance).reviews
    judged = _judging(life, event.surveillance, reviews={**reviews, event.review.reviewer: event.review})
    return {"judging": carried(judged["judging"], life.surveillances)}


def _live_checked(life: LabelLife, event: sv.LiveCheckRecorded) -> Changes:
    checks = life.judged_by(event.surveillance).live_checks
    return _judging(life, event.surveillance, live_checks={**checks, event.actor: event.check})


def _evaluated(life: LabelLife, event: sv.SurveillanceEvaluated) -> Changes:
    met = {"results": event.results, "judged_at": event.at, "decision_due_at": event.decision_due_at}
    return {"surveillances": _in(life, event.surveillance, **met)}


def _vote_opened(life: LabelLife, event: MotionOpened) -> Changes:
    """Add a vote. Of those long closed only what they came to is carried on: a label must stay small."""
    votes, room = [event.motion], PEOPLE_KEPT - _people_in(event.motion)
    for vote in reversed(life.motions):
        room -= _people_in(vote)
        bare: Changes = {"electorate": (), "pool": (), "reserves": (), "recused": (), "ballots": {}}
        votes.append(vote if room >= 0 else vote.model_copy(update=bare))
    voters = sorted(life.everyone_who_voted)[: VOTERS_MAX - len(life.evaluators)]
    return {"motions": tuple(reversed(votes)), "voters": tuple(voters)}


def _people_in(vote: Motion) -> int:
    return 5 * len(vote.electorate) + len(vote.pool) + len(vote.reserves)


def _maintained(life: LabelLife, event: sv.LabelMaintained) -> Changes:
    return {"applied": event.motion, **_ended(life, event, Subject.MAINTAIN, (event.surveillance, *event.ends))}


def _ending(life: LabelLife, event: Event, subject: Subject, *, passed: bool) -> Changes:
    """End the judged surveillances that a decision answers: those that passed, or those that did not."""
    judged = [one for one in life.open_surveillances if one.judged_at is not None]
    return _ended(life, event, subject, [one.number for one in judged if passed is not bool(open_findings(one))])


def _ended_failed(life: LabelLife, event: Event, subject: Subject, named: Collection[int] | None) -> Changes:
    """End the failed surveillances that a vote named; before they were named, all that had failed as it closed."""
    if named is None:
        return _ending(life, event, subject, passed=False)
    # One whose judge left meanwhile is judged again.
    still = [one.number for one in life.open_surveillances if one.number in named and one.judged_at is not None]
    return _ended(life, event, subject, still)


def _decided_by(life: LabelLife, event: ev.SuspensionProposed | ev.LabelSuspended) -> Changes:
    """Keep who suspended at once, or proposed it, among those who decided: they judge nothing of the label."""
    if not event.stays_out:
        return {}
    voters = {*life.voters, event.actor, *((event.proposed_by,) if event.proposed_by is not None else ())}
    return {"voters": tuple(sorted(voters)[: VOTERS_MAX - len(life.evaluators)])}


def _ended(life: LabelLife, event: Event, subject: Subject, numbers: Collection[int]) -> Changes:
    done = {"closed_at": event.at, "outcome": subject.value, "renew": (), "asks": ()}
    ended = tuple(one.model_copy(update=done) if one.number in numbers else one for one in life.surveillances)
    return {"surveillances": ended, "judging": carried(life.judging, ended)}


def _set_aside(life: LabelLife, event: ev.VoteSetAside) -> Changes:
    votes = tuple(
        vote.model_copy(update={"closed_at": event.at}) if vote.number == event.motion else vote
        for vote in life.motions
    )
    return {"motions": votes}


def _suspended(life: LabelLife, event: ev.LabelSuspended) -> Changes:
    ended = _ended_failed(life, event, Subject.SUSPEND, event.ends) if event.motion is not None else {}
    return {
        **ended,
        **_decided_by(life, event),
        **stepped(
            life, Standing.SUSPENDED, event, event.because,
            reasons=event.reasons, restoration=event.restoration, motion=event.motion,
        ),
        "suspension": Suspension(
            since=event.at, because=event.because, void_at=event.void_at, surveillance=event.surveillance
        ),
        "suspension_proposal": None,
        "suspensions": life.suspensions + 1,
        "applied": event.motion or life.applied,
    }  # fmt: skip


def _confirmed(life: LabelLife, event: ev.SuspensionConfirmed) -> Changes:
    assert life.suspension is not None
    ended = _ended_failed(life, event, Subject.CONFIRM, event.ends)
    return {**ended, "applied": event.motion, "suspension": life.suspension.model_copy(update={"void_at": None})}


def _voided(life: LabelLife, event: ev.SuspensionVoided) -> Changes:
    back = stepped(life, Standing.IN_FORCE, event, event.because, motion=event.motion)
    return {**back, "suspension": None, "applied": event.motion or life.applied}


def _restored(life: LabelLife, event: ev.LabelRestored) -> Changes:
    back = stepped(life, Standing.IN_FORCE, event, Because.CONDITIONS_MET, reasons=event.reasons, motion=event.motion)
    named = event.ends
    ended = (
        _ending(life, event, Subject.RESTORE, passed=True)
        if named is None
        else _ended(life, event, Subject.RESTORE, named)
    )
    return {**ended, **back, "suspension": None, "applied": event.motion}


def _notice(event: wd.WithdrawalNoticeGiven) -> Changes:
    told = {"because": event.because, "reasons": event.reasons, "ground": event.ground, "scope": event.scope}
    notice = Notice.model_validate({"given_at": event.at, "due_at": event.due_at, **told})
    return {"notice": notice, "notice_taken_back": None}


def _heard(life: LabelLife, event: Event, **said: Any) -> Changes:
    assert life.notice is not None
    return {"notice": life.notice.model_copy(update={**said, "answered_at": event.at})}


def _withdrawn(life: LabelLife, event: wd.LabelWithdrawn) -> Changes:
    end = stepped(life, Standing.WITHDRAWN, event, event.because, reasons=event.reasons, motion=event.motion)
    return {**end, "applied": event.motion}


def _reduced(life: LabelLife, event: wd.ScopeReduced) -> Changes:
    ended = _ended_failed(life, event, Subject.REDUCE, event.ends)
    told = {"notice": None} if event.ends_notice else {}
    return {**ended, **told, "scope": event.scope, "applied": event.motion}


def _interest(life: LabelLife, event: ev.InterestReported) -> Changes:
    found = (*life.reported_interests, event.interest)
    aside = without_judge(life, event.interest.person) if event.interest.counts else {}
    return {**aside, "reported_interests": found}


def _interest_confirmed(life: LabelLife, event: ev.InterestConfirmed) -> Changes:
    settled = _settled(life, event.person, {"settled_by": event.actor})
    return {**without_judge(life, event.person), "reported_interests": settled}


def _settled(life: LabelLife, person: str, answer: Changes) -> tuple[ReportedInterest, ...]:
    return tuple(
        one.model_copy(update=answer) if one.is_open and one.person == person else one
        for one in life.reported_interests
    )


def _declared(life: LabelLife, event: MatterInterestsDeclared) -> Changes:
    said = event.interests
    aside = without_judge(life, said.person) if said.has_interest else {}
    return {**aside, "interests": {**life.interests, said.person: said}}


def _prolonged(life: LabelLife, event: ev.LabelProlonged) -> Changes:
    assert life.prolongation is not None
    done = {"prolongation": life.prolongation.model_copy(update={"label": event.label}), "successor": event.label.id}
    if life.is_over:
        return done
    return {
        **done,
        **stepped(life, Standing.SUPERSEDED, event, Because.PROLONGED, successor=event.label.id),
    }


def _no_label(life: LabelLife, event: ev.ProlongationRefused) -> Changes:
    assert life.prolongation is not None
    return {"prolongation": life.prolongation.model_copy(update={"refused": event.code})}


def _superseded(life: LabelLife, event: ev.LabelSuperseded) -> Changes:
    end = stepped(life, Standing.SUPERSEDED, event, Because.RENEWED, successor=event.successor)
    return {**end, "successor": event.successor}


def _successor(life: LabelLife, event: ev.SuccessorNamed) -> Changes:
    # A label that a prolongation replaced leads there; that one learns of the renewal by an errand.
    return {"renewed_by": event.successor, "successor": life.successor or event.successor}


CHANGES: dict[type[Event], Callable[[LabelLife, Any], Changes]] = {
    sv.SurveillanceOpened: _opened,
    sv.FreshEvidenceOffered: _offered,
    sv.FreshEvidenceWithdrawn: _taken_back,
    sv.SurveillanceSubmitted: _submitted,
    sv.ChecksRepeated: _checked,
    sv.SurveillanceReviewerAssigned: _assigned,
    sv.SurveillanceAssignmentAnswered: lambda life, e: _answered(
        life, e.surveillance, e.actor, accepts=e.accepts, evaluates=e.evaluates
    ),
    sv.SurveillanceAssignmentLapsed: lambda life, e: _answered(life, e.surveillance, e.reviewer, accepts=False),
    sv.SurveillanceReviewerRelieved: lambda life, e: _answered(
        life, e.surveillance, e.reviewer, accepts=False, evaluates=e.evaluates
    ),
    sv.LiveCheckRecorded: _live_checked,
    sv.SurveillanceJudged: _judged,
    sv.SurveillanceEvaluated: _evaluated,
    sv.LabelMaintained: _maintained,
    sv.LabelNotMaintained: lambda _, e: {"applied": e.motion},
    ev.ProposalPut: lambda _, e: {"proposal": e.proposal},
    ev.VoteSetAside: _set_aside,
    ev.SuspensionProposed: lambda life, e: {"suspension_proposal": e.proposal, **_decided_by(life, e)},
    ev.LabelSuspended: _suspended,
    ev.SuspensionConfirmed: _confirmed,
    ev.SuspensionVoided: _voided,
    ev.LabelRestored: _restored,
    ev.LabelNotRestored: lambda _, e: {"applied": e.motion},
    wd.WithdrawalNoticeGiven: lambda _, e: _notice(e),
    wd.WithdrawalNoticeTakenBack: lambda _, e: {
        "notice": None,
        "notice_taken_back": NoticeTakenBack(at=e.at, reasons=e.reasons),
    },
    wd.WithdrawalNoticeAnswered: lambda life, e: _heard(life, e, answer=e.answer),
    wd.HolderHeard: lambda life, e: _heard(life, e, protocol=e.protocol),
    wd.WithdrawalNoticeEnded: lambda _, e: {"notice": None, "applied": e.motion},
    wd.LabelWithdrawn: _withdrawn,
    wd.ScopeReduced: _reduced,
    ev.ChangeReported: lambda life, e: {"changes": (*life.changes, e.change)},
    ev.ComplaintReferred: lambda life, e: {"complaints": (*life.complaints, e.complaint)},
    ev.InterestReported: _interest,
    ev.InterestConfirmed: _interest_confirmed,
    ev.InterestRejected: lambda life, e: {
        "reported_interests": _settled(life, e.person, {"settled_by": e.actor, "rejected": e.reasons})
    },
    ev.RenewalAsked: lambda _, e: {"renewal": Renewal(application=e.application, asked_at=e.at)},
    ev.ProlongationDecided: lambda _, e: {"prolongation": e.prolongation, "applied": e.prolongation.motion},
    ev.LabelNotProlonged: lambda _, e: {"applied": e.motion},
    ev.ProlongationRefused: _no_label,
    ev.LabelProlonged: _prolonged,
    ev.LabelSuperseded: _superseded,
    ev.SuccessorNamed: _successor,
    ev.LabelExpired: lambda life, e: stepped(life, Standing.EXPIRED, e, Because.TERM_ENDED),
    ev.LabelLapsed: lambda life, e: stepped(life, Standing.LAPSED, e, Because.SURVEILLANCE_MISSED),
    ev.LabelEnded: lambda life, e: stepped(life, Standing.ENDED_BY_HOLDER, e, e.because, reasons=e.reasons),
    ev.AppealNoted: lambda life, e: {"appeals": {**life.appeals, e.appeal: e.state}},
    MatterInterestsDeclared: _declared,
    MotionOpened: _vote_opened,
    ErrandDone: lambda life, e: {"errands_done": (*life.errands_done, e.key)},
}
