"""Edition 7: the result of a round is as of its close, however late a worker looks at it."""

from schemas.decision_record import record_of
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome
from tests.builders import text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.test_expiry import (
    GONE_AT,
    GRANT,
    REFUSE,
    agrees,
    decided_again,
    expiring,
    in_a_round,
    kinds,
    renewed,
)
from tests.unit.workflows.rules.refusals import not_signed
from workflows.rules.case.grants import check_grant
from workflows.rules.case.recomputation import recompute


def looked_at_late(*choices: Choice) -> SmallWalk:
    """A round whose time ended before something expired, at which a worker looks the day after that."""
    walk = expiring(Tier.MEDIUM)
    in_a_round(walk)
    walk.voted(*choices, reasons=text())
    assert walk.case.open_round is not None
    assert walk.case.open_round.closes_at < GONE_AT
    walk.now = GONE_AT
    return walk.pass_time(days=1)


def test_the_result_of_a_round_is_as_of_its_close_whenever_a_worker_looks() -> None:
    walk = looked_at_late(*[GRANT] * 8)
    assert kinds(walk, 2) == ["round_closed", "decision_taken"]
    assert walk.case.decision is not None
    assert walk.case.decision.outcome == Outcome.GRANTED
    check_grant(walk.case, walk.rules, small().digest)
    agrees(walk)
    with not_signed("evidence_ran_out"):
        check_grant(walk.case, walk.rules, small().digest, walk.now)


def test_a_round_that_sent_the_case_back_did_so_whenever_a_worker_looks() -> None:
    walk = looked_at_late(*[GRANT] * 4, *[REFUSE] * 4)
    assert kinds(walk, 2) == ["round_closed", "case_sent_back"]
    assert (walk.case.rounds[0].set_aside, walk.case.sent_back) == ("sent_back", 1)
    agrees(decided_again(renewed(walk)))


def test_a_round_is_not_said_to_be_set_aside_for_what_expired_after_its_time() -> None:
    walk = decided_again(renewed(looked_at_late(*[GRANT] * 4, *[REFUSE] * 4)))
    record = record_of(walk.case, small())
    first = record.rounds[0].model_copy(update={"set_aside": "evidence_ran_out"})
    found = recompute(record.model_copy(update={"rounds": (first, *record.rounds[1:]), "sent_back": 0}))
    assert ("/rounds/0/set_aside", "other_reason") in {(one.place, one.code) for one in found.differences}
