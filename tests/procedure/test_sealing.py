"""What Temporal keeps tells nobody anything (I12, T28), and goes with the key of its case (I19)."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.workflowservice.v1 import (
    PollActivityExecutionRequest,
    RespondActivityTaskFailedByIdRequest,
    StartActivityExecutionRequest,
)
from temporalio.client import Client, WorkflowHistory, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Replayer

from certify.config import Settings
from certify.procedure.reconciling import nudge
from certify.procedure.running import id_of
from certify.programs.temporal import WORKFLOWS, note_sealed, sandbox
from certify.vault.payload_keys import PayloadKeys
from tests.builders import APPLICANT, Walk, text
from tests.procedure.body import Body
from tests.procedure.conftest import Procedure
from tests.sealing import INSTALLATION, FakeCaseKeys, sealed
from workflows import options
from workflows.activities import SIGNING_REFUSED


async def client_with(body: Body, converter: Any) -> Client:
    return await Client.connect(body.temporal.client.service_client.config.target_host, data_converter=converter)


@asynccontextmanager
async def plainly(body: Body) -> AsyncIterator[Client]:
    yield await client_with(body, sealed(seals=False))


async def raw_history(body: Body, name: str) -> WorkflowHistory:
    return await body.handle(name).fetch_history()


def forms(secret: str) -> set[bytes]:
    """How a text may stand in a history: plain, or in base64 whatever stands before it."""
    plain = secret.encode()
    return {plain} | {base64.b64encode(b"x" * shift + plain)[shift + 3 : -4] for shift in range(3)}


async def test_the_history_of_a_case_shows_none_of_what_was_said_in_it(body: Body) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)

    history = (await raw_history(body, options.certification_id(application))).to_json().encode()

    lodged = walk.lodged
    for secret in (lodged.organisation_name, lodged.system.name, lodged.digest, application):
        assert len(secret) > 3
        assert not [form for form in forms(secret) if form in history], secret


async def test_a_failure_shows_neither_message_nor_trace(procedure: Any) -> None:
    case: Procedure = await procedure()
    case.record.away = 1
    await case.follow(Walk().to_intake())
    await case.record.holds(case.stream, "application_lodged")

    history = ""
    async with asyncio.timeout(10):
        while "Encoded failure" not in history:  # an attempt stands in the history once the activity has ended
            history = (await case.handle.fetch_history()).to_json()

    assert case.record.calls > 1
    for told in ("the database is away", "fakes.py", "ConnectionError(", "Traceback"):
        assert told not in history


async def test_the_id_of_a_workflow_is_found_again_and_tells_nothing(body: Body) -> None:
    application = await body.lodged(Walk().to_intake())

    ids = [found.id async for found in body.temporal.client.list_workflows("WorkflowType='Certification'")]

    assert body.handle(options.certification_id(application)).id in ids
    assert not [one for one in ids if application in one]


async def test_what_nobody_sealed_is_not_taken_by_a_case(body: Body) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)
    forged = walk.build("withdraw_application", APPLICANT, reasons=text()).model_copy(
        update={"application": application}
    )

    without_keys = await client_with(body, pydantic_data_converter)
    handle = without_keys.get_workflow_handle(body.handle(options.certification_id(application)).id)
    with pytest.raises(WorkflowUpdateRPCTimeoutOrCancelledError):
        await handle.execute_update(forged.kind, forged, id=str(uuid4()), rpc_timeout=timedelta(seconds=3))

    assert (await body.case(application)).stage == "intake"


async def test_a_case_begun_unsealed_goes_on_under_its_name_sealed(body: Body) -> None:
    walk = Walk().to_intake()
    application, (first, *others) = str(uuid4()), walk.sent
    async with plainly(body) as client:
        before = Body(_WithClient(body.temporal, client), body.database, body.database_url, body.vault)  # type: ignore[arg-type]
        await before.send(first, application)

    for act in others:
        await body.send(act, application)
    await body.send(walk.build("withdraw_application", APPLICANT, reasons=text()), application)

    assert (await body.case(application)).stage == "withdrawn_by_applicant"
    with pytest.raises(RPCError):
        await body.handle(options.certification_id(application)).describe()
    assert await body.reconciled() == []


async def test_once_no_case_begun_unsealed_runs_the_keys_say_so(body: Body, tmp_path: Path) -> None:
    """Whatever else runs in Temporal under a name of no case of ours: whoever reaches it starts what they like."""
    settings = Settings(data=tmp_path)
    assert settings.payload_keys_file is not None
    INSTALLATION.write(settings.payload_keys_file)
    client, walk, application = await client_with(body, sealed()), Walk().to_intake(), str(uuid4())

    def is_noted() -> bool:
        assert settings.payload_keys_file is not None
        return PayloadKeys.read(settings.payload_keys_file).workflows_sealed_since is not None

    async with plainly(body) as plain:
        await plain.start_workflow("Unknown", id=f"certification/{uuid4()}", task_queue="nobody")
        before = Body(_WithClient(body.temporal, plain), body.database, body.database_url, body.vault)  # type: ignore[arg-type]
        for act in walk.sent:
            await before.send(act, application)
    await note_sealed(settings, client, body.database)
    assert not is_noted()

    await body.send(walk.build("withdraw_application", APPLICANT, reasons=text()), application)
    await note_sealed(settings, client, body.database)
    assert is_noted()


async def test_once_the_keys_say_so_no_act_goes_to_a_workflow_under_a_plain_name(body: Body) -> None:
    keys = replace(INSTALLATION, workflows_sealed_since=datetime(2026, 11, 27, tzinfo=UTC))
    strict, name = await client_with(body, sealed(keys=keys)), f"organisation/{uuid4()}"
    async with plainly(body) as plain:
        await plain.start_workflow("Unknown", id=name, task_queue="nobody")

    assert await id_of(body.temporal.client, name) == name
    assert await id_of(strict, name) == body.handle(name).id


async def test_a_case_begun_sealed_goes_on_where_sealing_was_switched_off(body: Body) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)

    async with plainly(body) as client:
        after = Body(_WithClient(body.temporal, client), body.database, body.database_url, body.vault)  # type: ignore[arg-type]
        await after.send(walk.build("withdraw_application", APPLICANT, reasons=text()), application)

    assert (await body.case(application)).stage == "withdrawn_by_applicant"
    assert await body.reconciled() == []


async def test_a_case_begun_unsealed_is_told_of_a_deployment(body: Body) -> None:
    application = str(uuid4())
    async with plainly(body) as client:
        before = Body(_WithClient(body.temporal, client), body.database, body.database_url, body.vault)  # type: ignore[arg-type]
        for act in Walk().to_intake().sent:
            await before.send(act, application)

    assert await nudge(body.temporal.client, body.database) == 1
    assert await body.reconciled() == []


class _WithClient:
    """The same server, by another client."""

    def __init__(self, temporal: Any, client: Client) -> None:
        self._temporal, self.client = temporal, client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._temporal, name)


async def test_without_the_key_of_its_case_a_history_neither_opens_nor_replays(body: Body) -> None:
    application = await body.lodged(Walk().to_intake())
    history = await raw_history(body, options.certification_id(application))
    keys = FakeCaseKeys()
    await keys.key_of(application)
    replayer = Replayer(workflows=list(WORKFLOWS), workflow_runner=sandbox(), data_converter=sealed(keys))
    await replayer.replay_workflow(history)

    keys.destroyed.add(application)
    shredded = Replayer(workflows=list(WORKFLOWS), workflow_runner=sandbox(), data_converter=sealed(keys))
    with pytest.raises(Exception, match=r"decod|destroyed|no such key"):
        await shredded.replay_workflow(history)


async def test_what_an_older_key_of_the_installation_sealed_replays(procedure: Any) -> None:
    case: Procedure = await procedure()
    await case.follow(Walk().to_intake())
    await case.record.holds(case.stream, "application_lodged")
    history = await case.handle.fetch_history()

    rotated = sealed(keys=INSTALLATION.rotated())
    await Replayer(workflows=list(WORKFLOWS), workflow_runner=sandbox(), data_converter=rotated).replay_workflow(
        WorkflowHistory(case.id, history.events)
    )


async def test_what_lies_in_a_history_orders_no_activity_by_itself(body: Body) -> None:
    """Temporal starts activities that no workflow ordered: whoever reaches it has what a case once sent."""
    application = await body.lodged(Walk().to_intake())
    history = await raw_history(body, options.certification_id(application))
    orders = [
        event.activity_task_scheduled_event_attributes
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert {order.activity_type.name for order in orders} == {"record"}
    client = await client_with(body, pydantic_data_converter)

    started = StartActivityExecutionRequest(
        namespace="default", request_id=str(uuid4()), activity_id=str(uuid4()),
        activity_type=orders[0].activity_type, task_queue=orders[0].task_queue, input=orders[0].input,
    )  # fmt: skip
    started.start_to_close_timeout.FromSeconds(10)
    started.retry_policy.maximum_attempts = 1
    answer = await client.workflow_service.start_activity_execution(started)
    polled = await client.workflow_service.poll_activity_execution(
        PollActivityExecutionRequest(namespace="default", activity_id=started.activity_id, run_id=answer.run_id)
    )

    assert polled.outcome.WhichOneof("value") == "failure"


async def test_a_failure_that_nobody_sealed_is_not_the_signers_word(procedure: Any) -> None:
    """Type and message of a failure are in clear: whoever reaches Temporal writes them."""
    case: Procedure = await procedure(edition=2)
    case.signer.may_answer.clear()
    await case.grant()
    await case.signer.asked(1)
    client = await Client.connect(case.temporal.client.service_client.config.target_host)
    history = await client.get_workflow_handle(case.id).fetch_history()
    orders = [event.activity_task_scheduled_event_attributes for event in history.events]
    (order,) = [one.activity_id for one in orders if one.activity_type.name == "issue_label"]

    forged = ApplicationFailureInfo(type=SIGNING_REFUSED, non_retryable=True)
    await client.workflow_service.respond_activity_task_failed_by_id(
        RespondActivityTaskFailedByIdRequest(
            namespace="default", workflow_id=case.id, activity_id=order,
            failure=Failure(message="ballot_barred", application_failure_info=forged),
        )
    )  # fmt: skip
    await case.signer.asked(2)
    case.signer.may_answer.set()

    await case.record.holds(case.stream, "label_issued")
    assert "signing_refused" not in case.record.kinds(case.stream)


async def test_what_answers_another_order_is_no_answer(procedure: Any) -> None:
    case: Procedure = await procedure(edition=2)
    case.signer.answers_another = 1
    await case.grant()

    await case.record.holds(case.stream, "label_issued")
    assert len(case.signer.orders) == 2
    (issued,) = [entry for entry in case.record.streams[case.stream] if entry.kind == "label_issued"]
    assert issued.body["label"]["decision_number"] == case.signer.orders[0].decision
