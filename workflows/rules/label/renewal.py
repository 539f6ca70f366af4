"""Renewing a label in its window, and prolonging it by a new label while that is undecided (scheme, renewal).

Prolonging asks what maintaining asks, when the vote opens and when it closes (decision 77): a surveillance that was
handed in or judged is decided first, and one that only waits goes on with the new label.
"""

from datetime import datetime, timedelta
from typing import Final

from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label import IssuedLabel, Standing
from schemas.label_acts import AskRenewal, PutProlongationToVote
from schemas.label_events import LabelNotProlonged, LabelProlonged, ProlongationDecided, RenewalAsked
from schemas.label_facts import RenewalFacts
from schemas.label_life import LabelLife, Prolongation, Proposal, Subject
from schemas.matter import Motion
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.options import matter_stream
from workflows.rules.label.editions import RENEWS_UNDECIDED, holds
from workflows.rules.label.maintaining import nothing_ran_out, require_kept
from workflows.rules.label.people import acts_for_holder, keeps
from workflows.rules.label.standing import is_in_force, vote_set_aside
from workflows.rules.label.suspension import no_open_vote
from workflows.rules.label.votes import put, standing_bound
from workflows.rules.permission import ALLOWED, Permission, first_refusal

NOT_IN_FORCE: Final = "not_in_force"
"""Why there is no new label where the old one cannot be carried on as it stands by then; a panel may prolong anew."""


def window_of(life: LabelLife, rules: SchemeRules) -> tuple[datetime, datetime]:
    """Return from when until when a renewal is asked for in time."""
    window = rules.clocks.renewal_window_days_before_expiry[life.tier]
    return life.expires_at - timedelta(days=window.opens), life.expires_at - timedelta(days=window.closes)


def may_ask_renewal(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may ask for a renewal: the holder, once; the window, the act tells."""
    return first_refusal(acts_for_holder(life, person), _not_asked_yet(life))


def _not_asked_yet(life: LabelLife) -> Permission:
    if life.prolongs is not None:
        return Permission(AlreadyDecided("is_prolongation", "This label only carries on until a renewal is decided."))
    if life.renewal is not None:
        return Permission(AlreadyDecided("already_asked", "A renewal of this label was asked for before."))
    return ALLOWED


def ask(life: LabelLife, act: AskRenewal, now: datetime, rules: SchemeRules) -> Events:
    """Ask for a renewal, naming the application that was lodged for it."""
    may_ask_renewal(life, act.actor, rules).require()
    opens_at, closes_at = window_of(life, rules)
    if now < opens_at:
        raise OutOfOrder("window_not_open", f"A renewal can be asked for from {opens_at.date()}.")
    if now >= closes_at:
        raise OutOfOrder("window_closed", f"A renewal could be asked for until {closes_at.date()}.")
    facts = _check_renewal(life, act.around.renewal if act.around is not None else None, act.new_application)
    if facts.is_decided and holds(RENEWS_UNDECIDED, act):
        raise OutOfOrder("application_decided", "That application is decided; lodge one that is to renew the label.")
    return (RenewalAsked(at=now, actor=act.actor.person, application=act.new_application),)


def _check_renewal(life: LabelLife, facts: RenewalFacts | None, application: str) -> RenewalFacts:
    if facts is None or facts.application != application:
        raise NotFound("unknown_application", "There is no such application.")
    if facts.organisation != life.organisation:
        raise NotPermitted("not_the_holder", "Only an application of the holder can renew the label.")
    if facts.renews != life.id:
        raise Unacceptable("renews_another", "The application does not name this label as the one it renews.")
    return facts


def may_put_prolongation_to_vote(life: LabelLife, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let a panel prolong: once, for a renewal that was asked for in time."""
    return first_refusal(_may_be_put(life, person), _no_withdrawal_intended(life), nothing_undecided(life))


def _may_be_put(life: LabelLife, person: PersonFacts) -> Permission:
    return first_refusal(keeps(life, person), is_in_force(life), _can_be_prolonged(life), no_open_vote(life))


def nothing_undecided(life: LabelLife) -> Permission:
    """Whether no open surveillance was handed in or judged, in part or whole: what was found or said must count."""
    for one in life.open_surveillances:
        if one.submission is not None or one.judged_at is not None or life.judged_by(one.number).counted:
            return Permission(
                OutOfOrder(
                    "surveillance_undecided", f"Surveillance {one.number} was handed in or judged; decide it first."
                )
            )
    return ALLOWED


def _can_be_prolonged(life: LabelLife) -> Permission:
    if life.renewal is None:
        return Permission(OutOfOrder("renewal_not_asked", "No renewal was asked for in time."))
    decided = life.prolongation
    # Refused by the signer, for want of its standing or for an interest found meanwhile, it can be voted on again.
    if decided is not None and decided.refused is None:
        return Permission(AlreadyDecided("already_prolonged", "A label is prolonged once."))
    return ALLOWED


def _no_withdrawal_intended(life: LabelLife) -> Permission:
    if life.notice is None:
        return ALLOWED
    return Permission(
        OutOfOrder("withdrawal_intended", "A withdrawal or a reduction is intended; it is decided on first.")
    )


def put_prolongation(life: LabelLife, act: PutProlongationToVote, now: datetime, rules: SchemeRules) -> Events:
    """Let a panel give a new label for some days after the end; this label's own end stays as it is."""
    _may_be_put(life, act.actor).require()
    assert life.renewal is not None
    facts = act.around.renewal if act.around is not None else None
    if _check_renewal(life, facts, life.renewal.application).is_decided:
        raise AlreadyDecided("renewal_decided", "The renewal is decided; there is nothing to bridge.")
    _, closes_at = window_of(life, rules)
    if now < closes_at:
        raise OutOfOrder("too_early", f"A label is prolonged only towards its end, from {closes_at.date()}.")
    most = rules.clocks.renewal_prolongation_days_max
    if act.days > most:
        raise Unacceptable("too_long", f"A label is prolonged by at most {most} days.")
    until = life.expires_at + timedelta(days=act.days)
    asks = act.participant is not None  # Put before anybody asked for more, it came without; histories of then replay.
    if asks:
        first_refusal(_no_withdrawal_intended(life), nothing_undecided(life)).require()
        require_kept(life, act, now, rules)
    return put(
        life, act, Subject.PROLONG, now, rules,
        closes_by=life.expires_at, until=until, standing=standing_bound(life, act), checked_again=asks,
    )  # fmt: skip


def prolonged(life: LabelLife, vote: Motion, proposal: Proposal, now: datetime) -> Event | None:
    """Return what a vote to prolong amounts to: a decision with a number of its own, for the signer."""
    if not vote.carried or proposal.until is None:
        return None
    refusal = first_refusal(nothing_undecided(life), nothing_ran_out(life, now)).refusal
    if proposal.checked_again and refusal is not None:
        return LabelNotProlonged(at=now, actor=ENGINE, motion=vote.number, reason=refusal.code)
    return ProlongationDecided(
        at=now,
        actor=ENGINE,
        prolongation=Prolongation(
            number=f"{matter_stream('label', life.id)}/{life.entry + 1}",
            motion=vote.number,
            decided_at=now,
            until=proposal.until,
            checked_again=proposal.checked_again,
        ),
    )


def prolonged_by(life: LabelLife, label: IssuedLabel, now: datetime) -> Events:
    """Let another label carry this one on; a vote that was open is set aside."""
    return LabelProlonged(at=now, actor=ENGINE, label=label), *vote_set_aside(life, now, "label_ended")


def can_be_carried_on(life: LabelLife) -> bool:
    """Whether another label can carry this one on: in force, or so until its term ended, and not threatened.

    A label that was suspended when it expired, one that a withdrawal is under way against, and one that its renewal
    has replaced are not carried on; nor is one of which something was handed in or judged since the panel decided.
    """
    if life.notice is not None or life.renewed_by is not None or _is_voted_on(life):
        return False
    decided = life.prolongation
    if decided is not None and decided.checked_again and not nothing_undecided(life):
        return False
    before = [step.standing for step in life.steps if step.standing != Standing.EXPIRED]
    return life.standing in {Standing.IN_FORCE, Standing.EXPIRED} and before[-1] == Standing.IN_FORCE


def _is_voted_on(life: LabelLife) -> bool:
    vote = life.open_motion
    return vote is not None and vote.subject in {Subject.WITHDRAW, Subject.SUSPEND, Subject.REDUCE}


def awaits_prolongation(life: LabelLife) -> bool:
    """Whether nothing but the signer stands between a decided prolongation and its label."""
    decided = life.prolongation
    return decided is not None and decided.label is None and decided.refused is None
