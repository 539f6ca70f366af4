"""`certify mirror export`: everything public in one folder, which proves itself with no server of ours (issue 4)."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from certify.config import Settings
from certify.programs.key_files import KeyFiles
from certify.programs.mirror_pages import pages
from certify.programs.mirror_sources import PublicState, public_state
from certify.programs.mirror_writing import MirrorWriter, manifest_in, renewing
from certify.programs.record import open_to_read
from certify.programs.vault import open_vault
from certify.publication.bundle import bundle_of
from certify.register.database import Database
from certify.register.schema import require_shape
from certify.register.statistics import KeptFigures
from certify.vault.published import PublishedFiles, published_files
from certify.vault.published_paths import status_list
from certify.web.public import practices
from certify.web.standing import PublishedLog, listed_standing
from labels.log.sequencer import CHECKPOINT
from labels.log.tiles import ENTRIES, HEIGHT, WIDTH, TiledLog, bundled, tile_path, width_of
from labels.log.tree import root_of
from labels.mirror import folder as at
from labels.mirror.labels import PAPERS
from labels.root import Root
from schemas.canonical import canonical_json
from schemas.errors import Unacceptable, Unavailable
from schemas.mirror import Manifest


@dataclass(frozen=True)
class Exported:
    """What an export left behind.

    Attributes:
        as_of: the moment that the mirror tells of.
        files: of the whole mirror; `written` of them are new or changed.
    """

    origin: str
    size: int
    as_of: datetime
    labels: int
    files: int
    written: int


async def export(settings: Settings, folder: Path) -> Exported:
    """Make or renew a mirror; nothing is written in the record, and the system may run meanwhile.

    Raises:
        Unacceptable: `not_a_mirror`; `mirror_ahead`: the mirror holds more of the log than is published now;
            `log_forked`: what is published now did not grow out of what the mirror holds.
        Unavailable: `record_unreadable`; as `public_state`.
        CouldNotCheck: the keys cannot be read.
    """
    database = open_to_read(settings)
    try:
        database.require_file()
        await require_shape(database)
        with renewing(folder, settings.log_origin) as writer:
            return await _Export(settings, published_files(settings.published_url), database).into(writer)
    except (DBAPIError, OSError) as error:
        raise Unavailable("record_unreadable", f"It cannot be read: {getattr(error, 'orig', error)}") from error
    finally:
        await database.close()


class _Export:
    def __init__(self, settings: Settings, files: PublishedFiles, database: Database) -> None:
        self._settings, self._files, self._database = settings, files, database

    async def into(self, writer: MirrorWriter) -> Exported:
        state = await public_state(self._settings, self._files, self._database)
        now, origin = datetime.now(UTC), self._settings.log_origin
        _check_growth(writer.folder, state)
        for path, content in (*(await self._informative(now)), *_keys(state, KeyFiles.of(self._settings))):
            writer.put(path, content)
        for path, content in self._lists_and_bundle(state, now):
            writer.put(path, content)
        for path, content in tiles(state.log):
            writer.put(at.LOG + path, content)
        writer.put(at.LOG + CHECKPOINT, state.checkpoint)
        for path, content in self._labels(state):
            writer.put(path, content)
        writer.put(at.REGISTER, state.history.register.model_dump_json().encode())
        for digest, content in state.scheme_documents.items():
            writer.put(at.scheme_file(digest), content)
        for path, content in pages(self._settings, state, writer.files):
            writer.put(path, content)
        writer.complete(
            Manifest(
                origin=origin,
                public_url=state.public_url,
                exported_at=now,
                as_of=state.as_of,
                size=state.seen.checkpoint.size,
                root=state.seen.checkpoint.root.hex(),
                files=writer.files,
            )
        )
        return Exported(origin, state.log.size, state.as_of, len(state.labels), len(writer.files), writer.written)

    async def _informative(self, now: datetime) -> list[tuple[str, bytes]]:
        """Return what the log says nothing of; it is the record's, a moment newer perhaps than all else."""
        log = PublishedLog.of(self._settings, self._database)
        statistics = await KeptFigures().read(self._database, now, partial(listed_standing, log))
        async with aclosing(open_vault(self._settings)) as vault:
            rows = await practices.published(self._database, vault)
        told = [row.model_dump(mode="json") for row in rows]
        return [
            ("statistics.json", statistics.model_dump_json().encode()),
            ("practices.json", canonical_json(told)),
        ]

    def _lists_and_bundle(self, state: PublicState, now: datetime) -> Iterator[tuple[str, bytes]]:
        lists = {f"{state.public_url}/{status_list(shard)}": one for shard, one in sorted(state.lists.items())}
        yield at.STATUS_INDEX, canonical_json({"status_lists": list(lists)})
        for shard, content in state.lists.items():
            yield status_list(shard), content
        keys = state.versions[-1].as_jwks()
        yield (
            at.BUNDLE,
            bundle_of(
                origin=self._settings.log_origin, made_at=now, keys=keys, checkpoint=state.checkpoint, lists=lists
            ),
        )

    def _labels(self, state: PublicState) -> Iterator[tuple[str, bytes]]:
        for label_id, label in state.labels.items():
            yield at.label_file(label_id, at.LABEL), label.model_dump_json().encode()
            for name in (at.PROOF, *PAPERS):
                content = self._files.read(at.label_file(label_id, name))
                if content is not None:
                    yield at.label_file(label_id, name), content


def tiles(log: TiledLog) -> Iterator[tuple[str, bytes]]:
    """Yield every tile and every bundle of entries of a log, at its size and no other (c2sp.org/tlog-tiles)."""
    for number in range(-(-log.size // WIDTH)):
        yield tile_path(ENTRIES, number, width_of(0, number, log.size)), bundled(log.bundle(number))
    level = 0
    while count := log.size >> (HEIGHT * level):
        for number in range(-(-count // WIDTH)):
            yield tile_path(level, number, width_of(level, number, log.size)), b"".join(log.tile(level, number))
        level += 1


def _keys(state: PublicState, files: KeyFiles) -> Iterator[tuple[str, bytes]]:
    last = state.versions[-1]
    yield at.SIGNED_KEYS, last.signed
    yield at.JWKS, last.as_jwks().encode()
    yield at.ROOT, Root.read(files.root).as_json().encode()
    for version in state.versions:
        yield at.key_set_file(version.version), version.signed


def _check_growth(folder: Path, state: PublicState) -> None:
    """Refuse to write over a mirror that shows more, or another log: it may be the only witness of what was."""
    before = manifest_in(folder)
    if before is None:
        return
    if before.size > state.log.size:
        what = f"The mirror holds {before.size} entries of the log, and {state.log.size} are published."
        raise Unacceptable("mirror_ahead", f"{what} It is left as it is; run `certify check`.")
    if root_of(before.size, state.log.subtree).hex() != before.root:
        what = "The published log did not grow out of the one that the mirror holds."
        raise Unacceptable("log_forked", f"{what} It is left as it is; `certify mirror compare` shows the fork.")
