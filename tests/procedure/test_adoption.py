"""On real Temporal: an adopted version enters the record of its scheme, and new cases are pinned to it."""

import asyncio
from uuid import uuid4

from certify.procedure.adoption import hand_in
from certify.register import matters, schemes
from schemas.matter import MatterAct
from schemas.scheme import Scheme
from schemas.scheme_adoption import SchemeProposal
from tests.builders import SECRETARY, scheme, text
from tests.matters import MatterWalk
from tests.procedure.body import Body
from tests.unit.workflows.rules.matter.test_scheme_adoption import version
from workflows import options
from workflows.matter_file import SchemeProposalFile
from workflows.matters import SchemeProposalCourse
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION


def next_version() -> Scheme:
    present = scheme()
    return present.model_copy(update={"rules": present.rules.model_copy(update={"version": "9.9.9"})})


async def send(body: Body, walk: MatterWalk) -> None:
    """Send what a walk did since the last time."""
    workflow = options.matter_id("adoption", walk.subject)
    for act in walk.sent:
        assert isinstance(act, MatterAct)
        if act.kind == "propose_scheme":
            file = SchemeProposalFile(id=walk.subject, rules=walk.rules)
            await body.sending.to_new(act, SchemeProposalCourse.run, file, workflow)
        else:
            await body.sending.to_running(act, workflow, when_gone=lambda: None)
        assert await body.sending.recorded(act) is not None
    walk.sent.clear()


async def test_an_adopted_version_enters_the_record_of_its_scheme(body: Body) -> None:
    new = next_version()
    digest = await hand_in(body.vault, new)
    walk = MatterWalk(SCHEME_ADOPTION, str(uuid4()))
    one = version(digest=digest, version="9.9.9", replaces=scheme().digest)
    walk.act("propose_scheme", SECRETARY, digest_of_scheme=digest, reasons=text(), proposed=one)
    await send(body, walk.act("put_scheme_to_vote", SECRETARY).carried())

    async with asyncio.timeout(20):
        while True:
            async with body.database.reading() as session:
                if (await schemes.in_force(session, new.rules.id)).digest == digest:
                    break
            await asyncio.sleep(0.05)
        while not (await _proposal(body, walk)).is_over:  # noqa: ASYNC110  # the record knows no events of asyncio
            await asyncio.sleep(0.05)
    assert (await _proposal(body, walk)).in_record


async def _proposal(body: Body, walk: MatterWalk) -> SchemeProposal:
    async with body.database.reading() as session:
        return await matters.get(session, SchemeProposal, "adoption", walk.subject)
