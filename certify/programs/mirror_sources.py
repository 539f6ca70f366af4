"""One coherent state of everything public: the checkpoint is read first, and all else tells of it or of more.

What the record knows and the checkpoint does not yet is left to the next export. What is published a moment after the
checkpoint (proofs, status lists) is waited for.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.config import Settings
from certify.programs.key_files import KeyFiles
from certify.register import holder_seats, schemes
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.vault.published import PublishedFiles
from certify.vault.published_paths import LOG, STATUS_INDEX, proof_of, shard_of, status_list
from certify.vault.witnessed_log import LogFiles
from labels.key_set import Use
from labels.log import checkpoints
from labels.log.checkpoints import Witnessed
from labels.log.policy import policy_of
from labels.log.sequencer import CHECKPOINT
from labels.log.tiles import TiledLog
from labels.mirror.history import History, LoggedLabel
from labels.mirror.lists import register_in
from labels.signed_key_set import SignedKeySet
from labels.status import TTL, signed_by
from schemas.errors import NotFound, Unavailable, VerificationError
from schemas.label_number import format_number
from schemas.mirror import MirroredLabel
from schemas.public_facts import SeatIn

WAIT = timedelta(seconds=20)
"""How long an export waits for what is published a moment after the checkpoint: some turns of the publisher."""
AGAIN_AFTER = 0.5


@dataclass(frozen=True)
class PublicState:
    """Everything public as of one checkpoint.

    Attributes:
        public_url: address of the register, as its status lists say it.
        as_of: the moment it tells of: of the checkpoint, or of the newest list.
        checkpoint: as published; `seen` what it says, `log` what lies under it, `history` what that says.
        versions: of the key set, those that the log names.
        lists: by shard.
        scheme_documents: the very bytes of each scheme that the log names, by digest.
    """

    public_url: str
    as_of: datetime
    checkpoint: bytes
    seen: Witnessed
    log: TiledLog
    history: History
    versions: Sequence[SignedKeySet]
    lists: dict[int, bytes]
    labels: dict[str, MirroredLabel]
    scheme_documents: dict[str, bytes]


async def public_state(settings: Settings, files: PublishedFiles, database: Database) -> PublicState:
    """Read everything public.

    Raises:
        Unavailable: `not_published`: no checkpoint yet that witnesses saw; `published_behind`: proofs or status lists
            do not tell of it within some seconds, or the lists tell of more than witnesses saw; `record_differs`.
        CouldNotCheck: the keys cannot be read, or a status list is not signed.
    """
    until = datetime.now(UTC) + WAIT
    while True:
        try:
            return await _read(settings, files, database)
        except Unavailable as error:
            if error.code == "record_differs" or datetime.now(UTC) > until:
                raise
        await asyncio.sleep(AGAIN_AFTER)


async def _read(settings: Settings, files: PublishedFiles, database: Database) -> PublicState:
    versions = KeyFiles.of(settings).versions()
    if not versions:
        raise Unavailable("not_published", "There is no signed key set yet; run `certify keys init`.")
    policy = policy_of(versions[-1].keys, settings.log_origin, quorum=settings.witness_quorum)
    checkpoint = files.read(LOG + CHECKPOINT)
    if checkpoint is None:
        raise Unavailable("not_published", "No checkpoint of the log is published yet.")
    try:
        seen = checkpoints.witnessed(checkpoint, policy)
        log = TiledLog(LogFiles(files), seen.checkpoint.size)
        history = History.of(log.entries(0, log.size))
    except VerificationError as error:
        raise Unavailable("not_published", f"The published log cannot be read: {error.message}") from error
    logged = [one for one in versions if one.version in history.key_sets]
    if not logged:
        raise Unavailable("published_behind", "The log names no key set yet; run `certify keys record`.")
    async with database.reading() as session:
        rows = await _rows(session, history)
        documents = await _documents(session, history)
        seats = await holder_seats.by_organisation(session, datetime.now(UTC))
    labels = {row.id: mirrored(row, history.labels[row.id], seats.get(row.organisation, ())) for row in rows}
    url, lists = _lists(files, rows, history, logged[-1], seen)
    _check_proofs(files, history)
    as_of = max(seen.at, *(signed_at for _, signed_at in lists.values()))
    contents = {shard: content for shard, (content, _) in lists.items()}
    return PublicState(url, as_of, checkpoint, seen, log, history, logged, contents, labels, documents)


async def _rows(session: AsyncSession, history: History) -> Sequence[LabelRecord]:
    rows = [row for row in (await session.exec(select(LabelRecord))).all() if row.id in history.labels]
    if len(rows) != len(history.labels):
        raise Unavailable("record_differs", "The log has labels that the record has not; run `certify check`.")
    return rows


async def _documents(session: AsyncSession, history: History) -> dict[str, bytes]:
    try:
        return {digest: (await schemes.record_of(session, digest)).content.encode() for digest in history.schemes}
    except NotFound as error:
        raise Unavailable("record_differs", "The log has schemes that the record has not.") from error


def mirrored(row: LabelRecord, label: LoggedLabel, seats: tuple[SeatIn, ...] = ()) -> MirroredLabel:
    """Return what is told of a label: facts, seats and token from the record, steps as far as the log tells them."""
    issued = row.issued
    return MirroredLabel(
        id=row.id,
        number=format_number(row.id),
        token=issued.token,
        kid=issued.kid,
        tier=issued.tier,
        holder=issued.holder,
        issued_at=issued.issued_at,
        expires_at=issued.expires_at,
        standing=label.standing,
        steps=label.steps,
        facts=row.public_facts,
        holder_seats=seats,
    )


def _lists(
    files: PublishedFiles,
    rows: Sequence[LabelRecord],
    history: History,
    keys: SignedKeySet,
    seen: Witnessed,
) -> tuple[str, dict[int, tuple[bytes, datetime]]]:
    """Return the register's address and its lists, with when they were signed.

    Each tells of every label as the log does, no less and no more.
    """
    known = register_in(files.read(STATUS_INDEX) or b"")
    if known is None:
        raise Unavailable("published_behind", "The status lists are not published yet.")
    url, named = known
    contents = {shard: files.read(status_list(shard)) for shard in named | {shard_of(row.status_index) for row in rows}}
    trusted = keys.keys.uncompromised(Use.STATUS)
    found: dict[int, tuple[bytes, datetime]] = {}
    for shard, content in contents.items():
        if content is None:
            raise Unavailable("published_behind", f"Status list {shard} is not published yet.")
        held = signed_by(content, trusted, address=f"{url}/{status_list(shard)}")
        labels = ((row, history.labels[row.id]) for row in rows if shard_of(row.status_index) == shard)
        if held.issued_at < seen.at - TTL or any(
            held.value_of(row.status_index) not in label.values_at(held.issued_at) for row, label in labels
        ):
            raise Unavailable("published_behind", f"Status list {shard} and the witnessed log do not agree yet.")
        found[shard] = (content, held.issued_at)
    return url, found


def _check_proofs(files: PublishedFiles, history: History) -> None:
    for label_id in history.labels:
        if files.read(proof_of(label_id)) is None:
            raise Unavailable("published_behind", f"The proof of label {label_id} is not published yet.")
