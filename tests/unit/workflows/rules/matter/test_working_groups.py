"""Working groups with members from outside, the yearly report on impartiality, and names with consent only."""

from typing import Any

import pytest

from schemas.institution import THE_BODY
from tests.builders import APPLICANT, MEMBERS, SECRETARY, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.electing import (
    COMMITTEE,
    EVERYONE,
    GUS,
    SCIENCE,
    as_members,
    created,
    held,
    report,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.institution import INSTITUTION


def test_a_working_group_is_created_changed_and_dissolved() -> None:
    walk = created()
    (group,) = walk.state.groups
    assert (group.name, group.purpose, group.outside) == ("Risk method", "risk_method", (SCIENCE,))

    people = {one.person: one for one in EVERYONE}
    walk.act("change_working_group", SECRETARY, number=1, members=(MEMBERS[1].person,), people=people)
    assert (walk.state.groups[0].members, walk.state.groups[0].outside) == ((MEMBERS[1].person,), ())
    walk.act("dissolve_working_group", SECRETARY, number=1, protocol=text("Done."))
    assert (walk.state.groups, created(walk).state.groups[0].number) == ((), 2)


def test_only_the_secretariat_keeps_working_groups() -> None:
    for who in (MEMBERS[0], GUS, APPLICANT):
        with refused("role_missing"):
            MatterWalk(INSTITUTION, THE_BODY).act(
                "create_working_group", who, name="G", purpose="criteria", mandate=text(), outside=(SCIENCE,)
            )
        with refused("role_missing"):
            created().act("dissolve_working_group", who, number=1, protocol=text())
        with refused("role_missing"):
            created().act("change_working_group", who, number=1, outside=(SCIENCE,))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"members": (), "outside": ()}, "nobody_in_group"),
        ({"members": ("nobody",)}, "unknown_person"),
        ({"members": (MEMBERS[0].person, MEMBERS[0].person)}, "named_twice"),
        ({"members": (MEMBERS[0].person, APPLICANT.person)}, "applicant_in_group"),
    ],
)
def test_a_group_of_nobody_or_of_somebody_who_cannot_be_a_member_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        created(**changes)


def test_what_is_not_there_is_neither_changed_nor_dissolved() -> None:
    with refused("unknown_group"):
        created().act("change_working_group", SECRETARY, number=2, outside=(SCIENCE,))
    with refused("unknown_group"):
        created().act("dissolve_working_group", SECRETARY, number=2, protocol=text())
    with refused("unknown_matter"):
        created(MatterWalk(INSTITUTION, "other"))


def test_the_committee_reports_on_a_year_once() -> None:
    walk = report()
    assert [(one.year, one.text) for one in walk.state.reports] == [(2025, text("All was fair."))]
    with refused("already_reported"):
        report(walk)
    with refused("year_to_come"):
        report(walk, year=2027)
    assert len(report(walk, year=2026).state.reports) == 2


def test_nobody_but_the_committee_reports_and_once_it_is_elected_nobody_without_a_seat() -> None:
    for who in (SECRETARY, GUS, MEMBERS[0]):
        with refused("role_missing"):
            report(who=who)
    walk = held(body="impartiality_committee", seats=2, elected=as_members(COMMITTEE[:2]))
    with refused("no_seat"):
        report(walk, COMMITTEE[2])
    assert report(walk, COMMITTEE[1]).state.reports


def test_a_person_is_named_only_under_the_name_they_agreed_to_and_may_take_it_back() -> None:
    walk = held()
    assert walk.state.names == {}
    walk.act("agree_to_be_named", MEMBERS[0], name=text("Maria Member"))
    assert walk.state.names == {MEMBERS[0].person: text("Maria Member")}
    walk.act("agree_to_be_named", MEMBERS[0])
    assert walk.state.names == {}


def test_whoever_sits_nowhere_is_not_named_and_whoever_left_may_still_take_the_name_back() -> None:
    for who in (SECRETARY, APPLICANT, MEMBERS[8]):
        with refused("no_seat"):
            held().act("agree_to_be_named", who, name=text("Name"))
    walk = held().act("agree_to_be_named", MEMBERS[0], name=text("Maria"))
    walk.act("vacate_seat", MEMBERS[0], seat=1, cause="resignation", protocol=text())
    assert walk.act("agree_to_be_named", MEMBERS[0]).state.names == {}
    assert created().act("agree_to_be_named", COMMITTEE[0], name=text("Ida")).state.names
