"""The check of a record that holds, and of records that a skilful owner of the database has rewritten."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from certify.config import Settings
from certify.programs.check import check, verify_record
from certify.register import journal
from certify.register.database import Database
from schemas.errors import CouldNotCheck, Unavailable
from schemas.event import Event
from schemas.events import BallotCast, DecisionTaken, LabelIssued, ReviewSubmitted
from schemas.label import IssuedLabel
from schemas.records import Batch
from schemas.review import Review
from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import SECRETARY, sha256, text
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, forge, founded
from tests.unit.certify.register.records import RecordedWalk, admitted, append, entry_of
from workflows.activities import SigningOrder


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


@pytest.fixture
async def on_sqlite(sqlite_url: str, tmp_path: Path) -> Body:
    """What is found does not depend on the database: these tests run on one."""
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.CRITICAL])
async def test_nothing_is_found_in_a_complete_record(body: Body, tier: Tier) -> None:
    await body.certified(tier)

    assert await body.check() == []


async def test_nothing_is_found_in_cases_under_way(body: Body) -> None:
    cases = {
        "lodged": RecordedWalk(application="lodged").to_intake(),
        "judged": RecordedWalk(application="judged").to_recommendation(),
        "voting": RecordedWalk(application="voting").to_round(),
        "declined": RecordedWalk(application="declined")
        .to_intake()
        .act("decline_application", SECRETARY, reasons=text("Advice")),
    }
    for walk in cases.values():
        await walk.store(body.vault)
        await walk.record(body.database)

    assert await body.check() == []


async def test_a_label_that_was_signed_and_not_yet_recorded_is_no_finding_while_its_case_waits(on_sqlite: Body) -> None:
    walk = await on_sqlite.granted()
    await on_sqlite.signing().issue_label(SigningOrder(decision=walk.decision_number))

    assert await on_sqlite.check() == []


async def test_a_signature_of_a_case_that_the_record_does_not_grant_is_found(on_sqlite: Body) -> None:
    walk = await on_sqlite.certified()
    before_the_decision = [event for event in walk.events if not isinstance(event, DecisionTaken | LabelIssued)]

    await forge(on_sqlite, walk, *before_the_decision)

    assert await on_sqlite.codes() == ["signature_without_label"]


async def test_a_label_without_a_signature_is_found(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    on_sqlite.sign_log.unlink()

    assert [(found.code, found.where) for found in await on_sqlite.check()] == [
        ("label_not_signed", "decision case-1/30")
    ]


@pytest.mark.parametrize("line", [0, 1, 2])
async def test_a_line_taken_out_of_the_sign_log_is_found(on_sqlite: Body, line: int) -> None:
    await on_sqlite.certified()
    await on_sqlite.certified(application="case-2")
    lines = on_sqlite.sign_log.read_bytes().splitlines(keepends=True)

    on_sqlite.sign_log.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))

    assert await on_sqlite.codes() == ["sign_log_broken"]


async def test_the_last_line_taken_out_of_the_sign_log_is_found(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    await on_sqlite.certified(application="case-2")
    lines = on_sqlite.sign_log.read_bytes().splitlines(keepends=True)

    on_sqlite.sign_log.write_bytes(b"".join(lines[:-1]))

    assert [str(found) for found in await on_sqlite.check()] == [
        "decision case-2/30: the record has its label; the sign log has no signature [label_not_signed]"
    ]


async def test_a_sign_log_signed_by_a_key_out_of_its_period_is_found(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    keys = on_sqlite.key_set.read_text()

    on_sqlite.key_set.write_text(_with_period(keys, "2025-01-01", "2026-01-01"))

    assert "signed_out_of_period" in await on_sqlite.codes()


async def test_a_missing_file_is_named(body: Body) -> None:
    await body.certified()
    victim = body.objects("case-1")[0]
    victim.unlink()

    (found,) = await body.check()

    assert (found.code, found.where) == ("object_missing", f"object case/case-1/{await body.name_of('case-1', victim)}")


async def test_every_stored_object_is_read_whatever_it_is(on_sqlite: Body) -> None:
    await on_sqlite.certified()

    for victim in on_sqlite.objects("case-1"):
        content = victim.read_bytes()
        victim.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        found = await on_sqlite.check()
        name = await on_sqlite.name_of("case-1", victim)
        assert [(one.code, one.where) for one in found] == [("object_changed", f"object case/case-1/{name}")]
        victim.write_bytes(content)


@pytest.mark.parametrize("field", ["id", "token", "kid", "status_index", "subject_digest", "expires_at", "holder"])
async def test_a_label_rewritten_with_its_chain_and_views_is_found(on_sqlite: Body, field: str) -> None:
    walk = await on_sqlite.certified()
    other = (await on_sqlite.certified(application="case-2")).case.label
    label = walk.case.label
    assert label is not None
    assert other is not None
    given = getattr(other, field) if field != "holder" else "Somebody Else"
    if field == "expires_at":
        given = label.expires_at.replace(year=label.expires_at.year + 1)
    if field == "kid":
        given = "00000000"
    await on_sqlite.as_owner("DELETE FROM label WHERE application = 'case-2'")

    await forge(on_sqlite, walk, *_with_label(walk.events, label.model_copy(update={field: given})))

    assert any(found.where == f"label {given if field == 'id' else label.id}" for found in await on_sqlite.check())
    codes = await on_sqlite.codes()
    assert "signature_differs" in codes
    assert ("number_twice" in codes) == (field in {"id", "status_index"})


async def test_labels_exchanged_between_two_cases_are_found(on_sqlite: Body) -> None:
    one, two = await on_sqlite.certified(), await on_sqlite.certified(application="case-2")
    first, second = one.case.label, two.case.label

    await on_sqlite.as_owner("DELETE FROM label")
    await forge(on_sqlite, one, *_with_label(one.events, second))
    await forge(on_sqlite, two, *_with_label(two.events, first))

    found = [str(finding) for finding in await on_sqlite.check() if finding.code == "label_differs"]
    assert len(found) == 2


async def test_a_label_whose_ballots_are_gone_is_found(on_sqlite: Body) -> None:
    walk = await on_sqlite.certified()

    await forge(on_sqlite, walk, *_without_first(walk.events, BallotCast))

    assert await _refused_grants(on_sqlite) == ["no_majority"]


async def test_a_label_granted_against_a_finding_is_found(on_sqlite: Body) -> None:
    walk = await on_sqlite.certified()
    events = [
        event.model_copy(update={"review": _failing(event.review)}) if isinstance(event, ReviewSubmitted) else event
        for event in walk.events
    ]

    await forge(on_sqlite, walk, *events)

    assert await _refused_grants(on_sqlite) == ["other_results"]


async def test_a_label_without_a_decision_is_found(on_sqlite: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = await on_sqlite.certified()
    monkeypatch.setattr(journal, "project", _no_views)

    await forge(on_sqlite, walk, *_without_first(walk.events, DecisionTaken))

    assert {"not_folded", "not_one_decision", "grant_not_carried"} <= set(await on_sqlite.codes())


async def test_a_second_label_of_a_decision_is_found(on_sqlite: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = await on_sqlite.certified()
    monkeypatch.setattr(journal, "project", _no_views)

    await forge(on_sqlite, walk, *walk.events, walk.events[-1])

    assert "not_one_decision" in await on_sqlite.codes()


async def test_the_directory_takes_no_second_label_of_a_decision(body: Body) -> None:
    walk = await body.certified()
    event = walk.events[-1]
    assert isinstance(event, LabelIssued)
    label = event.label.model_copy(update={"id": "0" * 16, "status_index": 7, "token": "OTHER"})
    walk.conclude(event.model_copy(update={"label": label}))

    with pytest.raises(IntegrityError):
        await walk.record(body.database)

    assert await body.check() == []


async def test_a_manifest_over_other_evidence_is_found(on_sqlite: Body) -> None:
    walk = await on_sqlite.granted()
    events = [
        event.model_copy(update={"manifest": event.manifest.model_copy(update={"digest": sha256("other")})})
        if event.kind == "manifest_frozen"
        else event
        for event in walk.events
    ]

    await forge(on_sqlite, walk, *events)

    assert await on_sqlite.codes() == ["manifest_differs"]


async def test_an_act_recorded_twice_is_found_where_nothing_guards_it(on_sqlite: Body) -> None:
    async with on_sqlite.database.writing() as session:
        number = await journal.next_number(session, "people")
        one = entry_of(number, admitted("ada")).model_copy(update={"act_id": "act-1"})
        two = entry_of(number + 1, admitted("bob")).model_copy(update={"act_id": "act-2"})
        await journal.append(session, Batch(stream="people", entries=(one, two)))
    await on_sqlite.as_owner(
        "CREATE TABLE copy AS SELECT * FROM journal_entry",
        "DROP TABLE journal_entry",
        "ALTER TABLE copy RENAME TO journal_entry",
        "UPDATE journal_entry SET act_id = 'act-1' WHERE act_id = 'act-2'",
    )

    assert await on_sqlite.codes() == ["act_twice", "chain_broken"]


async def test_without_the_public_keys_a_label_could_not_be_checked(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    on_sqlite.key_set.unlink()

    with pytest.raises(CouldNotCheck, match="keys_unreadable"):
        await on_sqlite.check()


async def test_a_record_without_labels_needs_no_keys(on_sqlite: Body) -> None:
    on_sqlite.key_set.unlink()

    assert await on_sqlite.check() == []


async def test_the_check_needs_no_right_to_write(sqlite_url: str, on_sqlite: Body) -> None:
    await on_sqlite.certified()
    reader = Database(sqlite_url, read_only=True, cells=CELLS)

    found = await verify_record(
        reader, on_sqlite.vault.audit(), sign_log_file=on_sqlite.sign_log, key_set_file=on_sqlite.key_set
    )

    assert found == []
    await reader.close()


async def test_what_is_recorded_while_the_check_runs_is_no_finding(body: Body) -> None:
    await body.certified()
    walk = RecordedWalk(application="case-2").to_intake()
    await walk.store(body.vault)

    class Busy:
        """A store that is slow enough for others to write meanwhile."""

        written = False

        async def look(self, application: str, digest: str, *, is_text: bool = False) -> Any:
            if not self.written:
                self.written = True
                await walk.record(body.database)
            return await body.vault.audit().look(application, digest, is_text=is_text)

    store = Busy()
    found = await verify_record(body.database, store, sign_log_file=body.sign_log, key_set_file=body.key_set)

    assert store.written
    assert found == []
    assert await body.check() == []


async def test_progress_counts_the_streams(on_sqlite: Body) -> None:
    await on_sqlite.certified()
    told: list[tuple[int, int]] = []

    await verify_record(
        on_sqlite.database,
        on_sqlite.vault.audit(),
        sign_log_file=on_sqlite.sign_log,
        key_set_file=on_sqlite.key_set,
        progress=lambda done, of: told.append((done, of)),
    )

    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


async def test_the_command_checks_what_the_settings_point_to(on_sqlite: Body, sqlite_url: str) -> None:
    await on_sqlite.certified()
    await on_sqlite.database.close()
    settings = Settings(
        data=on_sqlite.folder,
        database_url=sqlite_url,
        evidence_url=on_sqlite.evidence.as_uri(),
        sign_log_file=on_sqlite.sign_log,
        key_set_file=on_sqlite.key_set,
    )

    assert await check(settings) == []
    on_sqlite.objects("case-1")[0].unlink()
    assert [found.code for found in await check(settings)] == ["object_missing"]


async def test_a_record_that_is_not_there_could_not_be_checked(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="record_unreadable"):
        await check(Settings(data=tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


async def test_one_missing_entry_is_found_once_in_its_stream_and_once_at_its_place(on_sqlite: Body) -> None:
    await append(on_sqlite.database, "attempts", *(admitted(f"x-{number}") for number in range(20)))
    await on_sqlite.as_owner(
        "DELETE FROM journal_entry WHERE stream = 'attempts' AND number = 7",
        "DELETE FROM journal_body WHERE stream = 'attempts' AND number = 7",
    )

    in_stream, at_place = await on_sqlite.check()
    assert str(in_stream) == "attempts 8: the number 8 stands here [chain_broken]"
    assert at_place.code == "place_without_entry"


def _with_label(events: Sequence[Event], label: IssuedLabel | None) -> list[Event]:
    return [event.model_copy(update={"label": label}) if isinstance(event, LabelIssued) else event for event in events]


def _without_first(events: Sequence[Event], kind: type[Event]) -> list[Event]:
    first = next(event for event in events if isinstance(event, kind))
    return [event for event in events if event is not first]


def _failing(review: Review) -> Review:
    first, *others = review.findings
    return review.model_copy(update={"findings": (first.model_copy(update={"verdict": Verdict.NOT_MET}), *others)})


async def _refused_grants(body: Body) -> list[str]:
    found = [finding.what for finding in await body.check() if finding.code == "grant_not_carried"]
    return [what.removeprefix("the record does not carry it: ").partition(":")[0] for what in found]


async def _no_views(*_: object) -> None:
    """Let the forger write the views by hand, or not at all."""


def _with_period(keys: str, first: str, last: str) -> str:
    document = json.loads(keys)
    for key in document["keys"]:
        key.update({"from": first, "to": last})
    return json.dumps(document)
