"""Signed notes (c2sp.org/signed-note): a text, and lines of signatures under it, each by a named key.

A line of a key nobody trusts is passed over; a line of a trusted key that does not hold refuses the whole note.
"""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labels.public_keys import PublicKey
from labels.signing import Signer
from schemas.errors import VerificationError

ED25519, COSIGNATURE = 0x01, 0x04  # signature types of the specification
MAX_NOTE_BYTES = 65_536
_MAX_SIGNATURES = 32
_DASH = "— "
_NAME = re.compile(r"[!-*,-~]+")  # the same in every language; what Unicode calls a space differs between them
_ID_BYTES, _KEY_BYTES = 4, 32


def ed25519(public_key: PublicKey) -> Ed25519PublicKey:
    """Return a key that signs notes.

    Raises:
        ValueError: another kind of key.
    """
    if not isinstance(public_key, Ed25519PublicKey):
        raise ValueError("a log and its witnesses sign with Ed25519")  # noqa: TRY004  # the key's kind is its value
    return public_key


@dataclass(frozen=True)
class NoteKey:
    """A key of notes, as a verifier knows it.

    Attributes:
        name: printable ASCII without spaces and plus signs; a log's is its origin.
        kind: `ED25519` of a log, `COSIGNATURE` of a witness.
    """

    name: str
    kind: int
    public_key: Ed25519PublicKey

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("a key of notes has a name of ASCII letters, digits and signs but the plus sign")

    @property
    def id(self) -> bytes:
        """The four bytes that stand before its signatures."""
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key.public_bytes_raw()
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Return the key in one line, a vkey: `NAME+ID+KEY`."""
        key = bytes([self.kind]) + self.public_key.public_bytes_raw()
        return f"{self.name}+{self.id.hex()}+{b64encode(key).decode()}"


def read_key(line: str) -> NoteKey:
    """Read a vkey.

    Raises:
        ValueError: no vkey of a known kind, or its id is not its key's.
    """
    name, key_id, encoded = line.strip().split("+", 2)
    raw = b64decode(encoded, validate=True)
    if len(raw) != _KEY_BYTES + 1 or raw[0] not in {ED25519, COSIGNATURE}:
        raise ValueError("this is no key of notes")
    key = NoteKey(name, raw[0], Ed25519PublicKey.from_public_bytes(raw[1:]))
    if key.id.hex() != key_id:
        raise ValueError("the id is not the key's")
    return key


@dataclass(frozen=True)
class Note:
    """A note taken apart; nothing in it is believed yet.

    Attributes:
        text: with its last line end.
        signatures: name of the key, id of the key and the signature itself, a line each.
    """

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def of(self, key: NoteKey) -> tuple[bytes, ...]:
        """Return the signatures that claim to be a key's."""
        return tuple(signature for name, key_id, signature in self.signatures if (name, key_id) == (key.name, key.id))

    def __str__(self) -> str:
        """Return the note as it is published."""
        return self.text + "\n" + "".join(signature_line(*one) for one in self.signatures)


def parse(note: str | bytes) -> Note:
    """Take a note apart.

    Raises:
        VerificationError: `malformed`.
    """
    text, lines = _parts(_decoded(note))
    if len(lines) > _MAX_SIGNATURES:
        raise _malformed()
    return Note(text, tuple(_signature(line) for line in lines))


def signature_lines(lines: str | bytes) -> tuple[tuple[str, bytes, bytes], ...]:
    """Read lines of signatures that came without their note, as a witness gives them.

    Raises:
        VerificationError: `malformed`.
    """
    text = _decoded(lines)
    if not text.endswith("\n") or text.count("\n") > _MAX_SIGNATURES:
        raise _malformed()
    return tuple(_signature(line) for line in text.removesuffix("\n").split("\n"))


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    """Return a line of a note."""
    return f"{_DASH}{name} {b64encode(key_id + signature).decode()}\n"


def signed_note(text: str, name: str, signer: Signer) -> Note:
    """Sign a text as a log does."""
    key = NoteKey(name, ED25519, ed25519(signer.public_key))
    return Note(text, ((name, key.id, signer.sign(text.encode())),))


def is_signed(note: Note, key: NoteKey) -> bool:
    """Whether a note is signed by a key as a log signs.

    Raises:
        VerificationError: `bad_signature`: a line claims to be the key's and is not.
    """
    found = note.of(key)
    for signature in found:
        check(key, signature, note.text.encode())
    return bool(found)


def check(key: NoteKey, signature: bytes, message: bytes) -> None:
    """Check a signature.

    Raises:
        VerificationError: `bad_signature`.
    """
    try:
        key.public_key.verify(signature, message)
    except InvalidSignature as error:
        raise VerificationError("bad_signature", f"{key.name} did not sign this.") from error


def _decoded(note: str | bytes) -> str:
    if len(note) > MAX_NOTE_BYTES:
        raise _malformed()
    try:
        text = note if isinstance(note, str) else note.decode()
        text.encode()
    except UnicodeError as error:
        raise _malformed() from error
    if any(one < " " and one != "\n" for one in text):
        raise _malformed()
    return text


def _parts(note: str) -> tuple[str, Sequence[str]]:
    text, separator, rest = note.rpartition("\n\n")
    if not separator or not rest.endswith("\n") or not text:
        raise _malformed()
    return text + "\n", rest.removesuffix("\n").split("\n")


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or not _NAME.fullmatch(name):
        raise _malformed()
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    # One spelling a signature: base64 lets the unused bits of the last character be anything.
    if len(raw) <= _ID_BYTES or b64encode(raw).decode() != encoded:
        raise _malformed()
    return name, raw[:_ID_BYTES], raw[_ID_BYTES:]


def _malformed() -> VerificationError:
    return VerificationError("malformed", "This is no signed note.")
