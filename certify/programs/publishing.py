"""The part of the signer program that publishes: the log, the lists and the papers, under the keys of the day."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import structlog

from certify.config import Settings
from certify.programs.key_files import KeyFiles
from certify.programs.signing_keys import SigningKeys
from certify.publication.bundle import OfflineBundle
from certify.publication.log import LogPublication
from certify.publication.papers import CertificateKey, LabelPapers
from certify.publication.proofs import LabelProofs
from certify.publication.publisher import Publisher
from certify.publication.seen_checkpoints import SeenCheckpoints
from certify.publication.signature_log import SignatureLog
from certify.publication.statuses import StatusPublication
from certify.publication.witnesses import WitnessClient
from certify.register.database import Database
from certify.vault.published import published_files
from labels.key_set import KeySet, Use, content_of
from labels.log.policy import policy_of
from schemas.errors import LabelError, Unavailable
from schemas.label import IssuedLabel

KEYS_AGAIN_AFTER = 5.0
"""Seconds after which the keys are looked at again: a rotation or a compromise needs no restart."""

log = structlog.get_logger()


class Publishing:
    """Publishes until told to stop, and says whether labels may be issued meanwhile.

    `signed` gives the labels of the signer's own log, by their numbers: papers are made of no others.
    """

    def __init__(self, settings: Settings, database: Database, signed: Callable[[], Mapping[str, IssuedLabel]]) -> None:
        self._settings, self._database, self._signed = settings, database, signed
        self._keys = {
            use: SigningKeys(settings, use, passphrase=settings.passphrase)
            for use in (Use.LOG, Use.STATUS, Use.CERTIFICATE)
        }
        assert settings.signature_log_file is not None
        self._signatures = SignatureLog(settings.signature_log_file)
        self._seen = SeenCheckpoints(settings.signature_log_file.with_name("seen-checkpoints.jsonl"))
        self._log: LogPublication | None = None
        self._not_open = Unavailable("log_not_open", "The log is being opened.")

    def require_issuing(self) -> None:
        """Refuse to issue labels on a log that its witness does not carry (security I22).

        Raises:
            Unavailable: as `LogPublication.require_issuing`; `log_not_open` before the first turn; what keeps it from
                being opened: `no_key_for_today`, `keys_unreadable`.
        """
        if self._log is None:
            raise self._not_open
        self._log.require_issuing(datetime.now(UTC))

    async def run(self, stop: asyncio.Event) -> None:
        """Publish under the keys of the day; without them nothing is published and nothing is issued."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            while not stop.is_set():
                changed = asyncio.Event()
                watching = asyncio.create_task(self._watch_keys(stop, self._keys_now(), changed))
                try:
                    await self._publish(http, changed)
                finally:
                    watching.cancel()

    async def _publish(self, http: httpx2.AsyncClient, changed: asyncio.Event) -> None:
        try:
            publisher = self._publisher(http)
        except LabelError as error:
            self._log, self._not_open = None, Unavailable(error.code, error.message)
            log.warning("publication_stopped", code=error.code, why=error.message)
            await changed.wait()
        else:
            await publisher.run(changed)

    def _publisher(self, http: httpx2.AsyncClient) -> Publisher:
        settings, files = self._settings, published_files(self._settings.published_url)
        assert settings.key_set_file is not None
        key_set_file, today = settings.key_set_file, datetime.now(UTC).date()
        policy = policy_of(KeySet.read(key_set_file), settings.log_origin, quorum=settings.witness_quorum)
        signatures = self._signatures
        witnesses = [WitnessClient(url, http) for url in settings.witness_urls.split()]
        self._log = LogPublication(
            self._database, files, self._keys[Use.LOG]().for_day(today), policy, witnesses, signatures
        )
        return Publisher(
            self._log,
            StatusPublication(files, self._keys[Use.STATUS]().for_day(today), settings.public_url, signatures),
            LabelProofs(files, self._log, self._seen),
            LabelPapers(
                self._database,
                files,
                settings,
                lambda: CertificateKey.of(self._keys[Use.CERTIFICATE](), today),
                signatures,
                self._signed,
            ),
            OfflineBundle(files, settings.log_origin, settings.public_url, lambda: content_of(key_set_file).decode()),
        )

    async def _watch_keys(self, stop: asyncio.Event, known: object, changed: asyncio.Event) -> None:
        """Wait until the keys, or the day, are others than were known, or the program ends."""
        while not stop.is_set() and self._keys_now() == known:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), KEYS_AGAIN_AFTER)
        changed.set()

    def _keys_now(self) -> tuple[object, ...]:
        """Return what tells one state of the keys from another; a file that cannot be read is a state too."""
        files = KeyFiles.of(self._settings)
        return datetime.now(UTC).date(), *(_content(path) for path in (files.signed, files.jwks, files.signing_keys))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
