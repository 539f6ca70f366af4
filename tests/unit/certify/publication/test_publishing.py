"""What is recorded is logged in its order, witnessed, proved and told, and nothing else ever is."""

import json
import shutil
from base64 import b64encode, urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from certify.register import labels
from certify.register.database import Database
from certify.register.entries import JournalEntry
from certify.vault.published_paths import BUNDLE, PROVED, proof_of
from labels.key_set import TrustedKey, Use
from labels.keys import KeyInMemory
from labels.log import checkpoints, proofs
from labels.log.checkpoints import Policy
from labels.status import VALIDITY, standing_in, verified_list
from schemas.canonical import canonical_json
from schemas.errors import Unavailable
from schemas.label import Standing
from schemas.public_log import IssueStatement, KeySetStatement, LogEntry, StandingStatement
from schemas.record_events import CompromisedKey, KeySetPublished
from tests.builders import APPLICANT
from tests.unit.certify.publication.published import POLICY, STATUS_KEY, URL, WITNESS_KEY, Publishing, key
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.recorded_labels import lived, record
from tests.unit.certify.register.records import AT, append

ANOTHER = key("another witness")


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


@pytest.fixture
def publishing(body: Body, tmp_path: Path) -> Publishing:
    return Publishing(body.database, tmp_path)


async def digests(body: Body) -> list[str]:
    """The digests of the record in its order."""
    async with body.database.reading() as session:
        query = select(JournalEntry.digest).order_by(col(JournalEntry.position))
        return list((await session.exec(query)).all())


def logged(publishing: Publishing) -> list[LogEntry]:
    """What the log says."""
    return [LogEntry.from_bytes(one) for one in publishing.log.stored().entries(0, publishing.log.size)]


def standing(publishing: Publishing, index: int, **at: Any) -> Standing | None:
    """What the signed list says of a label."""
    content = publishing.files.read("s/0")
    assert content is not None
    # Of the day before: what was signed just before midnight is read after it.
    key = TrustedKey(STATUS_KEY.public_key, publishing.now.date() - timedelta(days=1), date.max, Use.STATUS)
    found = verified_list(content, [key], address=f"{URL}/s/0", at=at.get("at", publishing.now))
    return standing_in(found, index)


async def index_of(body: Body, label: str) -> int:
    """The place of a label in the lists."""
    async with body.database.reading() as session:
        row = await labels.find(session, label)
    assert row is not None
    return row.status_index


async def test_every_entry_of_the_record_is_one_of_the_log_in_its_order(body: Body, publishing: Publishing) -> None:
    await body.certified()
    await publishing.turn()
    assert [entry.digest for entry in logged(publishing)] == await digests(body)
    await body.certified(application="case-2")
    await publishing.turn()
    assert [entry.digest for entry in logged(publishing)] == await digests(body)
    assert publishing.log.witnessed_size == len(await digests(body))


async def test_a_label_is_proved_once_witnesses_saw_its_issue(body: Body, publishing: Publishing) -> None:
    walk = await body.certified()
    label = walk.case.label
    publishing.witness.away = True
    await publishing.turn()
    assert publishing.files.read(proof_of(label.id)) is None

    publishing.witness.away = False
    await publishing.turn(minutes=2)
    content = publishing.files.read(proof_of(label.id))
    assert content is not None
    entry = proofs.parse(content).extra
    assert proofs.verify(content, entry, POLICY).at == publishing.now.replace(microsecond=0)
    (issued,) = LogEntry.from_bytes(entry).statements
    assert isinstance(issued, IssueStatement)
    assert (issued.label, issued.token, issued.decision) == (label.id, label.token, walk.decision_number)


async def test_the_first_proof_of_a_label_stays_as_it_was(body: Body, publishing: Publishing) -> None:
    walk = await body.certified()
    await publishing.turn()
    first = publishing.files.read(proof_of(walk.case.label.id))
    await body.certified(application="case-2")
    await publishing.turn(days=1)
    publishing.start()
    await publishing.turn(days=1)
    assert publishing.files.read(proof_of(walk.case.label.id)) == first


@pytest.mark.parametrize("kept", ["as the proof was written", "out of the proofs of before"])
async def test_a_first_proof_that_was_lost_is_made_again_the_same(
    body: Body, publishing: Publishing, tmp_path: Path, kept: str
) -> None:
    one = (await body.certified()).case.label.id
    await publishing.turn()
    other = (await body.certified(application="case-2")).case.label.id
    await publishing.turn(days=1)
    first = [publishing.files.read(proof_of(label)) for label in (one, other)]
    if kept == "out of the proofs of before":
        (tmp_path / "seen-checkpoints.jsonl").unlink()
        publishing.start()
        await body.certified(application="case-3")
        await publishing.turn(days=1)

    shutil.rmtree(tmp_path / "published")
    publishing.start()
    await publishing.turn(days=400)

    assert [publishing.files.read(proof_of(label)) for label in (one, other)] == first


@pytest.mark.parametrize("line", [b"junk", b"", b"{}", b"[]", b"\xff", bytes(8), b'{"note": 7}'])
async def test_a_line_that_somebody_wrote_among_the_kept_checkpoints_stops_nothing(
    body: Body, publishing: Publishing, tmp_path: Path, line: bytes
) -> None:
    one = (await body.certified()).case.label.id
    await publishing.turn()
    first = publishing.files.read(proof_of(one))
    with (tmp_path / "seen-checkpoints.jsonl").open("ab") as kept:
        kept.write(line + b"\n")
    other = (await body.certified(application="case-2")).case.label.id
    shutil.rmtree(tmp_path / "published")

    publishing.start()
    await publishing.turn(days=400)
    await publishing.turn()  # what the log had before comes first

    assert publishing.files.read(proof_of(one)) == first
    assert await seen_at(publishing, other) == publishing.now.replace(microsecond=0)


@pytest.mark.parametrize("told", [b"junk", b"\xff", b"", b"9999999", b"9999999 \xff"])
async def test_how_far_the_proofs_are_is_found_again_where_it_was_altered(
    body: Body, publishing: Publishing, told: bytes
) -> None:
    one = (await body.certified()).case.label.id
    await publishing.turn()
    first = publishing.files.read(proof_of(one))
    publishing.files.write(PROVED, told)
    other = (await body.certified(application="case-2")).case.label.id

    await publishing.turn(days=1)

    assert publishing.files.read(proof_of(one)) == first
    assert publishing.files.read(proof_of(other)) is not None


@pytest.mark.parametrize("told", [b"\xff", b"junk", b""])
async def test_a_stop_that_nobody_told_stops_nothing(body: Body, publishing: Publishing, told: bytes) -> None:
    publishing.files.write("stopped/code", told)
    await body.certified()

    await publishing.turn()

    publishing.log.require_issuing(publishing.now)


async def test_a_kept_checkpoint_that_was_changed_or_is_of_another_log_proves_nothing(
    body: Body, publishing: Publishing, tmp_path: Path
) -> None:
    label = (await body.certified()).case.label.id
    await publishing.turn()
    kept = tmp_path / "seen-checkpoints.jsonl"
    seen = json.loads(kept.read_bytes())["note"]
    changed = seen.replace(seen.split("\n")[2], b64encode(bytes(32)).decode())
    kept.write_bytes(
        b"".join(canonical_json({"note": note}) + b"\n" for note in (changed, seen.replace("/log", "/log2")))
    )

    shutil.rmtree(tmp_path / "published")
    publishing.start()
    await publishing.turn(days=400)

    assert await seen_at(publishing, label) == publishing.now.replace(microsecond=0)


async def test_a_step_of_a_label_is_logged_and_told_in_the_lists(body: Body, publishing: Publishing) -> None:
    case = await body.certified()
    walk = await lived(body, case)
    await publishing.turn()
    index = await index_of(body, walk.subject)
    assert standing(publishing, index) is None

    walk.act("end_label", APPLICANT)
    await record(body.database, walk)
    publishing.witness.away = True  # what is out of force is told without a witness
    await publishing.turn()
    assert standing(publishing, index) == Standing.WITHDRAWN
    (step,) = [one for entry in logged(publishing) for one in entry.statements if isinstance(one, StandingStatement)]
    assert (step.label, step.version, step.standing) == (walk.subject, 2, Standing.ENDED_BY_HOLDER)


async def test_the_lists_say_what_was_logged_whatever_the_directory_says(body: Body, publishing: Publishing) -> None:
    walk = await lived(body, await body.certified())
    walk.act("end_label", APPLICANT)
    await record(body.database, walk)
    await publishing.turn()
    index = await index_of(body, walk.subject)
    assert standing(publishing, index) == Standing.WITHDRAWN

    await body.as_owner("UPDATE label_life SET standing = 'in_force', version = 1", "UPDATE label SET status_index = 7")
    publishing.start()
    await publishing.turn(hours=9)
    assert standing(publishing, index) == Standing.WITHDRAWN


async def test_a_publisher_that_starts_again_goes_on_where_it_stopped(body: Body, publishing: Publishing) -> None:
    walk = await lived(body, await body.certified())
    await publishing.turn()
    walk.act("end_label", APPLICANT)
    await record(body.database, walk)
    publishing.start()
    await publishing.turn()
    assert [entry.digest for entry in logged(publishing)] == await digests(body)
    (step,) = [one for entry in logged(publishing) for one in entry.statements if isinstance(one, StandingStatement)]
    assert step.version == 2
    assert standing(publishing, await index_of(body, walk.subject)) == Standing.WITHDRAWN


async def test_every_version_of_the_key_set_is_named_in_the_log(body: Body, publishing: Publishing) -> None:
    lost = CompromisedKey(kid="0a1b2c3d", at=AT)
    versions = [
        KeySetPublished(at=AT, actor="engine", key_set_version=1, digest="a" * 64, root="ROOT"),
        KeySetPublished(at=AT, actor="engine", key_set_version=2, digest="b" * 64, root="ROOT", compromised=(lost,)),
    ]
    await append(body.database, "keys", *versions)
    await publishing.turn()

    said = [one for entry in logged(publishing) for one in entry.statements if isinstance(one, KeySetStatement)]
    assert [(one.version, one.digest, one.compromised) for one in said] == [
        (1, "a" * 64, {}),
        (2, "b" * 64, {"0a1b2c3d": AT}),
    ]


async def test_nothing_private_stands_in_the_log(body: Body, publishing: Publishing) -> None:
    await lived(body, await body.certified())
    await publishing.turn()
    everything = b"".join(one.as_bytes() for one in logged(publishing)).decode()
    for secret in ("eva", "edda", "member-a", "ann", "rationale", "choice"):
        assert f'"{secret}' not in everything


async def test_lists_are_signed_again_before_they_grow_old(body: Body, publishing: Publishing) -> None:
    await publishing.turn()
    first = publishing.files.read("s/0")
    await publishing.turn(seconds=1)
    assert publishing.files.read("s/0") == first
    await publishing.turn(minutes=6)
    assert publishing.files.read("s/0") != first
    assert standing(publishing, 0, at=publishing.now.replace(microsecond=0) + VALIDITY) is None


async def test_the_bundle_holds_what_a_verifier_needs_offline(body: Body, publishing: Publishing) -> None:
    await body.certified()
    await publishing.turn()
    content = publishing.files.read(BUNDLE)
    assert content is not None
    bundle = json.loads(content)
    assert checkpoints.witnessed(bundle["checkpoint"], POLICY).checkpoint.size == publishing.log.size
    packed = bundle["status"][f"{URL}/s/0"]
    assert urlsafe_b64decode(packed + "=" * (-len(packed) % 4)) == publishing.files.read("s/0")


async def test_no_label_is_issued_while_too_few_witnesses_cosign(body: Body, tmp_path: Path) -> None:
    publishing = Publishing(body.database, tmp_path, policy=replace(POLICY, quorum=2))
    await publishing.turn()
    with pytest.raises(Unavailable, match="No witness"):
        publishing.log.require_issuing(publishing.now)


async def test_a_witness_that_is_away_for_ten_minutes_stops_the_issuing(publishing: Publishing) -> None:
    await publishing.turn()
    publishing.witness.away = True
    await publishing.turn(minutes=9)
    publishing.log.require_issuing(publishing.now)
    await publishing.turn(minutes=2)
    with pytest.raises(Unavailable, match="No witness"):
        publishing.log.require_issuing(publishing.now)
    publishing.witness.away = False
    await publishing.turn(minutes=2)
    publishing.log.require_issuing(datetime.now(UTC))


# Keys of the log and its witness


def trusting(*witnesses: KeyInMemory) -> Policy:
    """The policy of a key set with these witnesses."""
    return replace(POLICY, witnesses=tuple(one.public_key for one in witnesses))


async def seen_at(publishing: Publishing, label: str) -> datetime:
    """When the proof of a label says that witnesses first saw it, for a reader of the present policy."""
    content = publishing.files.read(proof_of(label))
    assert content is not None
    return proofs.verify(content, proofs.parse(content).extra, publishing.policy).at


async def test_a_witness_with_a_new_key_changes_no_earlier_proof(body: Body, publishing: Publishing) -> None:
    label = (await body.certified()).case.label
    await publishing.turn()
    first = await seen_at(publishing, label.id)
    publishing.policy = trusting(WITNESS_KEY, ANOTHER)
    publishing.watched_with(ANOTHER)
    publishing.start()
    await publishing.turn(days=1)
    assert await seen_at(publishing, label.id) == first
    assert publishing.log.witnessed_size == publishing.log.size


async def test_when_a_witness_is_trusted_no_more_every_label_is_proved_again(
    body: Body, publishing: Publishing
) -> None:
    label = (await body.certified()).case.label
    await publishing.turn()
    first = await seen_at(publishing, label.id)
    publishing.policy = trusting(ANOTHER)
    publishing.watched_with(ANOTHER)
    publishing.start()
    await publishing.turn(days=1)
    publishing.log.require_issuing(publishing.now)
    assert await seen_at(publishing, label.id) == publishing.now.replace(microsecond=0) > first

    again = await seen_at(publishing, label.id)
    publishing.start()
    await publishing.turn(days=1)
    assert await seen_at(publishing, label.id) == again


async def test_a_log_is_never_signed_under_a_second_name(body: Body, publishing: Publishing) -> None:
    await body.certified()
    await publishing.turn()
    head = publishing.files.read("log/head")
    publishing.policy = replace(POLICY, origin="another.example/log")
    publishing.start()
    with pytest.raises(Unavailable) as refusal:
        await publishing.turn()
    assert refusal.value.code == "other_origin"
    with pytest.raises(Unavailable):
        publishing.log.require_issuing(publishing.now)
    assert publishing.files.read("log/head") == head
