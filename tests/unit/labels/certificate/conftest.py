"""A certificate's facts and the key that signs it; a test changes one thing."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from PIL import Image

from labels.certificate import Seal
from labels.certificate.x509 import certificate_of
from schemas.certificate import CertificateFacts
from schemas.label import LabelFacts

MADE_AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MEANING = (
    "On 22 November 2026 the Commission found 24 of 26 requirements for a system of low risk met and 2 not "
    "applicable, judged by independent experts (1); 5 rest on the holder's own tests."
)


class P256Key:
    """A P-256 key that signs as one in hardware does: r and s, and the same for the same bytes (RFC 6979)."""

    alg = "ES256"

    def __init__(self, name: str) -> None:
        self._key = ec.derive_private_key(int.from_bytes(hashlib.sha256(name.encode()).digest()) >> 1, ec.SECP256R1())
        self.public_key = self._key.public_key()

    def sign(self, message: bytes) -> bytes:
        der = self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return r.to_bytes(32) + s.to_bytes(32)


def sealed_by(key: P256Key) -> Seal:
    name = "Commission for the AI Ethics Code"
    return Seal(key, certificate_of(key, name=name, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)))


@pytest.fixture
def p256() -> P256Key:
    return P256Key("the signer of 2026")


@pytest.fixture
def seal(p256: P256Key) -> Seal:
    return sealed_by(p256)


@pytest.fixture
def some_certificate(some_facts: Callable[..., LabelFacts]) -> Callable[..., CertificateFacts]:
    def build(label: dict[str, Any] | None = None, **changes: Any) -> CertificateFacts:
        usual = {
            "label": some_facts(**(label or {})),
            "system": "Lighthouse Reader for Small Print",
            "holder_country": "Estonia",
            "holder_address": "Sadama 1, Tallinn",
            "issuer_address": "Rue de la Loi 1, Brussels",
            "websites": ("lights.example",),
            "granted_on": date(2026, 11, 22),
            "purpose": "Reads small print aloud.",
            "deployment": "On the phone of its owner.",
            "languages": ("English", "Estonian"),
            "scheme_version": "1.0.0",
            "scheme_digest": "ab" * 32,
            "code_edition": "AI Ethics Code, 2021",
            "decision_number": "case-1/40",
            "meaning": MEANING,
        }
        return CertificateFacts.model_validate({**usual, **changes})

    return build


@pytest.fixture
def certified(some_certificate: Callable[..., CertificateFacts]) -> CertificateFacts:
    return some_certificate()


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (300, 120), **options: Any) -> bytes:
    content = io.BytesIO()
    Image.new(mode, size).save(content, kind, **options)
    return content.getvalue()
