"""An approved erasure reaches the vault through the real worker, and is recorded as done."""

import asyncio
from uuid import uuid4

import pytest

from certify.register import matters
from schemas.erasure import Erasure
from schemas.errors import NotFound
from schemas.matter import MatterAct
from tests.matters import MatterWalk
from tests.procedure.body import Body
from tests.unit.workflows.rules.matter.test_erasures import CASE, LABEL_OFFICER, ORGANISATION, SEATS, SECRETARY
from workflows import options
from workflows.matter_file import ErasureFile
from workflows.matters import ErasureCourse
from workflows.rules.matter.erasures import ERASURE


async def send(body: Body, walk: MatterWalk) -> None:
    """Send what a walk did since the last time."""
    workflow = options.matter_id("erasure", walk.subject)
    for act in walk.sent:
        assert isinstance(act, MatterAct)
        if act.kind == "ask_erasure":
            file = ErasureFile(id=walk.subject, rules=walk.rules)
            await body.sending.to_new(act, ErasureCourse.run, file, workflow)
        else:
            await body.sending.to_running(act, workflow, when_gone=lambda: None)
        assert await body.sending.recorded(act) is not None
    walk.sent.clear()


async def test_what_a_second_person_approved_opens_no_more_and_the_record_says_so(body: Body) -> None:
    application = str(uuid4())
    ref = await body.vault.put_text(application, "A secret.")
    other = await body.vault.put_text("case-2", "Another one.")
    walk = MatterWalk(ERASURE, str(uuid4()))
    await send(body, walk.act("ask_erasure", SECRETARY, **{**CASE, "case": application}))
    assert await body.vault.text(application, ref) == "A secret."

    await send(body, walk.act("approve_erasure", LABEL_OFFICER, party=ORGANISATION, institution=SEATS))
    async with asyncio.timeout(60):
        while not (found := await _erasure(body, walk)).is_over:  # noqa: ASYNC110  # the record knows no events
            await asyncio.sleep(0.05)

    assert (found.keys_destroyed_at is not None, found.failed) == (True, None)
    with pytest.raises(NotFound, match="erased"):
        await body.vault.text(application, ref)
    assert await body.vault.text("case-2", other) == "Another one."


async def _erasure(body: Body, walk: MatterWalk) -> Erasure:
    async with body.database.reading() as session:
        return await matters.get(session, Erasure, "erasure", walk.subject)
