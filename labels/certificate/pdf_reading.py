"""What was signed in a certificate as a PDF, for whoever holds the keys of the register (ISO 32000-1, 12.8; RFC 5652).

Any PDF reader checks the same; this one needs no library of PDF and takes a millisecond, so that all can be looked at.
"""

import hashlib
import re

from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from schemas.errors import VerificationError

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_COORDINATE_BYTES = 32


def signed_in(pdf: bytes) -> tuple[bytes, bytes]:
    """Return the attributes that were signed, and their signature as r and s, 32 bytes each.

    The attributes name the digest of the whole file but the signature; that it is this file's is checked here, whose
    key signed them by the caller.

    Raises:
        VerificationError: `malformed`: no PDF with one signature over all of it.
    """
    found = _RANGE.findall(pdf)
    if len(found) != 1:
        raise _malformed()
    begin, gap, after, rest = (int(one) for one in found[0])
    if begin != 0 or not gap < after or after + rest != len(pdf):
        raise _malformed()
    covered = hashlib.sha256(pdf[:gap] + pdf[after:]).digest()
    try:
        info = _signer_in(bytes.fromhex(pdf[gap + 1 : after - 1].decode("ascii")))
        attributes, r_and_s = info["signed_attrs"].untag(), decode_dss_signature(info["signature"].native)
        named = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
        signature = b"".join(number.to_bytes(_COORDINATE_BYTES) for number in r_and_s)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise _malformed() from error
    if named != [covered]:
        raise VerificationError("malformed", "The signature is of another file.")
    return bytes(attributes.dump()), signature


def _signer_in(encoded: bytes) -> core.Sequence:
    # The place kept for the signature is larger than it: zeroes follow.
    message = cms.ContentInfo.load(encoded)
    (info,) = message["content"]["signer_infos"]
    return info


def _malformed() -> VerificationError:
    return VerificationError("malformed", "This is no certificate with one signature over all of it.")
