"""Grants that were reopened, and interests found while a label was signed: what signer and check say of them."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from certify.activities.sign_log import read
from certify.register.database import Database
from certify.register.orders import NotCarriedError, ordered
from schemas.events import SigningRefused
from schemas.label import IssuedLabel
from schemas.record_events import TiesDeclared
from schemas.stages import Choice, Stage
from schemas.ties import Tie, TieKind
from tests.builders import EXPERTS, MEMBERS, SECRETARY, START, text
from tests.cells import CELLS
from tests.receipts import passkeys_of
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk, go_on
from workflows.activities import SIGNING_REFUSED, SigningOrder
from workflows.rules.case.attestation import attest
from workflows.rules.case.procedure import due


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def granted(body: Body) -> RecordedWalk:
    walk = RecordedWalk(members=9, edition=2).to_attestation()
    await recorded(body, walk)
    return walk


async def recorded(body: Body, walk: RecordedWalk) -> None:
    await walk.store(body.vault)
    await walk.record(body.database)


async def issue(body: Body, walk: RecordedWalk) -> IssuedLabel:
    return await body.signing().issue_label(SigningOrder(decision=walk.decision_number))


def tied(walk: RecordedWalk) -> RecordedWalk:
    voter = next(one for one in MEMBERS if one.person in walk.case.rounds[-1].ballots)
    walk.act("declare_interests", voter, has_interest=True, statement=text())
    return walk


def reopened(walk: RecordedWalk, code: str) -> None:
    """What the workflow takes when the signer refused."""
    walk.conclude(SigningRefused(at=walk.now, actor="engine", code=code))
    for event in due(walk.case, walk.now, walk.rules):
        walk.conclude(event)


async def test_a_grant_with_an_interest_is_refused_for_good_and_nothing_is_intended(body: Body) -> None:
    walk = await granted(body)
    await recorded(body, tied(walk))

    with pytest.raises(ApplicationError) as refused:
        await issue(body, walk)

    assert (refused.value.type, refused.value.non_retryable) == (SIGNING_REFUSED, True)
    assert refused.value.message == "ballot_barred"
    assert [line.kind for line in read(body.sign_log)] == []


@pytest.mark.parametrize("part", ["member", "reviewer", "rapporteur"])
async def test_a_grant_that_rests_on_somebody_tied_to_the_applicant_by_now_is_not_signed(body: Body, part: str) -> None:
    """Stated on the page of ties, and in the case by nobody: the signer asks for itself (I14)."""
    walk = await granted(body)
    person = {
        "member": next(iter(walk.case.rounds[-1].ballots)),
        "reviewer": next(iter(walk.case.assignments)),
        "rapporteur": walk.case.recommendation.rapporteur if walk.case.recommendation else "",
    }[part]
    tie = Tie(kind=TieKind.CLIENT, organisation=walk.lodged.organisation)
    await go_on(body.database, "people", TiesDeclared(at=walk.now, actor=person, person=person, ties=(tie,)))

    with pytest.raises(ApplicationError) as refused:
        await issue(body, walk)

    assert (refused.value.type, refused.value.message.partition(":")[0]) == (SIGNING_REFUSED, "tied_to_applicant")
    assert read(body.sign_log) == ()


async def test_a_case_decided_again_is_certified_by_its_second_decision(body: Body) -> None:
    walk = tied(await granted(body))
    reopened(walk, "ballot_barred")
    assert walk.case.stage == Stage.DECISION
    if walk.case.recommendation is None:
        walk.recommended(by=MEMBERS[5])
    walk.act("open_round", SECRETARY).all_declare().voted(*[Choice.GRANT] * 3)
    await recorded(body, walk)

    label = await issue(body, walk)
    walk.conclude(attest(walk.case, label, walk.now))
    await recorded(body, walk)

    assert label.decision_number == walk.decision_number != walk.case.reopened[0].number
    assert await body.codes() == []


async def test_an_interest_recorded_after_the_signer_had_read_the_case_is_not_held_against_its_label(
    body: Body,
) -> None:
    walk = await granted(body)
    label = await issue(body, walk)
    assert label.case_entry == walk.case.entry

    tied(walk).conclude(attest(walk.case, label, walk.now))
    await recorded(body, walk)

    assert walk.case.stage == Stage.GRANTED
    assert await body.codes() == []


async def test_a_label_that_claims_to_know_of_an_interest_is_found(body: Body) -> None:
    walk = await granted(body)
    label = await issue(body, walk)
    knowing = label.model_copy(update={"case_entry": walk.case.entry + 1})

    tied(walk).conclude(attest(walk.case, knowing, walk.now))
    await recorded(body, walk)

    assert set(await body.codes()) == {"grant_not_carried", "signature_differs"}


async def test_an_intent_whose_decision_was_reopened_needs_no_signature(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await granted(body)
    with monkeypatch.context() as crash:
        crash.setattr("certify.activities.signing.sign", _crash)
        with pytest.raises(KeyboardInterrupt):
            await issue(body, walk)
    assert "intent_without_signature" not in await body.codes()

    reopened(tied(walk), "ballot_barred")
    await recorded(body, walk)
    assert [line.kind for line in read(body.sign_log)] == ["intent"]
    assert await body.codes() == []


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


async def test_a_grant_on_what_has_expired_by_the_time_of_signing_is_not_signed(body: Body) -> None:
    last_day = START.date() + timedelta(days=30)
    walk = RecordedWalk(edition=7).to_intake().offer("I-1.1-01", expires=last_day).with_evidence()
    walk.act("accept_application", SECRETARY).staffed(EXPERTS[0]).reviewed().advised().granted()
    await recorded(body, walk)
    await go_on(body.database, "people", *passkeys_of(*walk.case.rounds[0].ballots))
    gone_at = datetime.combine(last_day, time(), tzinfo=UTC) + timedelta(days=1)

    async with body.database.reading() as session:
        found = await ordered(session, walk.decision_number, gone_at - timedelta(seconds=1))
        with pytest.raises(NotCarriedError, match="evidence_ran_out"):
            await ordered(session, walk.decision_number, gone_at)

    assert found.case.decision == walk.case.decision
