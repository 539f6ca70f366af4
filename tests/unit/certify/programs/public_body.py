"""A certification body that has published: record, keys under a root, log, lists and papers, all in one folder."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from certify.config import Settings
from certify.procedure.key_entry import record_key_sets
from certify.programs.check import check
from certify.programs.key_files import KeyFiles
from certify.programs.record import open_record
from certify.publication.papers import CertificateKey, LabelPapers
from certify.register.schema import upgrade
from labels.key_set import KeySet, TrustedKey, Use
from labels.root import Root
from labels.signed_key_set import sign_key_set
from tests.builders import APPLICANT
from tests.unit.certify.publication.published import LOG_KEY, ORIGIN, STATUS_KEY, URL, WITNESS_KEY, Publishing
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.recorded_labels import lived, record
from tests.unit.labels.mirror.made import PAPERS, ROOT


def settings_in(data: Path) -> Settings:
    """The settings of a body whose files lie as `Body` and `Publishing` put them."""
    return Settings(
        data=data,
        public_url=URL,
        log_origin=ORIGIN,
        sign_log_file=data / "sign-log.jsonl",
        signature_log_file=data / "signatures.jsonl",
        key_set_file=data / "keys.json",
        signed_key_set_file=data / "key-set.cose",
        root_file=data / "root.json",
    )


@dataclass
class PublicBody:
    """Its record and what it published."""

    settings: Settings
    body: Body
    publishing: Publishing

    @classmethod
    async def in_folder(cls, data: Path) -> "PublicBody":
        """One whose record is there, or a new one with keys that the root signed and the record names."""
        settings = settings_in(data)
        is_new = _make(data)
        database = await open_record(settings)
        if is_new:
            await upgrade(database)
        body = await founded(database, data) if is_new else Body(database, data)
        if is_new:
            await _publish_keys(settings, body)
        assert settings.key_set_file is not None
        publishing = Publishing(database, data, keys=settings.key_set_file.read_text)
        return cls(settings, body, publishing)

    def make_papers(self) -> None:
        """Let the publisher make papers, as the signer does."""
        (key,) = KeySet.read(self.body.key_set).of_use(Use.CERTIFICATE).keys
        certificate_key = CertificateKey(PAPERS, key.valid_from, key.valid_to)
        signatures = self.publishing.signatures
        papers = LabelPapers(
            self.body.database,
            self.publishing.files,
            self.settings,
            lambda: certificate_key,
            signatures,
            self.body.signed_labels,
        )
        self.publishing.papers = papers
        self.publishing.begin()

    async def two_labels(self) -> None:
        """Issue a label that stays and one that its holder ends, and publish all of it."""
        await self.body.certified()
        ended = await lived(self.body, await self.body.certified(application="case-2"))
        await self.publishing.turn()
        ended.act("end_label", APPLICANT)
        await record(self.body.database, ended)
        await self.publishing.turn(minutes=1)

    async def codes(self) -> list[str]:
        """The codes of what `certify check` finds, each once."""
        return sorted({finding.code for finding in await check(self.settings)})

    async def close(self) -> None:
        """Stop everything."""
        await self.body.database.close()


def _make(data: Path) -> bool:
    data.mkdir(parents=True, exist_ok=True)
    return not (data / "certify.db").exists()


async def _publish_keys(settings: Settings, body: Body) -> None:
    today = datetime.now(UTC).date()
    year = today - timedelta(days=1), today + timedelta(days=364)
    others = {Use.CERTIFICATE: PAPERS, Use.STATUS: STATUS_KEY, Use.LOG: LOG_KEY, Use.WITNESS: WITNESS_KEY}
    known = KeySet.read(body.key_set).keys
    keys = KeySet((*known, *(TrustedKey(signer.public_key, *year, use) for use, signer in others.items())))
    version = sign_key_set(keys, version=1, issued_at=datetime.now(UTC).replace(microsecond=0), root=ROOT)
    files = KeyFiles.of(settings)
    files.publish(version)
    files.root.write_text(Root.of(ROOT).as_json())
    async with body.database.writing() as session:
        await record_key_sets(session, [version], Root.of(ROOT), authn="engine")


async def with_two_labels_and_papers(data: Path) -> Path:
    """Make a body that has published two labels with their papers, and has stopped; return its folder."""
    made = await PublicBody.in_folder(data)
    made.make_papers()
    await made.two_labels()
    await made.publishing.turn()
    await made.close()
    return made.settings.data
