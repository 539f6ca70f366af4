"""Ten years of labels in the pure rules: every tier, renewals, surveillances that are kept, late or missed (I15).

Figures of `simulate` are what tests judge and what the bench measures; nothing here knows Temporal or a database.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from schemas.event import Event
from schemas.label_facts import RenewalFacts
from schemas.label_life import GROUNDS
from schemas.scheme import Tier
from schemas.surveillance import Cause
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, START, scheme, text
from tests.label_walk import ENGINE_ITSELF, LabelWalk
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.renewal import window_of
from workflows.rules.label.surveillance import lapses_at, missed_at

YEARS = 10
FATES = ("kept", "kept", "kept", "kept", "late", "missed")
"""What a holder does about a surveillance."""


@dataclass
class Lived:
    """One label's whole life, and when its clocks fell due by the scheme alone.

    Attributes:
        due: when its regular surveillances fell due while it was not over.
    """

    walk: LabelWalk
    due: tuple[datetime, ...] = ()
    successor: str | None = None

    @property
    def opened(self) -> tuple[datetime, ...]:
        """When regular surveillances were opened."""
        return tuple(one.opened_at for one in self.walk.state.surveillances if one.cause == Cause.REGULAR)


@dataclass
class Years:
    """What ten years came to."""

    lives: list[Lived] = field(default_factory=list)

    @property
    def events(self) -> Iterator[Event]:
        """All that happened, label by label."""
        return (event for life in self.lives for event in life.walk.events)

    @property
    def standings(self) -> Counter[str]:
        """How the labels ended, or stand."""
        return Counter(life.walk.state.standing.value for life in self.lives)


def simulate(holders: int = 6, seed: int = 1) -> Years:
    """Let so many holders of each tier keep a label for ten years, by renewal after renewal."""
    years, chance = Years(), Random(seed)  # noqa: S311  # no secret
    until = START + timedelta(days=365 * YEARS)
    for tier in Tier:
        for holder in range(holders):
            begun_at, number = START + timedelta(days=chance.randrange(120)), 0
            while begun_at < until:
                number += 1
                label = _label_id(tier, holder, number)
                lived = _live(label, tier, begun_at, chance, _label_id(tier, holder, number + 1))
                years.lives.append(lived)
                begun_at = lived.walk.state.ended_at
    return years


def _label_id(tier: Tier, holder: int, number: int) -> str:
    return f"{tier.rank}{holder:05}{number:010}"


def _live(label: str, tier: Tier, begun_at: datetime, chance: Random, following: str) -> Lived:
    walk = LabelWalk(
        tier,
        subject=label,
        begun_at=begun_at,
        issued_at=begun_at,
        expires_at=last_second_after_months(begun_at, scheme().rules.tiers[tier].validity_months),
    )
    ends_at = walk.state.expires_at
    renews = chance.random() < 0.8
    while not walk.state.is_over:
        moment = _next_moment(walk, chance, renews=renews)
        walk.until(moment)
        if not walk.state.is_over:
            _what_people_do(walk, chance, following, renews=renews)
    return Lived(walk, due=_due(walk, ends_at), successor=walk.state.successor)


def _next_moment(walk: LabelWalk, chance: Random, *, renews: bool) -> datetime:
    """Return when somebody looks at the label next: at the next surveillance, for its renewal, or at its end."""
    clocks = walk.clocks()
    moments = [clocks["expiry"].due_at]
    if "surveillance" in clocks:
        moments.append(clocks["surveillance"].due_at)
    if renews and "renewal" in clocks and walk.now < clocks["renewal"].due_at:
        moments.append(max(clocks["renewal"].started_at, walk.now))
    if renews and walk.state.renewal is not None:
        moments.append(clocks["expiry"].due_at - timedelta(days=chance.randrange(1, 40)))
    later = [moment for moment in moments if moment > walk.now]
    return min(later, default=clocks["expiry"].due_at)


def _what_people_do(walk: LabelWalk, chance: Random, following: str, *, renews: bool) -> None:
    _answer_surveillance(walk, chance)
    if walk.state.is_over:
        return
    clocks = walk.clocks()
    window = clocks.get("renewal")
    if renews and window is not None and window.started_at <= walk.now < window.due_at:
        walk.renewal = RenewalFacts(application="case-2", organisation=ORGANISATION, renews=walk.subject)
        walk.act("ask_renewal", APPLICANT, new_application="case-2")
    elif walk.state.renewal is not None and walk.now > window_of(walk.state, walk.rules)[1]:
        walk.act("supersede", ENGINE_ITSELF, successor=following)
    elif chance.random() < 0.1 and walk.state.is_in_force:
        walk.suspended(GROUNDS[walk.state.suspensions % len(GROUNDS)])  # it falls away, and once only on a ground


def _answer_surveillance(walk: LabelWalk, chance: Random) -> None:
    """Do what a holder does: hand in at once, when already suspended for it, or never."""
    waiting = [one for one in walk.state.surveillances if one.waits_for_holder]
    if not waiting or waiting[-1].number != len(walk.state.surveillances):
        return
    fate = chance.choice(FATES)
    if fate == "missed":
        walk.until(lapses_at(waiting[-1], walk.rules))
    elif fate == "late":
        walk.until(missed_at(waiting[-1], walk.rules) + timedelta(days=5))
        if not walk.state.is_over:
            walk.handed_in().judged()
            _decide(walk)
    else:
        walk.handed_in().judged()
        _decide(walk)


def _decide(walk: LabelWalk) -> None:
    if walk.state.is_in_force:
        walk.maintained()
    elif walk.state.is_suspended and not walk.state.open_motion:
        walk.act("put_restoration_to_vote", SECRETARY, reasons=text()).carried()


def _due(walk: LabelWalk, ends_at: datetime) -> tuple[datetime, ...]:
    """Return when regular surveillances fell due before the label was over, by the figures of the scheme alone."""
    every = walk.rules.tiers[walk.state.tier].surveillance.every_months
    moments = (last_second_after_months(walk.state.issued_at, number * every) for number in range(1, 25))
    return tuple(moment for moment in moments if moment < ends_at and moment <= walk.state.ended_at)
