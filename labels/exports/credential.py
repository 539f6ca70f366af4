"""What every credential of a label has: its period, its identifiers, and the JWT claims beside it."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, time
from typing import Any

from schemas.attestation import Attestation

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


def claims_of(attestation: Attestation, credential_id: str, subject: str) -> dict[str, Any]:
    """Return the JWT claims beside a credential (Open Badges 3.0, 8.2.4.2; draft-ietf-oauth-status-list, 6.2)."""
    return {
        "iss": attestation.register_url,
        "jti": credential_id,
        "sub": subject,
        "nbf": int(start_of(attestation).timestamp()),
        "exp": int(attestation.expires_at.timestamp()),
        "status": {"status_list": {"idx": attestation.status_place, "uri": attestation.status_list}},
    }


def validity_of(attestation: Attestation) -> dict[str, str]:
    """Return the period of a credential (VC Data Model 2.0, 4.9): whole days, as the label itself has them."""
    return {"validFrom": stamp_of(start_of(attestation)), "validUntil": stamp_of(attestation.expires_at)}


def start_of(attestation: Attestation) -> datetime:
    """Return the first second (UTC) of the day of the grant."""
    return datetime.combine(attestation.granted_on, time(), UTC)


def product_of(attestation: Attestation) -> str:
    """Return the identifier of what was certified: one version of one product, as the label's page has it."""
    return f"{attestation.page}#product"


def digest_uri(digest: str) -> str:
    """Return a SHA-256 as the URI of the very thing it is the digest of (RFC 6920, 3)."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b'=').decode('ascii')}"


def stamp_of(moment: datetime) -> str:
    """Write a moment as a `dateTimeStamp` in UTC, to the second."""
    return moment.astimezone(UTC).strftime(_STAMP)


def moment_of(stamp: str) -> datetime:
    """Read what `stamp_of` writes.

    Raises:
        ValueError: it is written otherwise.
    """
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
