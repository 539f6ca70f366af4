"""The papers of a label: made once it is logged, from the record alone, and each verifies by itself."""

import io
import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pypdf import PdfReader
from sqlmodel import select
from structlog.testing import capture_logs

from certify.activities.sign_log import SignLog
from certify.activities.signing import LabelSigning
from certify.config import Settings
from certify.publication.papers import CertificateKey, LabelPapers
from certify.publication.signature_log import SignatureLog
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.vault.published import FolderFiles, label_file
from certify.vault.published_paths import proof_of
from labels.exports.certificate import certificate_in
from labels.exports.conformity import conformity_in
from labels.exports.open_badge import open_badge_in
from labels.key_files import KeyInMemory
from labels.key_set import KeySet, LabelKey, TrustedKey, Use
from labels.keyring import Keyring
from schemas.errors import LabelError, VerificationError
from schemas.label import IssuedLabel
from tests.cells import CELLS
from tests.unit.certify.publication.published import LOG_KEY
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.test_holder_images import FIRST, choose
from workflows.activities import SigningOrder
from workflows.rules.case.attestation import attest

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()
SIGNER = KeyInMemory(ec.derive_private_key(7, ec.SECP256R1()))
TRUSTED = TrustedKey(SIGNER.public_key, TODAY - timedelta(days=1), TODAY + timedelta(days=300), Use.CERTIFICATE)
RING = Keyring.of(KeySet((TRUSTED,)), [SIGNER])
ROGUE = Keyring(KeySet((LabelKey(LOG_KEY.public_key, TODAY, TODAY),)), (LOG_KEY,))
"""Keys of somebody who is not our signer."""
NAMES = ("open-badge.jwt", "conformity.jwt", "certificate.en.pdf", "certificate.ru.pdf", "certificate.cose")


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path / "published")


def papers_of(body: Body, files: FolderFiles, day: date = TODAY, ring: Keyring = RING) -> LabelPapers:
    """What makes the papers."""
    settings = Settings(data=body.folder, public_url="https://v.example.eu")
    signatures = SignatureLog(body.folder / "signatures.jsonl")
    return LabelPapers(
        body.database, files, settings, lambda: CertificateKey.of(ring, day), signatures, body.signed_labels
    )


def seen(files: FolderFiles, label: IssuedLabel | None) -> IssuedLabel:
    """Let witnesses have seen the issue of a label."""
    assert label is not None
    files.write(proof_of(label.id), b"a proof")
    return label


async def test_every_paper_of_a_label_verifies_by_itself(body: Body, files: FolderFiles) -> None:
    label = seen(files, (await body.certified()).case.label)
    papers = papers_of(body, files)
    await papers.open()
    assert not await papers.make()

    made = [files.read(label_file(label.id, name)) for name in NAMES]
    badge, conformity, english, russian, cose = (content for content in made if content is not None)
    assert open_badge_in(badge, [TRUSTED])["issuer"]["url"] == "https://v.example.eu"
    assert conformity_in(conformity, [TRUSTED])
    assert certificate_in(cose, [TRUSTED]).token == label.token
    assert english.startswith(b"%PDF-1.7")
    assert english != russian


async def test_papers_are_the_same_bytes_however_often_they_are_made(body: Body, files: FolderFiles) -> None:
    label = seen(files, (await body.certified()).case.label)
    made = []
    for _ in range(2):
        files.remove_folder(f"labels/{label.id}")
        seen(files, label)
        papers = papers_of(body, files)
        await papers.open()
        await papers.make()
        made.append([files.read(label_file(label.id, name)) for name in NAMES])
    assert made[0] == made[1]


async def certificates(body: Body, files: FolderFiles, label: IssuedLabel) -> list[bytes]:
    """Make the papers of a label, from nothing; return its certificates in each language."""
    files.remove_folder(f"labels/{label.id}")
    papers = papers_of(body, files)
    await papers.follow([seen(files, label).id])
    await papers.make()
    found = [files.read(label_file(label.id, f"certificate.{language}.pdf")) for language in ("en", "ru")]
    return [content for content in found if content is not None]


def images_in(pdf: bytes) -> list[tuple[int, int]]:
    """The sizes of the pictures in a PDF that are made of pixels, as pypdf reads them; the label's own is drawn."""
    return [one.image.size for page in PdfReader(io.BytesIO(pdf)).pages for one in page.images if one.image is not None]


async def test_a_certificate_prints_the_image_that_stood_at_the_issue_however_late_it_is_made(
    body: Body, files: FolderFiles
) -> None:
    await choose(body.database, FIRST)
    label = (await body.certified()).case.label
    made = await certificates(body, files, label)
    await choose(body.database, None)
    later = (await body.certified(application="case-2")).case.label

    assert [images_in(pdf) for pdf in made] == [[(300, 120)]] * 2
    assert await certificates(body, files, label) == made, "the same bytes, though none stands any more"
    assert [images_in(pdf) for pdf in await certificates(body, files, later)] == [[]] * 2


async def test_a_certificate_whose_image_was_altered_is_made_without_it_and_the_log_says_so(
    body: Body, files: FolderFiles
) -> None:
    await choose(body.database, FIRST)
    label = (await body.certified()).case.label
    await body.as_owner("UPDATE holder_image SET content = x'00'")
    with capture_logs() as logged:
        made = await certificates(body, files, label)

    assert [images_in(pdf) for pdf in made] == [[]] * 2
    assert [(line["event"], line["label"]) for line in logged] == [("holder_image_lost", label.id)]


async def test_a_label_whose_papers_were_cut_short_gets_them_at_the_next_start(body: Body, files: FolderFiles) -> None:
    label = seen(files, (await body.certified()).case.label)
    files.write(label_file(label.id, "open-badge.jwt"), b"half")
    papers = papers_of(body, files)
    await papers.open()
    await papers.make()
    assert files.read(label_file(label.id, "open-badge.jwt")) != b"half"
    again = papers_of(body, files)
    await again.open()
    assert not await again.make()


async def test_papers_of_a_stolen_key_are_made_anew_once_their_last_one_is_deleted(
    body: Body, files: FolderFiles, tmp_path: Path
) -> None:
    """As docs/operate/keys.md says it."""
    label = seen(files, (await body.certified()).case.label)
    before = papers_of(body, files)
    await before.open()
    await before.make()
    stolen, second = replace(TRUSTED, compromised_at=NOW), KeyInMemory(ec.derive_private_key(8, ec.SECP256R1()))
    present = TrustedKey(second.public_key, TODAY, TODAY + timedelta(days=300), Use.CERTIFICATE)
    keys = KeySet((stolen, present))
    cose, badge = (label_file(label.id, name) for name in ("certificate.cose", "open-badge.jwt"))
    with pytest.raises(VerificationError, match="key_compromised"):
        certificate_in(files.read(cose) or b"", keys.keys)
    (tmp_path / "published" / cose).unlink()

    after = papers_of(body, files, ring=Keyring.of(keys, [SIGNER, second]))
    await after.open()
    await after.make()

    assert certificate_in(files.read(cose) or b"", keys.keys).token == label.token
    payload = json.loads(urlsafe_b64decode((files.read(badge) or b"").split(b".")[1] + b"=="))
    assert open_badge_in(files.read(badge) or b"", keys.keys)
    assert datetime.fromtimestamp(payload["iat"], UTC).date() == TODAY, "no day on which this key was not in use"


async def test_a_label_waits_for_its_papers_until_witnesses_saw_it(body: Body, files: FolderFiles) -> None:
    label = (await body.certified()).case.label
    assert label is not None
    papers = papers_of(body, files)
    await papers.open()
    await papers.follow([label.id])
    await papers.make()
    assert files.read(label_file(label.id, "certificate.cose")) is None

    await papers.follow([seen(files, label).id])
    await papers.make()
    assert files.read(label_file(label.id, "certificate.cose"))


async def test_papers_are_made_of_the_record_whatever_the_directory_says(body: Body, files: FolderFiles) -> None:
    label = seen(files, (await body.certified()).case.label)
    made = await certificates(body, files, label)
    altered = "'Digit Reader', 'Golden Goose'"
    await body.as_owner(f"UPDATE label SET facts = replace(facts, {altered}), product = 'Golden Goose'")  # noqa: S608
    async with body.database.reading() as session:
        assert "Golden Goose" in (await session.exec(select(LabelRecord.facts))).one()
    assert await certificates(body, files, label) == made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET content = replace(content, 'evidence', 'excuses') WHERE stream = 'case/case-1'",
        "DELETE FROM journal_body WHERE stream = 'case/case-1' AND number = 1",
    ],
)
async def test_no_papers_are_made_of_a_record_that_does_not_hold(
    body: Body, files: FolderFiles, statement: str
) -> None:
    label = seen(files, (await body.certified()).case.label)
    await body.as_owner(statement)
    with capture_logs() as logged:
        assert await certificates(body, files, label) == []
    assert [(line["event"], line["why"]) for line in logged] == [("papers_not_made", "ChainBroken")]


async def test_no_papers_are_made_of_a_label_that_we_did_not_sign(body: Body, files: FolderFiles) -> None:
    """Also where record, directory and log hold it: somebody may have answered in the signer's place."""
    walk = await body.granted()
    theirs = LabelSigning(body.database, lambda: ROGUE, SignLog(body.folder / "theirs.jsonl"))
    label = seen(files, await theirs.issue_label(SigningOrder(decision=walk.decision_number)))
    walk.conclude(attest(walk.case, label, walk.now))
    await walk.record(body.database)
    with capture_logs() as logged:
        assert await certificates(body, files, label) == []
    assert [(line["event"], line["why"]) for line in logged] == [("papers_not_made", "NotFound")]
    assert body.signed_labels() == {}


async def test_papers_that_cannot_be_made_hold_nothing_up(body: Body, files: FolderFiles) -> None:
    await body.certified()
    papers = papers_of(body, files, day=TODAY + timedelta(days=3000))
    await papers.open()
    assert not await papers.make()


def test_certificates_are_signed_with_p_256() -> None:
    log_key = TrustedKey(LOG_KEY.public_key, TODAY, TODAY, Use.LOG)
    with pytest.raises(LabelError) as refusal:
        CertificateKey.of(Keyring.of(KeySet((log_key,)), [LOG_KEY]), TODAY)
    assert refusal.value.code == "wrong_algorithm"
