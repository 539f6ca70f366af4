"""The bytes of a token: COSE_Sign1 (RFC 9052, 4.2) over CWT claims (RFC 8392).

    protected   {1: -19 (Ed25519, RFC 9864), 4: kid}          unprotected {}
    payload     {4: exp, 7: cti, -65537: [tier, status index, subject digest, "name version", holder?]}

The tier travels as its place in `TIERS`: 0 low, 1 medium, 2 high, 3 critical.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cbor2 import CBORTag

from labels.encoding import from_cbor, to_cbor
from labels.key_set import KID_BYTES
from schemas.errors import VerificationError
from schemas.label import LabelStatement
from schemas.label_number import bytes_of, id_of

EXTERNAL_AAD = b"certify/label/1"  # apart from all else that is ever signed: status lists, ballots, receipts
TIERS = ("low", "medium", "high", "critical")

_SIGN1 = 18
_ED25519 = -19
_SIGNATURE_BYTES = 64
_ALG, _KID = 1, 4
_EXP, _CTI, _LABEL = 4, 7, -65537


class Envelope(NamedTuple):
    """A token taken apart; nothing in it is believed yet."""

    protected: bytes
    kid: str
    payload: bytes
    signature: bytes


def protected_header(kid: str) -> bytes:
    """Return the protected header for a key."""
    return to_cbor({_ALG: _ED25519, _KID: bytes.fromhex(kid)})


def to_be_signed(protected: bytes, payload: bytes, external_aad: bytes = EXTERNAL_AAD) -> bytes:
    """Return the Sig_structure of RFC 9052, 4.4, with the external_aad of what is signed: a label unless said."""
    return to_cbor(["Signature1", protected, external_aad, payload])


def seal(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Put the parts of a token together."""
    return to_cbor(CBORTag(_SIGN1, [protected, {}, payload, signature]))


def unseal(token: bytes) -> Envelope:
    """Take a token apart without reading its payload.

    Raises:
        VerificationError: `malformed`: any other shape than the one `seal` writes.
    """
    match from_cbor(token):
        case CBORTag(tag=18, value=[bytes(protected), Mapping() as unprotected, bytes(payload), bytes(signature)]):
            if not unprotected and len(signature) == _SIGNATURE_BYTES:
                return Envelope(protected, _kid_in(protected), payload, signature)
    raise VerificationError("malformed", "This is no label token.")


def payload_of(statement: LabelStatement) -> bytes:
    """Write a statement as CWT claims."""
    holder = [] if statement.holder is None else [statement.holder]
    label = [
        TIERS.index(statement.tier),
        statement.status_index,
        bytes.fromhex(statement.subject_digest),
        statement.name_version,
        *holder,
    ]
    return to_cbor({_EXP: int(statement.expires_at.timestamp()), _CTI: bytes_of(statement.id), _LABEL: label})


def statement_in(payload: bytes) -> LabelStatement:
    """Read the claims; call it only after the signature has been verified.

    Raises:
        VerificationError: `malformed`: signed, and yet no label statement.
    """
    try:
        statement = _statement_from(from_cbor(payload))
    except (ValueError, TypeError, LookupError, AttributeError, OSError, ArithmeticError) as error:
        raise VerificationError("malformed", "What was signed is no label statement.") from error
    if payload_of(statement) != payload:
        raise VerificationError("malformed", "What was signed is no label statement of this format.")
    return statement


def _kid_in(protected: bytes) -> str:
    match from_cbor(protected):
        case {4: bytes(kid)} if len(kid) == KID_BYTES and protected == protected_header(kid.hex()):
            return kid.hex()
    raise VerificationError("malformed", "The token's header names another algorithm or no key.")


def _statement_from(claims: dict[int, Any]) -> LabelStatement:
    tier, status_index, digest, name_version, *holder = claims[_LABEL]
    return LabelStatement(
        id=id_of(claims[_CTI]),
        expires_at=datetime.fromtimestamp(claims[_EXP], UTC),
        tier=TIERS[tier],
        status_index=status_index,
        subject_digest=digest.hex(),
        name_version=name_version,
        holder=holder[0] if holder else None,
    )
