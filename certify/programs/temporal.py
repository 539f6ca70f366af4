"""One way to reach Temporal; the same converter, sandbox and queues for clients, workers and replays."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from certify.activities.errands import Errandry
from certify.activities.recording import Recording
from certify.config import Settings
from certify.procedure.adoption import SchemeDoor
from certify.procedure.matters import Matters
from certify.procedure.reconciling import begun_unsealed
from certify.procedure.sealing import CaseKeys, Ring, Sealing
from certify.procedure.sending import Sending
from certify.procedure.whole_record import WholeRecord
from certify.programs.record import note_since
from certify.register.database import Database
from certify.vault.payload_keys import PayloadKeys
from certify.vault.store import Vault
from labels.key_set import KeySet
from workflows import options
from workflows.accession import OrganisationCourse
from workflows.certification import Certification
from workflows.institution import InstitutionCourse
from workflows.label_life import LabelCourse
from workflows.matters import (
    AppealCourse,
    ComplaintCourse,
    ErasureCourse,
    EthicsQuestionCourse,
    LegalHoldCourse,
    PracticeCourse,
    RecordCorrectionCourse,
    SchemeProposalCourse,
)
from workflows.recording import RegisterEntry, SchemeAdoption

log = structlog.get_logger()
WORKFLOWS = (
    AppealCourse,
    Certification,
    RegisterEntry,
    SchemeAdoption,
    ComplaintCourse,
    EthicsQuestionCourse,
    InstitutionCourse,
    LabelCourse,
    OrganisationCourse,
    PracticeCourse,
    ErasureCourse,
    LegalHoldCourse,
    RecordCorrectionCourse,
    SchemeProposalCourse,
)
ACTIVITIES_AT_ONCE = 8
CONNECT_WITHIN = 30.0


def converter(ring: Ring) -> DataConverter:
    """Return the converter of every client, worker and replayer: pydantic models, sealed; failures too."""
    return replace(
        pydantic_data_converter,
        payload_codec=Sealing(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def sealed(settings: Settings, cases: CaseKeys | None = None) -> DataConverter:
    """Return the converter of this installation; without keys of cases, that of the signer.

    Raises:
        Unavailable: `payload_keys_unreadable`.
    """
    assert settings.payload_keys_file is not None
    return converter(Ring(PayloadKeys.read(settings.payload_keys_file), cases, seals=settings.seal_payloads))


async def connect(data_converter: DataConverter = pydantic_data_converter, *, lazy: bool = False) -> Client:
    """Connect as `TEMPORAL_*` says, or to a local server; lazily, for a program that must start without it.

    Whoever only asks about queues needs no converter of ours.

    Raises:
        RuntimeError: nobody answered for half a minute.
    """
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "localhost:7233")
    until = monotonic() + CONNECT_WITHIN
    while True:
        try:
            return await Client.connect(**config, data_converter=data_converter, lazy=lazy)
        except RuntimeError:
            if monotonic() > until:
                raise
            await asyncio.sleep(0.1)


async def note_sealed(settings: Settings, client: Client, database: Database) -> None:
    """Keep in the file of the keys that no workflow runs any more that began before payloads were sealed.

    From the next start on no program takes anything that nobody sealed; until then a line of the log says why not.

    Raises:
        Unavailable: as `note_since`.
    """
    assert settings.payload_keys_file is not None
    known = PayloadKeys.read(settings.payload_keys_file)
    if not settings.seal_payloads or known.workflows_sealed_since is not None:
        return
    unsealed = await begun_unsealed(client, database)
    if unsealed:
        log.warning("workflows_begun_unsealed", number=unsealed)
    else:
        note_since(settings.payload_keys_file, datetime.now(UTC), "workflows_sealed_since")


def sandbox() -> SandboxedWorkflowRunner:
    """Return the runner of workflows: our own modules are imported once, not for every case."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*options.PASSTHROUGH)
    )


def worker(
    client: Client,
    database: Database,
    vault: Vault,
    *,
    queue: str = options.QUEUE,
    whole: WholeRecord | None = None,
    keys: Callable[[], KeySet] | None = None,
) -> Worker:
    """Return the worker that carries the cases and writes the record.

    `whole` stops it while entries are missing; under `keys` it verifies what the signer answered.
    """
    sending = Sending(client, database)
    recording = Recording(database, sending.name_of, whole, keys)
    matters, schemes = Matters(sending, database, vault), SchemeDoor(client, database, vault)
    errandry = Errandry(matters, schemes, database, vault)
    return Worker(
        client,
        task_queue=queue,
        workflows=list(WORKFLOWS),
        activities=[recording.record, errandry.run_errand],
        workflow_runner=sandbox(),
        max_cached_workflows=500,
        max_concurrent_activities=ACTIVITIES_AT_ONCE,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=3),
        graceful_shutdown_timeout=timedelta(seconds=10),
    )
