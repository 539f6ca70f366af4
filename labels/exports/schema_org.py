"""The label as a schema.org `Certification`, for search engines: the one export that tells the present standing.

It is not signed and not stored: it is made when asked for, from the standing as it is then.
"""

from typing import Any

from schemas.attestation import Attestation
from schemas.canonical import canonical_json
from schemas.errors import CouldNotCheck
from schemas.label import Standing
from schemas.label_number import format_number

_UNANSWERED = frozenset({Standing.COULD_NOT_CHECK, Standing.UNKNOWN_NUMBER})
# The same JSON (RFC 8259, 7) that can end no script element it stands in, and no line of one.
_SAFE_IN_HTML = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


def certification_jsonld(attestation: Attestation, standing: Standing) -> bytes:
    """Return the certification in JSON-LD (`application/ld+json`), safe to stand in a data block of a page.

    Args:
        attestation: what was issued.
        standing: how the label stands now; only one in force is an active certification.

    Raises:
        CouldNotCheck: `standing_unknown`: without an answer nothing is said, neither active nor inactive.
    """
    if standing in _UNANSWERED:
        raise CouldNotCheck("standing_unknown", "How the label stands could not be found out.")
    document = _certification(attestation, is_active=standing is Standing.IN_FORCE)
    return canonical_json(document).decode().translate(_SAFE_IN_HTML).encode()


def _certification(attestation: Attestation, *, is_active: bool) -> dict[str, Any]:
    logo = {"logo": f"{attestation.page}.svg"} if is_active else {}  # no picture goes with what has ended
    return {
        "@context": "https://schema.org",
        "@type": "Certification",
        "@id": attestation.page,
        "url": attestation.page,
        "name": f"{attestation.scheme_title}: {attestation.tier_name}",
        "description": attestation.meaning,
        "inLanguage": attestation.language,
        "certificationIdentification": format_number(attestation.id),
        "certificationStatus": f"https://schema.org/Certification{'Active' if is_active else 'Inactive'}",
        "issuedBy": _issuer(attestation),
        "about": _product(attestation),
        "auditDate": attestation.granted_on.isoformat(),
        "validFrom": attestation.granted_on.isoformat(),
        "expires": attestation.expires_at.date().isoformat(),
        "hasMeasurement": [
            _counted("Mandatory criteria met", attestation.met, attestation.total),
            _counted("Mandatory criteria not applicable", attestation.not_applicable, attestation.total),
        ],
        "isBasedOn": _scheme(attestation),
        **logo,
    }


def _issuer(attestation: Attestation) -> dict[str, Any]:
    line = attestation.issuer_address
    address = {"address": _address(line)} if line is not None else {}
    return {"@type": "Organization", "name": attestation.issuer, "url": attestation.register_url, **address}


def _address(line: str | None, **more: str) -> dict[str, str]:
    street = {"streetAddress": line} if line is not None else {}
    return {"@type": "PostalAddress", **street, **more}


def _product(attestation: Attestation) -> dict[str, Any]:
    return {
        "@type": "SoftwareApplication",
        "name": attestation.product,
        "softwareVersion": attestation.version,
        "provider": {
            "@type": "Organization",
            "name": attestation.holder,
            "address": _address(attestation.holder_address, addressCountry=attestation.country),
        },
    }


def _counted(name: str, count: int, total: int) -> dict[str, Any]:
    return {"@type": "QuantitativeValue", "name": name, "value": count, "maxValue": total}


def _scheme(attestation: Attestation) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "name": attestation.scheme_title,
        "version": attestation.scheme_version,
        "url": f"{attestation.register_url}/scheme",
        "isBasedOn": attestation.code_edition,
    }
