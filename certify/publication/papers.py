"""Makes the papers of a label once it is in the log: certificates, credentials, the full certificate as COSE.

They are made out of the record alone and with the certificate key, the same bytes at every try; pages only serve them.
The record is read as the signer reads it, its chains verified, and only for labels of the signer's own log; the
directory, which whoever writes into the database may have altered, is asked for nothing. Nothing is made before
witnesses saw the issue of the label.
A paper that cannot be made delays no label: it is logged, and tried again when the program starts.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Protocol, cast

import structlog

from certify.config import Settings
from certify.publication.signature_log import LoggedKey, SignatureLog
from certify.register import holder_images, schemes
from certify.register.attested import attestation_of
from certify.register.certificates import Granted, certificate_facts
from certify.register.chain import ChainBroken
from certify.register.database import Database
from certify.register.recorded_labels import row_in_record
from certify.vault.published import PublishedFiles, label_file
from certify.vault.published_paths import proof_of
from certify.wording import Language
from labels.certificate import Seal, certificate
from labels.certificate.seal import P256Signer
from labels.certificate.x509 import certificate_of
from labels.exports.certificate import certificate_cose
from labels.exports.conformity import conformity_credential
from labels.exports.open_badge import vc_jwt
from labels.key_set import Use
from labels.keyring import Keyring
from labels.public_keys import ES256
from schemas.errors import LabelError, NotFound, ProcedureError
from schemas.label import IssuedLabel

log = structlog.get_logger()

LANGUAGES: tuple[Language, ...] = ("en", "ru")
LAST = "certificate.cose"
"""The paper that is made last: where it is, all are."""


class PaperSigner(P256Signer, Protocol):
    """A P-256 key by its short name, as certificates and credentials want it."""

    @property
    def kid(self) -> str:
        """The key's short name."""


@dataclass(frozen=True)
class CertificateKey:
    """The key of the papers, and the days on which it may sign."""

    signer: PaperSigner
    valid_from: date
    valid_to: date

    @classmethod
    def of(cls, keys: Keyring, day: date) -> "CertificateKey":
        """Return the key to sign with on a day.

        Raises:
            LabelError: `no_key_for_today`, `wrong_algorithm`.
        """
        signer = keys.for_day(day)
        if signer.alg != ES256:
            raise LabelError("wrong_algorithm", "Certificates are signed with P-256.")
        (key,) = (key for key in keys.keys.keys if key.public_key == signer.public_key)
        return cls(cast("PaperSigner", signer), key.valid_from, key.valid_to)


class LabelPapers:
    """The papers of all labels."""

    def __init__(
        self,
        database: Database,
        files: PublishedFiles,
        settings: Settings,
        key: Callable[[], CertificateKey],
        signatures: SignatureLog,
        signed: Callable[[], Mapping[str, IssuedLabel]],
    ) -> None:
        self._database, self._files, self._settings, self._key = database, files, settings, key
        self._signatures, self._signed = signatures, signed
        self._awaited: deque[str] = deque()

    async def open(self) -> None:
        """Find the labels that witnesses saw and whose papers are not all there."""
        self._awaited = deque(await asyncio.to_thread(self._lacking, [*self._signed()]))

    def _lacking(self, labels: Iterable[str]) -> list[str]:
        are_not_made = (one for one in labels if self._files.read(label_file(one, LAST)) is None)
        return [one for one in are_not_made if self._files.read(proof_of(one)) is not None]

    async def follow(self, proved: Iterable[str]) -> None:
        """Take in labels whose issue witnesses saw; one that was proved anew may have its papers already."""
        self._awaited.extend(await asyncio.to_thread(self._lacking, proved))

    async def make(self) -> bool:
        """Make the papers of the label that has waited longest; tell whether another waits."""
        if not self._awaited:
            return False
        label_id = self._awaited.popleft()
        try:
            await asyncio.to_thread(self._write, *await self._granted(label_id))
        except (LabelError, ProcedureError, ChainBroken, ValueError) as error:
            log.exception("papers_not_made", label=label_id, why=type(error).__name__)
        return bool(self._awaited)

    async def _granted(self, label_id: str) -> tuple[Granted, bytes | None]:
        """Return a label with all that the record tells of it, and the image that its holder had at the issue.

        Raises:
            NotFound: `label_not_signed`: we did not sign it; `label_not_recorded`, `unknown_scheme`.
            ChainBroken: a stream it rests on does not hold.
        """
        signed = self._signed()
        if label_id not in signed:
            raise NotFound("label_not_signed", f"No label {label_id} was signed here.")
        async with self._database.reading() as session:
            row = await row_in_record(session, signed[label_id], signed)
            scheme = await schemes.scheme_in_record(session, row.public_facts.scheme)
            digest = await holder_images.chosen_at_issue(session, row)
            image = await holder_images.printed(session, digest, label=label_id)
        return Granted(issued=row.issued, facts=row.public_facts, scheme=scheme), image

    def _write(self, granted: Granted, image: bytes | None) -> None:
        for name, content in self._papers(granted, image):
            self._files.write(label_file(granted.issued.id, name), content)

    def _papers(self, granted: Granted, image: bytes | None) -> Iterator[tuple[str, bytes]]:
        present, settings = self._key(), self._settings
        key = partial(self._logged, present, granted.issued.id)
        attestation = attestation_of(granted, settings, "en")
        signed_on = max(attestation.granted_on, present.valid_from)  # made anew after a theft or a loss, they are later
        yield "open-badge.jwt", vc_jwt(attestation, key("open-badge.jwt").signer, signed_on).encode()
        yield "conformity.jwt", conformity_credential(attestation, key("conformity.jwt").signer, signed_on).encode()
        for language in LANGUAGES:
            name = f"certificate.{language}.pdf"
            facts = certificate_facts(granted, settings, language)
            at = granted.issued.issued_at.astimezone(UTC).replace(microsecond=0)
            watermark = "DEMO" if settings.demo else None
            seal, moment = _seal(key(name), settings.body), _within(at, present)
            yield name, certificate(facts, seal=seal, at=moment, holder_image=image, watermark=watermark)
        yield LAST, certificate_cose(attestation, key(LAST).signer, signed_on)

    def _logged(self, key: CertificateKey, label_id: str, name: str) -> CertificateKey:
        """Return a key that signs one paper, and nothing without a line of the log of signatures."""
        signer = LoggedKey.of(key.signer, Use.CERTIFICATE, self._signatures, label_file(label_id, name))
        return replace(key, signer=cast("PaperSigner", signer))


def _seal(key: CertificateKey, name: str) -> Seal:
    signed_by = certificate_of(key.signer, name=name, valid_from=key.valid_from, valid_to=key.valid_to)
    return Seal(key.signer, signed_by)


def _within(at: datetime, key: CertificateKey) -> datetime:
    """Return the moment of issue, or for a label older than the key its first: a signature lies within its period."""
    return max(at, datetime.combine(key.valid_from, datetime.min.time(), UTC))
