"""Withdrawing a label, or reducing what it covers, after notice and hearing (ISO/IEC 17065, 7.11).

Both are adverse. A notice of a withdrawal is enough for a reduction, which is less; one of a reduction is of the scope
that it tells, and of no other.
"""

from datetime import datetime
from typing import Any, Final

from schemas.errors import AlreadyDecided, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label_life import GROUNDS, Because, LabelLife, Notice, Proposal, Subject
from schemas.matter import Motion
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.withdrawal_acts import (
    AnswerNoticeOfWithdrawal,
    GiveNoticeOfWithdrawal,
    PutScopeToVote,
    PutWithdrawalToVote,
    RecordHolderHearing,
    TakeBackNoticeOfWithdrawal,
)
from schemas.withdrawal_events import (
    HolderHeard,
    LabelWithdrawn,
    ScopeReduced,
    WithdrawalNoticeAnswered,
    WithdrawalNoticeEnded,
    WithdrawalNoticeGiven,
    WithdrawalNoticeTakenBack,
)
from workflows.kernel import Events
from workflows.rules.deadlines import days_after
from workflows.rules.label.editions import (
    ANSWERED_BEFORE_VOTE,
    CONFIRMED_FIRST,
    HEARD_BEFORE_REDUCTION,
    holds,
)
from workflows.rules.label.people import acts_for_holder, keeps
from workflows.rules.label.suspension import no_open_vote
from workflows.rules.label.votes import failed_by_then, named_ends, put, rests_on_notice
from workflows.rules.permission import ALLOWED, Permission, first_refusal

_NO_NOTICE: Final = Permission(
    OutOfOrder("no_notice", "The holder was told of no intended withdrawal or reduction; give notice first.")
)


def may_give_notice_of_withdrawal(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may tell the holder that a withdrawal or a reduction is intended."""
    return first_refusal(keeps(life, person), _no_notice_yet(life))


def _no_notice_yet(life: LabelLife) -> Permission:
    """Whether the holder was told of no withdrawal; after a reduction they may be told of another, or of more."""
    if life.notice is not None and life.notice.scope is None:
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
            scope=act.scope,
            due_at=due_at,
        ),
    )


def may_take_back_notice_of_withdrawal(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may tell the holder that nothing is intended any more: who may give notice, before the vote."""
    return first_refusal(keeps(life, person), _NO_NOTICE if life.notice is None else ALLOWED, _not_before_members(life))


def _not_before_members(life: LabelLife) -> Permission:
    """Whether no vote is open on the notice: once members vote on it, it ends by what they decide."""
    if _not_voted_on(life):
        return ALLOWED
    return Permission(AlreadyDecided("motion_is_open", "The Commission is voting on what the holder was told."))


def take_notice_back(life: LabelLife, act: TakeBackNoticeOfWithdrawal, now: datetime, rules: SchemeRules) -> Events:
    """Take the notice back; another may be given later, and the holder then has their days anew."""
    may_take_back_notice_of_withdrawal(life, act.actor, rules).require()
    return (WithdrawalNoticeTakenBack(at=now, actor=act.actor.person, reasons=act.reasons),)


def may_answer_notice_of_withdrawal(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may answer for the holder: once, before the vote."""
    return first_refusal(acts_for_holder(life, person), _waits_for_hearing(life), _not_voted_on(life))


def may_record_holder_hearing(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may record that the holder was heard: once, before the vote."""
    return first_refusal(keeps(life, person), _waits_for_hearing(life), _not_voted_on(life))


def _waits_for_hearing(life: LabelLife) -> Permission:
    if life.notice is None:
        return Permission(OutOfOrder("nothing_to_answer", "The holder was told of nothing that they are heard on."))
    if life.notice.answered_at is not None:
        return Permission(AlreadyDecided("already_heard", "The holder was heard."))
    return ALLOWED


def _not_voted_on(life: LabelLife) -> Permission:
    """Whether no vote is open about what the holder is heard on: what members vote on no longer changes."""
    vote = life.open_motion
    if vote is not None and _is_about(life.notice, vote, life.proposal):
        return Permission(OutOfOrder("nothing_to_answer", "The vote about this is open; the time to be heard is over."))
    return ALLOWED


def _is_about(notice: Notice | None, vote: Motion, proposal: Proposal | None) -> bool:
    """Whether a vote is on a notice, and not on an earlier one that it took the place of."""
    rests = proposal is not None and rests_on_notice(proposal)
    return rests and notice is not None and notice.given_at <= vote.opened_at


def answer_notice(life: LabelLife, act: AnswerNoticeOfWithdrawal, now: datetime, _: SchemeRules) -> Events:
    """Answer in writing."""
    first_refusal(acts_for_holder(life, act.actor), _waits_for_hearing(life)).require()
    if holds(ANSWERED_BEFORE_VOTE, act):
        _not_voted_on(life).require()
    return (WithdrawalNoticeAnswered(at=now, actor=act.actor.person, answer=act.answer),)


def record_hearing(life: LabelLife, act: RecordHolderHearing, now: datetime, _: SchemeRules) -> Events:
    """Record the hearing by its protocol."""
    first_refusal(keeps(life, act.actor), _waits_for_hearing(life)).require()
    if holds(ANSWERED_BEFORE_VOTE, act):
        _not_voted_on(life).require()
    return (HolderHeard(at=now, actor=act.actor.person, protocol=act.protocol),)


def may_put_withdrawal_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission withdraw: notice was given; whether it was long ago, the act tells."""
    return first_refusal(keeps(life, person), _told_of_withdrawal(life), _no_vote_before(life))


def _told_of_withdrawal(life: LabelLife) -> Permission:
    return _NO_NOTICE if life.notice is None or life.notice.scope is not None else ALLOWED


def _no_vote_before(life: LabelLife) -> Permission:
    """Whether no vote is open that one to withdraw waits for; at once, it waits for one to confirm a suspension alone.

    Set aside, that suspension would fall away while members vote; until it is confirmed nobody relies on the label.
    """
    vote = life.open_motion
    at_once = life.notice is not None and life.notice.ground is not None
    confirms = vote is not None and vote.subject == Subject.CONFIRM
    return ALLOWED if at_once and not confirms else no_open_vote(life)


def put_withdrawal(life: LabelLife, act: PutWithdrawalToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission withdraw: after the hearing or its days, at once where life or health is at risk."""
    first_refusal(keeps(life, act.actor), _told_of_withdrawal(life)).require()
    notice = life.notice
    assert notice is not None
    at_once = notice.ground is not None
    if holds(CONFIRMED_FIRST, act) or not at_once:
        _no_vote_before(life).require()
    _require_heard(notice, now)
    if life.open_motion is not None and life.open_motion.subject == Subject.WITHDRAW:
        raise AlreadyDecided("motion_is_open", "The vote on withdrawal is open.")
    return put(life, act, Subject.WITHDRAW, now, rules, urgent=at_once, because=notice.because, reasons=notice.reasons)


def _require_heard(notice: Notice, now: datetime) -> None:
    if notice.ground is None and notice.answered_at is None and now < notice.due_at:
        raise OutOfOrder("hearing_missing", "The holder has time to be heard before a vote on this.")


def may_put_scope_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission reduce what the label covers: notice was given."""
    return first_refusal(keeps(life, person), no_open_vote(life), _NO_NOTICE if life.notice is None else ALLOWED)


def put_scope(life: LabelLife, act: PutScopeToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission reduce the scope by the rule of the tier, after the hearing or its days."""
    if holds(HEARD_BEFORE_REDUCTION, act):
        may_put_scope_to_vote(life, act.actor, rules).require()
        proposed = _reduction(life, act, now)
    else:
        first_refusal(keeps(life, act.actor), no_open_vote(life)).require()
        proposed = {"scope": act.scope, "reasons": act.reasons}
    return put(life, act, Subject.REDUCE, now, rules, **proposed, **failed_by_then(life, act))


def _reduction(life: LabelLife, act: PutScopeToVote, now: datetime) -> dict[str, Any]:
    """Return what is voted on: what the holder was told, or what is less than the withdrawal that they were told of."""
    notice = life.notice
    assert notice is not None
    _require_heard(notice, now)
    if notice.scope is not None and act.scope not in {None, notice.scope}:
        raise Unacceptable("other_scope", "The holder was told of another scope; give notice of this one first.")
    scope = notice.scope or act.scope
    if scope is None:
        raise Unacceptable("scope_not_stated", "Say what the label is still to cover.")
    return {"because": notice.because, "scope": scope, "reasons": act.reasons or notice.reasons}


def withdrawn(vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote to withdraw amounts to; voted down with quorum, the intended withdrawal is over."""
    if vote.carried and proposal.because is not None and proposal.reasons is not None:
        return LabelWithdrawn(
            at=now, actor=ENGINE, because=proposal.because, reasons=proposal.reasons, motion=vote.number
        )
    return _notice_ended(vote, now)


def reduced(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote on the scope amounts to; voted down with quorum, an intended reduction is over."""
    told = _is_about(life.notice, vote, proposal)
    if vote.carried and proposal.scope is not None:
        ends = named_ends(life, vote, proposal)
        return ScopeReduced(at=now, actor=ENGINE, scope=proposal.scope, motion=vote.number, ends=ends, ends_notice=told)
    only_reduces = told and life.notice is not None and life.notice.scope is not None
    return _notice_ended(vote, now) if only_reduces else None


def _notice_ended(vote: Motion, now: datetime) -> Event | None:
    is_voted_down = not vote.carried and vote.tally is not None and vote.tally.quorum_reached
    return WithdrawalNoticeEnded(at=now, actor=ENGINE, motion=vote.number) if is_voted_down else None
