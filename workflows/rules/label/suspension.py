"""Suspending a label at once or by a vote (procedure, Life of a label; ISO/IEC 17065, 7.11)."""

from datetime import datetime
from typing import Final

from schemas.act import Act
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label_acts import (
    ConfirmSuspension,
    ProposeSuspension,
    PutConfirmationToVote,
    PutSuspensionToVote,
)
from schemas.label_events import (
    LabelSuspended,
    SuspensionConfirmed,
    SuspensionProposed,
    SuspensionVoided,
)
from schemas.label_life import GROUNDS, Because, LabelLife, Proposal, Subject, SuspensionProposal
from schemas.matter import Motion
from schemas.people import InstitutionFacts, PersonFacts
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.deadlines import working_days_after
from workflows.rules.label.editions import PROPOSER_STAYS_OUT, STAYS_OUT, holds
from workflows.rules.label.people import decides, keeps
from workflows.rules.label.standing import is_in_force, is_suspended, vote_set_aside
from workflows.rules.label.votes import failed_by_then, named_ends, put
from workflows.rules.permission import ALLOWED, Permission, first_refusal

SUSPENSIONS_MAX = 20
_CAN_WAIT: Final = frozenset({Subject.RESTORE, Subject.REDUCE, Subject.WITHDRAW})
"""Votes that one to confirm a suspension in time sets aside."""
_FELL_AWAY: Final = frozenset({Because.SUSPENSION_NOT_CONFIRMED, Because.SUSPENSION_VOTED_DOWN})


def may_propose_suspension(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a member may propose to suspend at once."""
    return first_refusal(decides(life, person), is_in_force(life))


def propose(life: LabelLife, act: ProposeSuspension, now: datetime, rules: SchemeRules) -> Events:
    """Propose to suspend; a later proposal replaces an earlier one."""
    may_propose_suspension(life, act.actor, rules).require()
    _require_chair(act)
    _require_seat(act)
    _require_ground(act.because)
    _require_standing_ground(life, act.because)
    if life.suspensions >= SUSPENSIONS_MAX:
        raise OutOfOrder("too_many_suspensions", f"A label is suspended at most {SUSPENSIONS_MAX} times.")
    proposal = SuspensionProposal(
        by=act.actor.person, at=now, because=act.because, reasons=act.reasons, restoration=act.restoration
    )
    return (
        SuspensionProposed(
            at=now,
            actor=act.actor.person,
            proposal=proposal,
            stays_out=holds(STAYS_OUT, act),
            proposed_by=_proposed_by(life, act),
        ),
    )


def may_confirm_suspension(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a member may suspend at once, as the second one."""
    return first_refusal(decides(life, person), is_in_force(life), _another_proposed(life, person))


def _another_proposed(life: LabelLife, person: PersonFacts) -> Permission:
    if life.suspension_proposal is None:
        return Permission(OutOfOrder("nothing_proposed", "No suspension is proposed."))
    if life.suspension_proposal.by == person.person:
        return Permission(ConflictOfInterest("second_member_needed", "Another member confirms what you proposed."))
    if life.has_interest(life.suspension_proposal.by) or life.suspension_proposal.by in life.interested:
        return Permission(ConflictOfInterest("proposer_has_interest", "Whoever proposed this has an interest."))
    return ALLOWED


def confirm(life: LabelLife, act: ConfirmSuspension, now: datetime, rules: SchemeRules) -> Events:
    """Suspend at once: two members, one of them chair or deputy; void unless the Commission confirms it.

    A proposal is good for as long as such a suspension stands without a vote.
    """
    may_confirm_suspension(life, act.actor, rules).require()
    proposal = life.suspension_proposal
    assert proposal is not None
    seats = _require_chair(act)
    _require_seat(act)
    days = rules.clocks.suspension_void_after_working_days
    if holds(STAYS_OUT, act):
        _require_urgent(proposal, seats, now, working_days_after(proposal.at, days, rules.clocks.calendar))
    if not {proposal.by, act.actor.person} & {seats.chair, seats.deputy}:
        raise NotPermitted("chair_or_deputy_needed", "One of the two members is the chair or the deputy.")
    suspended = LabelSuspended(
        at=now,
        actor=act.actor.person,
        because=proposal.because,
        reasons=proposal.reasons,
        restoration=proposal.restoration,
        void_at=working_days_after(now, days, rules.clocks.calendar),
        stays_out=holds(STAYS_OUT, act),
        proposed_by=_proposed_by(life, act),
    )
    return suspended, *vote_set_aside(life, now, "suspended")


def _proposed_by(life: LabelLife, act: ProposeSuspension | ConfirmSuspension) -> str | None:
    """Return who proposed what an act confirms or replaces: they may have when nobody remembered proposers."""
    proposal = life.suspension_proposal
    return proposal.by if proposal is not None and holds(PROPOSER_STAYS_OUT, act) else None


def _require_urgent(proposal: SuspensionProposal, seats: InstitutionFacts, now: datetime, until: datetime) -> None:
    if proposal.by not in seats.commission:
        raise NotPermitted("proposer_not_seated", "Whoever proposed this holds no seat any more; propose it anew.")
    if now >= until:
        raise OutOfOrder("proposal_too_old", "What was proposed so long ago is not urgent; propose it anew.")


def _require_chair(act: Act) -> InstitutionFacts:
    seats = act.institution
    if seats is None or (seats.chair is None and seats.deputy is None):
        raise OutOfOrder("no_chair", "No chair is elected; let the Commission vote on the suspension.")
    return seats


def _require_seat(act: Act) -> None:
    if act.institution is None or act.actor.person not in act.institution.commission:
        raise NotPermitted("not_seated", "Only a member who is seated now may do this.")


def _require_ground(because: Because) -> None:
    if because not in GROUNDS:
        raise Unacceptable("no_such_ground", f"Choose one of {', '.join(GROUNDS)}.")


def _require_standing_ground(life: LabelLife, because: Because) -> None:
    if fell_away_at(life, because) is not None:
        raise OutOfOrder("suspension_fell_away", "A suspension on this ground fell away; the Commission votes on it.")


def fell_away_at(life: LabelLife, because: Because) -> datetime | None:
    """Return when a suspension of two members on a ground fell away: they do not go on for the Commission.

    None once the label was looked at anew and nothing was found: what is found after that is another matter.
    """
    following = zip(life.steps, life.steps[1:], strict=False)
    ends = [after for step, after in following if step.because == because]
    at = life.fell_away.get(because.value)
    if ends:
        at = ends[-1].at if ends[-1].because in _FELL_AWAY else None
    return at if at is not None and not _passed_since(life, at) else None


def _passed_since(life: LabelLife, moment: datetime) -> bool:
    """Whether a surveillance opened after a moment ended with the label maintained or restored."""
    passed = {Subject.MAINTAIN.value, Subject.RESTORE.value}
    return any(one.opened_at > moment and one.outcome in passed for one in life.surveillances)


def may_put_suspension_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission suspend."""
    return first_refusal(keeps(life, person), is_in_force(life), no_open_vote(life))


def put_suspension(life: LabelLife, act: PutSuspensionToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission suspend by the rule of the tier."""
    may_put_suspension_to_vote(life, act.actor, rules).require()
    _require_ground(act.because)
    return put(
        life, act, Subject.SUSPEND, now, rules,
        because=act.because, reasons=act.reasons, restoration=act.restoration, **failed_by_then(life, act),
    )  # fmt: skip


def may_put_confirmation_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission confirm a suspension that would fall away."""
    return first_refusal(keeps(life, person), is_suspended(life), _would_fall_away(life), _can_be_put_aside(life))


def _can_be_put_aside(life: LabelLife) -> Permission:
    """Whether no vote is open but one that can wait: else a vote put first lets a suspension at once fall away."""
    vote = life.open_motion
    return ALLOWED if vote is not None and vote.subject in _CAN_WAIT else no_open_vote(life)


def _would_fall_away(life: LabelLife) -> Permission:
    if life.suspension is None or life.suspension.void_at is None:
        return Permission(AlreadyDecided("confirmed_already", "This suspension stands; it needs no confirmation."))
    return ALLOWED


def put_confirmation(life: LabelLife, act: PutConfirmationToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let the Commission confirm a suspension; the vote ends before it would fall away."""
    may_put_confirmation_to_vote(life, act.actor, rules).require()
    assert life.suspension is not None
    return put(
        life, act, Subject.CONFIRM, now, rules,
        closes_by=life.suspension.void_at, urgent=life.open_motion is not None, because=life.suspension.because,
        **failed_by_then(life, act),
    )  # fmt: skip


def no_open_vote(life: LabelLife) -> Permission:
    """Whether no vote is open on this label."""
    if life.open_motion is not None:
        return Permission(AlreadyDecided("motion_is_open", "Another vote is open in this matter."))
    return ALLOWED


def suspended(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote to suspend amounts to."""
    if not vote.carried or proposal.because is None:
        return None
    return LabelSuspended(
        at=now,
        actor=ENGINE,
        because=proposal.because,
        reasons=proposal.reasons,
        restoration=proposal.restoration,
        motion=vote.number,
        ends=named_ends(life, vote, proposal),
    )


def confirmed(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote to confirm amounts to: confirmed, voted down, or nothing without quorum."""
    if vote.carried:
        ends = named_ends(life, vote, proposal)
        return SuspensionConfirmed(at=now, actor=ENGINE, motion=vote.number, ends=ends)
    if vote.tally is not None and vote.tally.quorum_reached:
        return SuspensionVoided(at=now, actor=ENGINE, because=Because.SUSPENSION_VOTED_DOWN, motion=vote.number)
    return None


def voided(now: datetime) -> SuspensionVoided:
    """Return the end of a suspension that nobody confirmed in time."""
    return SuspensionVoided(at=now, actor=ENGINE, because=Because.SUSPENSION_NOT_CONFIRMED)


def missed(number: int, now: datetime) -> LabelSuspended:
    """Return the suspension that follows by itself from a missed surveillance."""
    return LabelSuspended(at=now, actor=ENGINE, because=Because.SURVEILLANCE_MISSED, surveillance=number)
