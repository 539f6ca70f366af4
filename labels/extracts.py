"""Extracts of the Register of participants (Code, II-2.1): a statement, signed like a label and never taken for one.

    signed = sign_extract(prepare_extract(statement), signer)
    assert verify_extract(signed, keys).statement == statement

The payload of the COSE_Sign1 is the statement in RFC 8785 JSON; `external_aad` keeps it apart from labels.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from labels.cose import protected_header, seal, to_be_signed, unseal
from labels.key_set import ALGORITHM, KeySet, TrustedKey
from labels.signing import Signer
from labels.verification import check_witnessed, signing_key
from schemas.canonical import canonical_json
from schemas.errors import PreparationError, VerificationError
from schemas.extract import SIGNED_MAX, ExtractStatement, SignedExtract
from schemas.label import Authenticity

EXTRACT_AAD = b"certify/extract/1"
_ENVELOPE_BYTES = 100  # tag, header and signature around the payload take 84 to 86
_PAYLOAD_MAX = SIGNED_MAX * 3 // 4 - _ENVELOPE_BYTES


@dataclass(frozen=True)
class PreparedExtract:
    """A statement that was checked on being made into this; there is no other way to make one.

    Raises:
        PreparationError: as `prepare_extract`.
    """

    statement: ExtractStatement
    payload: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "payload", canonical_json(self.statement))
        if not self.statement.name.isprintable():
            raise PreparationError("text_unprintable", "The name holds a character no one can see.")
        if len(self.payload) > _PAYLOAD_MAX:
            raise PreparationError("extract_too_long", f"An extract takes at most {_PAYLOAD_MAX} bytes.")


def prepare_extract(statement: ExtractStatement) -> PreparedExtract:
    """Check that a statement may be signed.

    Raises:
        PreparationError: `text_unprintable` or `extract_too_long`.
    """
    return PreparedExtract(statement)


def sign_extract(prepared: PreparedExtract, signer: Signer) -> str:
    """Sign what `prepare_extract` checked, and return the COSE_Sign1 in base64 for addresses, without padding.

    Raises:
        PreparationError: `wrong_algorithm`.
    """
    if signer.alg != ALGORITHM:
        raise PreparationError("wrong_algorithm", f"An extract is signed with {ALGORITHM}, not {signer.alg}.")
    protected = protected_header(signer.kid)
    signature = signer.sign(to_be_signed(protected, prepared.payload, EXTRACT_AAD))
    return urlsafe_b64encode(seal(protected, prepared.payload, signature)).rstrip(b"=").decode("ascii")


def extract_document(extract: SignedExtract) -> dict[str, Any]:
    """Return a signed extract as it is handed out: the statement to read, and the signed one to verify."""
    payload = unseal(_bytes_of(extract.signed)).payload
    return {"statement": json.loads(payload), "kid": extract.kid, "signed": extract.signed}


@dataclass(frozen=True)
class ExtractVerification:
    """The answer about one extract.

    Attributes:
        statement: what was signed; None unless the extract is authentic.
        reason: one sentence for a person.
    """

    authenticity: Authenticity
    statement: ExtractStatement | None
    kid: str | None
    reason: str


def verify_extract(signed: str, keys: KeySet, *, witnessed_at: datetime | None = None) -> ExtractVerification:
    """Answer for an extract; never raises for a bad one. Whether it still holds, only the Register tells.

    (1) well formed (2) by a key of the set (3) the signature holds, as an extract (4) it says what an extract says
    (5) and speaks of a day on which its key had not run out (6) as of `labels.verification.verify`: where that key may
    be in other hands, the log held the extract before, and `witnessed_at` is of the days of its key
    """
    kid = None
    try:
        envelope = unseal(_bytes_of(signed))  # (1)
        kid = envelope.kid
        key = signing_key(envelope, keys, EXTRACT_AAD)  # (2) (3)
        statement = _statement_in(envelope.payload)  # (4)
        _check_day(statement, key)  # (5)
        check_witnessed(key, witnessed_at, keys)  # (6)
    except VerificationError as error:
        return ExtractVerification(Authenticity(error.code), None, kid, error.message)
    return ExtractVerification(Authenticity.AUTHENTIC, statement, kid, f"Signed by key {kid} and unaltered.")


def _check_day(statement: ExtractStatement, key: TrustedKey) -> None:
    if statement.as_of.astimezone(UTC).date() > key.valid_to:
        raise VerificationError("unknown_key", f"Key {key.kid} was out of use when it would have signed this extract.")


def _bytes_of(signed: str) -> bytes:
    if len(signed) > SIGNED_MAX or not signed.isascii():
        raise VerificationError("malformed", "No extract looks like this.")
    try:
        raw = urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
    except (Base64Error, ValueError) as error:
        raise VerificationError("malformed", "This is no base64.") from error
    if urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != signed:
        raise VerificationError("malformed", "This is another spelling of base64 than an extract's.")
    return raw


def _statement_in(payload: bytes) -> ExtractStatement:
    try:
        statement = ExtractStatement.model_validate_json(payload)
    except ValueError as error:
        raise VerificationError("malformed", "What was signed is no extract.") from error
    if canonical_json(statement) != payload:
        raise VerificationError("malformed", "What was signed is no extract of this format.")
    return statement
