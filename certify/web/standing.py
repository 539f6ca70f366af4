"""How a label stands for everybody, on every surface: as recorded, and in force only if the log shows it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, Self

import structlog

from certify.config import Settings
from certify.procedure.whole_record import WholeRecord
from certify.register import labels
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.register.statistics import Statistics
from certify.vault.label_proofs import LabelProofs, differs
from certify.vault.public_keys import PublicKeys
from certify.vault.published import published_files
from certify.vault.status_lists import StatusLists
from certify.vault.witnessed_log import PresentPolicy
from certify.web.services import PublicServices, Services
from schemas.errors import CouldNotCheck
from schemas.label import Authenticity, Standing

log = structlog.get_logger()


class Witnesses(Protocol):
    """Where it shows, beside the record, how a label stands."""

    @property
    def proofs(self) -> LabelProofs:
        """The proofs that labels are in the log."""

    @property
    def whole_record(self) -> WholeRecord:
        """Whether the record holds all that was logged."""

    @property
    def lists(self) -> StatusLists:
        """How labels stand by the log."""


@dataclass(frozen=True)
class PublishedLog:
    """The same for a program that answers no requests."""

    proofs: LabelProofs
    whole_record: WholeRecord
    lists: StatusLists

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """Return what an installation publishes."""
        assert settings.key_set_file is not None
        keys = PublicKeys(settings.key_set_file)
        policy = PresentPolicy(keys, origin=settings.log_origin, quorum=settings.witness_quorum)
        files = published_files(settings.published_url)
        proofs, whole_record = LabelProofs(files, policy, keys), WholeRecord(database, files, policy)
        return cls(proofs, whole_record, StatusLists(files, keys, settings.public_url))


async def standing_of(services: Witnesses, row: LabelRecord, now: datetime) -> Standing:
    """Return how a label stands: as recorded, and in force only once witnesses saw its issue in the log (I8).

    One whose key may have been in other hands by then, or was not in use, is not in force either, until it is issued
    anew.

    Raises:
        CouldNotCheck: its proof does not hold; it is not what was signed; the record lacks what was logged since; by
            the published list it is out of force.
        OSError: proof or list cannot be read now.
    """
    recorded = row.standing_at(now)
    require_as_signed(services, row)
    if recorded != Standing.IN_FORCE:
        return recorded
    await services.whole_record.require(now)
    await services.lists.require_in_force(row.issued.status_index, now)
    return recorded if await is_proved(services, row) else Standing.NOT_YET


def require_as_signed(services: Witnesses, row: LabelRecord) -> None:
    """Refuse to tell of a label what its token does not say.

    Raises:
        CouldNotCheck: `label_differs`; the keys cannot be read.
    """
    services.proofs.require_as_signed(row.issued)
    if not row.is_as_issued:
        raise differs(row.id)


async def require_own_facts(services: Witnesses, row: LabelRecord) -> None:
    """Refuse to tell of a label what neither its token nor its certificate says.

    Raises:
        CouldNotCheck: `label_differs`; the keys cannot be read.
        OSError: the published files cannot be reached now.
    """
    if not row.has_own_facts:
        raise differs(row.id)
    await services.proofs.require_certified(row.issued, row.public_facts)


async def is_proved(services: Witnesses, row: LabelRecord) -> bool:
    """Whether witnesses saw a label's issue in the log, under a key that nobody else had by then (I8).

    Raises:
        CouldNotCheck: its proof does not hold; it is not what was signed.
        OSError: its proof cannot be read now.
    """
    seen_at = await services.proofs.seen_at(row.issued)
    return seen_at is not None and not services.proofs.is_lost(row.issued, seen_at)


async def authenticity_of(services: Witnesses, row: LabelRecord, now: datetime) -> Authenticity:
    """Return whether a label of the directory is believed; of one that is out of force that alone is told.

    Raises:
        CouldNotCheck: its proof does not hold; it is not what was signed.
        OSError: its proof cannot be read now.
    """
    require_as_signed(services, row)
    if row.standing_at(now) != Standing.IN_FORCE:
        return Authenticity.AUTHENTIC
    return services.proofs.authenticity_of(row.issued, await services.proofs.seen_at(row.issued))


async def listed_standing(services: Witnesses, row: LabelRecord, now: datetime) -> Standing:
    """Return how a label of a list stands; one whose proof cannot be read does not hide the others."""
    try:
        return await standing_of(services, row, now)
    except (CouldNotCheck, OSError) as error:
        log.warning("could_not_check", error=type(error).__name__, label=row.id)
        return Standing.COULD_NOT_CHECK


async def told_standing(services: Witnesses, row: LabelRecord, now: datetime) -> Standing:
    """Return how a label of a list stands that tells its product too; one that tells another's is not told as it."""
    return await listed_standing(services, row, now) if row.has_own_facts else Standing.COULD_NOT_CHECK


async def figures(services: Services, now: datetime) -> Statistics:
    """Return the figures of everything at once, with each label counted as its own page tells it."""
    return await services.figures.read(services.database, now, partial(listed_standing, services))


async def present_standing(services: PublicServices, label_id: str, now: datetime) -> Standing:
    """Return how a label of the directory stands."""
    async with services.database.reading() as session:
        row = await labels.find(session, label_id)
    return await standing_of(services, row, now) if row is not None else Standing.UNKNOWN_NUMBER
