"""The kernel of the body's institutions: elections, seats, working groups, reports (Code, II-2.3)."""

from collections.abc import Callable
from typing import Any

from schemas import institution_acts as words
from schemas.event import Event
from schemas.institution import Institution
from schemas.institution_acts import (
    ElectionConfirmed,
    ElectionRecorded,
    ElectionRejected,
    ImpartialityReportFiled,
    NamingAgreed,
    SeatsEnded,
    SeatVacated,
    SubstituteSteppedUp,
    VacancyRecorded,
    VacancyRejected,
    WorkingGroupChanged,
    WorkingGroupCreated,
    WorkingGroupDissolved,
)
from workflows.kernel import Kernel
from workflows.rules.matter import elections, working_groups
from workflows.rules.matter.seats import as_member, day_of, seats_given, seats_kept
from workflows.rules.matters import ActRule, Changes, Tables, kernel_of

Change = Callable[[Institution, Any], Changes]


def _recorded(state: Institution, event: ElectionRecorded) -> Changes:
    return {"elections": (*state.elections, event.election), "elections_recorded": event.election.number}


def _confirmed(state: Institution, event: ElectionConfirmed) -> Changes:
    election = next(one for one in state.elections if one.number == event.number)
    given = seats_given(state, election)
    first = min(one.since for one in given)
    known = state.first_days.get(election.body, first)
    kept = seats_kept(state, election)
    return {
        "vacancies": tuple(one for one in state.vacancies if one.seat in {seat.number for seat in kept}),
        "elections": tuple(one for one in state.elections if one.number != event.number),
        "seats": (*kept, *given),
        "given": state.given + len(given),
        "sizes": {**state.sizes, election.body: election.seats},
        "first_days": {**state.first_days, election.body: min(first, known)},
    }


def _rejected(state: Institution, event: ElectionRejected) -> Changes:
    return {"elections": tuple(one for one in state.elections if one.number != event.number)}


def _vacancy_recorded(state: Institution, event: VacancyRecorded) -> Changes:
    return {"vacancies": (*state.vacancies, event.vacancy), "vacancies_recorded": event.vacancy.number}


def _vacancy_rejected(state: Institution, event: VacancyRejected) -> Changes:
    return {"vacancies": tuple(one for one in state.vacancies if one.number != event.number)}


def _vacated(state: Institution, event: SeatVacated) -> Changes:
    return {
        "seats": tuple(
            one.model_copy(update={"vacated_at": event.at}) if one.number == event.seat else one for one in state.seats
        ),
        "vacancies": tuple(one for one in state.vacancies if one.seat != event.seat),
    }


def _stepped_up(state: Institution, event: SubstituteSteppedUp) -> Changes:
    vacant, substitute = state.seat(event.vacant), state.seat(event.substitute)
    assert vacant is not None
    assert substitute is not None
    others = elections.without(state.seats, event.vacant, event.substitute)
    return {"seats": (*others, as_member(state, substitute, vacant, day_of(event.at)))}


def _ended(state: Institution, event: SeatsEnded) -> Changes:
    return {
        "seats": elections.without(state.seats, *event.seats),
        "vacancies": tuple(one for one in state.vacancies if one.seat not in event.seats),
    }


def _created(state: Institution, event: WorkingGroupCreated) -> Changes:
    return {"groups": (*state.groups, event.group), "groups_created": event.group.number}


def _changed(state: Institution, event: WorkingGroupChanged) -> Changes:
    people = {"members": event.members, "outside": event.outside}
    return {
        "groups": tuple(one.model_copy(update=people) if one.number == event.number else one for one in state.groups)
    }


def _dissolved(state: Institution, event: WorkingGroupDissolved) -> Changes:
    return {"groups": tuple(one for one in state.groups if one.number != event.number)}


def _reported(state: Institution, event: ImpartialityReportFiled) -> Changes:
    return {"reports": (*state.reports, event.report)}


def _named(state: Institution, event: NamingAgreed) -> Changes:
    others = {person: name for person, name in state.names.items() if person != event.actor}
    return {"names": others if event.name is None else {**others, event.actor: event.name}}


def _beginning(change: Change) -> Callable[[Any], Institution]:
    """Return how the first event of its kind makes the matter, if nothing happened before it."""

    def begun(event: Event) -> Institution:
        state = elections.empty(event.actor, event.at)
        digest = getattr(event, "scheme_digest", None)
        return state.model_copy(update={"scheme_digest": digest, **change(state, event)})

    return begun


INSTITUTION: Kernel[Institution] = kernel_of(
    Tables(
        name="institution",
        state=Institution,
        events=words.EVENTS,
        act_models=words.ACTS,
        acts={
            "record_election": ActRule(take=elections.record, may=elections.may_record, opens=True),
            "confirm_election": ActRule(take=elections.confirm, may=elections.may_confirm),
            "reject_election": ActRule(take=elections.reject, may=elections.may_reject),
            "vacate_seat": ActRule(take=elections.vacate, may=elections.may_vacate),
            "confirm_vacancy": ActRule(take=elections.confirm_vacancy, may=elections.may_confirm_vacancy),
            "reject_vacancy": ActRule(take=elections.reject_vacancy, may=elections.may_reject_vacancy),
            "create_working_group": ActRule(take=working_groups.create, may=working_groups.may_keep_groups, opens=True),
            "change_working_group": ActRule(take=working_groups.change, may=working_groups.may_keep_groups),
            "dissolve_working_group": ActRule(take=working_groups.dissolve, may=working_groups.may_keep_groups),
            "file_impartiality_report": ActRule(take=working_groups.report, may=working_groups.may_report, opens=True),
            "agree_to_be_named": ActRule(take=working_groups.agree, may=working_groups.may_be_named),
        },
        begins={
            ElectionRecorded: _beginning(_recorded),
            WorkingGroupCreated: _beginning(_created),
            ImpartialityReportFiled: _beginning(_reported),
        },
        changes={
            ElectionRecorded: _recorded,
            ElectionConfirmed: _confirmed,
            ElectionRejected: _rejected,
            VacancyRecorded: _vacancy_recorded,
            VacancyRejected: _vacancy_rejected,
            SeatVacated: _vacated,
            SubstituteSteppedUp: _stepped_up,
            SeatsEnded: _ended,
            WorkingGroupCreated: _created,
            WorkingGroupChanged: _changed,
            WorkingGroupDissolved: _dissolved,
            ImpartialityReportFiled: _reported,
            NamingAgreed: _named,
        },
        follows=(elections.ended, elections.stepped_up),
        clocks=elections.clocks_of,
    )
)
