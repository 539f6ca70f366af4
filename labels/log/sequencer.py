"""Grows a log: entries are stored, read back, and only then is their root signed.

One writer at a time. Whoever stops half-way leaves entries that no checkpoint speaks of; the next writes over them.
"""

from collections.abc import Sequence

from labels.log import checkpoints, notes, tiles
from labels.log.checkpoints import Checkpoint, Policy
from labels.log.notes import Note
from labels.log.tiles import HEIGHT, WIDTH, Files, StoredFiles, TiledLog, tile_path, width_of
from labels.log.tree import EMPTY, check_consistency, complete_root, consistency_proof, leaf_hash
from labels.signing import Signer
from schemas.errors import VerificationError

HEAD = "head"
"""File of the last checkpoint the log signed; the published one lies at `CHECKPOINT` once it is witnessed."""

CHECKPOINT = "checkpoint"


class Sequencer:
    """The hand that writes a log.

    Raises:
        VerificationError: what is stored does not carry the last checkpoint that was signed.
    """

    def __init__(self, files: Files, origin: str, signer: Signer) -> None:
        self._files, self._origin, self._signer = files, origin, signer
        self._policy = Policy(origin, (notes.ed25519(signer.public_key),), (), 0)
        self.head = self._last_signed()
        check_stored(files, self.size, self.root)

    @property
    def size(self) -> int:
        """How many entries the log has signed for."""
        return self._checkpoint.size

    @property
    def root(self) -> bytes:
        """The root it has signed."""
        return self._checkpoint.root

    def _last_signed(self) -> Note | None:
        content = self._files.read(HEAD)
        if content is None:
            self._checkpoint = Checkpoint(self._origin, 0, EMPTY)
            return None
        head = notes.parse(content)
        # By an earlier key of the log perhaps: this is our own file, and what it carries is checked by its root.
        self._checkpoint = checkpoints.read(head)
        return head

    def append(self, entries: Sequence[bytes]) -> Note:
        """Store entries and sign for them.

        Raises:
            VerificationError: the files gave back something else than was written; nothing is signed.
            ValueError: an entry is too long.
        """
        size = tiles.append(self._files, self.size, entries)
        root = TiledLog(self._files, size).root()
        check_stored(self._files, size, root, since=self.size)
        check_consistency(self.size, size, self._growth(self.size, size), self.root, root)
        checkpoint = Checkpoint(self._origin, size, root)
        head = checkpoints.signed(checkpoint, self._signer)
        self._files.write(HEAD, str(head).encode())
        tiles.forget_partial(self._files, self.size, size)
        self._checkpoint, self.head = checkpoint, head
        return head

    def grown_by(self, entries: Sequence[bytes]) -> Checkpoint:
        """Return what `append` would sign, and store nothing.

        Raises:
            VerificationError: what is stored cannot be read.
        """
        files = _Unwritten(self._files)
        size = tiles.append(files, self.size, entries)
        return Checkpoint(self._origin, size, TiledLog(files, size).root())

    def sign_again(self) -> Note:
        """Sign the same tree with the key in hand, where another one signed it before."""
        return self.append(())

    def growth_since(self, older: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of `older` entries is a beginning of this one."""
        return self._growth(older, self.size)

    def _growth(self, older: int, size: int) -> tuple[bytes, ...]:
        return consistency_proof(older, size, TiledLog(self._files, size).subtree)


class _Unwritten:
    """The files of a log with what would be written to them."""

    def __init__(self, files: StoredFiles) -> None:
        self._files = files
        self._written: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        return self._written.get(path) or self._files.read(path)

    def write(self, path: str, content: bytes) -> None:
        self._written[path] = content

    def remove_folder(self, path: str) -> None:
        """Partial tiles stay."""


def check_stored(files: StoredFiles, size: int, root: bytes, *, since: int = 0) -> None:
    """Check that stored entries and tiles make a root, from the entry `since` on.

    Raises:
        VerificationError: `tile_missing`, `tile_malformed`, `root_differs`.
    """
    log = TiledLog(files, size)
    for number in range(since // WIDTH, -(-size // WIDTH)):
        _compare(log, 0, number, [leaf_hash(entry) for entry in log.bundle(number)])
    level = 1
    while width_of(level, 0, size):
        first = (since >> HEIGHT * level) // WIDTH
        for number in range(first, -(-(size >> HEIGHT * level) // WIDTH)):
            below = range(number * WIDTH, number * WIDTH + width_of(level, number, size))
            _compare(log, level, number, [complete_root(log.tile(level - 1, one)) for one in below])
        level += 1
    if log.root() != root:
        raise VerificationError("root_differs", "What is stored of the log has another root than was signed.")


def _compare(log: TiledLog, level: int, number: int, hashes: list[bytes]) -> None:
    if list(log.tile(level, number)) != hashes:
        raise VerificationError("root_differs", f"{tile_path(level, number)} is not the hash of what lies below it.")
