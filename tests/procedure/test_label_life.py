"""The life of a label on real Temporal, in virtual time: every reminder, every clock, run after run."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from schemas.errand import Errand
from schemas.records import Ack
from schemas.scheme import Tier
from tests.builders import APPLICANT
from tests.fakes import FakeRecord
from tests.label_walk import ENGINE_ITSELF, NEW_LABEL

AWAY = 1_000_000
"""More attempts than there will be."""


async def test_a_whole_life_with_every_reminder_from_issue_to_lapse(label) -> None:
    one = await label(Tier.HIGH)
    first_run = (await one.handle.describe()).run_id

    await one.pass_time(days=185)
    await one.record.holds(one.stream, "surveillance_opened")
    await one.handed_in()
    assert one.state.surveillances[0].outcome == "maintain"

    await one.suspended()
    await one.pass_time(days=15)
    await one.record.holds(one.stream, "suspension_voided")

    await one.pass_time(days=280)
    assert await one.handle.result() == "lapsed"

    assert [(step.standing, step.because) for step in one.state.steps] == [
        ("in_force", "granted"),
        ("suspended", "mark_misused"),
        ("in_force", "suspension_not_confirmed"),
        ("suspended", "surveillance_missed"),
        ("lapsed", "surveillance_missed"),
    ]
    reminders: dict[str, list[int]] = {}
    for entry in one.record.streams[one.stream]:
        if entry.kind == "reminder_given":
            reminders.setdefault(entry.body["clock"], []).append(entry.body["days"])
    assert reminders == {
        "surveillance": [7, 3, 7, 3],
        "suspension/1": [7, 3],
        "renewal": [7, 3, -1],
        "surveillance_missed/2": [7, 3],
        "surveillance_lapse/2": [7, 3],
    }
    description = await one.handle.describe()
    assert description.raw_description.workflow_execution_info.first_run_id == first_run
    assert description.run_id != first_run


async def test_a_label_that_is_kept_expires_at_its_end(label) -> None:
    one = await label(Tier.LOW)
    await one.pass_time(days=367)
    await one.handed_in()
    await one.pass_time(days=370)

    assert await one.handle.result() == "expired"
    assert timedelta() <= one.state.ended_at - one.state.expires_at < timedelta(hours=1)


async def test_a_label_that_its_holder_ended_has_ended(label) -> None:
    one = await label()
    await one.act("end_label", APPLICANT)
    assert await one.handle.result() == "ended_by_holder"


async def test_a_prolonged_label_is_signed_replaced_and_tells_the_new_one(label) -> None:
    one = await label(Tier.LOW)
    await one.to_prolongation()
    one.signer.away = 1
    await one.carried("put_prolongation_to_vote", days=30)

    assert await one.handle.result() == "superseded"
    assert [order.decision for order in one.signer.orders] == [one.state.prolongation.number] * 2
    assert [(errand.subject, errand.act) for errand in one.errands.told] == [("0123456789ABCDEF", "begin_life")]
    assert one.kinds[-2:] == ["label_prolonged", "errand_done"]


class ThenAway(list[Errand]):
    """Errands that were told, after which the record is away."""

    def __init__(self, record: FakeRecord) -> None:
        super().__init__()
        self.record = record

    def append(self, errand: Errand) -> None:
        super().append(errand)
        self.record.away = AWAY if len(self) == 1 else 0


async def test_a_renewal_that_comes_while_the_last_entry_waits_for_the_record_replaces_the_prolonged_label(
    label: Any,
) -> None:
    one = await label(Tier.LOW)
    await one.to_prolongation()
    one.errands.told = ThenAway(one.record)
    await one.carried("put_prolongation_to_vote", days=30)
    await one.record.holds(one.stream, "label_prolonged")
    async with asyncio.timeout(10):
        while not one.record.away:  # noqa: ASYNC110  # the record knows no events of asyncio
            await asyncio.sleep(0.01)

    one.walk.state = one.state
    act = one.walk.build("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
    await one.handle.execute_update(act.kind, act, id=act.act_id, result_type=Ack)
    one.record.away = 0

    assert await one.handle.result() == "superseded"
    assert [errand.act for errand in one.errands.told] == ["begin_life", "supersede"]


async def test_a_prolongation_the_record_does_not_carry_is_recorded_as_refused(label) -> None:
    one = await label(Tier.LOW)
    await one.to_prolongation()
    one.signer.refuses = "renewal_decided"
    await one.carried("put_prolongation_to_vote", days=30)

    await one.record.holds(one.stream, "prolongation_refused")
    assert one.state.prolongation.refused == "renewal_decided"
    assert one.state.is_in_force


@pytest.mark.parametrize(
    ("kind", "who", "content", "standing"),
    [
        ("end_label", APPLICANT, {}, "ended_by_holder"),
        ("supersede", ENGINE_ITSELF, {"successor": NEW_LABEL}, "superseded"),
    ],
)
async def test_a_label_that_came_to_an_end_while_its_prolongation_was_signed_is_not_carried_on(
    label, kind: str, who: Any, content: dict[str, str], standing: str
) -> None:
    one = await label(Tier.LOW)
    await one.to_prolongation()
    one.signer.may_answer.clear()
    await one.carried("put_prolongation_to_vote", days=30)
    await one.act(kind, who, **content)
    one.signer.may_answer.set()

    assert await one.handle.result() == standing
    assert one.state.prolongation.refused == "not_in_force"
    assert one.state.successor == content.get("successor")
    assert one.errands.told == []


async def test_the_clocks_of_a_label_run_while_its_prolongation_is_signed(label) -> None:
    one = await label(Tier.LOW)
    await one.to_prolongation()
    left = one.state.expires_at - await one.temporal.get_current_time(one.handle)
    # No time is skipped while an activity is under way: the last seconds pass by themselves.
    await one.pass_time(seconds=left.total_seconds() - 6)
    one.signer.may_answer.clear()
    await one.carried("put_prolongation_to_vote", days=30)
    await one.record.holds(one.stream, "label_expired")
    one.signer.may_answer.set()

    assert await one.handle.result() == "expired"
    assert one.state.successor == "0123456789ABCDEF"
    assert [errand.act for errand in one.errands.told] == ["begin_life"]


async def test_a_renewal_ends_the_old_label(label) -> None:
    one = await label()
    await one.act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
    assert await one.handle.result() == "superseded"
