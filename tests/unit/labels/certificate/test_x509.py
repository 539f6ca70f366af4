from datetime import UTC, date, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from labels.certificate.x509 import DOCUMENT_SIGNING, certificate_of
from schemas.errors import PreparationError
from tests.unit.labels.certificate.conftest import P256Key


def made(key: P256Key, name: str = "Комиссия по этике") -> x509.Certificate:
    der = certificate_of(key, name=name, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    return x509.load_der_x509_certificate(der)


def test_a_certificate_over_a_key_is_signed_by_that_key(p256: P256Key) -> None:
    certificate = made(p256)

    certificate.verify_directly_issued_by(certificate)
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert certificate.public_key().public_bytes(*spki) == p256.public_key.public_bytes(*spki)


def test_it_lasts_as_long_as_the_key_and_names_the_body(p256: P256Key) -> None:
    certificate = made(p256)

    assert certificate.not_valid_before_utc == datetime(2026, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_after_utc == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert certificate.subject.rfc4514_string() == "CN=Комиссия по этике"


def test_it_signs_documents_and_certifies_nobody_else(p256: P256Key) -> None:
    extensions = made(p256).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)

    assert (usage.critical, usage.value.digital_signature, usage.value.content_commitment) == (True, True, True)
    assert not usage.value.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert [one.dotted_string for one in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value] == [
        DOCUMENT_SIGNING
    ]
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value == (
        x509.SubjectKeyIdentifier.from_public_key(made(p256).public_key())
    )


def test_the_same_key_gets_the_same_certificate_and_another_key_another_serial_number(p256: P256Key) -> None:
    other = made(P256Key("somebody else"))

    assert made(p256) == made(p256)
    assert made(p256).serial_number != other.serial_number
    assert 0 < other.serial_number < 2**128


def test_a_long_name_is_cut_to_what_a_certificate_holds(p256: P256Key) -> None:
    assert made(p256, "x" * 200).subject.rfc4514_string() == f"CN={'x' * 64}"


def test_a_key_of_another_algorithm_gets_none() -> None:
    class Ed25519Key(P256Key):
        alg = "Ed25519"

    with pytest.raises(PreparationError, match="wrong_algorithm"):
        made(Ed25519Key("x"))
