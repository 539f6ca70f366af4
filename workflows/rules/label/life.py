"""How the life of a label begins and ends, and what its votes amount to (procedure, Life of a label)."""

from collections.abc import Callable
from datetime import datetime

from schemas import label_events as ev
from schemas import surveillance_events as sv
from schemas.errors import AlreadyDecided, OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label import Standing
from schemas.label_act import LabelAct
from schemas.label_acts import BeginLife, EndByLeaving, EndLabel, NoteAppeal, PutMaintainToVote, Supersede
from schemas.label_life import Because, LabelLife, Proposal, Subject
from schemas.matter import Motion
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.surveillance import Surveillance
from workflows.kernel import Events
from workflows.rules.label import renewal, restoring, suspension, withdrawal
from workflows.rules.label.editions import NAMES_ENDS, holds
from workflows.rules.label.fold import CHANGES
from workflows.rules.label.fold import begun as first_day
from workflows.rules.label.found_interests import found_in_case, review_of_case
from workflows.rules.label.maintaining import answered_by, checked_again, may_be_maintained, require_checks
from workflows.rules.label.people import acts_for_holder, keeps
from workflows.rules.label.standing import is_in_force, vote_set_aside
from workflows.rules.label.surveillance import open_one
from workflows.rules.label.surveillance_judging import passes
from workflows.rules.label.surveillance_submission import outgrown
from workflows.rules.label.suspension import no_open_vote
from workflows.rules.label.votes import closed_vote, put, standing_bound
from workflows.rules.permission import ALLOWED, Permission, first_refusal

APPEALS_MAX = 40


def begin(life: LabelLife | None, act: BeginLife, now: datetime, rules: SchemeRules) -> Events:
    """Begin the life of a label that was issued; it ends at once where its holder left while it was being signed.

    An interest that was reported in its case and not settled, or found there when the label was signed, opens a review,
    as if it were reported now (rule 2). A label that carries another one on begins with the surveillances that were
    open there.
    """
    if life is not None:
        raise AlreadyDecided("life_begun", "The life of this label began before.")
    content = {name: getattr(act, name) for name in BeginLife.model_fields if name not in LabelAct.model_fields}
    begun = ev.LabelLifeBegun(at=now, actor=ENGINE, label=act.matter, **content)
    if act.participant is not None and act.participant.entered_at is None:
        return begun, ev.LabelEnded(at=now, actor=ENGINE, because=Because.LEFT_CODE)
    beginning = first_day(begun)
    if act.prolongs is None and found_in_case(beginning):
        return begun, review_of_case(beginning, now, rules)
    return (begun,)


def may_put_maintain_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let a panel maintain the label: a surveillance is judged, and passes."""
    ready = any(one.is_open and passes(one) and not outgrown(life, one) for one in life.surveillances)
    refusal = ALLOWED if ready else Permission(OutOfOrder("not_judged", "No surveillance is judged and passes."))
    return first_refusal(keeps(life, person), is_in_force(life), no_open_vote(life), refusal)


def put_maintain(life: LabelLife, act: PutMaintainToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let a panel maintain the label: every criterion was found met, every check holds."""
    found = open_one(life, act.surveillance)
    first_refusal(keeps(life, act.actor), is_in_force(life), no_open_vote(life), passes(found)).require()
    judges = act.around.judges if act.around is not None else None
    if judges is None:
        return _put_as_before(life, found, act, now, rules)
    again = checked_again(life, found, act, judges, now, rules)
    seen = life.model_copy(update=CHANGES[type(again)](life, again))
    opened = put(
        seen, act, Subject.MAINTAIN, now, rules,
        surveillance=found.number, checked_again=True, standing=standing_bound(life, act),
        ends=answered_by(life, found) if holds(NAMES_ENDS, act) else (),
    )  # fmt: skip
    return *opened, again


def _put_as_before(
    life: LabelLife, found: Surveillance, act: PutMaintainToVote, now: datetime, rules: SchemeRules
) -> Events:
    """Open a vote as it was opened while the checks of the last submission were taken; histories of then replay."""
    require_checks(found)
    if outgrown(life, found):
        raise OutOfOrder("tier_outgrown", "By the answers of today the risk is above the tier of this label.")
    return put(life, act, Subject.MAINTAIN, now, rules, surveillance=found.number)


def may_end_label(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may end the label for its holder."""
    return acts_for_holder(life, person)


def end(life: LabelLife, act: EndLabel, now: datetime, rules: SchemeRules) -> Events:
    """End the label as its holder; there is no way back."""
    may_end_label(life, act.actor, rules).require()
    ended = ev.LabelEnded(at=now, actor=act.actor.person, because=Because.HOLDER_DECIDED, reasons=act.reasons)
    return ended, *vote_set_aside(life, now, "label_ended")


def leave(life: LabelLife, _: EndByLeaving, now: datetime, _rules: SchemeRules) -> Events:
    """End the label because its holder left the Code."""
    ended = ev.LabelEnded(at=now, actor=ENGINE, because=Because.LEFT_CODE)
    return ended, *vote_set_aside(life, now, "label_ended")


def supersede(life: LabelLife, act: Supersede, now: datetime, _: SchemeRules) -> Events:
    """Let the renewal's label replace this one; of one that has ended, only the successor is named."""
    if life.successor == act.successor or life.renewed_by is not None or _replaced_by_renewal(life):
        raise AlreadyDecided("already_superseded", "Another label replaces this one.")
    if life.is_over:
        return (ev.SuccessorNamed(at=now, actor=ENGINE, successor=act.successor),)
    replaced = ev.LabelSuperseded(at=now, actor=ENGINE, successor=act.successor)
    return replaced, *vote_set_aside(life, now, "label_ended")


def _replaced_by_renewal(life: LabelLife) -> bool:
    """Whether a renewal's label replaced this one, and not the label that only carries it on."""
    carried_on = life.prolongation.label.id if life.prolongation is not None and life.prolongation.label else None
    return life.standing == Standing.SUPERSEDED and life.successor != carried_on


def note_appeal(life: LabelLife, act: NoteAppeal, now: datetime, _: SchemeRules) -> Events:
    """Add how an appeal stands; it restores nothing (scheme, `appeal_does_not_restore_label`)."""
    if life.appeals.get(act.appeal) == act.state:
        raise AlreadyDecided("already_noted", "This was noted before.")
    if act.appeal not in life.appeals and len(life.appeals) >= APPEALS_MAX:
        raise OutOfOrder("too_many_appeals", f"At most {APPEALS_MAX} appeals are noted of one label.")
    return (ev.AppealNoted(at=now, actor=ENGINE, appeal=act.appeal, state=act.state),)


def outcome(life: LabelLife, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what the vote that closed last amounts to, once."""
    closed = closed_vote(life)
    if closed is None:
        return None
    vote, proposal = closed
    if proposal.standing not in {None, life.version}:
        return None
    if proposal.subject == Subject.MAINTAIN:
        return _maintained(life, vote, proposal, now, rules)
    if life.standing != _COUNTS_FROM.get(proposal.subject, life.standing):
        return None
    if proposal.subject == Subject.RESTORE:
        return restoring.restored(life, vote, proposal, now, rules)
    return _OUTCOMES[proposal.subject](life, vote, proposal, now)


def _maintained(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime, rules: SchemeRules) -> Event | None:
    """Return what a carried vote to maintain amounts to; what holds no more when it closes is not maintained."""
    if not vote.carried or proposal.surveillance is None:
        return None
    number = proposal.surveillance
    found = life.surveillance(number)
    assert found is not None
    if proposal.checked_again:
        refusal = may_be_maintained(life, found, now, rules).refusal
        if refusal is not None:
            return sv.LabelNotMaintained(
                at=now, actor=ENGINE, surveillance=number, motion=vote.number, reason=refusal.code
            )
    answered = tuple(one for one in proposal.ends if one in answered_by(life, found))
    return sv.LabelMaintained(at=now, actor=ENGINE, surveillance=number, motion=vote.number, ends=answered)


_COUNTS_FROM = {
    Subject.SUSPEND: Standing.IN_FORCE,
    Subject.CONFIRM: Standing.SUSPENDED,
    Subject.RESTORE: Standing.SUSPENDED,
}
"""The standing a label must still have when a vote closes; by then nothing comes of it from another one (I6)."""
_OUTCOMES: dict[Subject, Callable[[LabelLife, Motion, Proposal, datetime], Event | None]] = {
    Subject.SUSPEND: suspension.suspended,
    Subject.CONFIRM: suspension.confirmed,
    Subject.WITHDRAW: lambda _, vote, proposal, now: withdrawal.withdrawn(vote, proposal, now),
    Subject.REDUCE: withdrawal.reduced,
    Subject.PROLONG: renewal.prolonged,
}
