"""A scheme version is adopted by the Commission alone, and enters the record once (procedure, Scheme change)."""

from typing import Any

import pytest

from schemas.clocks import Party, Waiting
from schemas.errand import ErrandDone
from schemas.people import PersonFacts
from schemas.scheme_adoption import ProposedScheme
from schemas.voting import Voice
from tests.builders import APPLICANT, MEMBERS, SECRETARY, sha256, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION, errand_of, waits_for


def version(**changes: Any) -> ProposedScheme:
    fields: dict[str, Any] = {
        "scheme": "ai-ethics-code",
        "version": "2.0",
        "digest": sha256("two"),
        "replaces": sha256("one"),
        "stricter": ("I-1.1-01",),
        "softer": (),
        "labels": 3,
        "would_fail": 1,
        "failing": {"I-1.1-01": 1},
    }
    return ProposedScheme(**{**fields, **changes})


def proposed(who: PersonFacts = SECRETARY, **changes: Any) -> MatterWalk:
    walk = MatterWalk(SCHEME_ADOPTION)
    one = version(**changes)
    return walk.act("propose_scheme", who, digest_of_scheme=sha256("two"), reasons=text(), proposed=one)


def voting(**changes: Any) -> MatterWalk:
    return proposed().act("put_scheme_to_vote", SECRETARY, proposed=version(**changes))


def opened_before() -> MatterWalk:
    """A vote that was opened by an act of before, which brought no new rehearsal."""
    return proposed().act("put_scheme_to_vote", SECRETARY)


def test_a_carried_version_is_adopted_and_then_enters_the_record() -> None:
    walk = voting().carried()
    assert walk.state.adopted is True
    assert not walk.state.is_over
    errand = errand_of(walk.state)
    assert errand is not None
    assert (errand.to, errand.content) == ("scheme", {"digest": sha256("two"), "replaces": sha256("one")})

    walk.take((ErrandDone(at=walk.now, actor="engine", key="adopt"),))
    assert (walk.state.in_record, walk.state.is_over) == (True, True)
    assert errand_of(walk.state) is None


def test_a_version_voted_down_enters_nothing() -> None:
    walk = voting().carried(Voice.AGAINST)
    assert (walk.state.adopted, walk.state.is_over) == (False, True)
    assert errand_of(walk.state) is None


def test_without_quorum_nothing_is_decided_and_the_vote_is_opened_again() -> None:
    walk = voting().all_declare()
    walk.vote(walk.voters()[0]).pass_time(days=60)
    assert walk.state.adopted is None
    assert walk.act("put_scheme_to_vote", SECRETARY, proposed=version()).carried().state.adopted is True


def test_the_whole_commission_votes_on_what_the_rehearsal_showed() -> None:
    first, other = voting(), voting(would_fail=2)
    assert len(first.state.open_motion.electorate) == len(first.members)
    assert first.state.open_motion.object_digest != other.state.open_motion.object_digest


def test_nobody_but_the_secretariat_proposes_and_opens_the_vote() -> None:
    for who in (APPLICANT, MEMBERS[0]):
        with refused("role_missing"):
            proposed(who)
        with refused("role_missing"):
            proposed().act("put_scheme_to_vote", who)


def test_a_version_that_was_not_handed_in_or_is_in_force_is_not_proposed() -> None:
    with refused("unknown_scheme"):
        MatterWalk(SCHEME_ADOPTION).act("propose_scheme", SECRETARY, digest_of_scheme=sha256("two"), reasons=text())
    with refused("unknown_scheme"):
        proposed(digest=sha256("another"))
    with refused("already_in_force"):
        proposed(replaces=sha256("two"))


def test_the_vote_is_about_what_a_rehearsal_shows_as_it_is_opened() -> None:
    now = version(labels=5, would_fail=2, failing={"I-1.1-01": 2}, replaces=sha256("between"))
    walk = proposed().act("put_scheme_to_vote", SECRETARY, proposed=now)
    assert walk.kinds() == ["scheme_proposed", "motion_opened", "scheme_rehearsed"]
    assert (walk.state.proposed, walk.state.rehearsed_at) == (now, walk.now)
    assert walk.state.open_motion.object_digest == voting(**now.model_dump()).state.open_motion.object_digest
    errand = errand_of(walk.carried().state)
    assert errand is not None
    assert errand.content["replaces"] == sha256("between")


def test_a_vote_that_an_act_of_before_opened_goes_on_as_it_did() -> None:
    walk = opened_before()
    assert walk.kinds() == ["scheme_proposed", "motion_opened"]
    errand = errand_of(walk.carried().state)
    assert errand is not None
    assert errand.content == {"digest": sha256("two")}


def test_a_vote_opened_again_is_about_what_a_rehearsal_shows_then() -> None:
    walk = opened_before().all_declare().pass_time(days=60)
    walk.act("put_scheme_to_vote", SECRETARY, proposed=version(would_fail=3)).pass_time(days=60)
    walk.act("put_scheme_to_vote", SECRETARY, proposed=version(would_fail=2))
    assert walk.kinds().count("scheme_rehearsed") == 2
    assert walk.state.proposed.would_fail == 2


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("already_in_force", {"proposed": version(replaces=sha256("two")), "namesakes": (sha256("two"),)}),
        ("adopted_before", {"proposed": version(), "namesakes": (sha256("two"),)}),
        ("adopted_before", {"proposed": version(), "namesakes": (sha256("another"), sha256("two"))}),
        ("version_taken", {"proposed": version(), "namesakes": (sha256("another"),)}),
    ],
)
def test_a_version_that_would_change_nothing_is_neither_proposed_nor_put_to_the_vote(
    code: str, facts: dict[str, Any]
) -> None:
    with refused(code):
        MatterWalk(SCHEME_ADOPTION).act(
            "propose_scheme", SECRETARY, digest_of_scheme=sha256("two"), reasons=text(), **facts
        )
    walk = proposed()
    with refused(code):
        walk.act("put_scheme_to_vote", SECRETARY, **facts)
    assert walk.kinds() == ["scheme_proposed"]


def test_a_vote_is_not_opened_on_another_version_than_the_one_proposed() -> None:
    with refused("unknown_scheme"):
        voting(digest=sha256("another"))


def test_a_version_voted_for_that_did_not_come_into_force_says_why_and_is_over() -> None:
    walk = voting().carried()
    walk.take((ErrandDone(at=walk.now, actor="engine", key="adopt", refused="other_in_force"),))
    assert (walk.state.in_record, walk.state.adoption_refused) == (False, "other_in_force")
    assert walk.state.is_over
    assert errand_of(walk.state) is None


def test_a_proposal_waits_for_who_opens_the_vote_and_then_for_those_who_vote_by_its_end() -> None:
    assert waits_for(proposed().state) == (Waiting(waits_for=Party.SECRETARIAT),)
    vote = voting().state.open_motion
    assert waits_for(voting().state) == (Waiting(waits_for=Party.COMMISSION, due_at=vote.closes_at),)
    for decided in (voting().carried(), voting().carried(Voice.AGAINST)):
        assert waits_for(decided.state) == ()


def told(walk: MatterWalk, **facts: Any) -> MatterWalk:
    """The proposal once it was told that a version came into force: by default the one it proposes."""
    facts = {"in_force": sha256("two"), "namesakes": (sha256("two"),), **facts}
    return walk.act("note_scheme_adopted", PersonFacts(person="engine"), **facts)


def test_who_proposed_a_version_takes_it_back() -> None:
    walk = proposed().act("take_back_scheme_proposal", SECRETARY)
    assert walk.kinds() == ["scheme_proposed", "scheme_proposal_taken_back"]
    assert (walk.state.taken_back, walk.state.is_over, waits_for(walk.state)) == (True, True, ())
    with refused("matter_ended"):
        walk.act("put_scheme_to_vote", SECRETARY, proposed=version())


def test_a_proposal_is_taken_back_again_after_a_vote_without_quorum() -> None:
    walk = voting().pass_time(days=60).act("take_back_scheme_proposal", SECRETARY)
    assert walk.state.taken_back


def test_nobody_else_takes_a_proposal_back() -> None:
    another = SECRETARY.model_copy(update={"person": "another-secretary"})
    for who, code in ((MEMBERS[0], "role_missing"), (another, "not_the_proposer")):
        with refused(code):
            proposed().act("take_back_scheme_proposal", who)


def test_a_proposal_that_is_voted_on_or_decided_is_not_taken_back() -> None:
    for walk, code in (
        (voting(), "motion_is_open"),
        (voting().carried(), "already_decided"),
        (voting().carried(Voice.AGAINST), "matter_ended"),
    ):
        with refused(code):
            walk.act("take_back_scheme_proposal", SECRETARY)


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("already_in_force", {}),
        ("adopted_before", {"in_force": sha256("three")}),
        ("version_taken", {"in_force": sha256("three"), "namesakes": (sha256("another"),)}),
    ],
)
def test_a_proposal_whose_adoption_would_change_nothing_any_more_ends(why: str, facts: dict[str, Any]) -> None:
    walk = told(proposed(), **facts)
    assert walk.kinds() == ["scheme_proposed", "scheme_overtaken", "scheme_proposal_ended"]
    assert (walk.state.overtaken, walk.state.adopted, walk.state.is_over) == (why, None, True)
    assert (waits_for(walk.state), errand_of(walk.state)) == ((), None)


def test_a_proposal_that_is_told_of_another_version_goes_on() -> None:
    with refused("not_overtaken"):
        told(proposed(), in_force=sha256("three"), namesakes=())


def test_an_open_vote_on_what_was_overtaken_goes_on_to_its_end() -> None:
    walk = told(voting())
    assert (walk.state.is_over, walk.state.open_motion is not None) == (False, True)
    for voice, adopted in ((Voice.IN_FAVOUR, True), (Voice.AGAINST, False)):
        assert told(voting()).carried(voice).state.adopted is adopted
    assert walk.pass_time(days=60).kinds()[-2:] == ["motion_closed", "scheme_proposal_ended"]
    assert (walk.state.adopted, walk.state.is_over) == (None, True)


def test_a_proposal_that_was_decided_or_told_is_not_told_again() -> None:
    for walk in (voting().carried(), told(voting())):
        with refused("not_overtaken"):
            told(walk)


def test_nobody_but_the_engine_says_that_a_proposal_was_overtaken() -> None:
    with refused("only_the_engine"):
        proposed().act("note_scheme_adopted", SECRETARY, in_force=sha256("two"))
