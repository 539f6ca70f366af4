"""Life in the Register: ethics officer and commission, the image, the group, leaving (Code, II-2.1, II-2.2)."""

from collections.abc import Iterator
from datetime import datetime

from schemas.accession import (
    ChooseHolderImage,
    DeclareGroup,
    EthicsCommissionNamed,
    GroupDeclared,
    HolderImageChosen,
    LeaveCode,
    NameEthicsCommission,
    NameOfficer,
    OfficerNamed,
    OfficerTermEnded,
    ParticipantLeft,
)
from schemas.clocks import Clock, Party
from schemas.errand import Errand
from schemas.errors import NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE
from schemas.organisation import Organisation
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.deadlines import days_after
from workflows.rules.matter.accession import acts_for, is_desk_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal

END_BY_LEAVING = "end_by_leaving"


def _in_register(state: Organisation) -> Permission:
    if state.is_participant:
        return ALLOWED
    return Permission(OutOfOrder("not_in_register", "This organisation does not stand in the Register."))


def may_act_as_participant(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person acts for an organisation that stands in the Register."""
    return first_refusal(acts_for(state.id, person), _in_register(state))


def name_officer(state: Organisation, act: NameOfficer, now: datetime, rules: SchemeRules) -> Events:
    """Name the ethics officer or another one; who is nowhere reached is no contact person (II-2.2)."""
    may_act_as_participant(state, act.actor, rules).require()
    if act.public_contact is None and act.private_contact is None:
        raise Unacceptable("contact_missing", "Tell how the ethics officer is reached.")
    return (
        OfficerNamed(
            at=now,
            actor=act.actor.person,
            officer=act.officer,
            public_contact=act.public_contact,
            private_contact=act.private_contact,
        ),
    )


def name_ethics_commission(state: Organisation, act: NameEthicsCommission, now: datetime, rules: SchemeRules) -> Events:
    """Name the internal ethics commission, or say that there is none any more."""
    may_act_as_participant(state, act.actor, rules).require()
    return (EthicsCommissionNamed(at=now, actor=act.actor.person, name=act.name),)


def choose_holder_image(state: Organisation, act: ChooseHolderImage, now: datetime, rules: SchemeRules) -> Events:
    """Choose the image of certificates still to be made, or none; those that were made stay as they are."""
    may_act_as_participant(state, act.actor, rules).require()
    return (HolderImageChosen(at=now, actor=act.actor.person, image=act.image),)


def officer_due_at(state: Organisation, rules: SchemeRules) -> datetime:
    """Return until when an officer is to be named; entries of before this was recorded follow the scheme."""
    assert state.entered_at is not None
    return state.officer_due_at or days_after(state.entered_at, rules.clocks.accession_officer_days)


def officer_term_ended(state: Organisation, now: datetime, rules: SchemeRules) -> OfficerTermEnded | None:
    """Note once that the two months are over without a name; naming is encouraged, so nothing else follows."""
    is_awaited = state.is_participant and state.officer is None and not state.officer_overdue
    if not is_awaited or now < officer_due_at(state, rules):
        return None
    return OfficerTermEnded(at=now, actor=ENGINE)


def clocks_of(state: Organisation, rules: SchemeRules) -> Iterator[Clock]:
    """The two months for naming an ethics officer; it stays on view, past its end, until one is named."""
    if state.is_participant and state.officer is None:
        assert state.entered_at is not None
        yield Clock(
            name="officer",
            waits_for=Party.APPLICANT,
            started_at=state.entered_at,
            due_at=officer_due_at(state, rules),
            has_effect=not state.officer_overdue,
        )


def leave(state: Organisation, act: LeaveCode, now: datetime, rules: SchemeRules) -> Events:
    """Leave the Code, for good: every label of the organisation is told to end."""
    may_act_as_participant(state, act.actor, rules).require()
    return (
        ParticipantLeft(at=now, actor=act.actor.person, labels=tuple(sorted(set(act.labels))), reasons=act.reasons),
    )


def errand_of(state: Organisation) -> Errand | None:
    """Return what the next label is to be told after its holder left."""
    if not state.labels_to_end:
        return None
    label = state.labels_to_end[0]
    return Errand(key=f"{END_BY_LEAVING}/{label}", to="label", subject=label, act=END_BY_LEAVING)


def may_declare_group(state: Organisation, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may state the group of an organisation: itself, or the secretariat."""
    if acts_for(state.id, person) or is_desk_of(state, person):
        return ALLOWED
    return Permission(NotPermitted("role_missing", "Only the organisation itself or the secretariat may do this."))


def declare_group(state: Organisation, act: DeclareGroup, now: datetime, rules: SchemeRules) -> Events:
    """State the group; what the secretariat finds stands beside what the organisation says, and replaces none of it."""
    may_declare_group(state, act.actor, rules).require()
    if any(one.organisation == state.id for one in act.relations):
        raise Unacceptable("own_parent", "An organisation is neither its own parent nor its own subsidiary.")
    found = not acts_for(state.id, act.actor)
    return (GroupDeclared(at=now, actor=act.actor.person, found=found, relations=act.relations),)
