"""What was signed in each kind of published file, and the signature: to be held against the log of them."""

from cbor2 import CBORTag

from labels.certificate.pdf_reading import signed_in
from labels.cose import to_be_signed
from labels.encoding import from_cbor
from labels.exports.certificate import CERTIFICATE_AAD
from labels.exports.jose import signature_of
from schemas.errors import VerificationError

STATUS_LIST_AAD = b""  # docs/decisions/0023


def signed_part(path: str, content: bytes) -> tuple[bytes, bytes]:
    """Return the message that was signed in a status list or a paper, and its signature, 64 bytes.

    Raises:
        VerificationError: `malformed`.
    """
    if path.endswith(".jwt"):
        return signature_of(content)
    if path.endswith(".pdf"):
        return signed_in(content)
    aad = CERTIFICATE_AAD if path.endswith(".cose") else STATUS_LIST_AAD
    match from_cbor(content):
        case CBORTag(tag=18, value=[bytes(protected), _, bytes(payload), bytes(signature)]):
            return to_be_signed(protected, payload, aad), signature
    raise VerificationError("malformed", "This is no signed file.")
