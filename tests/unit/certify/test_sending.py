"""The way of an act to a workflow that starts with it: sent again when a run was just ending, with all it needs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WithStartWorkflowOperation
from temporalio.service import RPCError, RPCStatusCode

from certify.procedure.sending import Sending
from certify.register.database import Database
from schemas.errors import Unavailable
from schemas.records import Ack
from tests.builders import APPLICANT, text
from tests.cells import CELLS
from tests.matters import MatterWalk
from workflows.matter_file import EthicsQuestionFile
from workflows.matters import EthicsQuestionCourse
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION


class EndingRun:
    """A client whose workflow continues as new under the first call."""

    def __init__(self) -> None:
        self.starts: list[WithStartWorkflowOperation[Any, Any]] = []
        self.sent: list[Any] = []

    async def execute_update_with_start_workflow(
        self, _kind: str, act: Any, *, start_workflow_operation: WithStartWorkflowOperation[Any, Any], **_: Any
    ) -> Ack:
        self.starts.append(start_workflow_operation)
        self.sent.append(act)
        if len(self.starts) == 1:
            raise RPCError("the run is closing", RPCStatusCode.FAILED_PRECONDITION, b"")
        return Ack(act_id=act.act_id, digest=act.digest, number=1)


async def test_an_act_that_met_an_ending_run_is_sent_again_with_a_start_of_its_own(tmp_path: Path) -> None:
    client = EndingRun()
    walk = MatterWalk(ETHICS_QUESTION, str(uuid4()))
    act = walk.build("ask_commission", APPLICANT, text=text())
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'record.db'}", cells=CELLS)
    file = EthicsQuestionFile(id=walk.subject, rules=walk.rules)

    sending = Sending(client, database)  # type: ignore[arg-type]  # a client as far as this asks it
    started = datetime.now(UTC)
    await sending.to_new(act, EthicsQuestionCourse.run, file, "question/1")

    first, second = client.starts
    assert first is not second
    assert all(started <= one.sent_at <= datetime.now(UTC) for one in client.sent), "each says when it was sent"
    await database.close()


async def test_no_act_is_sent_while_the_record_lacks_what_was_logged(tmp_path: Path) -> None:
    client, walk = EndingRun(), MatterWalk(ETHICS_QUESTION, str(uuid4()))
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'record.db'}", cells=CELLS)

    async def behind() -> None:
        raise Unavailable("record_behind_log", "The record is being restored.")

    sending = Sending(client, database, behind)  # type: ignore[arg-type]  # as above
    with pytest.raises(Unavailable, match="record_behind_log"):
        await sending.to_new(
            walk.build("ask_commission", APPLICANT, text=text()),
            EthicsQuestionCourse.run,
            EthicsQuestionFile(id=walk.subject, rules=walk.rules),
            "question/1",
        )

    assert client.starts == []
    await database.close()
