"""Elections of the general meeting: recorded by one, confirmed by another; seats, terms, vacancies (Code, II-2.3)."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.institution import Body
from schemas.people import InstitutionFacts, Role
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, person, scheme, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.electing import (
    COMMITTEE,
    GUS,
    POOL,
    SINCE,
    SVEN,
    UNTIL,
    as_members,
    commission,
    confirm,
    elected,
    held,
    record,
    seat_of,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.elections import clocks_of
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.seats import day_of, facts_of, vacant_on

BY_ROLES = InstitutionFacts(commission=("by-role",), appeal_pool=("by-role-too",))


def facts(walk: MatterWalk) -> InstitutionFacts:
    return facts_of(walk.state, BY_ROLES, day_of(walk.now))


def pool(walk: MatterWalk | None = None, **changes: Any) -> MatterWalk:
    content = {"body": "appeal_pool", "elected": as_members(POOL[:7]), **changes}
    return record(walk, **content)


def test_an_election_counts_once_a_second_person_has_confirmed_it() -> None:
    walk = record()
    assert facts(walk).commission == ("by-role",)

    confirm(walk)
    assert facts(walk).commission == tuple(sorted(one.person for one in MEMBERS[:7]))
    assert (facts(walk).chair, facts(walk).deputy) == (MEMBERS[0].person, MEMBERS[1].person)
    assert facts(walk).entry == walk.state.entry
    assert facts(walk).appeal_pool == ("by-role-too",), "of a body that was never elected, the roles say who sits there"


@pytest.mark.parametrize("who", [GUS, SVEN, COMMITTEE[0]], ids=lambda who: who.person)
def test_an_auditor_the_committee_or_another_secretary_confirms(who: Any) -> None:
    assert confirm(record(), who).state.seats


def test_nobody_confirms_what_they_recorded_or_their_own_election() -> None:
    with refused("second_person_needed"):
        confirm(record(), SECRETARY)
    for who in (APPLICANT, MEMBERS[0], EXPERTS[0]):
        with refused("role_missing"):
            confirm(record(), who)
    walk = record(body="impartiality_committee", seats=3, elected=as_members(COMMITTEE))
    with refused("own_election"):
        confirm(walk, COMMITTEE[1])
    assert not INSTITUTION.may("confirm_election", walk.state, COMMITTEE[1], walk.rules)
    assert INSTITUTION.may("confirm_election", walk.state, GUS, walk.rules)


def test_only_the_secretariat_records_and_only_of_the_one_body() -> None:
    for who in (GUS, MEMBERS[0], APPLICANT):
        with refused("role_missing"):
            record(who=who)
    with refused("unknown_matter"):
        record(MatterWalk(INSTITUTION, "other"))


def test_an_election_that_was_recorded_wrongly_is_set_aside_with_reasons() -> None:
    walk = record().act("reject_election", GUS, number=1, reasons=text("Another name stands there."))
    assert (walk.state.elections, walk.state.seats) == ((), ())
    with refused("unknown_election"):
        confirm(walk, number=1)
    with refused("unknown_election"):
        walk.act("reject_election", GUS, number=1, reasons=text())
    with refused("role_missing"):
        record().act("reject_election", MEMBERS[0], number=1, reasons=text())
    assert record(walk).state.elections[0].number == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"elected": as_members(POOL[:7])}, "elected_lacks_role"),
        ({"elected": as_members([person("nobody", Role.COMMISSIONER)])}, "elected_lacks_role"),
        ({"held_on": date(2026, 3, 3)}, "not_held_yet"),
        ({"elected": as_members(MEMBERS[:7], since=date(2020, 1, 1), until=date(2026, 3, 1))}, "term_over"),
        ({"seats": 6}, "too_many_elected"),
        ({"elected": (*commission(), elected(MEMBERS[0], "substitute"))}, "elected_twice"),
        ({"elected": (elected(MEMBERS[0], "chair"), elected(MEMBERS[1], "chair"))}, "two_leads"),
        ({"elected": (elected(MEMBERS[0], "deputy"), elected(MEMBERS[1], "deputy"))}, "two_leads"),
        ({"body": "appeal_pool", "elected": as_members(POOL[:6])}, "pool_too_small"),
        ({"body": "appeal_pool", "elected": as_members(POOL[:7]), "seats": 6}, "pool_too_small"),
        ({"body": "appeal_pool", "elected": (elected(POOL[0], "chair"), *as_members(POOL[1:7]))}, "no_such_office"),
        ({"body": "impartiality_committee", "elected": (elected(COMMITTEE[0], "substitute"),)}, "no_such_office"),
    ],
)
def test_an_election_that_could_never_count_is_refused_when_it_is_recorded(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        record(**changes)


def test_one_person_may_follow_another_as_chair_and_a_term_never_ends_before_it_begins() -> None:
    chairs = (
        elected(MEMBERS[0], "chair", until=date(2027, 3, 1)),
        elected(MEMBERS[1], "chair", since=date(2027, 3, 2)),
    )
    walk = held(elected=chairs)
    assert facts(walk).chair == MEMBERS[0].person
    walk.pass_time(days=400)
    assert facts(walk).chair == MEMBERS[1].person
    with pytest.raises(ValidationError, match="ends before it begins"):
        elected(MEMBERS[0], since=UNTIL, until=SINCE)


def test_nobody_sits_in_two_bodies_at_once_whichever_was_elected_first() -> None:
    both = person(MEMBERS[0].person, Role.COMMISSIONER, Role.APPEAL_MEMBER)
    people = {one.person: one for one in (*POOL, *MEMBERS[1:], both)}
    members = {"elected": as_members([both, *POOL[:6]]), "body": "appeal_pool", "people": people}
    with refused("seats_apart"):
        record(held(), **members)

    walk = record(record(), **members)
    confirm(walk, number=1)
    with refused("seats_apart"):
        walk.act("confirm_election", GUS, number=2, people=people)
    after = as_members([both], since=UNTIL + timedelta(days=1), until=UNTIL + timedelta(days=99))
    record(walk, **{**members, "elected": (*after, *as_members(POOL[:7]))})


def test_a_body_elected_anew_ends_the_day_before_the_next_begins() -> None:
    walk = held()
    later = SINCE + timedelta(days=30)
    people = as_members(MEMBERS[2:9], since=later, until=UNTIL)
    held(walk, elected=people)
    assert facts(walk).chair == MEMBERS[0].person
    walk.pass_time(days=29)
    assert facts(walk).chair == MEMBERS[0].person
    walk.pass_time(days=1)
    assert facts(walk).commission == tuple(sorted(one.person for one in MEMBERS[2:9]))
    assert (facts(walk).chair, len(walk.state.seats)) == (None, 7)


def test_vacant_seats_are_filled_and_no_more_than_those() -> None:
    walk = held(elected=commission(5))
    assert vacant_on(walk.state, Body.COMMISSION, day_of(walk.now)) == 2
    with refused("too_many_elected"):
        record(walk, replaces=False, elected=as_members(MEMBERS[5:8]))
    with refused("elected_twice"):
        record(walk, replaces=False, elected=as_members(MEMBERS[:1]))
    with refused("two_leads"):
        record(walk, replaces=False, elected=(elected(MEMBERS[6], "chair"),))
    held(walk, replaces=False, elected=as_members(MEMBERS[5:7]))
    assert vacant_on(walk.state, Body.COMMISSION, day_of(walk.now)) == 0


def test_terms_end_by_the_clock_with_reminders_before_and_the_seats_are_vacant() -> None:
    walk = held()
    (clock,) = clocks_of(walk.state, walk.rules)
    assert (clock.name, clock.waits_for, clock.has_effect) == ("term/commission.2029-03-01", "secretariat", True)
    walk.pass_time(days=(UNTIL - SINCE).days)
    assert [event.days for event in walk.events if event.kind == "reminder_given"] == [7, 3]
    assert len(facts(walk).commission) == 7
    walk.pass_time(days=1)
    assert walk.kinds()[-1] == "seats_ended"
    assert (facts(walk).commission, facts(walk).chair, walk.state.seats) == ((), None, ())
    assert vacant_on(walk.state, Body.COMMISSION, day_of(walk.now)) == 7


def test_whoever_holds_a_seat_resigns_at_once() -> None:
    walk = held()
    walk.act("vacate_seat", MEMBERS[0], seat=seat_of(walk, MEMBERS[0]), cause="resignation", protocol=text("I leave."))
    assert MEMBERS[0].person not in facts(walk).commission
    assert (facts(walk).chair, facts(walk).deputy) == (None, MEMBERS[1].person)
    with refused("unknown_seat"):
        walk.act("vacate_seat", SECRETARY, seat=1, cause="removal", protocol=text())


def test_nobody_is_put_out_of_a_seat_by_one_person() -> None:
    walk = held()
    seat = seat_of(walk, MEMBERS[3])
    walk.act("vacate_seat", SECRETARY, seat=seat, cause="removal", protocol=text("Removed."))
    assert MEMBERS[3].person in facts(walk).commission
    with refused("vacancy_waits"):
        walk.act("vacate_seat", SVEN, seat=seat, cause="removal", protocol=text())
    with refused("second_person_needed"):
        walk.act("confirm_vacancy", SECRETARY, number=1)
    with refused("role_missing"):
        walk.act("confirm_vacancy", MEMBERS[4], number=1)
    walk.act("confirm_vacancy", SVEN, number=1)
    assert MEMBERS[3].person not in facts(walk).commission
    with refused("unknown_vacancy"):
        walk.act("confirm_vacancy", GUS, number=1)


def test_the_office_does_not_remove_those_who_decide_about_its_acts() -> None:
    walk = confirm(pool())
    walk.act("vacate_seat", SECRETARY, seat=seat_of(walk, POOL[0]), cause="removal", protocol=text("Removed."))
    with refused("outsider_needed"):
        walk.act("confirm_vacancy", SVEN, number=1)
    assert POOL[0].person in facts(walk).appeal_pool
    walk.act("confirm_vacancy", GUS, number=1)
    assert POOL[0].person not in facts(walk).appeal_pool


def test_a_vacancy_that_was_recorded_wrongly_is_set_aside() -> None:
    walk = held()
    walk.act("vacate_seat", SECRETARY, seat=1, cause="resignation", protocol=text())
    walk.act("reject_vacancy", COMMITTEE[0], number=1, reasons=text("She did not resign."))
    assert (walk.state.vacancies, len(facts(walk).commission)) == ((), 7)
    with refused("unknown_vacancy"):
        walk.act("reject_vacancy", GUS, number=1, reasons=text())


@pytest.mark.parametrize("who", [GUS, APPLICANT, EXPERTS[0], MEMBERS[8]], ids=lambda who: who.person)
def test_nobody_else_says_that_a_seat_is_vacant(who: Any) -> None:
    with refused("role_missing"):
        held().act("vacate_seat", who, seat=1, cause="resignation", protocol=text())


def test_a_member_removes_nobody_else_and_not_even_themselves() -> None:
    walk = held()
    with refused("role_missing"):
        walk.act("vacate_seat", MEMBERS[0], seat=seat_of(walk, MEMBERS[1]), cause="resignation", protocol=text())
    with refused("role_missing"):
        walk.act("vacate_seat", MEMBERS[0], seat=seat_of(walk, MEMBERS[0]), cause="removal", protocol=text())


def test_a_member_of_the_committee_does_not_confirm_the_end_of_their_own_seat() -> None:
    walk = held(body="impartiality_committee", seats=3, elected=as_members(COMMITTEE))
    walk.act("vacate_seat", SECRETARY, seat=seat_of(walk, COMMITTEE[0]), cause="removal", protocol=text())
    with refused("own_seat"):
        walk.act("confirm_vacancy", COMMITTEE[0], number=1)
    walk.act("confirm_vacancy", COMMITTEE[1], number=1)


def test_the_first_substitute_steps_up_where_the_protocol_says_so() -> None:
    walk = held(elected=commission(5, substitutes=2), seats=5, substitutes_step_up=True)
    assert facts(walk).substitutes == (MEMBERS[5].person, MEMBERS[6].person)
    walk.act("vacate_seat", MEMBERS[0], seat=seat_of(walk, MEMBERS[0]), cause="resignation", protocol=text())

    assert walk.kinds()[-1] == "substitute_stepped_up"
    assert MEMBERS[5].person in facts(walk).commission
    assert (facts(walk).chair, facts(walk).substitutes) == (None, (MEMBERS[6].person,)), "a chair is elected"


def test_no_substitute_steps_up_where_the_protocol_does_not_say_so() -> None:
    walk = held(elected=commission(5, substitutes=2), seats=5)
    walk.act("vacate_seat", MEMBERS[0], seat=seat_of(walk, MEMBERS[0]), cause="resignation", protocol=text())
    assert len(facts(walk).commission) == 4
    assert len(facts(walk).substitutes) == 2


def test_a_substitute_gives_way_to_whoever_was_elected_to_the_seat_for_a_later_day() -> None:
    walk = held(elected=commission(3), seats=3)
    walk.act("vacate_seat", MEMBERS[2], seat=3, cause="resignation", protocol=text())
    held(walk, seats=3, replaces=False, elected=as_members([MEMBERS[4]], since=SINCE + timedelta(days=10)))
    substitute = (elected(MEMBERS[3], "substitute"),)
    held(walk, seats=3, replaces=False, elected=substitute, substitutes_step_up=True)
    assert walk.kinds()[-1] == "substitute_stepped_up"
    assert MEMBERS[3].person in facts(walk).commission

    walk.pass_time(days=10)
    assert facts(walk).commission == tuple(sorted(one.person for one in (*MEMBERS[:2], MEMBERS[4])))


def test_a_substitute_who_stepped_up_sits_no_longer_than_their_own_term() -> None:
    short = elected(MEMBERS[3], "substitute", until=SINCE + timedelta(days=9))
    walk = held(elected=(*commission(3), short), seats=3, substitutes_step_up=True)
    walk.act("vacate_seat", MEMBERS[2], seat=3, cause="resignation", protocol=text())
    walk.pass_time(days=9)
    assert MEMBERS[3].person in facts(walk).commission
    walk.pass_time(days=1)
    assert MEMBERS[3].person not in facts(walk).commission


def test_an_election_of_a_first_commission_that_begins_later_leaves_the_roles_until_then() -> None:
    walk = held(elected=as_members(MEMBERS[:7], since=SINCE + timedelta(days=5)))
    assert facts(walk).commission == ("by-role",)
    walk.pass_time(days=5)
    assert len(facts(walk).commission) == 7


def test_an_act_before_any_election_is_refused() -> None:
    walk = MatterWalk(INSTITUTION, "body")
    for kind, content in {
        "confirm_election": {"number": 1},
        "vacate_seat": {"seat": 1, "cause": "removal", "protocol": text()},
        "agree_to_be_named": {},
    }.items():
        with refused("unknown_matter"):
            walk.act(kind, SECRETARY, **content)


def test_the_least_size_of_the_pool_is_the_schemes() -> None:
    assert scheme().rules.common.appeal_pool.seats_min == 7
    walk = confirm(pool())
    assert facts(walk).appeal_pool == tuple(sorted(one.person for one in POOL[:7]))
    held(walk, body="appeal_pool", seats=8, replaces=False, elected=as_members(POOL[7:8]))
    assert len(facts(walk).appeal_pool) == 8
