"""As many signatures of log, lists and papers as lines of them, each by one key of its day (security, I18)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.programs.check import check
from certify.programs.check_signatures import roots_at
from certify.publication.papers import CertificateKey, LabelPapers
from certify.publication.signature_log import LoggedKey, SignatureLog, Signed, checkpoint_name, read
from labels.key_set import Use
from labels.log import checkpoints
from labels.log.checkpoints import Checkpoint
from labels.log.sequencer import Sequencer
from labels.log.tiles import TiledLog
from labels.log.tree import leaf_hash, root_of
from labels.status import Shard, signed_list
from tests.unit.certify.programs.public_body import ORIGIN, PublicBody
from tests.unit.certify.publication.published import LOG_KEY, STATUS_KEY, URL
from tests.unit.labels.log.conftest import MemoryFiles, entries
from tests.unit.labels.mirror.made import PAPERS

OTHERS_LABEL = "labels/0000000000000000/certificate.cose"


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = await PublicBody.in_folder(tmp_path_factory.mktemp("kept") / "data")
    made.make_papers()
    await made.two_labels()
    await made.publishing.turn(minutes=1)
    await made.close()
    return made.settings.data


def lines(public: PublicBody) -> list[Signed]:
    """What the publisher signed."""
    return [line for line in read(log_of(public)) if isinstance(line, Signed)]


def log_of(public: PublicBody) -> Path:
    assert public.settings.signature_log_file is not None
    return public.settings.signature_log_file


async def test_every_signature_that_is_published_has_its_line_and_every_line_its_object(public: PublicBody) -> None:
    assert await check(public.settings) == []
    papers = {line.what for line in lines(public) if line.use is Use.CERTIFICATE}
    published = public.settings.data / "published"
    assert {published / path for path in papers} == {
        path for path in published.glob("labels/*/*") if path.suffix in {".jwt", ".pdf", ".cose"}
    }
    assert len(papers) == 10


async def test_a_list_that_was_signed_behind_the_log_is_found(public: PublicBody) -> None:
    path = public.settings.data / "published" / "s" / "0"
    now, version = datetime.now(UTC), 1000
    path.write_bytes(signed_list(bytes(Shard()), address=f"{URL}/s/0", version=version, at=now, signer=STATUS_KEY))

    assert "signature_not_logged" in await public.codes()


async def test_papers_that_were_signed_behind_the_log_are_found(public: PublicBody, tmp_path: Path) -> None:
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=1)
    today = datetime.now(UTC).date()
    key = CertificateKey(PAPERS, today - timedelta(days=1), today + timedelta(days=300))
    elsewhere = SignatureLog(tmp_path / "elsewhere.jsonl")
    body, files = public.body, public.publishing.files
    papers = LabelPapers(body.database, files, public.settings, lambda: key, elsewhere, body.signed_labels)
    await papers.open()
    assert not await papers.make()

    found = await check(public.settings)
    assert {one.code for one in found} == {"signature_not_logged"}
    assert sorted(Path(one.where).name for one in found) == [
        "certificate.cose", "certificate.en.pdf", "certificate.ru.pdf", "conformity.jwt", "open-badge.jwt",
    ]  # fmt: skip


async def test_a_checkpoint_of_another_log_that_the_log_key_signed_is_found(public: PublicBody) -> None:
    forked = Checkpoint(ORIGIN, 3, b"\x01" * 32)
    public.publishing.signatures._largest = None  # whoever holds key and file signs without our program
    checkpoints.signed(forked, LoggedKey(LOG_KEY, Use.LOG, public.publishing.signatures, checkpoint_name))

    assert await public.codes() == ["checkpoint_of_another_log"]


async def test_a_paper_that_was_signed_for_no_label_of_the_record_is_found(public: PublicBody) -> None:
    LoggedKey.of(PAPERS, Use.CERTIFICATE, public.publishing.signatures, OTHERS_LABEL).sign(b"a certificate")

    assert await public.codes() == ["paper_without_label"]


async def test_a_line_of_a_day_on_which_its_key_might_not_sign_is_found(public: PublicBody) -> None:
    late = SignatureLog(log_of(public), lambda: datetime(2020, 1, 1, tzinfo=UTC))
    late.note(Use.STATUS, STATUS_KEY.kid, "s/0", b"a list")

    assert await public.codes() == ["signed_out_of_period"]


async def test_a_line_of_a_key_for_another_use_is_found(public: PublicBody) -> None:
    public.publishing.signatures.note(Use.STATUS, LOG_KEY.kid, "s/0", b"a list")

    assert await public.codes() == ["signed_out_of_period"]


async def test_a_log_whose_last_lines_were_cut_off_is_found(public: PublicBody) -> None:
    path = log_of(public)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))

    assert await public.codes() == ["signature_not_logged"]


async def test_a_log_with_a_changed_line_is_found(public: PublicBody) -> None:
    path = log_of(public)
    path.write_bytes(path.read_bytes().replace(b'"what":"s/0"', b'"what":"s/1"', 1))

    assert "signature_log_broken" in await public.codes()


async def test_a_log_that_is_gone_is_missed(public: PublicBody) -> None:
    log_of(public).unlink()

    assert await public.codes() == ["signature_log_missing"]


async def test_a_folder_of_before_there_was_a_log_begins_one_at_its_next_start(public: PublicBody) -> None:
    log_of(public).unlink()
    public.publishing.was_always_logged = False
    public.publishing.start()
    await public.publishing.turn(minutes=1)

    assert await check(public.settings) == []
    assert {line.what for line in lines(public)} >= {"s/0"}
    assert [line for line in lines(public) if line.use is Use.LOG]


def test_the_roots_of_a_log_are_those_at_each_size() -> None:
    files = MemoryFiles()
    growing = Sequencer(files, ORIGIN, LOG_KEY)
    growing.append(entries(600))
    log = TiledLog(files, 600)

    assert list(roots_at(log, range(601))) == [root_of(size, log.subtree) for size in range(601)]
    assert next(roots_at(log, [1])) == leaf_hash(entries(1)[0])
