"""A small certification body: record, store, keys and sign log, with cases that ran to their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import text

from certify.activities.extracts import RegisterExtracts
from certify.activities.sign_log import SignLog
from certify.activities.signing import LabelSigning
from certify.programs.check import verify_record
from certify.register import guards
from certify.register.checking import Finding
from certify.register.checking_labels import SeenAt, nobody_saw
from certify.register.database import Database
from certify.vault.store import Vault
from labels import keys
from labels.key_set import KeySet, LabelKey
from labels.keyring import Keyring
from schemas.event import Event
from schemas.extract import SignedExtract
from schemas.label import IssuedLabel
from schemas.scheme import Tier
from tests.builders import ORGANISATION
from tests.cells import put_keys
from tests.postgres import SIGNER, as_role, owned
from tests.unit.certify.register.records import RecordedWalk, append, found_institutions
from tests.vaults import vault_in
from workflows.activities import ExtractOrder, SigningOrder
from workflows.options import case_stream
from workflows.rules.case.attestation import attest

PASSPHRASE = "open, please"


@dataclass
class Body:
    """Where everything of one certification body is."""

    database: Database
    folder: Path

    @property
    def evidence(self) -> Path:
        return self.folder / "evidence"

    @property
    def sign_log(self) -> Path:
        return self.folder / "sign-log.jsonl"

    @property
    def key_set(self) -> Path:
        return self.folder / "keys.json"

    @property
    def key(self) -> Path:
        return self.folder / "label.pem"

    @cached_property
    def vault(self) -> Vault:
        return vault_in(self.folder)

    def make_keys(self) -> None:
        """Make a label key that is good this year."""
        today = datetime.now(UTC).date()
        signer = keys.create(self.key, PASSPHRASE)
        year = LabelKey(signer.public_key, today - timedelta(days=1), today + timedelta(days=364))
        self.key_set.write_text(KeySet((year,)).as_json())

    def rotate(self, *, began_days_ago: int) -> LabelKey:
        """Add a label key that is newer than the others."""
        begins, known = datetime.now(UTC).date() - timedelta(days=began_days_ago), KeySet.read(self.key_set)
        signer = keys.create(self.folder / f"label-{len(known.keys) + 1}.pem", PASSPHRASE)
        new = LabelKey(signer.public_key, begins, begins + timedelta(days=365))
        self.key_set.write_text(KeySet((*known.keys, new)).as_json())
        return new

    def compromise(self, kid: str | None, *, at: datetime) -> None:
        """Publish that a key may be in other hands."""
        known = KeySet.read(self.key_set)
        (key,) = known.named(kid or "")
        self.key_set.write_text(known.with_compromised(key, at.replace(microsecond=0)).as_json())

    def keyring(self) -> Keyring:
        """The label keys as the signer holds them: every key file here, as the key set tells of it."""
        opened = [keys.open(path.as_uri(), PASSPHRASE) for path in sorted(self.folder.glob("label*.pem"))]
        return Keyring.of(KeySet.read(self.key_set), opened)

    def signing(self, reads: Database | None = None) -> LabelSigning:
        """A signer that has just started."""
        return LabelSigning(reads or self.database, self.keyring, SignLog(self.sign_log))

    def signed_labels(self) -> Mapping[str, IssuedLabel]:
        """What the signer's own log says was signed."""
        return SignLog(self.sign_log).labels

    def extracts(self, reads: Database | None = None) -> RegisterExtracts:
        """A signer of extracts that has just started."""
        return RegisterExtracts(reads or self.database, self.keyring, SignLog(self.sign_log))

    async def extract(self, entry: int, organisation: str = ORGANISATION) -> SignedExtract:
        """Have the real signer make an extract."""
        async with as_role(self.database, SIGNER) as reads:
            return await self.extracts(reads).sign_extract(ExtractOrder(organisation=organisation, entry=entry))

    async def granted(self, tier: Tier = Tier.LOW, application: str = "case-1", *, edition: int = 1) -> RecordedWalk:
        """Record a case up to its grant, with everything it names in the store."""
        walk = RecordedWalk(tier, application=application, edition=edition).to_attestation()
        await walk.store(self.vault)
        await walk.record(self.database)
        return walk

    async def certified(self, tier: Tier = Tier.LOW, application: str = "case-1", *, edition: int = 1) -> RecordedWalk:
        """Record a whole case, with the label that the real signer made."""
        walk = await self.granted(tier, application, edition=edition)
        async with as_role(self.database, SIGNER) as reads:
            label = await self.signing(reads).issue_label(SigningOrder(decision=walk.decision_number))
        walk.conclude(attest(walk.case, label, walk.now))
        await walk.record(self.database)
        return walk

    async def check(self, seen_at: SeenAt = nobody_saw) -> list[Finding]:
        """Run the check; `seen_at` tells when witnesses first saw a label in the log."""
        return await verify_record(
            self.database, self.vault.audit(), sign_log_file=self.sign_log, key_set_file=self.key_set, seen_at=seen_at
        )

    async def codes(self) -> list[str]:
        """The codes of what the check finds, each once."""
        return sorted({finding.code for finding in await self.check()})

    async def as_owner(self, *statements: str) -> None:
        """Run SQL as the owner of the database who took the guards away."""
        async with owned(self.database) as opened, opened.engine.begin() as connection:
            for statement in (*guards.dropping(connection.dialect.name), *statements):
                await connection.execute(text(statement))

    def objects(self, application: str) -> Sequence[Path]:
        """The files of the store that belong to a case."""
        return sorted((self.evidence / "case" / application).iterdir())

    async def name_of(self, application: str, stored: Path) -> str:
        """Return the digest of what a file of the store was sealed from, by which the record names it."""
        known = await self.vault._keys.sealed(application, stored.name)
        assert known is not None
        return known.digest


async def founded(database: Database, folder: Path) -> Body:
    """A body with keys, a scheme, an organisation and people, and no case."""
    body = Body(database, folder)
    body.make_keys()
    if not (folder / "keys" / "payload-keys.json").exists():
        put_keys(folder)
    await found_institutions(database)
    return body


async def forge(body: Body, walk: RecordedWalk, *events: Event) -> None:
    """Rewrite a case as only the owner of the database can: other events in a chain that holds, and views of them."""
    stream, key = case_stream(walk.application), walk.application
    await body.as_owner(
        f"DELETE FROM journal_entry WHERE stream = '{stream}'",  # noqa: S608  # our own names
        f"DELETE FROM journal_body WHERE stream = '{stream}'",  # noqa: S608  # as above
        "DELETE FROM journal_place",  # the next entry seals all places anew
        f"""DELETE FROM "case" WHERE id = '{key}'""",  # noqa: S608  # as above
        f"DELETE FROM label WHERE application = '{key}'",  # noqa: S608  # as above
    )
    await append(body.database, stream, *events)
