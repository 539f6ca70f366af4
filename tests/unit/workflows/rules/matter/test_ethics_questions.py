"""Ethics questions: asked by an Actor, answered by a vote, published only with consent (Code, I-2.3)."""

import pytest

from schemas.people import Role
from schemas.voting import Voice
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, person, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION


def asked(*, may_be_published: bool = True) -> MatterWalk:
    walk = MatterWalk(ETHICS_QUESTION)
    return walk.act("ask_commission", APPLICANT, text=text("May we?"), may_be_published=may_be_published)


def voting(*, may_be_published: bool = True) -> MatterWalk:
    walk = asked(may_be_published=may_be_published)
    return walk.act("propose_answer", MEMBERS[0], answer=text("Yes.")).act("put_answer_to_vote", SECRETARY)


def test_a_carried_answer_is_the_commissions_answer() -> None:
    walk = voting().carried()

    assert walk.state.answer == text("Yes.")
    assert walk.kinds()[-2:] == ["motion_closed", "ethics_question_answered"]


def test_an_answer_that_was_voted_down_is_none_and_another_can_be_proposed() -> None:
    walk = voting().carried(Voice.AGAINST)
    assert walk.state.answer is None

    walk.act("propose_answer", MEMBERS[1], answer=text("No.")).act("put_answer_to_vote", SECRETARY).carried()
    assert walk.state.answer == text("No.")


def test_only_an_actor_asks() -> None:
    with refused("role_missing"):
        MatterWalk(ETHICS_QUESTION).act("ask_commission", SECRETARY, text=text())


def test_nobody_votes_in_a_question_of_their_own_organisation() -> None:
    walk = asked().act("propose_answer", MEMBERS[0], answer=text("Yes."))
    walk.members = (*walk.members[:6], MEMBERS[6].model_copy(update={"organisation": ORGANISATION}))
    walk.act("put_answer_to_vote", SECRETARY)

    assert MEMBERS[6].person not in walk.state.open_motion.pool


def test_a_vote_needs_a_declaration_and_is_cast_once_on_what_is_voted_on() -> None:
    walk = voting()
    voter = walk.voters()[0]
    with refused("interests_not_declared"):
        walk.vote(voter)
    walk.all_declare()
    with refused("other_object"):
        walk.vote(voter, object_digest="0" * 64)
    with refused("another_motion"):
        walk.vote(voter, motion=2)
    with refused("no_such_choice"):
        walk.vote(voter, Voice.SEND_BACK)
    walk.vote(voter)
    with refused("already_voted"):
        walk.vote(voter)
    with refused("not_in_electorate"):
        walk.vote(person("stranger", Role.COMMISSIONER))


def test_an_interest_takes_a_member_out_and_the_next_in_the_draw_steps_in() -> None:
    walk = voting().all_declare()
    first, reserve = walk.voters()[0], walk.state.open_motion.reserves[0]
    walk.vote(first)
    walk.act("declare_matter_interests", first, has_interest=True, statement=text("My brother asks."))

    assert walk.kinds()[-3:] == ["matter_interests_declared", "elector_left", "substitute_stepped_in"]
    assert reserve in walk.state.open_motion.base
    assert first.person not in walk.state.open_motion.ballots
    with refused("recused"):
        walk.vote(first)


def test_a_vote_without_quorum_at_its_end_decides_nothing() -> None:
    walk = voting().all_declare()
    walk.vote(walk.voters()[0]).pass_time(days=30)

    assert walk.state.open_motion is None
    assert not walk.state.motions[-1].carried
    assert walk.state.answer is None


def test_no_vote_slips_in_after_the_end() -> None:
    walk = voting().all_declare()
    walk.now = walk.state.open_motion.closes_at
    with refused("too_late"):
        walk.vote(walk.voters()[0])


def test_an_answer_is_published_only_with_consent_and_once() -> None:
    private = voting(may_be_published=False).carried()
    assert private.state.is_over
    with refused("matter_ended"):
        private.act("publish_answer", SECRETARY, text=text("An Actor asked."))

    walk = asked()
    with refused("not_answered"):
        walk.act("publish_answer", SECRETARY, text=text("An Actor asked."))
    walk = voting().carried().act("publish_answer", SECRETARY, text=text("An Actor asked."))
    assert walk.state.is_over


def test_the_commission_is_reminded_before_and_after_its_time() -> None:
    walk = asked().pass_time(days=40)
    days = [event.days for event in walk.events if event.kind == "reminder_given"]
    assert days == [7, 3, -1]


@pytest.mark.parametrize("kind", ["propose_answer", "put_answer_to_vote", "publish_answer", "cast_vote"])
def test_an_act_before_anything_was_asked_is_refused(kind: str) -> None:
    contents = {"propose_answer": {"answer": text()}, "publish_answer": {"text": text()},
                "cast_vote": {"motion": 1, "choice": "in_favour", "object_digest": "0" * 64}}  # fmt: skip
    with refused("unknown_matter"):
        MatterWalk(ETHICS_QUESTION).act(kind, MEMBERS[0], **contents.get(kind, {}))
