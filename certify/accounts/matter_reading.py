"""A matter as one person may see it: the same for the API, the pages and the exports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from certify.accounts.matter_clocks import matter_clocks_for
from certify.accounts.matter_parts import INVOLVED, KEEPERS, MatterPart, parts_of
from certify.accounts.policy import MatterFacts, permit_in_matter
from certify.accounts.policy.matter_table import readable_fields
from certify.accounts.principal import Principal
from certify.accounts.reading_parts import ReadingPart
from schemas.clocks import Clock
from schemas.identifiers import Digest, Identifier, MatterId, Moment, Word
from schemas.matter import Matter, Motion
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from schemas.voting import Tally
from workflows.kernel import Kernel
from workflows.rules.deadlines import start_of_day


class MotionReading(ReadingPart):
    """A vote: how many voted always, how they voted only once it is counted, and only for those who keep the matter."""

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
    """What a reading of a kind of matter has of its own; who reads which field, the policy says.

    Attributes:
        by_day: no reading tells at which time of the day it was opened (security T39).
        more: what a reading tells beside the fields, by the reader's own place in the matter.
    """

    by_day: bool = False
    more: Callable[[Any, PersonFacts, frozenset[MatterPart]], dict[str, JsonValue]] = lambda _m, _p, _parts: {}


def matter_reading(
    matter: Matter | None,
    principal: Principal,
    kernel: Kernel[Any],
    readers: Readers,
    rules: SchemeRules,
    clocks: tuple[Clock, ...] = (),
    kept_out: str | None = None,
) -> MatterReading:
    """Return what somebody may see of a matter.

    Args:
        matter: as it stands.
        principal: who reads it.
        kernel: of its kind.
        readers: what a reading of its kind has of its own.
        rules: of the scheme it follows.
        clocks: that run in it.
        kept_out: why a case or label behind it keeps the reader out.

    Raises:
        NotFound: `unknown_matter`, whether there is none or it is not for them.
        NotPermitted: `scope_missing`.
    """
    facts = MatterFacts(kernel, matter, rules, kept_out=kept_out)
    permit_in_matter(principal, "read_matter", facts).require()
    assert matter is not None
    parts = parts_of(kernel.name, matter, principal.facts, kept_out)
    shown = readable_fields(kernel.name, type(matter).model_fields, parts)
    declared = matter.interests.get(principal.person)
    return MatterReading(
        kind=kernel.name,
        id=matter.id,
        organisation=matter.organisation,
        opened_at=start_of_day(matter.opened_at) if readers.by_day else matter.opened_at,
        ended_at=matter.ended_at,
        parts=tuple(sorted(parts)),
        facts={
            **matter.model_dump(mode="json", include=set(shown - _COMMON)),
            **readers.more(matter, principal.facts, parts),
        },
        motions=tuple(_motion(vote, principal.person, with_people=bool(KEEPERS & parts)) for vote in matter.motions)
        if INVOLVED & parts
        else (),
        clocks=matter_clocks_for(kernel.name, matter, principal.person, parts, clocks),
        has_declared=declared.has_interest if declared else None,
        may={kind: _refusal(principal, kind, facts) for kind in sorted(kernel.acts)},
    )


def _refusal(principal: Principal, kind: str, facts: MatterFacts) -> str | None:
    refusal = permit_in_matter(principal, kind, facts).refusal
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
        if with_people and vote.tally is not None
        else None,
        electorate=vote.electorate if with_people else None,
        is_elector=person in vote.base,
        has_voted=person in counted,
    )
