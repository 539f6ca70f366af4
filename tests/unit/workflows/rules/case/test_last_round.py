"""Edition 7: a case that took all its rounds and came to no decision ends by rule, and not before."""

import pytest

from schemas.decision_record import DecisionRecord, record_of
from schemas.events import SigningRefused
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, MEMBERS, SECRETARY, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import rounds
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.decisions import may_be_sent_back
from workflows.rules.case.fold import fold
from workflows.rules.case.procedure import OPEN_TIER_ROUND, may, next_due_at
from workflows.rules.case.recomputation import recompute
from workflows.rules.case.rounds import ended_without_decision
from workflows.rules.case.waiting import waiting

GRANT, REFUSE, BACK = Choice.GRANT, Choice.REFUSE, Choice.SEND_BACK
FIRST = "I-1.1-01"


def before_rounds(monkeypatch: pytest.MonkeyPatch, *, rounds_max: int = 2, edition: int = 7) -> SmallWalk:
    """A case of the medium tier that waits for a round, where a case takes so many."""
    monkeypatch.setattr(rounds, "ROUNDS_MAX", rounds_max)
    return SmallWalk(Tier.MEDIUM, members=6, edition=edition).to_recommendation().recommended()


def opened(walk: SmallWalk) -> SmallWalk:
    return walk.act("open_round", SECRETARY).all_declare()


def without_quorum(walk: SmallWalk) -> SmallWalk:
    return opened(walk).voted(GRANT).pass_time(days=40)


def kinds(walk: SmallWalk, number: int) -> list[str]:
    return [event.kind for event in walk.events[-number:]]


def test_a_case_ends_as_its_last_round_closes_without_quorum(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = without_quorum(before_rounds(monkeypatch))
    assert (walk.case.stage, ended_without_decision(walk.case)) == (Stage.DECISION, False)

    without_quorum(walk)
    assert kinds(walk, 2) == ["round_closed", "rounds_used_up"]
    assert walk.events[-1].model_dump(include={"actor", "rounds"}) == {"actor": "engine", "rounds": 2}
    assert (walk.case.stage, walk.case.decision, walk.case.ended_at) == (Stage.LAPSED, None, walk.now)
    assert ended_without_decision(walk.case)
    assert (waiting(walk.case, walk.rules), clocks_of(walk.case, walk.rules)) == ((), ())
    assert next_due_at(walk.case, walk.rules) is None
    assert fold(walk.events) == walk.case


def test_a_case_of_an_earlier_edition_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = without_quorum(without_quorum(before_rounds(monkeypatch, edition=6)))
    assert walk.case.stage == Stage.DECISION
    with refused("too_many_rounds"):
        opened(walk)


def test_a_decision_of_the_last_round_is_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    granted = opened(without_quorum(before_rounds(monkeypatch))).voted(*[GRANT] * 6)
    assert granted.case.stage == Stage.ATTESTATION

    heard = before_rounds(monkeypatch).act("record_hearing", SECRETARY, protocol=text())
    opened(without_quorum(heard)).voted(*[REFUSE] * 6)
    assert (kinds(heard, 1), heard.case.stage) == (["decision_taken"], Stage.REFUSED)


def test_nobody_is_refused_by_the_last_round_who_was_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = opened(without_quorum(before_rounds(monkeypatch))).voted(*[REFUSE] * 6)
    assert kinds(walk, 2) == ["round_closed", "rounds_used_up"]
    assert (walk.case.decision, walk.case.hearing_due_at) == (None, None)


def test_the_last_round_sends_nothing_back_and_its_tie_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = before_rounds(monkeypatch).act("record_hearing", SECRETARY, protocol=text())
    opened(without_quorum(walk))
    with refused("last_round"):
        walk.ballot(MEMBERS[0], BACK, reasons=text())
    assert not may_be_sent_back(walk.case, walk.rules)

    walk.voted(*[GRANT] * 3, *[REFUSE] * 3)
    assert (kinds(walk, 1), walk.case.stage) == (["decision_taken"], Stage.REFUSED)


def test_a_last_round_that_falls_with_an_interest_ends_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = opened(before_rounds(monkeypatch, rounds_max=1)).voted(GRANT)
    walk.act("declare_interests", MEMBERS[0], has_interest=True, statement=text())  # the rapporteur
    assert kinds(walk, 2) == ["round_voided", "rounds_used_up"]


def test_a_last_grant_that_is_set_aside_ends_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = opened(before_rounds(monkeypatch, rounds_max=1)).voted(*[GRANT] * 6)
    walk.take((SigningRefused(at=walk.now, actor="engine", code="ballot_barred"),)).pass_time(seconds=1)
    assert kinds(walk, 2) == ["decision_reopened", "rounds_used_up"]
    assert walk.case.stage == Stage.LAPSED


def test_a_vote_on_a_tier_leaves_the_last_round_to_the_label(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = without_quorum(before_rounds(monkeypatch))
    with refused("too_many_rounds"):
        walk.proposed(Tier.HIGH)
    assert opened(walk).case.open_round is not None

    earlier = without_quorum(before_rounds(monkeypatch, edition=6))
    assert earlier.proposed(Tier.HIGH).case.open_round is not None


def test_a_vote_on_a_tier_leaves_the_label_the_ballots_of_one_more_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BALLOTS_MAX", 11)
    walk = before_rounds(monkeypatch, rounds_max=12)
    with refused("too_many_rounds"):
        walk.proposed(Tier.HIGH)
    assert opened(walk).case.open_round is not None

    earlier = before_rounds(monkeypatch, rounds_max=12, edition=6)
    assert earlier.proposed(Tier.HIGH).case.open_round is not None


def test_a_vote_on_a_tier_is_offered_only_while_a_round_is_left_for_the_label(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = before_rounds(monkeypatch)
    assert may(OPEN_TIER_ROUND, walk.case, SECRETARY, walk.rules)
    refusal = may(OPEN_TIER_ROUND, without_quorum(walk).case, SECRETARY, walk.rules).refusal
    assert refusal is not None
    assert refusal.code == "too_many_rounds"
    earlier = without_quorum(before_rounds(monkeypatch, edition=6))
    assert may(OPEN_TIER_ROUND, earlier.case, SECRETARY, earlier.rules)


def test_a_dispute_for_which_no_round_is_left_beside_that_on_the_label_ends_the_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rounds, "ROUNDS_MAX", 2)
    walk = SmallWalk(edition=7).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    walk.voted(GRANT).pass_time(days=40)
    assert kinds(walk, 2) == ["round_closed", "rounds_used_up"]

    settled = SmallWalk(edition=7).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH).voted(*[GRANT] * 3)
    assert (settled.case.stage, settled.case.tier) == (Stage.EVIDENCE, Tier.HIGH)


def test_a_case_ends_too_where_another_round_as_large_has_no_room_for_its_ballots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rounds, "BALLOTS_MAX", 17)
    walk = without_quorum(before_rounds(monkeypatch, rounds_max=12))
    assert walk.case.stage == Stage.DECISION
    assert kinds(without_quorum(walk), 1) == ["rounds_used_up"]


def test_nothing_more_is_taken_by_a_case_that_ended_without_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = without_quorum(before_rounds(monkeypatch, rounds_max=1))
    for kind, who in (("open_round", SECRETARY), ("withdraw_application", APPLICANT)):
        with refused("wrong_stage"):
            walk.act(kind, who, **({"reasons": text()} if who == APPLICANT else {}))


def test_a_case_granted_in_its_last_round_after_it_was_sent_back_is_recomputed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walk = opened(before_rounds(monkeypatch)).voted(*[BACK] * 6, reasons=text())
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    opened(walk.recommended()).voted(*[GRANT] * 6)
    record = DecisionRecord.model_validate_json(record_of(walk.case, small()).model_dump_json())
    assert recompute(record).differences == ()
