"""Whatever is recorded, confirmed, vacated and waited for, in any order: nobody sits in two bodies, none overflows."""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas.errors import ProcedureError
from schemas.institution import THE_BODY, Body, Elected, Office
from schemas.people import Role
from tests.builders import SECRETARY, START, person, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.electing import GUS
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.seats import day_of

EVERY_ROLE = (Role.COMMISSIONER, Role.APPEAL_MEMBER, Role.IMPARTIALITY_MEMBER)
PEOPLE = {f"person-{letter}": person(f"person-{letter}", *EVERY_ROLE) for letter in "abcdefghijkl"}
FIRST = day_of(START)
HORIZON = 160


@st.composite
def elected(draw: Any) -> Elected:
    since = draw(st.integers(-10, 60))
    return Elected(
        person=draw(st.sampled_from(sorted(PEOPLE))),
        office=draw(st.sampled_from([*Office, Office.MEMBER, Office.MEMBER, Office.SUBSTITUTE])),
        since=FIRST + timedelta(days=since),
        until=FIRST + timedelta(days=since + draw(st.integers(0, 80))),
    )


class Institutions(RuleBasedStateMachine):
    """The institutions under any order of acts; what the rules refuse changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = MatterWalk(INSTITUTION, THE_BODY)

    def act(self, kind: str, who: Any = SECRETARY, **content: Any) -> None:
        before = self.walk.state
        try:
            self.walk.act(kind, who, people=PEOPLE, **content)
        except ProcedureError:
            assert self.walk.state == before

    @rule(
        body=st.sampled_from(Body), seats=st.integers(1, 8), replaces=st.booleans(), steps_up=st.booleans(),
        people=st.lists(elected(), min_size=1, max_size=8, unique_by=lambda one: one.person),
    )  # fmt: skip
    def elect(self, *, body: Body, seats: int, replaces: bool, steps_up: bool, people: list[Elected]) -> None:
        self.act(
            "record_election", body=body, held_on=FIRST, seats=seats, replaces=replaces, elected=tuple(people),
            substitutes_step_up=steps_up, protocol=text(),
        )  # fmt: skip

    @rule(people=st.permutations(sorted(PEOPLE)), since=st.integers(-5, 40), days=st.integers(0, 60))
    def elect_a_pool(self, people: list[str], since: int, days: int) -> None:
        term = {"since": FIRST + timedelta(days=since), "until": FIRST + timedelta(days=since + days)}
        members = tuple(Elected(person=one, **term) for one in people[:7])
        self.act(
            "record_election", body=Body.APPEAL_POOL, held_on=FIRST, seats=7, replaces=True, elected=members,
            protocol=text(),
        )  # fmt: skip

    @precondition(lambda self: self.walk.state is not None and self.walk.state.elections)
    @rule(place=st.integers(0, 11))
    def confirm(self, place: int) -> None:
        waiting = self.walk.state.elections
        self.act("confirm_election", GUS, number=waiting[place % len(waiting)].number)

    @precondition(lambda self: self.walk.state is not None and self.walk.state.seats)
    @rule(place=st.integers(0, 99), own=st.booleans())
    def vacate(self, place: int, *, own: bool) -> None:
        seats = self.walk.state.seats
        seat = seats[place % len(seats)]
        who = PEOPLE[seat.person] if own else SECRETARY
        self.act("vacate_seat", who, seat=seat.number, cause="resignation", protocol=text())

    @precondition(lambda self: self.walk.state is not None and self.walk.state.vacancies)
    @rule()
    def confirm_vacancy(self) -> None:
        self.act("confirm_vacancy", GUS, number=self.walk.state.vacancies[0].number)

    @precondition(lambda self: self.walk.state is not None)
    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.walk.pass_time(days=days)

    def days(self) -> list[date]:
        """Every day from now on on which somebody's seat begins or ends, and those beside it."""
        edges = {day_of(self.walk.now)}
        for seat in self.walk.state.seats:
            edges |= {seat.since, seat.until, seat.until + timedelta(days=1)}
        return sorted(day for day in edges if day >= day_of(self.walk.now))

    @invariant()
    def nobody_sits_in_two_bodies_or_twice_in_one(self) -> None:
        if self.walk.state is None:
            return
        for day in self.days():
            sitting = [seat.person for body in Body for seat in self.walk.state.held_on(body, day)]
            assert len(sitting) == len(set(sitting)), (day, sitting)

    @invariant()
    def no_body_has_more_members_than_seats_or_two_people_in_the_chair(self) -> None:
        if self.walk.state is None:
            return
        for day in self.days():
            for body in Body:
                offices = [seat.office for seat in self.walk.state.held_on(body, day)]
                members = [office for office in offices if office != Office.SUBSTITUTE]
                assert len(members) <= self.walk.state.sizes.get(body, 0)
                assert max(offices.count(Office.CHAIR), offices.count(Office.DEPUTY)) <= 1

    @invariant()
    def every_seat_was_confirmed_by_somebody_else(self) -> None:
        for event in self.walk.events:
            if event.kind == "election_confirmed":
                assert event.actor == GUS.person


TestInstitutions = Institutions.TestCase
TestInstitutions.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)
