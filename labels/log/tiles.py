"""Tiles and entry bundles: the log as static files (c2sp.org/tlog-tiles), read and grown.

tile/{level}/{n}[.p/{width}]      256 hashes, each of 256^level leaves; a narrower one at the right edge
tile/entries/{n}[.p/{width}]      256 entries, each with its length in two bytes before it
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from labels.log.tree import HASH_BYTES, complete_root, leaf_hash, root_of
from schemas.errors import VerificationError

WIDTH = 256
HEIGHT = 8
MAX_ENTRY_BYTES = 65_535
ENTRIES = "entries"
_PATH_STEP = 1000
_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")


class StoredFiles(Protocol):
    """Where the log lies, for those who only read it."""

    def read(self, path: str) -> bytes | None:
        """Return a file of the log, None where there is none."""


class Files(StoredFiles, Protocol):
    """Where the log lies, for the one who writes it."""

    def write(self, path: str, content: bytes) -> None:
        """Keep a file, whole and durable, or raise."""

    def remove_folder(self, path: str) -> None:
        """Take away what lies in a folder."""


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return where a tile lies, or with `ENTRIES` as level a bundle of entries."""
    steps = [f"{number % _PATH_STEP:03d}"]
    while number := number // _PATH_STEP:
        steps.insert(0, f"x{number % _PATH_STEP:03d}")
    return f"tile/{level}/{'/'.join(steps)}" + (f".p/{width}" if width < WIDTH else "")


def place_of(path: str) -> tuple[int | str, int, int] | None:
    """Return level, number and width of a tile by its path, None for what is no path of a tile."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level, steps, width = found.groups()
    number = int(steps.replace("x", "").replace("/", ""))
    place = (level if level == ENTRIES else int(level), number, int(width or WIDTH))
    return place if tile_path(*place) == path else None


def width_of(level: int, number: int, size: int) -> int:
    """Return how many hashes a tile has in a tree of `size` leaves."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


class TiledLog:
    """The hashes and the entries of a log of a known size, out of its files."""

    def __init__(self, files: StoredFiles, size: int) -> None:
        self._files, self.size = files, size
        self.tile = lru_cache(maxsize=1024)(self._read_tile)

    def subtree(self, height: int, index: int) -> bytes:
        """Return the hash of the complete subtree of 2^height leaves that begins at leaf index * 2^height.

        Raises:
            VerificationError: `tile_missing`, `tile_malformed`.
        """
        level, rest = divmod(height, HEIGHT)
        first = index << rest
        number, place = divmod(first, WIDTH)
        return complete_root(self.tile(level, number)[place : place + (1 << rest)])

    def root(self) -> bytes:
        """Return the root over all entries."""
        return root_of(self.size, self.subtree)

    def _read_tile(self, level: int, number: int) -> tuple[bytes, ...]:
        width = width_of(level, number, self.size)
        content = _stored(self._files, level, number, width)
        if len(content) < width * HASH_BYTES or len(content) % HASH_BYTES:
            raise VerificationError("tile_malformed", f"{tile_path(level, number, width)} is no tile of the log.")
        return hashes_in(content[: width * HASH_BYTES])

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the entries from one index up to before another.

        Raises:
            VerificationError: `tile_missing`, `tile_malformed`.
        """
        for number in range(start // WIDTH, -(-end // WIDTH)):
            first = number * WIDTH
            bundle = self.bundle(number)
            yield from bundle[max(start - first, 0) : end - first]

    def bundle(self, number: int) -> tuple[bytes, ...]:
        """Return the entries of one bundle."""
        width = width_of(0, number, self.size)
        found = tuple(entries_in(_stored(self._files, ENTRIES, number, width)))
        if len(found) < width:
            raise VerificationError("tile_malformed", f"{tile_path(ENTRIES, number, width)} lacks entries.")
        return found[:width]


def _stored(files: StoredFiles, level: int | str, number: int, width: int) -> bytes:
    # A partial tile may be gone once the full one is there.
    content = files.read(tile_path(level, number, width))
    if content is None and width < WIDTH:
        content = files.read(tile_path(level, number))
    if content is None:
        raise VerificationError("tile_missing", f"{tile_path(level, number, width)} of the log is missing.")
    return content


def hashes_in(content: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a tile."""
    return tuple(content[place : place + HASH_BYTES] for place in range(0, len(content), HASH_BYTES))


def entries_in(content: bytes) -> Iterator[bytes]:
    """Yield the entries of a bundle.

    Raises:
        VerificationError: `tile_malformed`: a length leads beyond the end.
    """
    place = 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 2], "big")
        end = place + 2 + length
        if end > len(content) or len(content) - place < 2:
            raise VerificationError("tile_malformed", "A bundle of entries ends within an entry.")
        yield content[place + 2 : end]
        place = end


def bundled(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle.

    Raises:
        ValueError: an entry is longer than its length field can say.
    """
    if any(len(one) > MAX_ENTRY_BYTES for one in entries):
        raise ValueError(f"an entry of the log has at most {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def append(files: Files, size: int, entries: Sequence[bytes]) -> int:
    """Write entries after the first `size`, with every tile that changes, and return the new size.

    What a writer that stopped half-way left behind the first `size` is written over.

    Raises:
        VerificationError: what is stored of the first `size` cannot be read.
        ValueError: an entry is too long.
    """
    log = TiledLog(files, size)
    _append_entries(files, log, entries)
    hashes: list[bytes] = [leaf_hash(one) for one in entries]
    level, begun = 0, size
    while hashes:
        hashes = _append_hashes(files, log, level, begun, hashes)
        level, begun = level + 1, begun // WIDTH
    return size + len(entries)


def forget_partial(files: Files, older: int, size: int) -> None:
    """Take away the partial tiles of a smaller tree whose full ones are there (c2sp.org/tlog-tiles, Partial Tiles)."""
    level = 0
    while (older >> HEIGHT * level) != (size >> HEIGHT * level):
        number, width = divmod(older >> HEIGHT * level, WIDTH)
        if width and width_of(level, number, size) == WIDTH:
            for kind in (level, ENTRIES) if level == 0 else (level,):
                files.remove_folder(tile_path(kind, number) + ".p")
        level += 1


def _append_entries(files: Files, log: TiledLog, entries: Sequence[bytes]) -> None:
    number, width = divmod(log.size, WIDTH)
    held = [*(log.bundle(number) if width else ()), *entries]
    for place in range(0, len(held), WIDTH):
        part = held[place : place + WIDTH]
        files.write(tile_path(ENTRIES, number + place // WIDTH, len(part)), bundled(part))


def _append_hashes(files: Files, log: TiledLog, level: int, begun: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Write the hashes of one level after the first `begun`, and return those of the tiles that became full."""
    number, width = divmod(begun, WIDTH)
    held = [*(log.tile(level, number) if width else ()), *hashes]
    parts = [held[place : place + WIDTH] for place in range(0, len(held), WIDTH)]
    for place, part in enumerate(parts):
        files.write(tile_path(level, number + place, len(part)), b"".join(part))
    return [complete_root(part) for part in parts if len(part) == WIDTH]
