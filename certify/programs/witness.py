"""`certify witness`: watches the log with a key and a memory of its own (c2sp.org/tlog-witness).

It may run on another machine, with other people: what it needs of this one is the key set, and what it gives is a line.
"""

import asyncio
from datetime import UTC, datetime

import uvicorn

from certify.config import Settings
from certify.programs import lock
from certify.programs.signing_keys import SigningKeys
from certify.publication.witness_app import witness_app
from certify.vault.published import FolderFiles
from labels.key_set import KeySet, Use
from labels.log.notes import ed25519
from labels.log.witness import Witness


async def witness(settings: Settings, stop: asyncio.Event) -> None:
    """Cosign until told to stop.

    Raises:
        AlreadyDecided: `data_in_use`: another witness has this memory.
        LabelError: its key does not open.
    """
    assert settings.witness_folder is not None
    with lock.held(settings.witness_folder):
        await _serve(settings, stop)


async def _serve(settings: Settings, stop: asyncio.Event) -> None:
    assert settings.witness_passphrase_file is not None
    keys = SigningKeys(settings, Use.WITNESS, passphrase=settings.witness_passphrase_file.read_text().strip())
    keys()  # what does not open is told at the start
    config = uvicorn.Config(
        witness_app(_Watching(settings, keys)),
        host=settings.host,
        port=settings.witness_port,
        log_config=None,  # as in `serving`
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  # `serve` would take the signals that are ours
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


class _Watching:
    """The witness under the keys of the day; its memory of one log is written by one at a time."""

    def __init__(self, settings: Settings, keys: SigningKeys) -> None:
        assert settings.witness_folder is not None
        assert settings.key_set_file is not None
        self._settings, self._keys = settings, keys
        self._files, self._key_set_file = FolderFiles(settings.witness_folder / "seen"), settings.key_set_file
        self._known: tuple[str, Witness] | None = None

    def __call__(self) -> Witness:
        """Return the witness; the same one while no key changes."""
        now, origin = datetime.now(UTC), self._settings.log_origin
        signer = self._keys().for_day(now.date())
        # A key that is stolen or out of use grows no log any more: its thief would leave the honest one behind.
        log_keys = [
            ed25519(key.public_key)
            for key in KeySet.read(self._key_set_file).of_use(Use.LOG).keys
            if key.compromised_at is None and key.was_in_use_at(now)
        ]
        under = repr((signer.kid, [key.public_bytes_raw() for key in log_keys]))
        if self._known is None or self._known[0] != under:
            name = f"{origin.partition('/')[0]}/witness"
            self._known = (under, Witness(self._files, name, signer, {origin: log_keys}))
        return self._known[1]
