"""The largest attestation there can be is exported, and read back by our own readers."""

from labels.exports.certificate import certificate_cose, certificate_in
from labels.exports.conformity import conformity, conformity_credential, conformity_in
from labels.exports.open_badge import open_badge, open_badge_in, vc_jwt
from tests.exports import KEYS, WALLET_KEY, attestation

NAMES = ("product", "holder", "issuer", "tier_name", "scheme_title", "scheme_version", "code_edition")
LARGEST = attestation(
    **dict.fromkeys(NAMES, "😀" * 200),
    **dict.fromkeys(("purpose", "deployment", "meaning"), "😀" * 4000),
    decision_number="😀" * 64,
    languages=("😀" * 200,) * 50,
    build_digest="ab" * 32,
    register_url=f"https://{'v' * 192}",
    total=10_000,
    met=0,
    not_applicable=10_000,
    status_index=2**32 - 1,
)


def test_the_largest_open_badge_is_read() -> None:
    assert open_badge_in(vc_jwt(LARGEST, WALLET_KEY), KEYS) == open_badge(LARGEST)


def test_the_largest_conformity_credential_is_read() -> None:
    assert conformity_in(conformity_credential(LARGEST, WALLET_KEY), KEYS) == conformity(LARGEST)


def test_the_largest_certificate_is_read() -> None:
    assert certificate_in(certificate_cose(LARGEST, WALLET_KEY), KEYS) == LARGEST
