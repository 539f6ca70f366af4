"""What a matching starts from and what it comes to: candidates, and a proposal with one line for each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice, zip_longest
from typing import NamedTuple

from schemas.people import PersonFacts
from schemas.review import Proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An expert with the figures that rank them.

    Attributes:
        load: open cases they are asked for or review now.
        last_assigned_at: when they were last asked for a case, None for never.
        earlier: to how many earlier cases of each applicant they were assigned, by organisation.
    """

    facts: PersonFacts
    load: int = 0
    last_assigned_at: datetime | None = None
    earlier: Mapping[str, int] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """The expert's id."""
        return self.facts.person

    def asked_for(self, applicant: str, now: datetime) -> "Candidate":
        """Return the candidate as they are once asked for one more case of an applicant."""
        earlier = {**self.earlier, applicant: self.earlier.get(applicant, 0) + 1}
        return replace(self, load=self.load + 1, last_assigned_at=now, earlier=earlier)


class Place(StrEnum):
    """What a matching makes of a candidate."""

    CHOSEN = "chosen"
    RESERVE = "reserve"
    EXCLUDED = "excluded"


class Line(NamedTuple):
    """Why a candidate has their place.

    Attributes:
        areas: areas of the tier they are competent in.
        load: their open cases.
        earlier: their earlier cases of this applicant.
        rank: their place in the ranking, from 1; None when excluded.
        code: the rule that excluded them; None otherwise.
        seat_kept_for: areas that a seat was kept for, so that somebody of a later rank was chosen instead.
    """

    person: str
    place: Place
    areas: tuple[str, ...]
    load: int
    earlier: int
    last_assigned_at: datetime | None
    rank: int | None = None
    code: str | None = None
    seat_kept_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Whom to ask for a case.

    Attributes:
        chosen: whom to ask now, and for which areas, by rank; at most nine, as areas and reviewers of a tier are.
        bench: for each area of the tier, whom to ask next for it, by rank. Somebody who says no may leave more
            than one area open: matching again then tells who is next.
        uncovered: areas of the tier that neither those who hold a seat nor those chosen cover.
        seats_open: how many reviewers of the tier's number nobody was left for.
        lines: one for every candidate: chosen and reserves by rank, then the excluded by id.
    """

    case: str
    chosen: tuple[Proposed, ...]
    bench: Mapping[str, tuple[str, ...]]
    uncovered: tuple[str, ...]
    seats_open: int
    lines: tuple[Line, ...]

    def reserves(self, most: int) -> tuple[Proposed, ...]:
        """Return so many to be asked after the chosen, by rank; from every area's bench as many, while it has any."""
        in_turn = (person for row in zip_longest(*self.bench.values()) for person in row if person is not None)
        picked = {*islice(dict.fromkeys(in_turn), most)}
        return tuple(Proposed(reviewer=line.person, areas=line.areas) for line in self.lines if line.person in picked)
