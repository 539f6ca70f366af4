"""A vote counts for the standing it was voted over, whatever the clock makes of the label meanwhile (I6)."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime, timedelta

import pytest

from schemas.errors import ProcedureError
from schemas.event import Event
from schemas.label import Standing
from schemas.label_events import (
    LabelRestored,
    LabelSuspended,
    ProlongationDecided,
    SuspensionConfirmed,
    SuspensionVoided,
)
from schemas.label_facts import RecordFacts
from schemas.label_life import LabelLife, Subject
from schemas.scheme import Tier
from schemas.surveillance_events import LabelMaintained, LabelNotMaintained
from schemas.voting import Voice
from tests.builders import SECRETARY, Walk, scheme, scheme_digest, text
from tests.label_walk import ENGINE_ITSELF, LabelWalk, granted
from tests.matters import OPENED
from tests.unit.workflows.rules.refusals import not_signed
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.prolongations import check_prolongation

PROPOSAL = {"because": "mark_misused", "reasons": text("Misused."), "restoration": text("Take it down.")}
OF_A_STANDING = (
    LabelSuspended, SuspensionConfirmed, SuspensionVoided, LabelRestored, LabelMaintained, ProlongationDecided,
)  # fmt: skip
"""What a vote on the standing amounts to. A withdrawal and a reduced scope count whatever the standing."""


def reviewed_near_the_end() -> LabelWalk:
    """A label near its end with a renewal asked for, and a complaint to look into that the holder does not answer."""
    walk = LabelWalk(decision=granted(Tier.LOW).case.decision.number).renewal_asked()
    walk.kept_until(walk.state.expires_at - timedelta(days=50))
    return walk.act("open_review", ENGINE_ITSELF, complaint="complaint-1")


def until_it_is_missed(walk: LabelWalk, **but: float) -> LabelWalk:
    missed = next(clock for name, clock in walk.clocks().items() if name.startswith("surveillance_missed"))
    return walk.until(missed.due_at - timedelta(**but))


def judged_while_another_waits() -> LabelWalk:
    """A label with a surveillance that passes, and a second one that the holder lets pass."""
    walk = LabelWalk().to_surveillance()
    walk.handed_in().judged()
    return walk.act("open_review", ENGINE_ITSELF, complaint="complaint-1")


def to_prolong(**facts: object) -> LabelWalk:
    walk = until_it_is_missed(reviewed_near_the_end(), days=1)
    return walk.act("put_prolongation_to_vote", SECRETARY, days=30, **facts)


def to_maintain(**facts: object) -> LabelWalk:
    walk = until_it_is_missed(judged_while_another_waits(), days=1)
    return walk.act("put_maintain_to_vote", SECRETARY, surveillance=1, **facts)


@pytest.mark.parametrize("put", [to_prolong, to_maintain])
def test_a_vote_to_prolong_or_to_maintain_ends_when_a_missed_surveillance_suspends(
    put: Callable[[], LabelWalk],
) -> None:
    walk = put().all_declare()
    voters = walk.voters()
    for voter in voters[:-1]:
        walk.vote(voter)

    walk.pass_time(days=2)

    assert [one.reason for one in walk.events if one.kind == "vote_set_aside"] == ["suspended"]
    assert walk.kinds().index("vote_set_aside") < walk.kinds().index("label_suspended")
    assert (walk.state.open_motion, walk.state.motions[-1].tally, walk.state.prolongation) == (None, None, None)
    assert walk.standings == ["in_force", "suspended"]


def test_a_surveillance_whose_vote_was_set_aside_is_answered_by_the_restoration() -> None:
    walk = to_maintain().pass_time(days=2).handed_in().judged()
    walk.act("put_restoration_to_vote", SECRETARY, reasons=text("All is handed in.")).carried()

    assert walk.standings == ["in_force", "suspended", "in_force"]
    assert walk.state.open_surveillances == ()


def test_where_nothing_changes_the_standing_the_vote_decides() -> None:
    assert to_prolong().carried().state.prolongation is not None
    assert to_maintain().carried().kinds()[-1] == "label_maintained"


@pytest.mark.parametrize("put", [to_prolong, to_maintain])
def test_nothing_comes_of_a_vote_that_closes_on_a_later_step_of_the_standing(put: Callable[[], LabelWalk]) -> None:
    walk = put()
    walk.state = walk.state.model_copy(update={"steps": (*walk.state.steps, *walk.state.steps)})

    walk.carried()

    assert walk.kinds()[-1] == "motion_closed"
    assert walk.state.motions[-1].carried


def test_a_vote_to_maintain_opened_before_leaves_the_suspension_as_it_is() -> None:
    walk = to_maintain(around=RecordFacts()).pass_time(days=2)
    suspension = walk.state.suspension

    walk.carried()

    assert walk.kinds()[-1] == "label_maintained"
    assert (walk.standings, walk.state.suspension) == (["in_force", "suspended"], suspension)


def prolonged_as_before() -> LabelWalk:
    """A panel prolongs while the label is suspended, by a vote that was opened before votes were bound."""
    facts = RecordFacts(renewal=reviewed_near_the_end().renewal)
    return to_prolong(around=facts).pass_time(days=2).carried()


def sign(life: LabelLife) -> None:
    renewal = Walk(renews=life.id).to_evaluation().case.model_copy(update={"id": "case-2"})
    check_prolongation(life, granted(Tier.LOW).case, renewal, scheme().rules, scheme_digest(), OPENED)


def test_the_signer_makes_no_label_of_a_vote_over_a_standing_that_was_left_even_if_it_is_restored() -> None:
    walk = prolonged_as_before()
    assert (walk.state.standing, walk.state.prolongation is not None) == (Standing.SUSPENDED, True)
    with not_signed("not_in_force"):
        sign(walk.state)

    walk.handed_in().judged().act("put_restoration_to_vote", SECRETARY, reasons=text("Handed in.")).carried()
    assert walk.state.standing == Standing.IN_FORCE
    with not_signed("not_in_force"):
        sign(walk.state)


def test_the_signer_makes_the_label_of_a_vote_over_the_standing_that_still_is() -> None:
    sign(to_prolong().carried().state)


STEPS: tuple[Callable[[LabelWalk], object], ...] = (
    lambda walk: walk.act("put_maintain_to_vote", SECRETARY, surveillance=_judged(walk)),
    lambda walk: walk.act("put_prolongation_to_vote", SECRETARY, days=30),
    lambda walk: walk.act("put_suspension_to_vote", SECRETARY, **PROPOSAL),
    lambda walk: walk.act("put_confirmation_to_vote", SECRETARY),
    lambda walk: walk.act("put_restoration_to_vote", SECRETARY, reasons=text("Taken down.")),
    lambda walk: walk.suspended(),
    lambda walk: walk.handed_in().judged(),
    lambda walk: walk.carried(),
    lambda walk: walk.carried(Voice.AGAINST),
    lambda walk: walk.pass_time(days=2),
    lambda walk: walk.until(_suspension_voids(walk)),
    lambda walk: walk.until(walk.state.expires_at),
)
"""What people and the clock may do to a label, in any order."""
DEPTH = 4


def _judged(walk: LabelWalk) -> int:
    return next((one.number for one in walk.state.open_surveillances if one.judged_at is not None), 1)


def _suspension_voids(walk: LabelWalk) -> datetime:
    suspension = walk.state.suspension
    return walk.now if suspension is None or suspension.void_at is None else suspension.void_at


def after(walk: LabelWalk, step: Callable[[LabelWalk], object]) -> LabelWalk | None:
    """The label after one more step, None where it is refused or changes nothing."""
    then = copy(walk)
    then.events, then.sent = [*walk.events], [*walk.sent]
    try:
        step(then)
    except ProcedureError:
        return None
    return then if (then.now, len(then.events)) != (walk.now, len(walk.events)) else None


def every_way(walk: LabelWalk, depth: int = DEPTH) -> Iterator[LabelWalk]:
    """Where a label comes to by every order of so many steps."""
    ways = [then for step in STEPS if depth > 0 and (then := after(walk, step)) is not None]
    if not ways:
        yield walk
    for then in ways:
        yield from every_way(then, depth - 1)


def counted_over_another_standing(events: list[Event]) -> list[Event]:
    """Return what was decided by a vote over another step of the standing than the one it changed."""
    life, over, found = None, {}, []
    for event in events:
        if isinstance(event, (*OF_A_STANDING, LabelNotMaintained)):
            decided = event.prolongation.motion if isinstance(event, ProlongationDecided) else event.motion
            found += [event] if decided is not None and over[decided] != life.version else []
        life = LABEL.evolve(life, event)
        if event.kind == "motion_opened":
            over[event.motion.number] = life.version
    return found


@pytest.mark.parametrize("begun", [reviewed_near_the_end, judged_while_another_waits])
def test_whatever_is_done_in_whatever_order_no_vote_counts_for_another_standing(
    begun: Callable[[], LabelWalk],
) -> None:
    ways = list(every_way(until_it_is_missed(begun(), days=1)))
    assert [found for way in ways if (found := counted_over_another_standing(way.events))] == []


@pytest.mark.parametrize("subject", [Subject.PROLONG, Subject.MAINTAIN])
def test_the_search_finds_what_a_vote_that_is_bound_to_no_standing_does(subject: Subject) -> None:
    if subject == Subject.PROLONG:
        walk = prolonged_as_before()
    else:
        walk = to_maintain(around=RecordFacts()).pass_time(days=2).carried()
    assert len(counted_over_another_standing(walk.events)) == 1
