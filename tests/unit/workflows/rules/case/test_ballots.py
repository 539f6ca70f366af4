"""Voting: what a ballot must name, who casts it and once, and what a closed round amounts to."""

from datetime import timedelta

import pytest

from schemas.people import InstitutionFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import MEMBERS, SECRETARY, Walk, person, sha256, text
from tests.unit.workflows.rules.refusals import refused

GRANT, REFUSE, ABSTAIN = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"round": 2}, "another_round"),
        ({"manifest_digest": sha256("other")}, "other_manifest"),
        ({"scheme_digest": sha256("other")}, "other_scheme"),
        ({"choice": REFUSE}, "grounds_missing"),
        ({"choice": REFUSE, "grounds": ("I-9.9-99",)}, "unknown_ground"),
        ({"application": "case-2"}, "another_case"),
    ],
)
def test_a_ballot_that_names_something_else_or_no_ground_is_refused(changes: dict[str, object], code: str) -> None:
    walk = Walk().to_round()
    with refused(code):
        walk.ballot(walk.voters()[0], **{"choice": GRANT, **changes})  # type: ignore[arg-type]  # by keyword
    assert walk.case.rounds[0].ballots == {}


def test_a_second_ballot_is_refused_also_when_it_says_the_same() -> None:
    walk = Walk().to_round().voted(GRANT)
    voter = walk.voters()[0]
    for choice in (GRANT, ABSTAIN):
        with refused("already_voted"):
            walk.ballot(voter, choice)
    assert len(walk.case.rounds[0].ballots) == 1


def test_who_is_not_in_the_electorate_or_left_it_does_not_vote() -> None:
    walk = Walk(members=9).to_round()
    outside = next(member for member in MEMBERS if member not in walk.voters())
    with refused("not_in_electorate"):
        walk.ballot(outside, GRANT)

    medium = Walk(Tier.MEDIUM).to_round().act("recuse", MEMBERS[0], reason=text())
    with refused("recused"):
        medium.ballot(MEMBERS[0], GRANT)
    with refused("recused"):
        medium.act("recuse", MEMBERS[0], reason=text())


def test_who_was_left_out_for_an_interest_is_refused_for_it() -> None:
    walk = Walk(Tier.MEDIUM, members=9).to_decision()
    left_out = MEMBERS[0]
    walk.act("declare_interests", left_out, has_interest=True, statement=text()).act("open_round", SECRETARY)
    assert left_out.person not in walk.case.rounds[-1].electorate
    with refused("has_interest"):
        walk.ballot(left_out, GRANT)


def test_a_member_who_declared_no_interests_does_not_vote() -> None:
    walk = Walk(Tier.MEDIUM).to_decision().act("open_round", SECRETARY)
    silent = next(member for member in walk.voters() if not walk.case.has_declared_none(member.person))
    with refused("interests_not_declared"):
        walk.ballot(silent, GRANT)


def test_a_member_who_lost_the_seat_since_opening_does_not_vote() -> None:
    walk = Walk().to_round()
    with refused("role_missing"):
        walk.ballot(person(walk.voters()[0].person, Role.EXPERT), GRANT)


@pytest.mark.parametrize(
    ("seats", "votes"),
    [
        (None, True),
        (InstitutionFacts(), True),
        (InstitutionFacts(entry=3, commission=("member-c",)), True),
        (InstitutionFacts(entry=3, substitutes=("member-c",)), True),
        (InstitutionFacts(entry=3, commission=("somebody",), appeal_pool=("somebody",)), False),
    ],
)
def test_after_an_election_whoever_votes_holds_a_seat_when_voting(seats: InstitutionFacts | None, votes: bool) -> None:
    walk = Walk().to_round()
    voter = next(one for one in walk.voters() if one.person == "member-c")
    if votes:
        walk.ballot(voter, GRANT, institution=seats)
    else:
        with refused("seat_lost"):
            walk.ballot(voter, GRANT, institution=seats)

    assert (voter.person in walk.case.rounds[-1].ballots) is votes


def test_a_grant_against_a_failed_criterion_is_refused_and_a_refusal_needs_no_more_grounds() -> None:
    walk = Walk().to_round(I_1_1_01=Verdict.PARTLY_MET)
    with refused("grant_against_failed_criterion"):
        walk.voted(GRANT)
    for voter in walk.voters():
        walk.ballot(voter, REFUSE)

    assert walk.case.decision is not None
    assert (walk.case.stage, walk.case.decision.grounds) == (Stage.REFUSED, ("I-1.1-01",))


def test_a_refusal_of_a_case_that_passes_rests_on_what_the_ballots_name() -> None:
    walk = Walk().to_round()
    one, other, third = walk.voters()
    walk.ballot(one, REFUSE, grounds=("I-1.2-01",)).ballot(other, REFUSE, grounds=("G5",)).ballot(third, GRANT)

    assert walk.case.decision is not None
    assert walk.case.decision.grounds == ("G5", "I-1.2-01")


def test_a_round_closes_at_once_when_all_of_the_base_have_voted() -> None:
    walk = Walk(Tier.MEDIUM).to_round().act("recuse", MEMBERS[6], reason=text()).voted(*[GRANT] * 5)
    assert walk.case.open_round is not None
    walk.ballot(MEMBERS[5], ABSTAIN)
    assert walk.case.stage == Stage.ATTESTATION
    assert [event.kind for event in walk.events[-3:]] == ["ballot_cast", "round_closed", "decision_taken"]


def test_recusal_of_the_last_who_had_not_voted_closes_the_round() -> None:
    walk = Walk(Tier.MEDIUM).to_round().voted(*[GRANT] * 6).act("recuse", MEMBERS[6], reason=text())
    assert walk.case.stage == Stage.ATTESTATION


def test_a_recused_members_ballot_counts_no_more() -> None:
    walk = Walk(Tier.MEDIUM).to_round().voted(GRANT, GRANT, GRANT, GRANT, REFUSE)
    walk.act("recuse", MEMBERS[0], reason=text()).pass_time(days=30)
    decision = walk.case.decision
    assert decision is not None
    assert (decision.tally.base, decision.tally.present, decision.tally.in_favour) == (6, 4, 3)


@pytest.mark.parametrize(
    ("choices", "stage"),
    [((GRANT,) * 4, Stage.ATTESTATION), ((GRANT, REFUSE) * 2, Stage.REFUSED), ((GRANT,) * 3, Stage.DECISION)],
)
def test_at_its_deadline_a_round_closes_with_a_decision_only_if_there_is_a_quorum(
    choices: tuple[Choice, ...], stage: Stage
) -> None:
    walk = Walk(Tier.MEDIUM).to_round().voted(*choices)
    closes_at = walk.case.rounds[0].closes_at
    walk.pass_time(seconds=(closes_at - walk.now - timedelta(seconds=1)).total_seconds())
    assert walk.case.open_round is not None

    walk.pass_time(seconds=1)
    assert (walk.case.rounds[0].closed_at, walk.case.stage) == (closes_at, stage)
    assert (walk.case.decision is None) == (stage == Stage.DECISION)


def test_after_a_round_without_quorum_a_new_one_decides_and_old_ballots_do_not_count() -> None:
    walk = Walk(Tier.MEDIUM).to_round().voted(GRANT, GRANT, GRANT).pass_time(days=30)
    walk.act("open_round", SECRETARY)
    with refused("another_round"):
        walk.ballot(MEMBERS[0], GRANT, round=1)
    walk.voted(*[ABSTAIN] * 7)

    decision = walk.case.decision
    assert decision is not None
    assert (decision.round, decision.outcome, decision.tally.in_favour) == (2, Outcome.REFUSED, 0)


def test_the_decision_holds_all_an_outsider_needs_to_compute_it_again() -> None:
    walk = Walk(Tier.HIGH).to_grant()
    decision, vote = walk.case.decision, walk.case.rounds[0]
    assert decision is not None
    assert decision.number == f"case-1/{walk.case.entry}"
    assert (decision.quorum, decision.majority) == (vote.quorum, vote.majority) == ("2/3", "2/3")
    assert (decision.manifest_digest, decision.scheme_digest) == (vote.manifest_digest, vote.scheme_digest)
    assert decision.tally == vote.tally
    assert decision.grounds == ()
