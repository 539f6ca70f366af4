"""What was found in stored files: the working table of looks and scans, by case and digest of the file."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.vault.files import StoredFile
from certify.vault.inspection.accepted import require_agreement
from certify.vault.inspection.clamav import Scan, Scanned
from certify.vault.inspection.report import SENTENCES, Report
from schemas.errors import NotPermitted, OutOfOrder, Unacceptable

State = Literal["accepted", "refused", "could_not_inspect", "not_inspected"]
"""`not_inspected` is a file of an earlier version; like `could_not_inspect` it is neither good nor bad. `refused` is
one that an earlier version took and this one would not."""

AGAIN_AFTER: Final = timedelta(days=7)
"""A file that was found clean is scanned again after this, if the scanner knows more by then."""
NOT_FINAL: Final = (Scan.UNSCANNED, Scan.COULD_NOT_SCAN)


class FileInspection(SQLModel, table=True):
    """Working table: what a look at a stored file found, and what a virus scanner said.

    Attributes:
        kinds: what the bytes agree with, of `accepted.EXTENSIONS`, with spaces between; `remarks` likewise.
        scan_detail: what was found, or why the scanner could not look.
        signatures: what the scanner knew when it was asked again, in its own words; empty after the first time.
    """

    __tablename__ = "file_inspection"

    application: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    state: str
    kinds: str = ""
    remarks: str = ""
    inspected_at: datetime
    scan: str = Scan.UNSCANNED.value
    scan_detail: str = ""
    scanned_at: datetime | None = Field(default=None, index=True)
    signatures: str = ""


def inspection(application: str, digest: str, report: Report | None, scanned: Scanned) -> FileInspection:
    """Return the row of one look; without a report it could not be done."""
    now = datetime.now(UTC)
    return FileInspection(
        application=application,
        digest=digest,
        state=_state(report),
        kinds=" ".join(report.kinds) if report else "",
        remarks=" ".join(report.remarks) if report else "",
        inspected_at=now,
        scan=scanned.scan.value,
        scan_detail=scanned.detail,
        scanned_at=None if scanned.scan == Scan.UNSCANNED else now,
    )


def _state(report: Report | None) -> State:
    if report is None:
        return "could_not_inspect"
    return "refused" if report.code else "accepted"


def refusal_of(report: Report | None, scanned: Scanned) -> Unacceptable | None:
    """Return why a file is not taken, None where nothing speaks against it."""
    code = report.code if report else None
    if scanned.scan == Scan.INFECTED:
        code = "file_infected"
    return Unacceptable(code, SENTENCES[code]) if code else None


async def keep(session: AsyncSession, found: FileInspection) -> None:
    """Keep what was found in the place of what was found before; what a scanner said stays until one says other.

    Sent again while the scanner is away, an infected file stays infected.
    """
    before = await session.get(FileInspection, (found.application, found.digest), with_for_update=True)
    if before is not None and found.scan in NOT_FINAL and before.scan not in NOT_FINAL:
        found.scan, found.scan_detail, found.scanned_at = before.scan, before.scan_detail, before.scanned_at
        found.signatures = before.signatures
    await session.merge(found)


async def find(session: AsyncSession, application: str, digest: str) -> FileInspection | None:
    """Return what was found in a file, None where nobody looked."""
    return await session.get(FileInspection, (application, digest))


async def of_application(session: AsyncSession, application: str) -> dict[str, FileInspection]:
    """Return what was found in the files of a case, by digest."""
    rows = await session.exec(select(FileInspection).where(FileInspection.application == application))
    return {row.digest: row for row in rows}


async def require_offerable(session: AsyncSession, application: str, *, digest: str, name: str) -> None:
    """Refuse to offer a file that is infected, not looked at, or not what its name says.

    A file stored by an earlier version, which nobody looked at, is taken by its name.

    Raises:
        Unacceptable: `file_infected`, `file_type_not_accepted` or `file_type_disagrees`.
        OutOfOrder: `file_not_inspected`.
    """
    found = await find(session, application, digest)
    kinds: Collection[str] | None = found.kinds.split() if found is not None else None
    if found is not None and found.scan == Scan.INFECTED:
        raise Unacceptable("file_infected", SENTENCES["file_infected"])
    if found is not None and found.state == "could_not_inspect":
        raise OutOfOrder("file_not_inspected", "This file could not be looked at yet; please send it again.")
    require_agreement(name, kinds)


async def require_openable(session: AsyncSession, application: str, digest: str) -> None:
    """Refuse to give out an infected file, whoever asks.

    Raises:
        NotPermitted: `file_infected`.
    """
    found = await find(session, application, digest)
    if found is not None and found.scan == Scan.INFECTED:
        raise NotPermitted("file_infected", SENTENCES["file_infected"])


async def waiting(session: AsyncSession, *, scanner: bool, limit: int) -> Sequence[StoredFile]:
    """Return stored files that were not looked at yet or, where there is a scanner, not scanned; the oldest first."""
    found = (col(FileInspection.application) == StoredFile.application) & (
        col(FileInspection.digest) == StoredFile.digest
    )
    unscanned = col(FileInspection.scan).in_([one.value for one in NOT_FINAL]) & col(FileInspection.scan_detail).not_in(
        ["INSTREAM size limit exceeded"]
    )
    lacking = col(FileInspection.digest).is_(None) | (col(FileInspection.state) == "could_not_inspect")
    query = (
        select(StoredFile)
        .outerjoin(FileInspection, found)
        .where(lacking | unscanned if scanner else lacking)
        .order_by(col(FileInspection.scanned_at).asc().nulls_first(), StoredFile.stored_at)  # type: ignore[arg-type]  # a column
        .limit(limit)
    )
    return (await session.exec(query)).all()


async def known_less_of(session: AsyncSession, signatures: str, *, now: datetime, limit: int) -> Sequence[StoredFile]:
    """Return stored files that were found clean a while ago, by a scanner that knew other things; the oldest first.

    Args:
        session: reads the working table.
        signatures: what the scanner knows now.
        now: the moment it is.
        limit: how many at most.
    """
    found = (col(FileInspection.application) == StoredFile.application) & (
        col(FileInspection.digest) == StoredFile.digest
    )
    is_old = (col(FileInspection.scanned_at) <= now - AGAIN_AFTER) & (col(FileInspection.signatures) != signatures)
    query = (
        select(StoredFile)
        .join(FileInspection, found)
        .where((col(FileInspection.scan) == Scan.CLEAN.value) & is_old)
        .order_by(col(FileInspection.scanned_at), StoredFile.stored_at)  # type: ignore[arg-type]  # a column
        .limit(limit)
    )
    return (await session.exec(query)).all()
