"""The views of a label's life, and what the check finds where they or its stream were tampered with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from certify.register import label_lives, labels, matters
from certify.register.checking_views import rows_of_matter
from certify.register.database import Database
from labels.key_set import KeySet
from labels.verification import verify
from schemas.label import Authenticity, Standing
from schemas.label_events import LabelProlonged, ProlongationRefused
from tests.builders import APPLICANT, SECRETARY, text
from tests.cells import CELLS
from tests.label_walk import LabelWalk
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.recorded_labels import lived, prolonging, record, store
from workflows.activities import SigningOrder


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def row_of(body: Body, label: str) -> labels.LabelRecord:
    async with body.database.reading() as session:
        row = await labels.find(session, label)
    assert row is not None
    return row


async def test_a_label_without_a_life_stands_as_it_was_issued(body: Body) -> None:
    case = await body.certified()
    row = await row_of(body, case.case.label.id)
    assert (row.life, row.version) == (None, 1)
    assert row.standing_at(row.expires_at) == Standing.IN_FORCE
    assert row.standing_at(row.expires_at + timedelta(seconds=1)) == Standing.EXPIRED


async def test_what_stands_is_what_is_recorded(body: Body) -> None:
    walk = await lived(body, await body.certified())
    walk.suspended()
    await record(body.database, walk)
    row = await row_of(body, walk.subject)

    assert (row.standing_at(walk.now), row.version) == (Standing.SUSPENDED, 2)
    assert row.life.since == walk.now
    assert row.life.public_life.steps[-1].restoration == text("Take it down.")
    assert row.standing_at(row.expires_at + timedelta(seconds=1)) == Standing.EXPIRED


async def test_the_directory_tells_how_each_label_stands(body: Body) -> None:
    walk = await lived(body, await body.certified())
    walk.act("end_label", APPLICANT)
    await record(body.database, walk)
    async with body.database.reading() as session:
        (row,) = await labels.directory(session, organisation=walk.state.organisation)
        assert await labels.directory(session, organisation="org-other") == []
    assert row.standing_at(walk.now) == Standing.ENDED_BY_HOLDER


async def test_no_row_goes_back_to_an_earlier_step(body: Body) -> None:
    walk = await lived(body, await body.certified())
    before = walk.state
    walk.suspended()
    await record(body.database, walk)
    with pytest.raises(label_lives.OlderStanding):
        async with body.database.writing() as session:
            await label_lives.apply(session, before)


async def test_a_whole_life_holds(body: Body) -> None:
    walk = await lived(body, await body.certified())
    walk.to_surveillance()
    walk.offer(walk.state.surveillances[0].criteria[0], file="fresh.pdf", size=len("fresh.pdf"))
    walk.handed_in().judged().maintained().suspended().pass_time(days=20).act("end_label", APPLICANT)
    await record(body.database, walk)
    await store(body.vault, walk)
    assert await body.check() == []


async def test_a_standing_changed_in_the_view_is_found(body: Body) -> None:
    walk = await lived(body, await body.certified())
    walk.suspended()
    await record(body.database, walk)
    await store(body.vault, walk)
    await body.as_owner("UPDATE label_life SET standing = 'in_force'")
    (finding,) = await body.check()
    assert (finding.where, finding.code) == (f"label_life {walk.subject} standing", "view_differs")


async def test_a_life_that_is_missing_or_surplus_in_the_view_is_found(body: Body) -> None:
    await lived(body, await body.certified())
    await body.as_owner("DELETE FROM label_life")
    assert await body.codes() == ["row_missing"]
    await body.as_owner(
        "INSERT INTO label_life (id, organisation, tier, standing, version, since, expires_at, life) VALUES "
        "('none', 'o', 'low', 'in_force', 1, '2026-01-01', '2027-01-01', '{}')"
    )
    assert await body.codes() == ["row_missing", "row_surplus"]


async def test_a_text_or_a_fresh_item_that_is_missing_from_the_store_is_found(body: Body) -> None:
    walk = await lived(body, await body.certified())
    walk.to_surveillance().offer(walk.state.surveillances[0].criteria[0], file="fresh.pdf", size=9)
    walk.suspended()
    await record(body.database, walk)
    assert [finding.code for finding in await body.check()] == ["object_missing"] * 3


async def test_a_decided_prolongation_becomes_an_authentic_label_of_its_own(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    assert await body.check() == []

    label = await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    answer = verify(label.token, KeySet.read(body.key_set), at=datetime.now(UTC))
    assert answer.authenticity == Authenticity.AUTHENTIC
    assert label.id != walk.subject
    assert (label.expires_at, label.issued_at) == (
        walk.state.prolongation.until, walk.state.prolongation.decided_at,
    )  # fmt: skip
    assert label == await body.signing().issue_label(SigningOrder(decision=label.decision_number))

    walk.take((LabelProlonged(at=walk.now, actor="engine", label=label),))
    await record(body.database, walk)
    assert await body.check() == []
    old, new = await row_of(body, walk.subject), await row_of(body, label.id)
    assert old.standing_at(walk.now) == Standing.SUPERSEDED
    assert (new.application, new.public_facts.prolongs) == (old.application, walk.subject)
    assert new.public_facts.tally.in_favour == 3


async def test_the_check_still_holds_when_the_renewal_is_decided_later(body: Body) -> None:
    walk, renewal = await prolonging(body, await body.certified())
    label = await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=label),))
    await record(body.database, walk)
    renewal.now = walk.now + timedelta(days=1)
    renewal.act("withdraw_application", APPLICANT)
    await renewal.record(body.database)
    assert await body.check() == []


async def test_a_label_signed_while_the_old_one_ended_is_on_no_record_and_no_finding(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    walk.act("end_label", APPLICANT)
    refusal = ProlongationRefused(at=walk.now, actor="engine", code="not_in_force")
    walk.take((refusal,))
    await record(body.database, walk)
    assert await body.check() == []


@pytest.mark.parametrize("code", ["not_in_force", "renewal_decided"])
async def test_a_signed_label_that_the_record_refused_without_a_reason_is_found(body: Body, code: str) -> None:
    walk, _ = await prolonging(body, await body.certified())
    await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    walk.take((ProlongationRefused(at=walk.now, actor="engine", code=code),))
    await record(body.database, walk)
    assert await body.codes() == ["signature_without_label"]


async def test_a_label_signed_after_the_record_refused_it_is_found(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    walk.act("end_label", APPLICANT)
    long_ago = walk.now - timedelta(days=4000)
    walk.take((ProlongationRefused(at=long_ago, actor="engine", code="not_in_force"),))
    await record(body.database, walk)
    assert await body.codes() == ["signature_without_label"]


async def test_a_label_that_carries_on_what_the_record_refused_is_found(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    label = await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    walk.act("end_label", APPLICANT)
    walk.take((ProlongationRefused(at=walk.now, actor="engine", code="not_in_force"),))
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=label),))
    await record(body.database, walk)
    assert "label_after_refusal" in await body.codes()


async def test_what_was_intended_and_refused_by_the_signer_is_no_finding(body: Body) -> None:
    walk, renewal = await prolonging(body, await body.certified())
    await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    lines = body.sign_log.read_bytes().splitlines(keepends=True)
    body.sign_log.write_bytes(b"".join(lines[:-1]))  # the disk was full after the intent
    renewal.act("withdraw_application", APPLICANT)
    await renewal.record(body.database)
    walk.take((ProlongationRefused(at=walk.now, actor="engine", code="renewal_decided"),))
    await record(body.database, walk)
    assert await body.check() == []


async def test_a_label_signed_for_no_prolongation_on_record_is_found(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    label = await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))
    stretched = label.model_copy(update={"expires_at": label.expires_at + timedelta(days=300)})
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=stretched),))
    await record(body.database, walk)
    assert await body.codes() == ["label_differs", "signature_differs", "token_differs"]


async def test_every_view_beside_a_label_is_compared(body: Body) -> None:
    walk = await lived(body, await body.certified())
    assert {type(row).__name__ for row in rows_of_matter("label", walk.state)} == {"MatterRecord", "LabelLifeRecord"}


async def test_the_signer_refuses_a_prolongation_whose_renewal_was_decided_meanwhile(body: Body) -> None:
    walk, renewal = await prolonging(body, await body.certified())
    renewal.act("withdraw_application", APPLICANT)
    await renewal.record(body.database)
    with pytest.raises(ApplicationError, match=r"renewal_decided$"):
        await body.signing().issue_label(SigningOrder(decision=walk.state.prolongation.number))


async def test_the_signer_knows_no_decision_that_is_not_on_record(body: Body) -> None:
    walk, _ = await prolonging(body, await body.certified())
    for decision in (f"label/{walk.subject}/1", f"label/{walk.subject[::-1]}/9"):
        with pytest.raises(ApplicationError, match="unknown_decision"):
            await body.signing().issue_label(SigningOrder(decision=decision))


def test_a_label_that_ended_and_awaits_the_signature_of_its_prolongation_is_not_over_in_the_record() -> None:
    walk = LabelWalk().renewal_asked()
    walk.kept_until(walk.state.expires_at - timedelta(days=1))
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    walk.until(walk.state.expires_at + timedelta(days=1))
    assert (walk.state.standing, walk.state.is_over) == ("expired", True)
    assert not matters.row_of("label", walk.state).is_over
