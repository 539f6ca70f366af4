"""Verifies the receipt of a signed act, offline and for ever: WebAuthn Level 3, 7.2, over stored bytes.

    verify_receipt(statement, receipt, credentials, origin="https://certify.example", at=ballot.cast_at)

(1) the receipt is an assertion, spelt in the one way there is
(2) its credential is the person's, and counted when the act was done
(3) the browser signed for an assertion, over the challenge of this statement, at this origin and not inside another
(4) the authenticator signed for this relying party, with the person present and verified
(5) the signature holds, by an algorithm that is allowed here

The counter of the authenticator is no part of it: whoever takes an act compares it then.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_authenticator_data,
    verify_signature,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from schemas.canonical import strict_json
from schemas.errors import VerificationError
from schemas.receipts import PublicCredential, Statement
from schemas.signed_acts import Passkey

CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of the programs that enter keys and that take acts may be apart (security F10)."""
RSA_BITS_MIN: Final = 2048
CLIENT_DATA_TYPE: Final = "webauthn.get"

_HAS_KIND: Final[dict[COSEAlgorithmIdentifier, type[Any]]] = {
    COSEAlgorithmIdentifier.ECDSA_SHA_256: EllipticCurvePublicKey,
    COSEAlgorithmIdentifier.EDDSA: Ed25519PublicKey,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256: RSAPublicKey,
}
"""The algorithms that sign acts (ES256, EdDSA, RS256: IANA COSE registry), each with its kind of key."""


def verify_receipt(
    statement: Statement, receipt: Passkey, credentials: Iterable[PublicCredential], *, origin: str, at: datetime
) -> PublicCredential:
    """Return the credential that signed a statement.

    Args:
        statement: made again from the act as it is recorded.
        receipt: what was stored with the act.
        credentials: of the person who acted, also those that were removed.
        origin: under which the body let people sign in that round.
        at: when the act was done, as the record has it.

    Raises:
        VerificationError: `receipt_malformed`, `unknown_credential`, `credential_not_valid`, `not_an_assertion`,
            `other_statement`, `other_origin`, `cross_origin`, `other_relying_party`, `user_not_present`,
            `user_not_verified`, `algorithm_not_allowed`, `bad_signature`.
    """
    client_data, signed = _decoded(receipt.client_data_json), _decoded(receipt.authenticator_data)  # (1)
    signature = _decoded(receipt.signature)
    credential = _credential(receipt.credential_id, credentials, getattr(statement, "person", None), at)  # (2)
    _check_client_data(client_data, statement.challenge, origin)  # (3)
    _check_authenticator(signed, origin)  # (4)
    _check_signature(credential, signature, signed + hashlib.sha256(client_data).digest())  # (5)
    return credential


def relying_party(origin: str) -> str:
    """Return the relying party of an origin: its host (WebAuthn Level 3, 4)."""
    return urlsplit(origin).hostname or ""


def base64url(content: bytes) -> str:
    """Return base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Decode strictly: two spellings of one receipt would have two digests."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise VerificationError("receipt_malformed", "The receipt is no base64url.") from None
    if base64url(content) != text:
        raise VerificationError("receipt_malformed", "The receipt is no base64url in its one spelling.")
    return content


def _credential(
    credential_id: str, credentials: Iterable[PublicCredential], person: str | None, at: datetime
) -> PublicCredential:
    found = [one for one in credentials if one.credential_id == credential_id and one.person == person]
    if not found:
        raise VerificationError("unknown_credential", "The person who acted has no such passkey.")
    for one in found:
        ended = one.removed_at
        if one.entered_at - CLOCKS_APART <= at and (ended is None or at <= ended + CLOCKS_APART):
            return one
    raise VerificationError("credential_not_valid", "The passkey did not count when the act was done.")


def _check_client_data(content: bytes, challenge: bytes, origin: str) -> None:
    found = _object(content)
    if found.get("type") != CLIENT_DATA_TYPE:
        raise VerificationError("not_an_assertion", "The browser signed for something else than an assertion.")
    if found.get("challenge") != base64url(challenge):
        raise VerificationError("other_statement", "The signature is over another act than the recorded one.")
    if found.get("origin") != origin:
        raise VerificationError("other_origin", "The signature was given at another address.")
    if found.get("crossOrigin", False) is not False or "topOrigin" in found:
        raise VerificationError("cross_origin", "The signature was given inside another site's page.")


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = strict_json(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise VerificationError("receipt_malformed", "The client data are no JSON.") from None
    if not isinstance(found, dict):
        raise VerificationError("receipt_malformed", "The client data are no JSON object.")
    return found


def _check_authenticator(content: bytes, origin: str) -> None:
    try:
        found = parse_authenticator_data(content)
    except Exception:  # noqa: BLE001  # the library raises whatever its CBOR reader does; nothing here is trusted
        raise VerificationError("receipt_malformed", "The authenticator data cannot be read.") from None
    if found.rp_id_hash != hashlib.sha256(relying_party(origin).encode()).digest():
        raise VerificationError("other_relying_party", "The authenticator signed for another site.")
    if not found.flags.up:
        raise VerificationError("user_not_present", "The authenticator signed with nobody present.")
    if not found.flags.uv:
        raise VerificationError("user_not_verified", "The authenticator did not verify who was present.")


def _check_signature(credential: PublicCredential, signature: bytes, content: bytes) -> None:
    key, algorithm = _public_key(credential)
    try:
        verify_signature(public_key=key, signature_alg=algorithm, signature=signature, data=content)
    except (InvalidSignature, ValueError):
        raise VerificationError("bad_signature", "The signature does not hold.") from None


def _public_key(credential: PublicCredential) -> tuple[Any, COSEAlgorithmIdentifier]:
    try:
        decoded = decode_credential_public_key(_decoded(credential.public_key))
        algorithm = COSEAlgorithmIdentifier(decoded.alg)
        key = decoded_public_key_to_cryptography(decoded)
    except Exception:  # noqa: BLE001  # as above
        raise VerificationError("algorithm_not_allowed", "The passkey's public key cannot be read.") from None
    if not _is_allowed(key, algorithm):
        raise VerificationError("algorithm_not_allowed", "This kind of key signs no acts.")
    return key, algorithm


def _is_allowed(key: Any, algorithm: COSEAlgorithmIdentifier) -> bool:
    if algorithm not in _HAS_KIND or not isinstance(key, _HAS_KIND[algorithm]):
        return False
    if isinstance(key, EllipticCurvePublicKey):
        return isinstance(key.curve, SECP256R1)
    return not isinstance(key, RSAPublicKey) or key.key_size >= RSA_BITS_MIN
