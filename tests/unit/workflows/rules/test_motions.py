"""A panel of a vote is drawn with what nobody words, and only whoever sits in the body that votes does so."""

from schemas.canonical import digest_of
from schemas.matter import Motion
from schemas.scheme import Tier
from tests.builders import MEMBERS, SECRETARY, sha256, text
from tests.label_walk import LabelWalk
from tests.matters import OPENED
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.draws import drawn

SCOPE = "put_scope_to_vote"


def vote_on(words: str, **facts: str | None) -> Motion:
    """A vote on a scope in the low tier, whose panel is drawn."""
    walk = LabelWalk(Tier.LOW).heard().act(SCOPE, SECRETARY, scope=text("Less."), reasons=text(words), **facts)
    vote: Motion = walk.state.open_motion
    return vote


def test_no_wording_of_what_is_voted_on_moves_the_panel() -> None:
    votes = [vote_on(f"It fails.{' ' * blanks}") for blanks in range(20)]

    assert len({vote.object_digest for vote in votes}) == 20
    assert len({vote.electorate for vote in votes}) == 1


def test_the_panel_is_drawn_with_the_entry_that_opened_the_matter_and_the_number_of_the_vote() -> None:
    vote, other = vote_on("It fails."), vote_on("It fails.", drawn_from=sha256("another entry"))
    seed = digest_of({"matter": LabelWalk().state.id, "motion": 1, "drawn_from": OPENED})

    assert (vote.drawn_from, vote.seed, vote.electorate) == (OPENED, seed, drawn(vote.pool, seed, 3))
    assert other.seed != vote.seed


def test_a_vote_opened_by_an_act_of_before_is_drawn_as_then() -> None:
    vote = vote_on("It fails.", drawn_from=None)

    assert (vote.drawn_from, vote.seed) == (None, vote.object_digest)
    assert "drawn_from" not in vote.model_dump(mode="json")


def test_a_vote_of_all_members_names_no_draw() -> None:
    walk = LabelWalk(Tier.HIGH).heard().act(SCOPE, SECRETARY, scope=text("Less."), reasons=text())

    assert (walk.state.open_motion.seed, walk.state.open_motion.drawn_from) == (None, None)


def test_who_was_left_out_of_a_vote_for_an_interest_is_refused_for_it() -> None:
    walk = LabelWalk(Tier.HIGH)
    walk.act("declare_matter_interests", MEMBERS[0], has_interest=True, statement=text("A share."))
    walk.heard().act(SCOPE, SECRETARY, scope=text("Less."), reasons=text())

    assert MEMBERS[0].person not in walk.state.open_motion.electorate
    with refused("has_interest"):
        walk.vote(MEMBERS[0])
