"""The procedure on real Temporal: orders, refusals, clocks in virtual time, duplicates."""

import pytest

from schemas.people import Role
from schemas.records import Ack
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, LABEL_OFFICER, SECRETARY, Walk, person, text
from tests.procedure.conftest import Refused


async def test_a_low_tier_case_that_passes_ends_granted_with_one_label(procedure) -> None:
    case = await procedure()
    await case.grant()

    assert await case.handle.result() == Stage.GRANTED
    assert case.record.kinds(case.stream)[-2:] == ["decision_taken", "label_issued"]
    assert len(case.signer.orders) == 1


async def test_a_critical_case_is_signed_only_after_the_label_officer_released_it(procedure) -> None:
    case = await procedure(Tier.CRITICAL)
    await case.grant(Tier.CRITICAL)
    await case.record.holds(case.stream, "decision_taken")
    assert case.signer.orders == []

    await case.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await case.act("release_label", LABEL_OFFICER)

    assert await case.handle.result() == Stage.GRANTED


async def test_the_signer_gets_its_order_only_when_the_decision_is_recorded(procedure) -> None:
    case = await procedure()
    await case.follow(Walk().to_decision())
    case.record.away = 4
    await case.vote(*[Choice.GRANT] * 3)

    await case.handle.result()
    assert [order.decision for order in case.signer.orders] == ["case-1/30"]
    assert case.record.kinds(case.stream).index("decision_taken") == 29


async def test_a_signer_that_is_away_delays_the_label_and_loses_nothing(procedure) -> None:
    case = await procedure()
    case.signer.away = 2
    await case.grant()

    assert await case.handle.result() == Stage.GRANTED
    assert case.record.kinds(case.stream).count("label_issued") == 1


async def test_evidence_not_handed_in_by_its_clock_lapses_the_case(procedure) -> None:
    case = await procedure()
    await case.follow(Walk().to_intake().act("accept_application", SECRETARY))

    await case.pass_time(days=59)
    assert "application_lapsed" not in case.record.kinds(case.stream)
    await case.pass_time(days=2)

    assert await case.handle.result() == Stage.LAPSED


async def test_a_round_without_quorum_closes_at_its_deadline_with_no_decision(procedure) -> None:
    case = await procedure(Tier.MEDIUM)
    await case.follow(Walk(Tier.MEDIUM).to_decision())
    await case.vote(Choice.GRANT)

    await case.pass_time(days=22)
    await case.record.holds(case.stream, "round_closed")

    assert "decision_taken" not in case.record.kinds(case.stream)
    await case.act("open_round", SECRETARY)


async def test_gate_one_declines_by_rule(procedure) -> None:
    case = await procedure()
    military = Walk(gates={"G1": "no", "G2": "no", "G3": "yes", "G4": "no", "G5": "none"})
    await case.follow(military.to_intake())

    assert await case.handle.result() == Stage.DECLINED
    assert case.record.kinds(case.stream) == ["application_lodged", "application_declined"]


async def test_the_applicant_may_leave_until_the_round_closes(procedure) -> None:
    case = await procedure()
    await case.follow(Walk().to_round().act("withdraw_application", APPLICANT))

    assert await case.handle.result() == Stage.WITHDRAWN_BY_APPLICANT


async def test_a_refused_act_leaves_no_trace_in_the_case(procedure) -> None:
    case = await procedure()
    await case.follow(Walk().to_intake())
    with pytest.raises(Refused, match="role_missing"):
        await case.act("accept_application", person("eve", Role.EXPERT))

    history = await case.handle.fetch_history()
    updates = [
        event for event in history.events if event.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert len(updates) == 1


async def test_the_same_act_twice_is_taken_once(procedure) -> None:
    case = await procedure()
    walk = Walk().to_planning()
    await case.follow(walk)
    accept = walk.sent[-1]

    assert (await case.send(accept)).number == (await case.send(accept)).number
    await case.record.holds(case.stream, "manifest_frozen")
    assert case.record.kinds(case.stream).count("application_accepted") == 1


async def test_the_same_key_with_another_act_is_refused(procedure) -> None:
    case = await procedure()
    walk = Walk().to_intake()
    await case.follow(walk)
    other = walk.build("decline_application", SECRETARY, reasons=text()).model_copy(
        update={"act_id": walk.sent[0].act_id}
    )
    other_id = other.model_copy(update={"request_id": "again"})

    with pytest.raises(Refused, match="other_act_same_key"):
        # Temporal would answer the same update id with the first answer; the case must not.
        await case.answer(lambda: case.handle.execute_update(other.kind, other_id, id="another-update"))


async def test_a_case_continued_as_new_remembers_its_receipts(procedure, monkeypatch) -> None:
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", 60)
    case = await procedure()
    walk = Walk().to_planning()
    await case.follow(walk)

    first = await case.answer(
        lambda: case.handle.execute_update("lodge_application", walk.sent[0], id="again", result_type=Ack)
    )
    assert first.number == 1
    description = await case.handle.describe()
    assert description.raw_description.workflow_execution_info.first_run_id != description.run_id
