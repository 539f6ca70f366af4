"""A matter as one person may see it: the same for the API, the pages and the exports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from certify.accounts.policy import scope_refusal
from certify.accounts.principal import Principal
from certify.accounts.reading_parts import ReadingPart
from schemas.clocks import Clock
from schemas.errors import NotFound
from schemas.identifiers import Digest, Identifier, MatterId, Moment, Word
from schemas.matter import Matter, Motion
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.voting import Tally
from workflows.kernel import Kernel
from workflows.rules.deadlines import start_of_day


class MatterPart(StrEnum):
    """How a person stands to a matter.

    Attributes:
        PARTY: acts for the organisation the matter is about, or opened it.
        KEEPER: keeps it: the secretariat, unless it is their own organisation's.
        MEMBER: sits in the Commission and is not barred by their own organisation.
        ELECTOR: belongs to the electorate of a vote in it.
        HANDLER: handles it (a complaint).
        ASKED: was asked to judge something in it, and has not said yes.
        JUDGE: said yes to judging something in it, and is free of interests.
        OBSERVER: has none of these parts, where the matter is known to everybody.
        RELEASING: is a label officer who may be the second person (an erasure).
        PANEL: was drawn to decide it (an appeal); `INFORMED` is who of them sits and declared no interest.
    """

    PARTY = "party"
    KEEPER = "keeper"
    AUDITOR = "auditor"
    MEMBER = "member"
    ELECTOR = "elector"
    HANDLER = "handler"
    ASKED = "asked"
    JUDGE = "judge"
    OBSERVER = "observer"
    RELEASING = "releasing"
    PANEL = "panel"
    INFORMED = "informed"


EVERY_PART = frozenset(MatterPart)
KEEPERS = frozenset({MatterPart.KEEPER, MatterPart.AUDITOR})


def parts_in_matter(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a matter; whoever has none may not know that it exists."""
    own = matter.organisation is not None and person.organisation == matter.organisation
    electors = {member for vote in matter.motions for member in vote.electorate}
    held = {
        MatterPart.PARTY: (own and person.has(Role.APPLICANT)) or matter.opened_by == person.person,
        MatterPart.KEEPER: not own and person.has(Role.SECRETARIAT),
        MatterPart.AUDITOR: not own and (person.has(Role.AUDITOR) or person.has(Role.IMPARTIALITY_MEMBER)),
        MatterPart.MEMBER: not own and person.has(Role.COMMISSIONER),
        MatterPart.ELECTOR: not own and person.person in electors,
    }
    return frozenset(part for part, holds in held.items() if holds)


def parts_in_organisation(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in the matter of an organisation: who opened it once may act for another now."""
    acts_for = person.has(Role.APPLICANT) and person.organisation == matter.organisation
    parts = parts_in_matter(matter, person) - {MatterPart.PARTY}
    return parts | {MatterPart.PARTY} if acts_for else parts


_OF_THE_BODY = frozenset({Role.APPEAL_MEMBER, Role.EXPERT, Role.LABEL_OFFICER, Role.NEUTRAL_THIRD_PARTY})


def parts_in_institution(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in the institutions: whoever works for the body may know who sits where."""
    parts = parts_in_matter(matter, person) - {MatterPart.PARTY}
    return parts | {MatterPart.PARTY} if _OF_THE_BODY & set(person.roles) else parts


def parts_in_erasure(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in an erasure: the applicant's people learn of it from what is gone."""
    parts = parts_in_matter(matter, person) - {MatterPart.PARTY}
    releases = person.has(Role.LABEL_OFFICER) and person.organisation != matter.organisation
    return parts | {MatterPart.RELEASING} if releases else parts


class MotionReading(ReadingPart):
    """A vote: how many voted always, how they voted only once it is closed, and only for those who keep the matter."""

    number: int
    subject: Word
    object_digest: Digest
    opened_at: Moment
    closes_at: Moment
    closed_at: Moment | None
    base: int
    cast: int
    recused: int
    quorum: str
    majority: str
    tally: Tally | None
    carried: bool
    ballots: dict[Identifier, Word] | None
    electorate: tuple[Identifier, ...] | None
    is_elector: bool
    has_voted: bool


class MatterReading(ReadingPart):
    """A matter as one person may see it.

    Attributes:
        facts: the fields of the matter that are for this reader, by their names.
        may: for every kind of act None where it would be taken now, else the code of what stands in the way.
    """

    kind: Word
    id: MatterId
    organisation: Identifier | None
    opened_at: Moment
    ended_at: Moment | None
    parts: tuple[MatterPart, ...]
    facts: dict[str, JsonValue]
    motions: tuple[MotionReading, ...]
    clocks: tuple[Clock, ...]
    has_declared: bool | None
    may: dict[str, str | None]


_COMMON = frozenset(Matter.model_fields)


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who reads what of a kind of matter.

    Attributes:
        fields: for each field of the state the parts that may read it; a field that is not named is for keepers.
        parts: how people stand to it.
        by_day: no reading tells at which time of the day it was opened (security T39).
        more: what a reading tells beside the fields, by the reader's own place in the matter.
    """

    fields: Mapping[str, frozenset[MatterPart]]
    parts: Callable[[Any, PersonFacts], frozenset[MatterPart]] = parts_in_matter
    by_day: bool = False
    more: Callable[[Any, PersonFacts, frozenset[MatterPart]], dict[str, JsonValue]] = lambda _m, _p, _parts: {}


def matter_reading(
    matter: Matter | None,
    principal: Principal,
    kernel: Kernel[Any],
    readers: Readers,
    rules: SchemeRules,
    clocks: tuple[Clock, ...] = (),
) -> MatterReading:
    """Return what somebody may see of a matter.

    Raises:
        NotFound: `unknown_matter`, whether there is none or it is not for them.
        NotPermitted: `scope_missing`.
    """
    scope_refusal(principal, "read").require()
    parts = readers.parts(matter, principal.facts) if matter is not None else frozenset()
    if matter is None or not parts:
        raise NotFound("unknown_matter", "There is no such matter.")
    shown = {name for name, allowed in readers.fields.items() if allowed & parts}
    if KEEPERS & parts:
        shown |= set(type(matter).model_fields)
    declared = matter.interests.get(principal.person)
    return MatterReading(
        kind=kernel.name,
        id=matter.id,
        organisation=matter.organisation,
        opened_at=start_of_day(matter.opened_at) if readers.by_day else matter.opened_at,
        ended_at=matter.ended_at,
        parts=tuple(sorted(parts)),
        facts={
            **matter.model_dump(mode="json", include=shown - _COMMON),
            **readers.more(matter, principal.facts, parts),
        },
        motions=tuple(_motion(vote, principal.person, with_people=bool(KEEPERS & parts)) for vote in matter.motions),
        clocks=clocks,
        has_declared=declared.has_interest if declared else None,
        may={kind: _refusal(principal, kernel, kind, matter, rules) for kind in sorted(kernel.acts)},
    )


def _refusal(principal: Principal, kernel: Kernel[Any], kind: str, matter: Matter, rules: SchemeRules) -> str | None:
    refusal = (scope_refusal(principal, "act").refusal) or kernel.may(kind, matter, principal.facts, rules).refusal
    return refusal.code if refusal is not None else None


def _motion(vote: Motion, person: str, *, with_people: bool) -> MotionReading:
    counted = {member: ballot for member, ballot in vote.ballots.items() if member in vote.base}
    return MotionReading(
        number=vote.number,
        subject=vote.subject,
        object_digest=vote.object_digest,
        opened_at=vote.opened_at,
        closes_at=vote.closes_at,
        closed_at=vote.closed_at,
        base=len(vote.base),
        cast=len(counted),
        recused=len(vote.recused),
        quorum=vote.quorum,
        majority=vote.majority,
        tally=vote.tally,
        carried=vote.carried,
        ballots={member: ballot.voice.value for member, ballot in counted.items()}
        if with_people and not vote.is_open
        else None,
        electorate=vote.electorate if with_people else None,
        is_elector=person in vote.base,
        has_voted=person in counted,
    )
