"""General meetings and what they decide, for tests that change one thing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.institution import THE_BODY, Elected, OutsideMember
from schemas.people import PersonFacts, Role
from tests.builders import APPLICANT, MEMBERS, SECRETARY, person, text
from tests.matters import MatterWalk
from workflows.rules.matter.institution import INSTITUTION

SVEN = person("sven", Role.SECRETARIAT)
GUS = person("gus", Role.AUDITOR)
COMMITTEE = tuple(person(f"impartial-{letter}", Role.IMPARTIALITY_MEMBER) for letter in "abc")
POOL = tuple(person(f"appeal-{letter}", Role.APPEAL_MEMBER) for letter in "abcdefghi")
HELD_ON, SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 2), date(2029, 3, 1)
EVERYONE = (*MEMBERS, *COMMITTEE, *POOL, APPLICANT)
SCIENCE = OutsideMember(sector="science", organisation="Tartu University")


def elected(who: PersonFacts, office: str = "member", since: date = SINCE, until: date = UNTIL) -> Elected:
    return Elected(person=who.person, office=office, since=since, until=until)


def commission(size: int = 7, substitutes: int = 0) -> tuple[Elected, ...]:
    """A chair, a deputy, members, and substitutes in order."""
    offices = ["chair", "deputy", *["member"] * (size - 2), *["substitute"] * substitutes]
    return tuple(elected(who, office) for who, office in zip(MEMBERS, offices, strict=False))


def as_members(people: Iterable[PersonFacts], **term: date) -> tuple[Elected, ...]:
    return tuple(elected(one, **term) for one in people)


def record(walk: MatterWalk | None = None, who: PersonFacts = SECRETARY, **changes: Any) -> MatterWalk:
    """Record an election of the Commission, or of another body."""
    content: dict[str, Any] = {
        "body": "commission",
        "held_on": HELD_ON,
        "seats": 7,
        "replaces": True,
        "elected": commission(),
        "protocol": text("Protocol"),
        "people": {one.person: one for one in EVERYONE},
    }
    walk = walk or MatterWalk(INSTITUTION, THE_BODY)
    return walk.act("record_election", who, **{**content, **changes})


def confirm(walk: MatterWalk, who: PersonFacts = GUS, number: int | None = None) -> MatterWalk:
    """Confirm the election that was recorded last."""
    number = number or walk.state.elections[-1].number
    return walk.act("confirm_election", who, number=number, people={one.person: one for one in EVERYONE})


def held(walk: MatterWalk | None = None, **changes: Any) -> MatterWalk:
    """An election that counts."""
    return confirm(record(walk, **changes))


def seat_of(walk: MatterWalk, who: PersonFacts) -> int:
    """The number of the seat somebody holds."""
    (number,) = (one.number for one in walk.state.seats if one.person == who.person and one.vacated_at is None)
    return int(number)


def created(walk: MatterWalk | None = None, **changes: Any) -> MatterWalk:
    """A working group with members from inside and outside."""
    content: dict[str, Any] = {
        "name": "Risk method",
        "purpose": "risk_method",
        "mandate": text("Improve it."),
        "members": (MEMBERS[0].person, COMMITTEE[0].person),
        "outside": (SCIENCE,),
        "people": {one.person: one for one in EVERYONE},
    }
    walk = walk or MatterWalk(INSTITUTION, THE_BODY)
    return walk.act("create_working_group", SECRETARY, **{**content, **changes})


def report(walk: MatterWalk | None = None, who: Any = COMMITTEE[0], year: int = 2025) -> MatterWalk:
    """The committee's report on a year."""
    walk = walk or MatterWalk(INSTITUTION, THE_BODY)
    return walk.act("file_impartiality_report", who, year=year, text=text("All was fair."))
