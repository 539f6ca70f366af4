"""A case waits for somebody outside for as long as it takes, and goes on meanwhile: in new runs, and by its clocks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from temporalio.common import RetryPolicy

from certify.procedure.lodging import EDITION
from schemas.label_facts import RenewalFacts
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, EXPERTS, ORGANISATION
from tests.label_walk import LABEL_ID
from tests.procedure.conftest import Procedure
from tests.procedure.runs import run_lengths

RUN_MAX = 150
"""Events after which a run ends here, so that few acts are enough."""
ONE_ACT = 40
"""More events than one act and its recording come to."""
AWAY = 1_000_000
"""More attempts than there will be."""


@pytest.fixture
async def waiting(procedure: Any) -> AsyncIterator[Procedure]:
    """A case whose label is being signed."""
    case = await procedure(edition=EDITION)
    case.signer.may_answer.clear()
    await case.grant()
    await case.signer.asked(1)
    yield case
    case.signer.may_answer.set()


async def signed_once(case: Procedure) -> bool:
    """Let the signer answer; whether the label is on record, once."""
    case.signer.may_answer.set()
    assert await case.handle.result() == Stage.GRANTED
    return case.record.kinds(case.stream).count("label_issued") == 1


async def run_of(case: Procedure) -> str | None:
    return (await case.handle.describe()).run_id


async def test_no_run_grows_without_end_while_a_label_is_signed(
    waiting: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", RUN_MAX)
    for _ in range(30):
        await waiting.act("declare_interests", EXPERTS[0], has_interest=False)

    assert await signed_once(waiting)
    lengths = await run_lengths(waiting.temporal.client, waiting.id)
    # The first run was longer when the limit was set; it ended with the next act.
    assert len(lengths) > 2
    assert max(lengths[:-1]) <= RUN_MAX + ONE_ACT


async def test_a_nudge_begins_a_new_run_while_a_label_is_signed(waiting: Procedure) -> None:
    before = await run_of(waiting)
    await waiting.handle.signal("nudge")
    await waiting.signer.asked(2)

    assert await run_of(waiting) != before
    assert await signed_once(waiting)
    assert {order.decision for order in waiting.signer.orders} == {waiting.signer.orders[0].decision}


async def test_a_new_run_begins_when_its_month_is_over_while_a_label_is_signed(
    waiting: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No time is skipped while an activity is under way: the month is made short.
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER", timedelta(seconds=10))
    await waiting.act("declare_interests", EXPERTS[0], has_interest=False)
    await waiting.signer.asked(2)

    assert await signed_once(waiting)


async def test_whoever_cancels_a_case_loses_nothing_that_it_took(waiting: Procedure) -> None:
    before, held = await run_of(waiting), len(waiting.record.kinds(waiting.stream))
    waiting.record.away = AWAY
    await waiting.act("declare_interests", EXPERTS[0], has_interest=False)
    await waiting.handle.cancel()
    async with asyncio.timeout(10):
        while await run_of(waiting) == before:  # noqa: ASYNC110  # only Temporal knows
            await asyncio.sleep(0.05)
    waiting.record.away = 0

    assert await signed_once(waiting)
    assert waiting.record.kinds(waiting.stream)[held] == "interests_declared"


async def test_a_nudge_begins_a_new_run_while_another_matter_is_told(procedure: Any) -> None:
    case = await procedure(edition=EDITION)
    case.errands.away = AWAY
    await case.grant()
    await case.record.holds(case.stream, "label_issued")
    before = await run_of(case)

    await case.handle.signal("nudge")
    async with asyncio.timeout(10):
        while await run_of(case) == before:  # noqa: ASYNC110  # only Temporal knows
            await asyncio.sleep(0.05)
    case.errands.away = 0

    assert await case.handle.result() == Stage.GRANTED
    assert [errand.act for errand in case.errands.told] == ["begin_life"]
    assert case.record.kinds(case.stream).count("errand_done") == 1


async def test_no_run_grows_without_end_where_what_answers_is_no_answer(
    waiting: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", RUN_MAX)
    monkeypatch.setattr("workflows.options.ASK_AGAIN_AFTER_AT_MOST", timedelta(milliseconds=1))
    waiting.errands.answers_another = 40

    assert await signed_once(waiting)
    assert waiting.errands.told
    assert max((await run_lengths(waiting.temporal.client, waiting.id))[:-1]) <= RUN_MAX + ONE_ACT


async def test_a_clock_that_an_act_sets_going_is_kept_while_a_prolongation_is_signed(
    label: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each time that passes is one attempt of the signer's at least.
    seldom = RetryPolicy(initial_interval=timedelta(hours=12), backoff_coefficient=1)
    monkeypatch.setattr("workflows.options.PATIENT", seldom)
    one = await label(Tier.LOW)
    await one.pass_time(days=367)
    await one.handed_in()
    await one.pass_time(days=250)
    one.walk.renewal = RenewalFacts(application="case-2", organisation=ORGANISATION, renews=LABEL_ID)
    await one.act("ask_renewal", APPLICANT, new_application="case-2")
    await one.pass_time(days=56)
    one.signer.away = AWAY
    await one.carried("put_prolongation_to_vote", days=30)
    await one.signer.asked(1)

    await one.suspended()
    await one.pass_time(days=15)
    await one.record.holds(one.stream, "suspension_voided")
    assert one.state.prolongation.refused is None
