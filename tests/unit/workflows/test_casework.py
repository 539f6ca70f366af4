"""What a case does with acts besides judging them: receipts, outbox."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from tests.builders import APPLICANT, START, Walk, scheme
from workflows.casework import CaseFile, Casework
from workflows.options import OUTBOX_BYTES_MAX, OUTBOX_MAX, RECEIPTS_KEPT, SENT_WITHIN
from workflows.rules.case.procedure import CERTIFICATION


def lodged() -> tuple[Walk, Casework]:
    walk = Walk()
    work = Casework(CaseFile(application="case-1", rules=scheme().rules), CERTIFICATION)
    work.take(walk.build("lodge_application", APPLICANT, lodged=walk.lodged), START)
    return walk, work


def test_a_case_whose_record_is_away_for_long_takes_no_more_acts_and_loses_none() -> None:
    walk, work = lodged()
    while len(work.file.outbox) < OUTBOX_MAX:
        work.take(walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01"), START)

    late = walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01")
    with pytest.raises(ApplicationError, match="behind") as refused:
        work.take(late, START)

    assert refused.value.type == "Refused.record_behind"
    assert len(work.file.outbox) == OUTBOX_MAX
    work.drop_recorded(OUTBOX_MAX)
    assert work.take(late, START).number == OUTBOX_MAX + 1


def test_a_case_takes_no_more_acts_either_once_what_the_record_lacks_is_too_large_to_travel() -> None:
    walk, work = lodged()
    big = work.file.outbox[0].model_copy(update={"body": {"text": "x" * 100_000}})
    work.file.outbox += [big.model_copy(update={"number": number}) for number in range(2, 6)]
    act = walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01")

    with pytest.raises(ApplicationError, match="behind"):
        work.check(act, START)

    work.drop_recorded(4)
    work.check(act, START)


def test_a_replay_takes_what_was_taken_before_there_was_a_limit_of_bytes() -> None:
    walk, work = lodged()
    work.file.outbox[0] = work.file.outbox[0].model_copy(update={"body": {"text": "x" * OUTBOX_BYTES_MAX}})

    assert work.take(walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01"), START).number == 2


def test_a_repeated_act_is_answered_even_while_the_record_is_behind() -> None:
    walk, work = lodged()
    act = walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01")
    first = work.take(act, START)
    while len(work.file.outbox) < OUTBOX_MAX:
        work.take(walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01"), START)

    assert work.take(act, START) == first


def test_only_the_last_receipts_are_carried() -> None:
    walk, work = lodged()
    for _ in range(RECEIPTS_KEPT + 10):
        work.take(walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01"), START)
        work.drop_recorded(10_000)

    assert len(work.file.receipts) == RECEIPTS_KEPT


@pytest.mark.parametrize(("after", "taken"), [(timedelta(0), True), (SENT_WITHIN, True), (timedelta(days=200), False)])
def test_an_act_that_was_held_back_comes_too_late(after: timedelta, taken: bool) -> None:
    """It was judged by the facts of when it was sent, and who sent it was told that it was not taken."""
    walk, work = lodged()
    act = walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01", sent_at=START)

    if taken:
        work.check(act, START + after)
        assert work.take(act, START + after).number == 2
        return
    for take in (work.check, work.take):
        with pytest.raises(ApplicationError, match="too long ago") as refused:
            take(act, START + after)
        assert refused.value.type == "Refused.sent_too_long_ago"
    assert len(work.file.outbox) == 1


def test_an_act_that_was_taken_in_time_is_answered_whenever_it_comes_again() -> None:
    walk, work = lodged()
    act = walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01", sent_at=START)
    first = work.take(act, START)

    assert work.take(act, START + timedelta(days=200)) == first


def test_when_an_act_was_sent_is_no_part_of_what_it_says() -> None:
    walk, _ = lodged()
    act = walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01")
    assert act.model_copy(update={"sent_at": START}).digest == act.digest
