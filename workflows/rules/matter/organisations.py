"""The kernel of an organisation before the Code: from its first application on (Code, II-2.1 to II-2.4)."""

from collections.abc import Callable, Iterator
from typing import Any

from schemas import accession as words
from schemas.accession import (
    EntryProposed,
    EntryRejected,
    EthicsCommissionNamed,
    ExtractSigned,
    GroupDeclared,
    HolderImageChosen,
    JoinApplicationTakenBack,
    JoinApplied,
    JoinRefused,
    JoinVotedDown,
    OfficerNamed,
    OfficerTermEnded,
    ParticipantLeft,
)
from schemas.clocks import Clock
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.organisation import EntryOutcome, JoinApplication, JoinOutcome, Organisation
from schemas.record_events import ParticipantEntered
from schemas.scheme import SchemeRules
from workflows.kernel import Kernel
from workflows.rules.matter import accession, participation, proposed_entries
from workflows.rules.matters import ActRule, Changes, Tables, kernel_of

_IN_REGISTER = participation.may_act_as_participant


def clocks_of(state: Organisation, rules: SchemeRules) -> Iterator[Clock]:
    """The deadlines that run now."""
    yield from accession.clocks_of(state, rules)
    yield from participation.clocks_of(state, rules)


def _opened_by_application(event: JoinApplied) -> Organisation:
    return Organisation(
        id=event.organisation,
        organisation=event.organisation,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        application=event.application,
    )


def _opened_by_proposal(event: EntryProposed) -> Organisation:
    return Organisation(
        id=event.organisation,
        organisation=event.organisation,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
        entry_proposal=event.proposal,
    )


def _opened_by_entry(event: ParticipantEntered) -> Organisation:
    unknown = Organisation(
        id=event.organisation,
        organisation=event.organisation,
        scheme_digest=event.scheme_digest,
        opened_by=event.actor,
        opened_at=event.at,
    )
    return unknown.model_copy(update=_entered(unknown, event))


def _registered(change: Callable[[Organisation, Any], Changes]) -> Callable[[Organisation, Any], Changes]:
    """Return a change of what the Register says: the next extract rests on this entry."""

    def changed(state: Organisation, event: Event) -> Changes:
        return {**change(state, event), "register_entry": state.entry + 1, "register_at": event.at}

    return changed


def _concluded(application: JoinApplication | None, outcome: JoinOutcome, **more: Any) -> Changes:
    assert application is not None
    return {"application": application.model_copy(update={"outcome": outcome, **more})}


def _settled(state: Organisation, outcome: EntryOutcome, **more: Any) -> Changes:
    assert state.entry_proposal is not None
    return {"entry_proposal": state.entry_proposal.model_copy(update={"outcome": outcome, **more})}


@_registered
def _entered(state: Organisation, event: ParticipantEntered) -> Changes:
    decided = {} if event.motion is None else _concluded(state.application, JoinOutcome.ENTERED)
    confirmed = {} if event.proposed_by is None else _settled(state, EntryOutcome.CONFIRMED)
    return {
        **decided,
        **confirmed,
        "name": event.name,
        "country": event.country,
        "address": event.address,
        "roles": event.roles,
        "entered_at": event.at,
        "left_at": None,
        "motion": event.motion,
        "officer": event.ethics_officer,
        "public_contact": event.officer_contact,
        "private_contact": event.private_contact,
        "officer_due_at": event.officer_due_at,
        "officer_overdue": False,
        "has_ethics_commission": event.has_ethics_commission,
        "ethics_commission": None,
    }


def _officer(_: Organisation, event: OfficerNamed) -> Changes:
    return {
        "officer": event.officer,
        "public_contact": event.public_contact,
        "private_contact": event.private_contact,
        "officer_overdue": False,
    }


def _officer_named(state: Organisation, event: OfficerNamed) -> Changes:
    # One officer after another changes nothing that an extract says.
    return _officer(state, event) if state.officer is not None else _registered(_officer)(state, event)


def _left(state: Organisation, event: ParticipantLeft) -> Changes:
    return {"left_at": event.at, "labels_to_end": tuple(sorted({*state.labels_to_end, *event.labels}))}


def _group_declared(_: Organisation, event: GroupDeclared) -> Changes:
    return {"found_group" if event.found else "declared_group": event.relations}


def _errand_done(state: Organisation, event: ErrandDone) -> Changes:
    told = event.key.partition("/")[2]
    return {"labels_to_end": tuple(label for label in state.labels_to_end if label != told)}


ORGANISATION: Kernel[Organisation] = kernel_of(
    Tables(
        name="organisation",
        state=Organisation,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "apply_to_join": ActRule(take=accession.apply, may=accession.may_apply, opens=True),
            "take_back_application": ActRule(take=accession.take_back, may=accession.may_take_back),
            "open_accession_vote": ActRule(take=accession.open_vote, may=accession.may_open_vote),
            "refuse_accession": ActRule(take=accession.refuse, may=accession.may_refuse),
            "enter_participant": ActRule(take=accession.enter, may=accession.may_enter_again, opens=True),
            "propose_entry": ActRule(take=proposed_entries.propose, may=proposed_entries.may_propose_again, opens=True),
            "confirm_entry": ActRule(take=proposed_entries.confirm, may=proposed_entries.may_confirm),
            "reject_entry": ActRule(take=proposed_entries.reject, may=proposed_entries.may_reject),
            "name_officer": ActRule(take=participation.name_officer, may=_IN_REGISTER),
            "name_ethics_commission": ActRule(take=participation.name_ethics_commission, may=_IN_REGISTER),
            "leave_code": ActRule(take=participation.leave, may=_IN_REGISTER),
            "declare_group": ActRule(take=participation.declare_group, may=participation.may_declare_group),
            "choose_holder_image": ActRule(take=participation.choose_holder_image, may=_IN_REGISTER),
        },
        begins={
            JoinApplied: _opened_by_application,
            ParticipantEntered: _opened_by_entry,
            EntryProposed: _opened_by_proposal,
        },
        changes={
            ParticipantEntered: _entered,
            JoinApplied: lambda _, e: {"application": e.application, "interests": {}},
            JoinApplicationTakenBack: lambda s, _: _concluded(s.application, JoinOutcome.TAKEN_BACK),
            JoinVotedDown: lambda s, _: _concluded(s.application, JoinOutcome.VOTED_DOWN),
            JoinRefused: lambda s, e: _concluded(s.application, JoinOutcome.REFUSED, reasons=e.reasons),
            EntryProposed: lambda _, e: {"entry_proposal": e.proposal},
            EntryRejected: lambda s, e: _settled(s, EntryOutcome.REJECTED, reasons=e.reasons),
            OfficerNamed: _officer_named,
            OfficerTermEnded: _registered(lambda _s, _e: {"officer_overdue": True}),
            EthicsCommissionNamed: _registered(
                lambda _, e: {"has_ethics_commission": e.name is not None, "ethics_commission": e.name}
            ),
            ParticipantLeft: _registered(_left),
            GroupDeclared: _group_declared,
            ExtractSigned: lambda _, e: {"extract": e.extract},
            HolderImageChosen: lambda _, e: {"holder_image": e.image},
            ErrandDone: _errand_done,
        },
        follows=(accession.entered, accession.voted_down, participation.officer_term_ended),
        clocks=clocks_of,
        barred=accession.barred,
    )
)
