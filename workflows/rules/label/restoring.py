"""What must hold for a label to be restored: when its vote opens, and again when it closes (ISO/IEC 17065, 7.11).

Restoring ends the surveillances that are judged by then, and so asks of each what maintaining asks (decision 76). One
that did not pass is not judged a second time; a later one that looked at all the same again takes its place, and both
end.
"""

from datetime import datetime
from typing import Final

from schemas.errors import OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label_acts import PutRestorationToVote
from schemas.label_events import LabelNotRestored, LabelRestored
from schemas.label_life import LabelLife, Proposal, Subject
from schemas.matter import Motion
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.surveillance import Surveillance
from workflows.kernel import Events
from workflows.rules.label.editions import NAMES_ENDS, holds
from workflows.rules.label.fold import CHANGES
from workflows.rules.label.maintaining import (
    checked_again,
    may_be_maintained,
    nothing_ran_out,
    require_kept,
    takes_the_place,
    within_tier,
)
from workflows.rules.label.people import keeps
from workflows.rules.label.standing import is_suspended
from workflows.rules.label.surveillance import missed_at
from workflows.rules.label.surveillance_judging import passes
from workflows.rules.label.suspension import no_open_vote
from workflows.rules.label.votes import put
from workflows.rules.permission import ALLOWED, Permission, first_refusal

_ENDED_BY: Final = frozenset({Subject.SUSPEND.value, Subject.CONFIRM.value})


def may_put_restoration_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission restore: what the label was suspended for is judged and passes."""
    return first_refusal(
        keeps(life, person), is_suspended(life), no_open_vote(life), _cause_is_removed(life),
        _failures_are_answered(life),
        *(within_tier(life, one) for one in _relied_on(life, _judged(life))),
    )  # fmt: skip


def _judged(life: LabelLife) -> tuple[Surveillance, ...]:
    """Return the surveillances that are judged and have no outcome yet."""
    return tuple(one for one in life.open_surveillances if one.judged_at is not None)


def _relied_on(life: LabelLife, ended: tuple[Surveillance, ...]) -> tuple[Surveillance, ...]:
    """Return those whose findings are relied on: no later one of the same vote took their place."""
    return tuple(one for one in ended if not any(takes_the_place(life, later, one) for later in ended))


def _cause_is_removed(life: LabelLife) -> Permission:
    number = life.suspension.surveillance if life.suspension is not None else None
    cause = life.surveillance(number) if number is not None else None
    waits_on = tuple(one for one in life.open_surveillances if one == cause or one.judged_at is not None)
    return first_refusal(*(passes(one) for one in _relied_on(life, waits_on)))


def _failures_are_answered(life: LabelLife) -> Permission:
    """Whether a later surveillance found met what failed in those that the suspension or its confirmation ended."""
    since = life.suspension.since if life.suspension is not None else None
    for one in life.surveillances:
        ended = one.outcome in _ENDED_BY and since is not None and one.closed_at is not None and one.closed_at >= since
        if ended and not passes(one) and not _is_answered(life, one):
            return passes(one)
    return ALLOWED


def _is_answered(life: LabelLife, failed: Surveillance) -> bool:
    """Whether a later surveillance found met what failed in one, or the Commission reduced the scope after it."""
    reduced = (vote for vote in life.motions if vote.subject == Subject.REDUCE and vote.carried)
    return any(takes_the_place(life, later, failed) for later in life.surveillances) or any(
        vote.closed_at is not None and failed.closed_at is not None and vote.closed_at >= failed.closed_at
        for vote in reduced
    )


def _nothing_missed(life: LabelLife, now: datetime, rules: SchemeRules) -> Permission:
    missed = [one.number for one in life.open_surveillances if one.waits_for_holder and now >= missed_at(one, rules)]
    if missed:
        return Permission(OutOfOrder("surveillance_missed", f"Surveillance {missed[0]} is not handed in."))
    return ALLOWED


def put_restoration(life: LabelLife, act: PutRestorationToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission restore by the rule of the tier; a surveillance missed meanwhile comes first."""
    first_refusal(
        keeps(life, act.actor), is_suspended(life), no_open_vote(life), _cause_is_removed(life),
        _nothing_missed(life, now, rules),
    ).require()  # fmt: skip
    judges = act.around.judges if act.around is not None else None
    if judges is None:  # Put before anybody asked for more; histories of then replay.
        return put(life, act, Subject.RESTORE, now, rules, reasons=act.reasons)
    names = holds(NAMES_ENDS, act)
    if names:
        _failures_are_answered(life).require()
        require_kept(life, act, now, rules)
    ended = _judged(life)
    again = tuple(checked_again(life, one, act, judges, now, rules) for one in _relied_on(life, ended))
    seen = life
    for checks in again:
        seen = seen.model_copy(update=CHANGES[type(checks)](seen, checks))
    numbers = tuple(one.number for one in ended)
    opened = put(
        seen, act, Subject.RESTORE, now, rules,
        reasons=act.reasons, checked_again=True, ends=numbers, names_ends=names,
    )  # fmt: skip
    return *opened, *again


def restored(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what a vote to restore amounts to; a label of which something holds no more as it closes stays suspended.

    A surveillance that was judged while the vote was open is not ended by it: nobody voted on that.
    """
    if not vote.carried:
        return None
    if not proposal.checked_again:
        return LabelRestored(at=now, actor=ENGINE, reasons=proposal.reasons, motion=vote.number)
    refusal = _may_be_restored(life, proposal, now, rules).refusal
    if refusal is not None:
        return LabelNotRestored(at=now, actor=ENGINE, motion=vote.number, reason=refusal.code)
    return LabelRestored(at=now, actor=ENGINE, reasons=proposal.reasons, motion=vote.number, ends=proposal.ends)


def _may_be_restored(life: LabelLife, proposal: Proposal, now: datetime, rules: SchemeRules) -> Permission:
    ended = tuple(one for one in life.surveillances if one.number in proposal.ends)
    return first_refusal(
        _cause_is_removed(life),
        _nothing_missed(life, now, rules),
        *(may_be_maintained(life, one, now, rules) for one in _relied_on(life, ended)),
        *((_failures_are_answered(life), nothing_ran_out(life, now)) if proposal.names_ends else ()),
    )
