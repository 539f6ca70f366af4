"""What is read of the votes of a matter."""

from datetime import timedelta

from certify.accounts.label_reading import LABEL_READERS
from certify.accounts.matter_reading import MotionReading, matter_reading
from tests.builders import SECRETARY, scheme, text
from tests.label_walk import LabelWalk
from tests.unit.certify.accounts.cases import principal
from workflows.rules.label.kernel import LABEL


def voting() -> LabelWalk:
    """A label that is voted on, the day before a missed surveillance suspends it; one ballot is cast."""
    walk = LabelWalk().to_surveillance()
    walk.until(walk.clocks()["surveillance_missed/1"].due_at - timedelta(days=1))
    walk.act(
        "put_suspension_to_vote", SECRETARY,
        because="mark_misused", reasons=text("Misused."), restoration=text("Take it down."),
    )  # fmt: skip
    walk.all_declare()
    return walk.vote(walk.voters()[0])


def read(walk: LabelWalk) -> MotionReading:
    reading = matter_reading(walk.state, principal(SECRETARY), LABEL, LABEL_READERS, scheme().rules)
    return reading.motions[-1]


def test_a_counted_vote_tells_those_who_keep_the_label_who_voted_how() -> None:
    walk = voting()
    assert read(walk).ballots is None

    voters = walk.voters()
    for member in voters[1:]:
        walk.vote(member)

    assert read(walk).ballots == {member.person: "in_favour" for member in voters}


def test_a_vote_set_aside_tells_nobody_who_voted_how() -> None:
    walk = voting()

    walk.pass_time(days=1, hours=1)

    motion = read(walk)
    assert (motion.closed_at is None, motion.cast, motion.tally, motion.ballots) == (False, 1, None, None)
