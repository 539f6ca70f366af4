"""On real Temporal: an adopted version enters the record of its scheme, and new cases are pinned to it."""

import asyncio
from uuid import uuid4

from certify.procedure.adoption import SchemeDoor, hand_in
from certify.register import matters, schemes, streams
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
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION, errand_of


def next_version(number: str = "9.9.9") -> Scheme:
    present = scheme()
    return present.model_copy(update={"rules": present.rules.model_copy(update={"version": number})})


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


async def proposed(body: Body, new: Scheme, *, replaces: Scheme) -> MatterWalk:
    """Propose a version with what the record says then."""
    await hand_in(body.vault, new)
    walk = MatterWalk(SCHEME_ADOPTION, str(uuid4()))
    one = version(digest=new.digest, version=new.rules.version, replaces=replaces.digest)
    walk.act("propose_scheme", SECRETARY, digest_of_scheme=new.digest, reasons=text(), proposed=one)
    await send(body, walk)
    return walk


async def put_to_vote(body: Body, new: Scheme, *, replaces: Scheme) -> MatterWalk:
    """Propose a version and open its vote, each with what the record says then."""
    walk = await proposed(body, new, replaces=replaces)
    walk.act("put_scheme_to_vote", SECRETARY, proposed=walk.state.proposed)
    await send(body, walk)
    return walk


async def carried(body: Body, walk: MatterWalk) -> SchemeProposal:
    """Let everyone vote for it, and return the proposal once it is over."""
    await send(body, walk.carried())
    async with asyncio.timeout(20):
        while not (await _proposal(body, walk)).is_over:  # noqa: ASYNC110  # the record knows no events of asyncio
            await asyncio.sleep(0.05)
    return await _proposal(body, walk)


async def in_force(body: Body) -> str:
    async with body.database.reading() as session:
        return (await schemes.in_force(session, scheme().rules.id)).digest


async def entries(body: Body) -> int:
    """How many entries the stream of the scheme holds."""
    async with body.database.reading() as session:
        head = await streams.head_of(session, options.scheme_stream(scheme().rules.id))
    assert head is not None
    return head.number


async def test_an_adopted_version_enters_the_record_of_its_scheme(body: Body) -> None:
    new = next_version()
    proposal = await carried(body, await put_to_vote(body, new, replaces=scheme()))
    assert (proposal.in_record, await in_force(body)) == (True, new.digest)


async def test_the_second_of_two_open_votes_replaces_nothing_that_it_was_not_compared_with(body: Body) -> None:
    one, two = next_version("9.9.1"), next_version("9.9.2")
    first = await put_to_vote(body, one, replaces=scheme())
    second = await put_to_vote(body, two, replaces=scheme())
    assert (await carried(body, first)).in_record
    late = await carried(body, second)
    assert (late.adopted, late.in_record, late.adoption_refused) == (True, False, "other_in_force")
    assert (await in_force(body), await entries(body)) == (one.digest, 2)

    again = await carried(body, await put_to_vote(body, two, replaces=one))
    assert (again.in_record, await in_force(body)) == (True, two.digest)


async def test_two_votes_for_the_same_version_enter_it_once_and_never_again_once_it_was_replaced(body: Body) -> None:
    one, two = next_version("9.9.1"), next_version("9.9.2")
    votes = [await put_to_vote(body, one, replaces=scheme()) for _ in range(3)]
    assert [(await carried(body, vote)).in_record for vote in votes[:2]] == [True, True]
    assert await entries(body) == 2

    assert (await carried(body, await put_to_vote(body, two, replaces=one))).in_record
    late = await carried(body, votes[2])
    assert (late.in_record, late.adoption_refused) == (False, "adopted_before")
    assert (await in_force(body), await entries(body)) == (two.digest, 3)


async def test_a_version_that_entered_is_not_refused_when_its_errand_runs_again_after_another(body: Body) -> None:
    one, two = next_version("9.9.1"), next_version("9.9.2")
    walk = await put_to_vote(body, one, replaces=scheme())
    await carried(body, walk)
    await carried(body, await put_to_vote(body, two, replaces=one))
    errand = errand_of(walk.state)
    assert errand is not None
    door = SchemeDoor(body.temporal.client, body.database, body.vault)
    await door.adopt(errand, sent_by=options.matter_id("adoption", walk.subject))
    assert (await in_force(body), await entries(body)) == (two.digest, 3)


async def test_a_proposal_whose_version_came_into_force_by_another_vote_ends(body: Body) -> None:
    one, two = next_version("9.9.1"), next_version("9.9.2")
    waiting, other = await proposed(body, one, replaces=scheme()), await proposed(body, two, replaces=scheme())
    voted_on = await put_to_vote(body, one, replaces=scheme())

    assert (await carried(body, await put_to_vote(body, one, replaces=scheme()))).in_record
    ended = await _proposal(body, waiting)
    assert (ended.is_over, ended.overtaken, ended.adopted) == (True, "already_in_force", None)
    still = await _proposal(body, voted_on)
    assert (still.is_over, still.overtaken) == (False, "already_in_force")
    unmoved = await _proposal(body, other)
    assert (unmoved.is_over, unmoved.overtaken) == (False, None)


async def _proposal(body: Body, walk: MatterWalk) -> SchemeProposal:
    async with body.database.reading() as session:
        return await matters.get(session, SchemeProposal, "adoption", walk.subject)
