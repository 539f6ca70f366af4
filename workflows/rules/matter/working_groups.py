"""Working groups, the impartiality committee's reports, and who agreed to be named (Code, II-2.3; 17065, 5.2)."""

from datetime import datetime

from schemas.errors import AlreadyDecided, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.institution import (
    GROUPS_MAX,
    HELD_MAX,
    REPORTS_MAX,
    Body,
    ImpartialityReport,
    Institution,
    WorkingGroup,
)
from schemas.institution_acts import (
    AgreeToBeNamed,
    ChangeWorkingGroup,
    CreateWorkingGroup,
    DissolveWorkingGroup,
    FileImpartialityReport,
    ImpartialityReportFiled,
    NamingAgreed,
    WorkingGroupChanged,
    WorkingGroupCreated,
    WorkingGroupDissolved,
)
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.matter.elections import empty, is_the_body
from workflows.rules.matter.seats import day_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds


def may_keep_groups(_: Institution, person: PersonFacts, __: SchemeRules) -> Permission:
    """Whether a person may create, change and dissolve working groups."""
    return holds(person, Role.SECRETARIAT)


def create(state: Institution | None, act: CreateWorkingGroup, now: datetime, _: SchemeRules) -> Events:
    """Create a working group."""
    first_refusal(holds(act.actor, Role.SECRETARIAT), is_the_body(act.matter)).require()
    before = state or empty(act.actor.person, now)
    if len(before.groups) >= GROUPS_MAX:
        raise OutOfOrder("too_many_groups", f"There are {GROUPS_MAX} working groups already.")
    _check_members(act)
    group = WorkingGroup(
        number=before.groups_created + 1,
        name=act.name,
        purpose=act.purpose,
        mandate=act.mandate,
        members=act.members,
        outside=act.outside,
        created_at=now,
    )
    return (WorkingGroupCreated(at=now, actor=act.actor.person, group=group, scheme_digest=act.scheme_in_force),)


def _check_members(act: CreateWorkingGroup | ChangeWorkingGroup) -> None:
    if not act.members and not act.outside:
        raise Unacceptable("nobody_in_group", "A working group has at least one member.")
    if len(set(act.members)) != len(act.members):
        raise Unacceptable("named_twice", "Somebody is named twice.")
    unknown = [one for one in act.members if one not in act.people]
    if unknown:
        raise NotFound("unknown_person", f"There is no such person: {unknown[0]}.")
    if not all(can_be_member(act.people[one]) for one in act.members):
        raise Unacceptable("applicant_in_group", "Nobody who acts for an applicant is a member of a working group.")


def can_be_member(person: PersonFacts) -> bool:
    """Whether somebody can be put into a working group: nobody who acts for an applicant (17065, 4.2)."""
    return not person.has(Role.APPLICANT)


def _group(state: Institution, number: int) -> WorkingGroup:
    found = next((one for one in state.groups if one.number == number), None)
    if found is None:
        raise NotFound("unknown_group", "There is no such working group.")
    return found


def change(state: Institution, act: ChangeWorkingGroup, now: datetime, rules: SchemeRules) -> Events:
    """Put other people into a working group."""
    may_keep_groups(state, act.actor, rules).require()
    _group(state, act.number)
    _check_members(act)
    return (
        WorkingGroupChanged(
            at=now, actor=act.actor.person, number=act.number, members=act.members, outside=act.outside
        ),
    )  # fmt: skip


def dissolve(state: Institution, act: DissolveWorkingGroup, now: datetime, rules: SchemeRules) -> Events:
    """Dissolve a working group."""
    may_keep_groups(state, act.actor, rules).require()
    _group(state, act.number)
    return (WorkingGroupDissolved(at=now, actor=act.actor.person, number=act.number, protocol=act.protocol),)


def may_report(_: Institution, person: PersonFacts, __: SchemeRules) -> Permission:
    """Whether a person may report for the impartiality committee; once it is elected, `report` asks for a seat too."""
    return holds(person, Role.IMPARTIALITY_MEMBER)


def report(state: Institution | None, act: FileImpartialityReport, now: datetime, _: SchemeRules) -> Events:
    """Report on a year, once; everybody may read it."""
    first_refusal(holds(act.actor, Role.IMPARTIALITY_MEMBER), is_the_body(act.matter)).require()
    before = state or empty(act.actor.person, now)
    _sits_in_committee(before, act.actor, now).require()
    if any(one.year == act.year for one in before.reports):
        raise AlreadyDecided("already_reported", "The report on this year is on file.")
    if act.year > day_of(now).year:
        raise Unacceptable("year_to_come", "This year has not begun.")
    if len(before.reports) >= REPORTS_MAX:
        raise OutOfOrder("too_many_reports", f"At most {REPORTS_MAX} reports are kept.")
    filed = ImpartialityReport(year=act.year, text=act.text, filed_at=now)
    return (ImpartialityReportFiled(at=now, actor=act.actor.person, report=filed, scheme_digest=act.scheme_in_force),)


def _sits_in_committee(state: Institution, person: PersonFacts, now: datetime) -> Permission:
    body, day = Body.IMPARTIALITY_COMMITTEE, day_of(now)
    if not state.is_elected(body, day) or person.person in {one.person for one in state.held_on(body, day)}:
        return ALLOWED
    return Permission(NotPermitted("no_seat", "Only whoever holds a seat there now may do this."))


def may_be_named(state: Institution, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may say under which name they stand on the public page: whoever sits somewhere."""
    seated = {one.person for one in state.seats if one.vacated_at is None}
    seated |= {one for group in state.groups for one in group.members}
    if person.person in seated:
        return ALLOWED
    return Permission(NotPermitted("no_seat", "Only whoever holds a seat there now may do this."))


def agree(state: Institution, act: AgreeToBeNamed, now: datetime, rules: SchemeRules) -> Events:
    """Agree to be named, or no longer."""
    if act.actor.person not in state.names:
        may_be_named(state, act.actor, rules).require()
        if len(state.names) >= HELD_MAX:
            raise OutOfOrder("too_many_names", f"At most {HELD_MAX} people are named.")
    return (NamingAgreed(at=now, actor=act.actor.person, name=act.name),)
