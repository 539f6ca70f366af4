"""What a certificate was signed with can be looked at without a library of PDF."""

import pytest

from labels.certificate import Seal, certificate
from labels.certificate.pdf_reading import signed_in
from labels.public_keys import holds
from schemas.certificate import CertificateFacts
from schemas.errors import VerificationError
from tests.unit.labels.certificate.conftest import MADE_AT, P256Key, sealed_by


@pytest.fixture
def pdf(certified: CertificateFacts, seal: Seal) -> bytes:
    return certificate(certified, seal=seal, at=MADE_AT)


def test_the_attributes_of_a_certificate_are_signed_by_its_key_and_no_other(pdf: bytes, seal: Seal) -> None:
    message, signature = signed_in(pdf)

    assert holds(seal.signer.public_key, signature, message)
    assert not holds(sealed_by(P256Key("somebody else")).signer.public_key, signature, message)


def test_a_certificate_of_another_content_is_refused(pdf: bytes) -> None:
    place = pdf.index(b"endstream") - 20
    with pytest.raises(VerificationError):
        signed_in(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])


def test_what_follows_the_signed_part_is_refused(pdf: bytes) -> None:
    for more in (b"\n", b"%%EOF\n", pdf[pdf.index(b"/ByteRange") :]):
        with pytest.raises(VerificationError):
            signed_in(pdf + more)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"%PDF-1.7", b"/ByteRange [0 1 2 3]", b"/ByteRange [0 0 0 20]", b"/ByteRange [0 9999999999 0 0]",
        b"/ByteRange [0 20 24 0] <00>", b"/ByteRange [1 20 23 1] <0>   ",
    ],
)  # fmt: skip
def test_what_is_no_signed_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(VerificationError):
        signed_in(content)
