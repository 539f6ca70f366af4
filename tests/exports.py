"""One attestation with its own token, both keys of a label, and the key set a verifier has of them."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from labels.encoding import to_base36
from labels.exports.trust import PublicKey
from labels.keys import KeyInMemory
from labels.signing import prepare, sign, subject_digest
from schemas.attestation import Attestation
from schemas.label import LabelStatement
from schemas.label_number import id_of

VECTORS = Path(__file__).parent / "vectors" / "exports"
ID = id_of(bytes.fromhex("00112233445566778899"))
MEANING = "On 22 November 2026 the Commission found 41 of 44 requirements met and 3 not applicable."


class WalletKey:
    """A P-256 key that signs as the protocol of signers says: r and s, and the same ones each time (RFC 6979)."""

    alg = "ES256"
    kid = "0a1b2c3d"

    def __init__(self, secret: int) -> None:
        self._private_key = derive_private_key(secret, SECP256R1())

    @property
    def public_key(self) -> EllipticCurvePublicKey:
        return self._private_key.public_key()

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._private_key.sign(message, ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Trusted(NamedTuple):
    """A key as a key set has it."""

    public_key: PublicKey
    kid: str
    valid_to: date = date(2026, 12, 31)
    valid_from: date = date(2026, 1, 1)
    compromised_at: datetime | None = None


def label_key(name: str) -> KeyInMemory:
    """An Ed25519 key that belongs to a name."""
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


LABEL_KEY = label_key("the signer of 2026")
WALLET_KEY = WalletKey(2026)
KEYS = (Trusted(LABEL_KEY.public_key, LABEL_KEY.kid), Trusted(WALLET_KEY.public_key, WALLET_KEY.kid))


def token_of(fields: dict[str, Any], holder: str | None) -> str:
    """The label itself, signed."""
    statement = LabelStatement(
        id=fields["id"],
        expires_at=fields["expires_at"],
        tier=fields["tier"],
        status_index=fields["status_index"],
        subject_digest=subject_digest(fields["id"], fields["product"], fields["version"], fields.get("build_digest")),
        name_version=f"{fields['label_name']} {fields['version']}",
        holder=holder,
    )
    return to_base36(sign(prepare(statement), LABEL_KEY))


def attestation(*, token_holder: str | None = None, **changes: Any) -> Attestation:
    """A label of Northern Lights; whatever its token says changes in the token too."""
    fields = {
        "id": ID,
        "product": "Lighthouse Reader for iOS",
        "label_name": "Lighthouse Reader",
        "version": "2.1",
        "holder": "Northern Lights OÜ",
        "country": "EE",
        "issuer": "Commission for the AI Ethics Code",
        "register_url": "https://v.example.eu",
        "tier": "low",
        "tier_name": "Low risk",
        "granted_on": date(2026, 11, 22),
        "expires_at": datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
        "purpose": "Reads signs aloud.",
        "deployment": "On the phone of its user.",
        "languages": ("en", "et"),
        "scheme_title": "AI Ethics Code · Certification Scheme",
        "scheme_version": "0.1.0",
        "scheme_digest": hashlib.sha256(b"scheme").hexdigest(),
        "code_edition": "AI Ethics Code, 26 October 2021",
        "total": 44,
        "met": 41,
        "not_applicable": 3,
        "decision_number": "D-2026-0001",
        "meaning": MEANING,
        "status_index": 3 * 2**17 + 70_123,
        **changes,
    }
    return Attestation.model_validate({"token": token_of(fields, token_holder), **fields})


def schema(name: str) -> Any:
    """A JSON Schema of the vectors."""
    return json.loads((VECTORS / name).read_text())
