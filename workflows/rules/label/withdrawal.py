"""Withdrawing a label after notice and hearing, or reducing what it covers (ISO/IEC 17065, 7.11)."""

from datetime import datetime

from schemas.errors import AlreadyDecided, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label_acts import (
    AnswerNoticeOfWithdrawal,
    GiveNoticeOfWithdrawal,
    PutScopeToVote,
    PutWithdrawalToVote,
    RecordHolderHearing,
)
from schemas.label_events import (
    HolderHeard,
    LabelWithdrawn,
    ScopeReduced,
    WithdrawalNoticeAnswered,
    WithdrawalNoticeEnded,
    WithdrawalNoticeGiven,
)
from schemas.label_life import GROUNDS, Because, LabelLife, Proposal, Subject
from schemas.matter import Motion
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.deadlines import days_after
from workflows.rules.label.people import acts_for_holder, keeps
from workflows.rules.label.suspension import no_open_vote
from workflows.rules.label.votes import failed_by_then, named_ends, put
from workflows.rules.permission import ALLOWED, Permission, first_refusal


def may_give_notice_of_withdrawal(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may tell the holder that a withdrawal is intended."""
    return first_refusal(keeps(life, person), _no_notice_yet(life))


def _no_notice_yet(life: LabelLife) -> Permission:
    if life.notice is not None:
        return Permission(AlreadyDecided("notice_given", "The holder was told of an intended withdrawal before."))
    return ALLOWED


def give_notice(life: LabelLife, act: GiveNoticeOfWithdrawal, now: datetime, rules: SchemeRules) -> Events:
    """Give notice; where life or health is at risk its ground is recorded, and the vote need not wait."""
    may_give_notice_of_withdrawal(life, act.actor, rules).require()
    if act.because not in GROUNDS:
        raise Unacceptable("no_such_ground", f"Choose one of {', '.join(GROUNDS)}.")
    at_once = act.because == Because.LIFE_OR_HEALTH_AT_RISK
    if at_once and act.ground is None:
        raise Unacceptable("ground_missing", "Record why life or health is at risk.")
    if act.ground is not None and not at_once:
        raise Unacceptable("not_at_once", "A withdrawal comes at once only where life or health is at risk.")
    due_at = days_after(now, rules.clocks.withdrawal_notice_and_hearing_days)
    return (
        WithdrawalNoticeGiven(
            at=now,
            actor=act.actor.person,
            because=act.because,
            reasons=act.reasons,
            ground=act.ground,
            due_at=due_at,
        ),
    )


def may_answer_notice_of_withdrawal(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may answer for the holder: once, before the vote."""
    return first_refusal(acts_for_holder(life, person), _waits_for_hearing(life))


def may_record_holder_hearing(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may record that the holder was heard."""
    return first_refusal(keeps(life, person), _waits_for_hearing(life))


def _waits_for_hearing(life: LabelLife) -> Permission:
    if life.notice is None:
        return Permission(OutOfOrder("no_notice", "No withdrawal is intended."))
    if life.notice.answered_at is not None:
        return Permission(AlreadyDecided("already_heard", "The holder was heard."))
    return ALLOWED


def answer_notice(life: LabelLife, act: AnswerNoticeOfWithdrawal, now: datetime, rules: SchemeRules) -> Events:
    """Answer in writing."""
    may_answer_notice_of_withdrawal(life, act.actor, rules).require()
    return (WithdrawalNoticeAnswered(at=now, actor=act.actor.person, answer=act.answer),)


def record_hearing(life: LabelLife, act: RecordHolderHearing, now: datetime, rules: SchemeRules) -> Events:
    """Record the hearing by its protocol."""
    may_record_holder_hearing(life, act.actor, rules).require()
    return (HolderHeard(at=now, actor=act.actor.person, protocol=act.protocol),)


def may_put_withdrawal_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission withdraw: notice was given; whether it was long ago, the act tells."""
    if life.notice is None:
        return first_refusal(keeps(life, person), Permission(OutOfOrder("no_notice", "No withdrawal is intended.")))
    return first_refusal(keeps(life, person), ALLOWED if life.notice.ground is not None else no_open_vote(life))


def put_withdrawal(life: LabelLife, act: PutWithdrawalToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission withdraw: after the hearing or its days, at once where life or health is at risk."""
    may_put_withdrawal_to_vote(life, act.actor, rules).require()
    notice = life.notice
    assert notice is not None
    at_once = notice.ground is not None
    if not at_once and notice.answered_at is None and now < notice.due_at:
        raise OutOfOrder("hearing_missing", "The holder has time to be heard before a vote on withdrawal.")
    if life.open_motion is not None and life.open_motion.subject == Subject.WITHDRAW:
        raise AlreadyDecided("motion_is_open", "The vote on withdrawal is open.")
    return put(life, act, Subject.WITHDRAW, now, rules, urgent=at_once, because=notice.because, reasons=notice.reasons)


def may_put_scope_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission reduce what the label covers."""
    return first_refusal(keeps(life, person), no_open_vote(life))


def put_scope(life: LabelLife, act: PutScopeToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission reduce the scope, by the rule of the tier."""
    may_put_scope_to_vote(life, act.actor, rules).require()
    return put(life, act, Subject.REDUCE, now, rules, scope=act.scope, reasons=act.reasons, **failed_by_then(life, act))


def withdrawn(vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote to withdraw amounts to; voted down with quorum, the intended withdrawal is over."""
    if vote.carried and proposal.because is not None and proposal.reasons is not None:
        return LabelWithdrawn(
            at=now, actor=ENGINE, because=proposal.because, reasons=proposal.reasons, motion=vote.number
        )
    if vote.tally is not None and vote.tally.quorum_reached:
        return WithdrawalNoticeEnded(at=now, actor=ENGINE, motion=vote.number)
    return None


def reduced(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote on the scope amounts to."""
    if not vote.carried or proposal.scope is None:
        return None
    ends = named_ends(life, vote, proposal)
    return ScopeReduced(at=now, actor=ENGINE, scope=proposal.scope, motion=vote.number, ends=ends)
