"""From a statement to a token. What has not been prepared cannot be signed.

The same statement under the same key gives the same bytes, so that a signer which starts again in the middle
of an issue can finish it.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Protocol

from labels.cose import payload_of, protected_header, seal, to_be_signed
from labels.key_set import ALGORITHM
from labels.public_keys import PublicKey
from schemas.canonical import canonical_json
from schemas.errors import PreparationError
from schemas.label import LabelStatement
from schemas.label_number import bytes_of, is_preview

# The QR of a longer token is larger than version 10 at level M, 26.0 mm in print.
MAX_TOKEN_BYTES = 182
# What fits such a token without a holder and with the longest status index. Counted in UTF-8:
# a Cyrillic letter takes two bytes.
MAX_NAME_BYTES = 55

_DIGEST_BYTES = 12
_WITHOUT_PAYLOAD = len(seal(protected_header("00000000"), bytes(24), bytes(64))) - 24  # payloads are 24 to 255 bytes


class Signer(Protocol):
    """Something that signs with one key it does not show."""

    @property
    def public_key(self) -> PublicKey:
        """The key to verify with."""

    @property
    def kid(self) -> str:
        """The key's short name, 8 hexadecimal digits."""

    @property
    def alg(self) -> str:
        """The name of its one algorithm: Ed25519, ES256 or ML-DSA-65 (`labels.public_keys`)."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the very bytes given; an Ed25519 key gives the same bytes the same signature.

        So does an ES256 key from a file (RFC 6979); one in hardware and an ML-DSA-65 key draw a nonce each time.
        """


def subject_digest(label_id: str, name: str, version: str, build_digest: str | None) -> str:
    """Bind a label to one build: the first 12 bytes, in hexadecimal digits, of SHA-256(cti ‖ RFC 8785 JSON).

    The JSON is `{name, version, build_digest}`; the random cti in front stops collisions prepared in advance.
    """
    subject = canonical_json({"name": name, "version": version, "build_digest": build_digest})
    return hashlib.sha256(bytes_of(label_id) + subject).digest()[:_DIGEST_BYTES].hex()


@dataclass(frozen=True)
class PreparedLabel:
    """A statement that was checked on being made into this; there is no other way to make one.

    Raises:
        PreparationError: as `prepare`.
    """

    statement: LabelStatement
    payload: bytes = field(init=False)

    def __post_init__(self) -> None:
        _check(self.statement)
        object.__setattr__(self, "payload", payload_of(self.statement))


def prepare(statement: LabelStatement) -> PreparedLabel:
    """Check that a statement may be signed and will fit its printed size.

    Raises:
        PreparationError: `preview_number` (a number of previews is no label's), `text_unprintable` (a control
            or bidirectional character would let the label show another name than it carries), `name_too_long`
            (over 55 bytes of UTF-8), `holder_too_long` (the token would be over 182 bytes; the holder may be
            left out of the token).
    """
    return PreparedLabel(statement)


def sign(prepared: PreparedLabel, signer: Signer) -> bytes:
    """Sign what `prepare` checked; there is no way to sign anything else.

    Raises:
        PreparationError: `wrong_algorithm`: the key is for another algorithm than the token's.
    """
    if signer.alg != ALGORITHM:
        raise PreparationError("wrong_algorithm", f"A label is signed with {ALGORITHM}, not {signer.alg}.")
    protected = protected_header(signer.kid)
    signature = signer.sign(to_be_signed(protected, prepared.payload))
    return seal(protected, prepared.payload, signature)


def _check(statement: LabelStatement) -> None:
    if is_preview(statement.id):
        raise PreparationError("preview_number", "A number that begins with TEST is a preview's and never signed.")
    for text in (statement.name_version, statement.holder or ""):
        if not text.isprintable():
            raise PreparationError("text_unprintable", "A name on a label holds a character no one can see.")
    length = len(statement.name_version.encode())
    if length > MAX_NAME_BYTES:
        raise PreparationError("name_too_long", f"Name and version take {length} bytes, at most {MAX_NAME_BYTES} fit.")
    if _WITHOUT_PAYLOAD + len(payload_of(statement)) > MAX_TOKEN_BYTES:
        raise PreparationError("holder_too_long", "The holder's name does not fit the token; it may be left out.")
