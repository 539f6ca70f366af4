"""`certify signer`: alone opens the label keys, alone polls the signing queue."""

import asyncio
from datetime import timedelta

from temporalio.worker import Worker

from certify.activities.extracts import RegisterExtracts
from certify.activities.sign_log import SignLog
from certify.activities.signing import LabelSigning
from certify.config import Settings
from certify.programs import lock, temporal
from certify.programs.publishing import Publishing
from certify.programs.record import open_to_read
from certify.programs.signing_keys import SigningKeys
from labels.key_set import Use
from workflows import options


async def sign(settings: Settings, stop: asyncio.Event) -> None:
    """Sign what the record grants and what the Register says until told to stop.

    The record is read with a role that cannot write.

    Raises:
        AlreadyDecided: `data_in_use`: another signer writes this log.
    """
    assert settings.sign_log_file is not None
    with lock.held(settings.sign_log_file.parent):
        await _sign(settings, SignLog(settings.sign_log_file), stop)


async def _sign(settings: Settings, log: SignLog, stop: asyncio.Event) -> None:
    label_keys = SigningKeys(settings, Use.LABEL, passphrase=settings.passphrase)
    label_keys()  # what does not open is told at the start
    database = open_to_read(settings, url=settings.signer_database_url)
    publishing = Publishing(settings, database, lambda: log.labels)
    signing = LabelSigning(database, label_keys, log, require_issuing=publishing.require_issuing)
    extracts = RegisterExtracts(database, label_keys, log)
    client = await temporal.connect(temporal.sealed(settings))
    async with Worker(
        client,
        task_queue=options.SIGNING_QUEUE,
        activities=[signing.issue_label, extracts.sign_extract],
        max_concurrent_activities=2,
        graceful_shutdown_timeout=timedelta(seconds=10),
    ):
        # It needs no Temporal; it ends here because the program does.
        await publishing.run(stop)
    await database.close()
