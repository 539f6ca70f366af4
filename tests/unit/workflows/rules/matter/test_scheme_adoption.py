"""A scheme version is adopted by the Commission alone, and enters the record once (procedure, Scheme change)."""

from typing import Any

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


def voting() -> MatterWalk:
    return proposed().act("put_scheme_to_vote", SECRETARY)


def test_a_carried_version_is_adopted_and_then_enters_the_record() -> None:
    walk = voting().carried()
    assert walk.state.adopted is True
    assert not walk.state.is_over
    errand = errand_of(walk.state)
    assert errand is not None
    assert (errand.to, errand.content) == ("scheme", {"digest": sha256("two")})

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
    assert walk.act("put_scheme_to_vote", SECRETARY).carried().state.adopted is True


def test_the_whole_commission_votes_on_what_the_rehearsal_showed() -> None:
    first, other = voting(), proposed(would_fail=2).act("put_scheme_to_vote", SECRETARY)
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


def test_a_proposal_waits_for_who_opens_the_vote_and_then_for_those_who_vote_by_its_end() -> None:
    assert waits_for(proposed().state) == (Waiting(waits_for=Party.SECRETARIAT),)
    vote = voting().state.open_motion
    assert waits_for(voting().state) == (Waiting(waits_for=Party.COMMISSION, due_at=vote.closes_at),)
    for decided in (voting().carried(), voting().carried(Voice.AGAINST)):
        assert waits_for(decided.state) == ()
