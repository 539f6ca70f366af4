"""Joining the Code: an application, the Commission's vote, the entry in the Register (Code, II-2.1, II-2.3, II-2.4)."""

from collections.abc import Iterator
from datetime import datetime

from schemas.accession import (
    ApplyToJoin,
    EnterParticipant,
    JoinApplicationTakenBack,
    JoinApplied,
    JoinRefused,
    JoinVotedDown,
    OpenAccessionVote,
    RefuseAccession,
    TakeBackApplication,
)
from schemas.clocks import Clock, Party
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE
from schemas.matter import Motion
from schemas.organisation import EntryProposal, JoinApplication, JoinOutcome, Organisation
from schemas.people import PersonFacts, Role
from schemas.record_events import ParticipantEntered
from schemas.scheme import SchemeRules, Tier
from workflows.kernel import Events
from workflows.rules import motions
from workflows.rules.deadlines import days_after, working_days_after
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds

ADMIT = "admit"
VOTES_MAX = 20
"""An organisation travels whole through its workflow: so many votes of a full Commission still fit."""


def acts_for(organisation: str, person: PersonFacts) -> Permission:
    """Whether a person acts for an organisation."""
    if person.has(Role.APPLICANT) and person.organisation == organisation:
        return ALLOWED
    return Permission(NotPermitted("not_the_organisation", "Only the organisation itself may do this."))


def is_desk_of(state: Organisation, person: PersonFacts) -> Permission:
    """Whether a person keeps this matter: the secretariat, but not for their own organisation."""
    return first_refusal(holds(person, Role.SECRETARIAT), motions.free_in(state, person))


def may_apply(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether an organisation may apply: one that neither stands in the Register nor waits for an answer."""
    return first_refusal(acts_for(state.id, person), _may_join(state))


def _may_join(state: Organisation) -> Permission:
    if state.is_participant:
        return Permission(AlreadyDecided("already_entered", "This organisation stands in the Register already."))
    if state.application is not None and state.application.is_undecided:
        return Permission(AlreadyDecided("application_pending", "An application to join waits for its answer."))
    if state.waiting_entry is not None:
        return Permission(AlreadyDecided("entry_waits", "A proposed entry waits for a second person."))
    return _may_be_voted_on(state)


def _may_be_voted_on(state: Organisation) -> Permission:
    if len(state.motions) >= VOTES_MAX:
        return Permission(OutOfOrder("too_many_motions", f"At most {VOTES_MAX} votes are taken on one organisation."))
    return ALLOWED


def apply(state: Organisation | None, act: ApplyToJoin, now: datetime, rules: SchemeRules) -> Events:
    """Apply to join; the Commission's time runs, and interests declared for an earlier application count no more."""
    acts_for(act.matter, act.actor).require()
    if state is not None:
        may_apply(state, act.actor, rules).require()
    _refuse_namesake(act.namesake)
    _check_officer(act)
    earlier = state.application.number if state is not None and state.application is not None else 0
    application = JoinApplication(
        number=earlier + 1,
        name=act.name,
        country=act.country,
        roles=act.roles,
        text=act.text,
        officer=act.officer,
        public_contact=act.public_contact,
        private_contact=act.private_contact,
        has_ethics_commission=act.has_ethics_commission,
        address=act.address,
        applied_by=act.actor.person,
        applied_at=now,
        decide_by=working_days_after(now, rules.clocks.accession_decision_working_days, rules.clocks.calendar),
        votes_before=len(state.motions) if state is not None else 0,
    )
    return (
        JoinApplied(
            at=now,
            actor=act.actor.person,
            organisation=act.matter,
            scheme_digest=act.scheme_in_force,
            application=application,
        ),
    )


def _refuse_namesake(namesake: str | None) -> None:
    if namesake is not None:
        raise Unacceptable("name_taken", "Another organisation of this country stands in the Register under this name.")


def _check_officer(act: ApplyToJoin) -> None:
    if act.officer is None and (act.public_contact is not None or act.private_contact is not None):
        raise Unacceptable("officer_missing", "Whose contact is this? Name the ethics officer.")
    if act.officer is not None and act.public_contact is None and act.private_contact is None:
        raise Unacceptable("contact_missing", "Tell how the ethics officer is reached.")


def may_take_back(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether an organisation may take its application back: before a vote on it has begun."""
    return first_refusal(acts_for(state.id, person), _is_pending(state))


def take_back(state: Organisation, act: TakeBackApplication, now: datetime, rules: SchemeRules) -> Events:
    """Take the application back."""
    may_take_back(state, act.actor, rules).require()
    return (JoinApplicationTakenBack(at=now, actor=act.actor.person),)


def _is_pending(state: Organisation) -> Permission:
    if state.application is None or not state.application.is_undecided:
        return Permission(OutOfOrder("nothing_applied_for", "No application to join waits for an answer."))
    if state.open_motion is not None:
        return Permission(AlreadyDecided("motion_is_open", "The Commission is voting on this application."))
    if state.application.outcome == JoinOutcome.VOTED_DOWN:
        return Permission(AlreadyDecided("voted_down", "The Commission voted against this application."))
    return ALLOWED


def may_open_vote(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may let the Commission vote on an application."""
    return first_refusal(is_desk_of(state, person), _is_pending(state), _may_be_voted_on(state))


def open_vote(state: Organisation, act: OpenAccessionVote, now: datetime, rules: SchemeRules) -> Events:
    """Open the vote, by the rule of the low tier; every ballot names the digest of the whole application."""
    may_open_vote(state, act.actor, rules).require()
    _refuse_namesake(act.namesake)
    assert state.application is not None
    return (
        motions.opened(
            state,
            subject=ADMIT,
            about=state.application.model_dump(mode="json"),
            eligible=motions.eligible(state, act, barred),
            rule=motions.rule_of_tier(rules, Tier.LOW),
            now=now,
            actor=act.actor.person,
            rules=rules,
            drawn_from=act.drawn_from,
        ),
    )


def barred(state: Organisation, person: PersonFacts) -> Permission:
    """Whether a member may decide: nobody else is barred than by interests."""
    return first_refusal(holds(person, Role.COMMISSIONER), motions.free_in(state, person))


def _decided(state: Organisation) -> Motion | None:
    """Return the vote that decided the pending application; one without quorum decided nothing."""
    vote = state.last_motion(ADMIT)
    if vote is None or state.application is None or state.application.outcome != JoinOutcome.PENDING:
        return None
    is_of_this = vote.number > state.application.votes_before
    return vote if is_of_this and vote.tally is not None and vote.tally.quorum_reached else None


def entered(state: Organisation, now: datetime, rules: SchemeRules) -> ParticipantEntered | None:
    """Enter in the Register whom a carried motion let in; an officer not named yet is awaited for two months."""
    vote, application = _decided(state), state.application
    if vote is None or not vote.carried or application is None:
        return None
    return ParticipantEntered(
        at=now,
        actor=ENGINE,
        organisation=state.id,
        name=application.name,
        country=application.country,
        roles=tuple(role.value for role in application.roles),
        ethics_officer=application.officer,
        officer_contact=application.public_contact,
        private_contact=application.private_contact,
        has_ethics_commission=application.has_ethics_commission,
        address=application.address,
        officer_due_at=days_after(now, rules.clocks.accession_officer_days),
        motion=vote.number,
    )


def voted_down(state: Organisation, now: datetime, _: SchemeRules) -> JoinVotedDown | None:
    """Note that the Commission said no; the applicant is to be told why."""
    vote = _decided(state)
    if vote is None or vote.carried:
        return None
    return JoinVotedDown(at=now, actor=ENGINE, motion=vote.number)


def may_refuse(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may tell an applicant why it was not let in: only after the Commission said so."""
    return first_refusal(is_desk_of(state, person), _was_voted_down(state))


def _was_voted_down(state: Organisation) -> Permission:
    if state.application is None or state.application.outcome != JoinOutcome.VOTED_DOWN:
        return Permission(OutOfOrder("not_voted_down", "The Commission has not voted against an application."))
    return ALLOWED


def refuse(state: Organisation, act: RefuseAccession, now: datetime, rules: SchemeRules) -> Events:
    """Refuse with the Commission's reasons; the organisation may apply again."""
    may_refuse(state, act.actor, rules).require()
    return (JoinRefused(at=now, actor=act.actor.person, reasons=act.reasons),)


def may_enter(person: PersonFacts) -> Permission:
    """Whether a person may enter an organisation without a vote: the secretariat, or the body's own command line."""
    return ALLOWED if person.person == ENGINE else holds(person, Role.SECRETARIAT)


def enter(state: Organisation | None, act: EnterParticipant, now: datetime, rules: SchemeRules) -> Events:
    """Enter an organisation that joined before; one that ever applied or joined here is voted on."""
    may_enter(act.actor).require()
    if state is not None:
        may_be_entered(state).require()
    if act.actor.organisation == act.matter:
        raise ConflictOfInterest("own_organisation", "This is a matter of your own organisation.")
    entry = entry_without_vote(act, organisation=act.matter, by=act.actor, now=now, rules=rules)
    return (entry.model_copy(update={"scheme_digest": act.scheme_in_force}),)


def entry_without_vote(
    told: EnterParticipant | EntryProposal, *, organisation: str, by: PersonFacts, now: datetime, rules: SchemeRules
) -> ParticipantEntered:
    """Return the entry of an organisation that joined before, as it was told; an officer is awaited for two months."""
    return ParticipantEntered(
        at=now,
        actor=by.person,
        organisation=organisation,
        name=told.name,
        country=told.country,
        roles=tuple(role.value for role in told.roles),
        ethics_officer=told.ethics_officer,
        officer_contact=told.officer_contact,
        address=told.address,
        officer_due_at=days_after(now, rules.clocks.accession_officer_days),
    )


def may_be_entered(state: Organisation) -> Permission:
    """Whether an organisation may still be entered without a vote: of it there is no more than rejected proposals."""
    known = OutOfOrder("known_here", "This organisation is known here: it applies, and the Commission votes.")
    is_new = state.application is None and state.entered_at is None
    return first_refusal(_may_join(state), ALLOWED if is_new else Permission(known))


def may_enter_again(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may enter an organisation that is known here: nobody may."""
    return first_refusal(
        may_enter(person), _may_join(state), Permission(OutOfOrder("known_here", "This organisation is known here."))
    )


def clocks_of(state: Organisation, _: SchemeRules) -> Iterator[Clock]:
    """The Commission's time to decide on an application, until the applicant has the answer."""
    application = state.application
    if application is not None and application.is_undecided:
        yield Clock(
            name="accession",
            waits_for=Party.COMMISSION,
            started_at=application.applied_at,
            due_at=application.decide_by,
        )
