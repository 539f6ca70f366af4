"""Whoever loses Temporal, terminates a case or resets it loses no case: the record starts it again (I16)."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus

from certify.procedure import reconciling
from certify.procedure.reconciling import Difference, nudge
from certify.programs import temporal as programs
from certify.register import matters
from certify.register.database import Database
from schemas.ethics_question import EthicsQuestion
from schemas.label_life import LabelLife
from schemas.record_events import ParticipantEntered
from schemas.scheme import Tier
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, START, Walk, text
from tests.label_walk import granted
from tests.matters import MatterWalk
from tests.procedure.body import Body
from workflows import options
from workflows.matter_file import EthicsQuestionFile
from workflows.matters import EthicsQuestionCourse
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION

ENTERED = ParticipantEntered(
    at=START, actor="engine", organisation=ORGANISATION, name="Acme Vision", country="EE", roles=("developer",),
    ethics_officer="Olga Officer", officer_contact="ethics@acme.example",
)  # fmt: skip


def copied(source: str | Path, to: str | Path) -> None:
    """Copy a database over another one while programs have it open, as a restore does."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(to)) as new:
        old.backup(new)


async def test_nothing_differs_while_everything_goes_its_way(body: Body) -> None:
    await body.lodged(Walk().to_planning())
    assert await body.reconciled() == []


async def test_a_case_whose_workflow_was_terminated_goes_on_where_the_record_stands(body: Body) -> None:
    walk = Walk().to_planning()
    application = await body.lodged(walk)
    await body.handle(options.certification_id(application)).terminate()

    (found,) = await body.reconciled()
    assert (found.difference, found.restarted) == (Difference.ENDED, True)
    assert await body.reconciled() == []

    before = await body.case(application)
    await body.send(walk.build("withdraw_application", APPLICANT, reasons=text()), application)
    after = await body.case(application)
    assert (after.entry, after.stage) == (before.entry + 1, "withdrawn_by_applicant")


async def test_a_case_that_temporal_never_heard_of_is_started_from_its_fold(body: Body) -> None:
    walk = Walk().to_intake()
    first = walk.events[0].model_copy(update={"application": "lost"})
    await body.recorded(options.case_stream("lost"), [first])

    (found,) = await body.reconciled()
    assert (found.difference, found.restarted) == (Difference.MISSING, True)
    await body.send(walk.build("decline_application", SECRETARY, reasons=text()), "lost")
    assert (await body.case("lost")).stage == "declined"


async def test_a_case_that_an_operator_reset_is_taken_back_to_the_record(body: Body) -> None:
    walk = Walk().to_intake().offer("I-1.1-01").offer("I-1.3-01")
    application = await body.lodged(walk)
    handle = body.handle(options.certification_id(application))
    first_task = next(
        event.event_id
        for event in (await handle.fetch_history()).events
        if event.HasField("workflow_task_completed_event_attributes")
    )
    await body.temporal.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=body.temporal.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            reason="a slip of the hand",
            workflow_task_finish_event_id=first_task,
            request_id=str(uuid4()),
            reset_reapply_exclude_types=[ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE],
        )
    )

    (found,) = await body.reconciled()
    assert (found.difference, found.carried, found.restarted) == (Difference.BEHIND, 0, True)
    await body.send(walk.build("withdraw_evidence", APPLICANT, item="E1"), application)
    assert list((await body.case(application)).evidence) == ["E2"]


@pytest.mark.parametrize("also_waits", [False, True])
async def test_a_case_that_knows_more_than_a_restored_record_is_taken_back_to_it(
    body: Body, tmp_path: Path, also_waits: bool
) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)
    handle, record = body.handle(options.certification_id(application)), body.database_url.partition("///")[2]
    copied(record, tmp_path / "backup.db")
    await body.send(walk.build("accept_application", SECRETARY), application)
    carried = await handle.query("entry", result_type=int)
    copied(tmp_path / "backup.db", record)
    if also_waits:
        late = walk.build("withdraw_application", APPLICANT, reasons=text(), application=application)
        await body.sending.to_running(late, options.certification_id(application), when_gone=lambda: None)
        carried += 1

    entry = (await body.case(application)).entry
    for restart in (False, True):
        (found,) = await body.reconciled(restart=restart)
        assert (found.difference, found.entry, found.carried) == (Difference.AHEAD, entry, carried)
        assert found.restarted is restart
    assert await body.reconciled() == []

    await body.send(walk.build("decline_application", SECRETARY, reasons=text()), application)
    after = await body.case(application)
    assert (after.entry, after.stage) == (entry + 1, "declined")


async def test_a_case_whose_entry_waits_for_the_record_is_not_ahead_of_it(body: Body) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)
    recorded = (await body.case(application)).entry
    async with body.database.writing():  # whoever writes keeps the worker waiting
        act = walk.build("accept_application", SECRETARY, application=application)
        await body.sending.to_running(act, options.certification_id(application), when_gone=lambda: None)
        assert await body.handle(options.certification_id(application)).query("entry", result_type=int) > recorded
        assert await body.reconciled() == []
    assert await body.sending.recorded(act) is not None
    assert await body.reconciled() == []


def still_listed(monkeypatch: pytest.MonkeyPatch, listed: list[Any]) -> None:
    """Let the record list what it listed before."""

    async def as_before(_: Database) -> list[Any]:
        return listed

    monkeypatch.setattr(reconciling, "_open_in_record", as_before)


async def test_what_is_recorded_while_the_workflow_is_asked_is_no_difference(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)
    listed = await reconciling._open_in_record(body.database)
    await body.send(walk.build("accept_application", SECRETARY), application)
    still_listed(monkeypatch, listed)
    assert await body.reconciled() == []


async def test_a_case_that_ends_while_the_workflows_are_asked_is_not_started_again(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)
    listed = await reconciling._open_in_record(body.database)
    await body.send(walk.build("decline_application", SECRETARY, reasons=text()), application)
    await body.handle(options.certification_id(application)).result()
    still_listed(monkeypatch, listed)
    assert await body.reconciled() == []
    described = await body.handle(options.certification_id(application)).describe()
    assert described.status == WorkflowExecutionStatus.COMPLETED


async def test_with_check_nothing_is_started(body: Body) -> None:
    application = await body.lodged(Walk().to_intake())
    await body.handle(options.certification_id(application)).terminate()

    for _ in range(2):
        (found,) = await body.reconciled(restart=False)
        assert (found.difference, found.restarted) == (Difference.ENDED, False)


async def test_a_case_that_has_ended_is_left_alone(body: Body) -> None:
    await body.lodged(Walk().to_intake().act("decline_application", SECRETARY, reasons=text()))
    assert await body.reconciled() == []


async def test_a_workflow_that_answers_nobody_is_told_and_left_alone(
    idle: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programs.worker(idle.temporal.client, idle.database, idle.vault):
        await idle.lodged(Walk().to_intake())
    monkeypatch.setattr("certify.procedure.reconciling._ANSWERED_WITHIN", programs.timedelta(seconds=1))

    (found,) = await idle.reconciled()
    assert (found.difference, found.restarted) == (Difference.SILENT, False)


async def test_a_matter_is_started_again_as_a_case_is(body: Body) -> None:
    walk = MatterWalk(ETHICS_QUESTION, str(uuid4())).act("ask_commission", APPLICANT, text=text())
    workflow = options.matter_id("question", walk.subject)
    await body.sending.to_new(
        walk.sent[0], EthicsQuestionCourse.run, EthicsQuestionFile(id=walk.subject, rules=walk.rules), workflow
    )
    await body.sending.recorded(walk.sent[0])
    await body.handle(workflow).terminate()

    (found,) = await body.reconciled()
    assert found.workflow == workflow
    proposal = walk.build("propose_answer", MEMBERS[0], answer=text("Yes."))
    await body.sending.to_running(proposal, workflow, when_gone=lambda: None)
    assert await body.sending.recorded(proposal) is not None
    async with body.database.reading() as session:
        assert (await matters.get(session, EthicsQuestion, "question", walk.subject)).proposal is not None


async def test_a_nudge_begins_a_new_run_that_carries_the_case(body: Body) -> None:
    walk = Walk().to_intake()
    application = await body.lodged(walk)
    handle = body.handle(options.certification_id(application))
    before = (await handle.describe()).run_id

    assert await nudge(body.temporal.client, body.database) == 1
    await body.send(walk.build("accept_application", SECRETARY), application)
    assert (await handle.describe()).run_id != before
    assert (await body.case(application)).stage == "evidence"


@pytest.mark.parametrize("edition", [1, 2])
async def test_a_label_whose_life_never_began_gets_it(body: Body, edition: int) -> None:
    walk = granted(Tier.LOW, edition=edition)
    application, label = f"labelled-{edition}", walk.case.label.model_copy(update={"id": f"0123456789ABCDE{edition}"})
    first, last = walk.events[0], walk.events[-1]
    events = [
        first.model_copy(update={"application": application}),
        *walk.events[1:-1],
        last.model_copy(update={"label": label}),
    ]
    await body.recorded(f"organisation/{ORGANISATION}", [ENTERED])
    await body.recorded(options.case_stream(application), events)
    workflow = options.certification_id(application)
    found = next(one for one in await body.reconciled() if one.workflow == workflow)
    assert (found.difference, found.restarted) == (Difference.MISSING, True)

    handle = body.handle(found.workflow)
    assert await handle.result() == "granted"
    async with body.database.reading() as session:
        life = await matters.get(session, LabelLife, "label", label.id)
    assert (life.application, life.standing) == (application, "in_force")
    assert (await body.case(application)).errands_done == ("begin_life",)
    assert await body.reconciled() == []
