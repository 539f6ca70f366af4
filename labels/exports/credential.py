"""What every credential of a label has: its period, its identifiers, and the JWT claims beside it."""

from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, time
from typing import Any

from schemas.attestation import Attestation

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_DAY = 24 * 3600


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


def signing_of(attestation: Attestation, signed_on: date | None) -> dict[str, int]:
    """Return the claim of the day of signing (RFC 7519, 4.1.6), which is left out where it is the day of the grant."""
    if signed_on is None or signed_on <= attestation.granted_on:
        return {}
    return {"iat": int(first_second(signed_on).timestamp())}


def signing_day(seconds: object) -> date:
    """Read what `signing_of` writes.

    Raises:
        ValueError: it is no first second of a day; OverflowError, OSError, TypeError: it is no time.
    """
    if not isinstance(seconds, int) or seconds % _DAY:
        raise ValueError("no day begins then")
    return datetime.fromtimestamp(seconds, UTC).date()


def validity_of(attestation: Attestation) -> dict[str, str]:
    """Return the period of a credential (VC Data Model 2.0, 4.9): whole days, as the label itself has them."""
    return {"validFrom": stamp_of(start_of(attestation)), "validUntil": stamp_of(attestation.expires_at)}


def start_of(attestation: Attestation) -> datetime:
    """Return the first second (UTC) of the day of the grant."""
    return first_second(attestation.granted_on)


def first_second(day: date) -> datetime:
    """Return the first second of a day in UTC."""
    return datetime.combine(day, time(), UTC)


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
