"""A witness: it cosigns a log's checkpoint only when that grew out of the last one it saw (c2sp.org/tlog-witness)."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labels.log import checkpoints, notes
from labels.log.checkpoints import Checkpoint, Policy, hash_in, number_in
from labels.log.notes import Note
from labels.log.tiles import Files
from labels.log.tree import EMPTY, check_consistency
from labels.signing import Signer
from schemas.errors import VerificationError

T = TypeVar("T")

MAX_PROOF = 63
MAX_BODY_BYTES = 80_000


class WitnessRefusal(Exception):  # noqa: N818  # an answer of the protocol
    """The witness does not cosign.

    Attributes:
        status: of HTTP: 400 malformed, 403 not signed by the log, 404 unknown log, 409 another size or root than it
            knows, 422 no proof of growth.
        size: of the last checkpoint it cosigned, where the caller asked from another one.
    """

    def __init__(self, status: int, code: str, size: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.size = status, code, size


class Witness:
    """Remembers the last checkpoint of each log it watches, one file a log, and never takes one back.

    Args:
        logs: keys of the logs it watches, by their origin.
    """

    def __init__(self, files: Files, name: str, signer: Signer, logs: Mapping[str, Sequence[Ed25519PublicKey]]) -> None:
        self._files, self._name, self._signer, self._logs = files, name, signer, logs
        self._one_at_a_time = Lock()

    def add_checkpoint(self, body: bytes, *, at: datetime) -> str:
        """Cosign a checkpoint that grew out of the last one, and return the line of the signature.

        Raises:
            WitnessRefusal: every other outcome.
        """
        older, proof, note = _refusing(400, lambda: _request(body))
        origin = note.text.partition("\n")[0]
        if origin not in self._logs:
            raise WitnessRefusal(404, "unknown_log")
        policy = Policy(origin, tuple(self._logs[origin]), (), 0)
        checkpoint = _refusing(403, lambda: checkpoints.of_log(note, policy))
        if older > checkpoint.size:
            raise WitnessRefusal(400, "older_is_larger")
        with self._one_at_a_time:
            self._check_growth(checkpoint, older, proof)
            self._files.write(memory_of(origin), note.text.encode())
        return checkpoints.cosignature(note, self._name, self._signer, at=at)

    def _check_growth(self, checkpoint: Checkpoint, older: int, proof: Sequence[bytes]) -> None:
        known = self.last(checkpoint.origin)
        if older != known.size:
            raise WitnessRefusal(409, "other_size", known.size)
        if checkpoint.size == known.size and checkpoint.root != known.root:
            raise WitnessRefusal(409, "other_root", known.size)
        _refusing(422, lambda: check_consistency(older, checkpoint.size, proof, known.root, checkpoint.root))

    def last(self, origin: str) -> Checkpoint:
        """Return the last checkpoint that was cosigned of a log; an empty one where there is none.

        Raises:
            VerificationError: the file of the witness is damaged; it cosigns nothing then.
        """
        content = self._files.read(memory_of(origin))
        if content is None:
            return Checkpoint(origin, 0, EMPTY)
        return checkpoints.read(Note(content.decode(), ()))


def request_body(older: int, proof: Sequence[bytes], note: Note) -> bytes:
    """Return what is sent to a witness."""
    lines = [f"old {older}", *(b64encode(one).decode() for one in proof)]
    return ("\n".join(lines) + "\n\n" + str(note)).encode()


def _request(body: bytes) -> tuple[int, tuple[bytes, ...], Note]:
    if len(body) > MAX_BODY_BYTES:
        raise VerificationError("malformed", "This is no request to a witness.")
    try:
        head, separator, note = body.decode().partition("\n\n")
    except UnicodeError as error:
        raise VerificationError("malformed", "This is no request to a witness.") from error
    first, *hashes = head.split("\n")
    if not separator or not first.startswith("old ") or len(hashes) > MAX_PROOF:
        raise VerificationError("malformed", "This is no request to a witness.")
    taken_apart = notes.parse(note)
    checkpoints.read(taken_apart)
    return number_in(first.removeprefix("old ")), tuple(hash_in(one) for one in hashes), taken_apart


def _refusing(status: int, question: Callable[[], T]) -> T:
    try:
        return question()
    except VerificationError as error:
        raise WitnessRefusal(status, error.code) from error


def memory_of(origin: str) -> str:
    """Return the file in which a witness remembers a log."""
    return b64encode(origin.encode(), altchars=b"-_").decode() + ".checkpoint"
