"""`certify check` holds what is published against the record (issue 4; security, I9, I10, I18, F24, F25)."""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.programs.check import check
from certify.programs.check_log import PublicSide
from certify.programs.check_published import PublicFindings
from certify.register import labels
from certify.register.checking import Finding
from certify.vault.published import FolderFiles
from labels.key_set import KeySet
from labels.log.sequencer import HEAD
from labels.log.tiles import TiledLog
from labels.log.witness import memory_of
from labels.status import Shard, signed_list
from schemas.public_log import LogEntry
from tests.builders import APPLICANT
from tests.cells import rewrite
from tests.unit.certify.programs.public_body import ORIGIN, PublicBody
from tests.unit.certify.publication.published import STATUS_KEY, URL
from tests.unit.certify.register.recorded_labels import lived, record


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = await PublicBody.in_folder(tmp_path_factory.mktemp("kept") / "data")
    await made.two_labels()
    await made.close()
    return made.settings.data


def published(public: PublicBody) -> Path:
    """What the public sees."""
    return public.settings.data / "published"


def proofs(public: PublicBody) -> list[Path]:
    """The proofs of all labels."""
    return sorted(published(public).glob("labels/*/label.tlog-proof"))


async def test_what_is_published_and_recorded_alike_is_no_finding(public: PublicBody) -> None:
    assert await check(public.settings) == []


async def test_what_nobody_has_logged_yet_is_no_finding(public: PublicBody) -> None:
    await public.body.certified(application="case-3")

    assert await check(public.settings) == []


async def test_what_no_witness_has_seen_yet_is_no_finding(public: PublicBody) -> None:
    public.publishing.witness.away = True
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=1)

    assert await check(public.settings) == []


async def test_before_anything_is_published_there_is_nothing_to_compare(tmp_path: Path) -> None:
    fresh = await PublicBody.in_folder(tmp_path / "fresh")

    assert await check(fresh.settings) == []
    await fresh.close()


async def test_a_log_that_is_gone_is_missed_by_what_its_witness_saw(public: PublicBody) -> None:
    shutil.rmtree(published(public) / "log")

    assert await public.codes() == ["log_missing"]


async def test_a_log_shorter_than_its_witness_saw_is_named(public: PublicBody, tmp_path: Path) -> None:
    shutil.copytree(published(public), tmp_path / "earlier")
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=1)
    shutil.rmtree(published(public))
    shutil.copytree(tmp_path / "earlier", published(public))

    assert await public.codes() == ["log_behind_witness"]


async def test_a_witness_that_saw_another_log_is_told_apart(public: PublicBody) -> None:
    path = public.settings.data / "witness" / "seen" / memory_of(ORIGIN)
    origin, size, root, _ = path.read_text().split("\n")
    path.write_text(f"{origin}\n{size}\n{'A' * 43}=\n")

    assert root != "A" * 43 + "="
    assert await public.codes() == ["log_forked"]


async def test_a_record_that_was_restored_to_an_earlier_state_is_behind_its_log(
    public: PublicBody, tmp_path: Path
) -> None:
    await public.body.database.close()
    earlier = (public.settings.data / "certify.db").read_bytes()
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=1)
    await public.body.database.close()
    for beside in public.settings.data.glob("certify.db-*"):
        beside.unlink()
    (public.settings.data / "certify.db").write_bytes(earlier)

    assert "record_behind_log" in await public.codes()


async def test_an_entry_of_which_the_record_says_something_else_is_named(public: PublicBody) -> None:
    """Only the owner of the database and of the log can do this: what a witness saw cannot be said otherwise later."""
    entry = _last_participant(public)
    await public.body.as_owner()
    await rewrite(
        public.body.database,
        "journal_body.body",
        lambda body: body.replace(b"Acme Vision", b"Acme Virion"),
        where="stream LIKE 'organisation/%'",
    )

    assert f"log entry {entry}: is not what the record says here [log_differs]" in [
        str(finding) for finding in await check(public.settings)
    ]


def _last_participant(public: PublicBody) -> int:
    log = TiledLog(FolderFiles(published(public) / "log"), size_of(public))
    entries = [LogEntry.from_bytes(one) for one in log.entries(0, log.size)]
    return max(place for place, one in enumerate(entries) if any(s.kind == "participant" for s in one.statements))


def size_of(public: PublicBody) -> int:
    """The size of the checkpoint."""
    return int((published(public) / "log" / "checkpoint").read_text().split("\n")[1])


async def test_an_entry_whose_body_was_erased_keeps_what_was_said_of_it(public: PublicBody) -> None:
    await public.body.as_owner("DELETE FROM journal_body WHERE stream LIKE 'organisation/%'")

    assert "log_differs" not in await public.codes()


async def test_entries_that_were_exchanged_are_named_one_by_one_up_to_a_limit(public: PublicBody) -> None:
    with sqlite3.connect(public.settings.data / "certify.db") as owner:
        for (name,) in owner.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            owner.execute(f'DROP TRIGGER "{name}"')
        owner.execute("UPDATE journal_entry SET position = -position")
        owner.execute("UPDATE journal_entry SET position = position + 100000")

    found = [finding.code for finding in await check(public.settings)]
    assert found.count("log_differs") == 20


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda public: (published(public) / "log" / "checkpoint").write_bytes(b"none"), "checkpoint_not_valid"),
        (lambda public: (published(public) / "log" / HEAD).write_bytes(b"none"), "checkpoint_not_valid"),
        (lambda public: proofs(public)[0].unlink(), "proof_missing"),
        (lambda public: proofs(public)[0].write_bytes(proofs(public)[1].read_bytes()), "proof_not_valid"),
        (lambda public: (published(public) / "s" / "0").write_bytes(b""), "list_not_valid"),
        (lambda public: (published(public) / "s" / "index.json").write_text("{}"), "list_not_valid"),
        (lambda public: (published(public) / "offline.bundle").write_text("{}"), "bundle_not_valid"),
        (
            lambda public: (proofs(public)[0].parent / "certificate.cose").write_bytes(b"another"),
            "paper_not_valid",
        ),
    ],
)
async def test_what_does_not_hold_is_named(
    public: PublicBody, change: Callable[[PublicBody], object], code: str
) -> None:
    change(public)

    assert code in await public.codes()


async def test_a_proof_that_a_stopped_publisher_has_yet_to_write_is_awaited_for_a_while(public: PublicBody) -> None:
    proofs(public)[0].unlink()
    (published(public) / "labels" / "proved").write_text("0")

    assert await public.codes() == ["proof_missing"]  # its decision is long past
    keys = KeySet.read(public.body.key_set)
    findings = PublicFindings(PublicSide.of(public.settings, lambda: keys))
    async with public.body.database.reading() as session:
        at_once = (await labels.directory(session))[0].issued_at + timedelta(minutes=1)
        assert [one.code async for one in findings.findings(session, at_once)] == []


async def test_a_bundle_with_a_key_more_is_named(public: PublicBody) -> None:
    path = published(public) / "offline.bundle"
    document = json.loads(path.read_bytes())
    document["keys"]["keys"][0]["to"] = "2099-01-01"
    path.write_text(json.dumps(document))

    assert await public.codes() == ["bundle_not_valid"]


# Status lists


async def test_a_list_may_lack_what_was_recorded_in_the_last_quarter_of_an_hour(public: PublicBody) -> None:
    walk = await lived(public.body, await public.body.certified(application="case-3"))
    await public.publishing.turn(seconds=1)
    walk.act("end_label", APPLICANT)
    await record(public.body.database, walk)

    assert await check(public.settings) == []


async def test_a_list_that_lacks_it_for_longer_is_named(public: PublicBody) -> None:
    public.publishing.now -= timedelta(minutes=30)
    walk = await lived(public.body, await public.body.certified(application="case-3"))
    await public.publishing.turn(seconds=1)
    walk.act("end_label", APPLICANT)
    await record(public.body.database, walk)

    assert await public.codes() == ["status_differs"]


async def test_a_list_that_says_it_tells_of_a_step_and_does_not_is_named(public: PublicBody) -> None:
    now, size = datetime.now(UTC), size_of(public)
    lie = signed_list(bytes(Shard()), address=f"{URL}/s/0", version=size, at=now, signer=STATUS_KEY)
    (published(public) / "s" / "0").write_bytes(lie)

    assert await public.codes() == ["signature_not_logged", "status_differs"]


async def test_a_label_that_stands_in_no_list_is_named(public: PublicBody) -> None:
    now, size = datetime.now(UTC), size_of(public)
    other = signed_list(bytes(Shard()), address=f"{URL}/s/9", version=size, at=now, signer=STATUS_KEY)
    (published(public) / "s" / "9").write_bytes(other)
    (published(public) / "s" / "index.json").write_text(json.dumps({"status_lists": [f"{URL}/s/9"]}))

    assert "list_missing" in await public.codes()


# Damage


async def found_in(public: PublicBody) -> list[Finding]:
    """What the part of the check finds that looks at what is published."""
    assert public.settings.key_set_file is not None
    keys = KeySet.read(public.settings.key_set_file)
    findings = PublicFindings(PublicSide.of(public.settings, lambda: keys))
    async with public.body.database.reading() as session:
        return [finding async for finding in findings.findings(session, datetime.now(UTC))]


async def test_every_single_byte_that_changes_in_what_is_published_is_found(public: PublicBody) -> None:
    """Fifty of them, at places drawn with a seed, in tiles, bundles, proofs, lists and checkpoints (F25)."""
    drawn = random.Random(2026)  # noqa: S311  # places to damage, the same in every run
    kinds = ("log/tile/**/*", "log/checkpoint", "log/head", "labels/*/label.tlog-proof", "s/0")
    files = [path for kind in kinds for path in sorted(published(public).glob(kind)) if path.is_file()]
    for number in range(50):
        path = files[number % len(files)]
        content = path.read_bytes()
        place = drawn.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ drawn.randrange(1, 256)]) + content[place + 1 :])
        assert await found_in(public) != [], (path, place)
        path.write_bytes(content)
    assert await found_in(public) == []
