"""What is answered by no answer is asked for again after a pause that grows, and never as fast as answers come."""

from typing import Any

from certify.procedure.lodging import EDITION
from schemas.stages import Stage
from tests.procedure.conftest import Procedure
from tests.procedure.runs import DOUBLED, LIMIT, pauses

WITHOUT_END = 1_000_000
"""More answers than there will be."""


async def test_a_signer_that_answers_another_order_is_asked_less_and_less_often(procedure: Any) -> None:
    case: Procedure = await procedure(edition=EDITION)
    case.signer.answers_another = WITHOUT_END
    await case.grant()
    await case.signer.asked(1)
    await case.pass_time(hours=2)

    made = await pauses(case.handle)
    assert made[:14] == [*DOUBLED, LIMIT, LIMIT]
    assert len(case.signer.orders) < 30

    case.signer.answers_another = 0
    await case.pass_time(minutes=11)
    assert await case.handle.result() == Stage.GRANTED


async def test_another_matter_that_answers_another_errand_is_told_less_and_less_often(procedure: Any) -> None:
    case: Procedure = await procedure(edition=EDITION)
    case.errands.answers_another = len(DOUBLED) + 2
    await case.grant()
    await case.record.holds(case.stream, "label_issued")
    await case.pass_time(hours=2)

    assert await case.handle.result() == Stage.GRANTED
    assert await pauses(case.handle) == [*DOUBLED, LIMIT, LIMIT]
    assert case.record.kinds(case.stream).count("errand_done") == 1


async def test_a_record_that_says_nothing_is_sent_the_same_less_and_less_often(procedure: Any) -> None:
    case: Procedure = await procedure(edition=EDITION)
    case.record.says_nothing = len(DOUBLED)
    await case.lodge()
    await case.pass_time(minutes=20)

    assert await pauses(case.handle) == DOUBLED
    assert case.record.calls == len(DOUBLED) + 1
    assert case.record.kinds(case.stream) == ["application_lodged"]
