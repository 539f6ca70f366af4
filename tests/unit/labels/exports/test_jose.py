"""What our reader of credentials refuses; the numbers are those of `labels.exports.jose`."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st

from labels.encoding import from_base36
from labels.exports.certificate import certificate_cose
from labels.exports.conformity import conformity_credential, conformity_in
from labels.exports.jose import compact
from labels.exports.open_badge import open_badge, open_badge_in, vc_jwt
from labels.exports.trust import holds
from schemas.canonical import canonical_json
from schemas.errors import PreparationError, VerificationError
from tests.exports import KEYS, LABEL_KEY, WALLET_KEY, Trusted, WalletKey, attestation, label_key

BADGE = vc_jwt(attestation(), WALLET_KEY)
HEADER, PAYLOAD, SIGNATURE = BADGE.split(".")


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def refused(jwt: str | bytes, keys: tuple[Trusted, ...] = KEYS) -> str:
    with pytest.raises(VerificationError) as refusal:
        open_badge_in(jwt, keys)
    return refusal.value.code


def signed_as(header: dict[str, Any], payload: bytes | None = None) -> str:
    """A JWS over any header and payload that our wallet key really signed."""
    body = PAYLOAD if payload is None else encoded(payload)
    message = f"{encoded(canonical_json(header))}.{body}"
    return f"{message}.{encoded(WALLET_KEY.sign(message.encode()))}"


@pytest.mark.parametrize(
    "jwt",
    [
        "",
        "..",
        f"{HEADER}.{PAYLOAD}",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE}.",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE}=",
        f" {HEADER}.{PAYLOAD}.{SIGNATURE}",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE}\n",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-1]}é",
        "A" * 300_000,
    ],
)
def test_1_what_is_no_compact_jws_in_its_one_spelling_is_malformed(jwt: str) -> None:
    assert refused(jwt) == "malformed"
    assert refused(jwt.encode()) == "malformed"


def test_2_without_an_algorithm_nothing_is_signed() -> None:
    for name in ("none", "None", "NONE"):
        header = encoded(canonical_json({"alg": name, "kid": WALLET_KEY.kid, "typ": "vc+jwt"}))
        assert refused(f"{header}.{PAYLOAD}.") == "malformed"
        assert refused(f"{header}.{PAYLOAD}.{SIGNATURE}") == "malformed"


@pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.UncompressedPoint])
def test_2_a_public_key_is_no_secret_of_hs256(form: PublicFormat) -> None:
    encoding = Encoding.PEM if form is PublicFormat.SubjectPublicKeyInfo else Encoding.X962
    secret = WALLET_KEY.public_key.public_bytes(encoding, form)
    message = f"{encoded(canonical_json({'alg': 'HS256', 'kid': WALLET_KEY.kid, 'typ': 'vc+jwt'}))}.{PAYLOAD}"
    forged = f"{message}.{encoded(hmac.digest(secret, message.encode(), 'sha256'))}"

    assert refused(forged) == "malformed"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256", "kid": WALLET_KEY.kid},
        {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "JWT"},
        {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "statuslist+jwt"},
        {"alg": "ES256", "typ": "vc+jwt"},
        {"alg": "ES256", "kid": 7, "typ": "vc+jwt"},
        {"alg": "ES384", "kid": WALLET_KEY.kid, "typ": "vc+jwt"},
        {"alg": "EdDSA", "kid": WALLET_KEY.kid, "typ": "vc+jwt"},
        {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "vc+jwt", "crit": ["b64"], "b64": False},
        {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "vc+jwt", "jwk": {"kty": "EC"}},
        {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "vc+jwt", "jku": "https://evil.example/keys"},
    ],
)
def test_2_any_other_header_is_refused_even_when_our_key_signed_it(header: dict[str, Any]) -> None:
    assert refused(signed_as(header)) == "malformed"


def test_3_a_key_nobody_trusts_is_unknown() -> None:
    assert refused(BADGE, KEYS[:1]) == "unknown_key"
    assert refused(BADGE, ()) == "unknown_key"


def test_3_a_key_signs_under_its_own_algorithm_only() -> None:
    named_alike = (Trusted(LABEL_KEY.public_key, WALLET_KEY.kid),)

    assert refused(BADGE, named_alike) == "bad_signature"
    assert open_badge_in(BADGE, named_alike + KEYS) == open_badge(attestation())


def test_3_of_two_keys_of_one_name_the_one_that_signed_is_found() -> None:
    impostor = Trusted(WalletKey(2027).public_key, WALLET_KEY.kid)

    assert refused(BADGE, (impostor,)) == "bad_signature"
    assert open_badge_in(BADGE, (impostor, *KEYS)) == open_badge(attestation())


def test_3_a_key_on_another_curve_signs_nothing() -> None:
    other = derive_private_key(7, SECP384R1()).public_key()

    assert refused(BADGE, (Trusted(other, WALLET_KEY.kid),)) == "bad_signature"
    assert not holds(other, bytes(64), b"")


@given(st.binary(min_size=64, max_size=64))
@example(bytes(64))
@example(b"\xff" * 64)
def test_3_no_made_up_signature_holds(signature: bytes) -> None:
    assert refused(f"{HEADER}.{PAYLOAD}.{encoded(signature)}") == "bad_signature"


def test_4_the_payload_is_read_only_after_the_signature() -> None:
    header = {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "vc+jwt"}

    assert refused(f"{HEADER}.{encoded(b'[')}.{SIGNATURE}") == "bad_signature"
    assert refused(signed_as(header, b"[")) == "malformed"


@given(st.binary(max_size=60) | st.from_type(int).map(lambda number: json.dumps({"a": number}).encode()))
@example(b'{"a":1,"a":2}')
@example(b'{"a":NaN}')
@example(b'{"a":"\\ud800"}')
@example(b'{"b":1,"a":2}')
@example(b"[" * 100_000)
@example(b'{"a":' + b"9" * 5000 + b"}")
@example(canonical_json({**open_badge(attestation()), "validFrom": "2026-11-22T00:00:00"}))
@example(canonical_json({**open_badge(attestation()), "exp": 10**15}))
@example(canonical_json({**open_badge(attestation()), "issuer": "https://v.example.eu"}))
def test_4_nothing_our_key_signs_by_mistake_stops_the_reader(payload: bytes) -> None:
    assert refused(signed_as({"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "vc+jwt"}, payload)) == "malformed"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"jti": "urn:other"},
        {"sub": "urn:other"},
        {"nbf": 0},
        {"exp": 4_000_000_000},
        {"type": ["VerifiableCredential"]},
        {"type": "OpenBadgeCredential"},
    ],
)
def test_5_a_credential_that_contradicts_itself_is_malformed(changed: dict[str, Any]) -> None:
    assert refused(compact({**open_badge(attestation()), **changed}, WALLET_KEY)) == "malformed"


def test_5_a_grant_after_the_key_s_last_day_is_refused() -> None:
    early = tuple(key._replace(valid_to=date(2026, 11, 21)) for key in KEYS)
    just = tuple(key._replace(valid_to=date(2026, 11, 22)) for key in KEYS)

    assert refused(BADGE, early) == "unknown_key"
    assert open_badge_in(BADGE, just) == open_badge(attestation())


def test_5_what_names_a_day_of_signing_was_signed_on_a_day_of_its_key() -> None:
    again = vc_jwt(attestation(), WALLET_KEY, date(2027, 1, 1))
    of_2027 = tuple(key._replace(valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31)) for key in KEYS)

    assert open_badge_in(again, of_2027) == {**open_badge(attestation()), "iat": 1798761600}
    assert refused(again, KEYS) == "unknown_key"
    assert refused(again, tuple(key._replace(valid_from=date(2027, 1, 2)) for key in of_2027)) == "unknown_key"
    assert conformity_in(conformity_credential(attestation(), WALLET_KEY, date(2027, 1, 1)), of_2027)["iat"]
    assert vc_jwt(attestation(), WALLET_KEY, attestation().granted_on) == BADGE


@pytest.mark.parametrize("said", [1798761601, 1795305600, "1798761600", 2**53 - 1, None, 1.5])
def test_5_a_day_of_signing_that_is_none_is_malformed(said: object) -> None:
    assert refused(compact({**open_badge(attestation()), "iat": said}, WALLET_KEY)) == "malformed"


@pytest.mark.parametrize("stolen_at", [datetime(2027, 6, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
def test_3_what_a_key_signed_that_may_be_in_other_hands_is_refused(stolen_at: datetime) -> None:
    """Also where the theft is later than the grant: a thief names any day."""
    stolen = tuple(key._replace(compromised_at=stolen_at) for key in KEYS)

    assert refused(BADGE, stolen) == "key_compromised"
    with pytest.raises(VerificationError, match="key_compromised"):
        conformity_in(conformity_credential(attestation(), WALLET_KEY), stolen)
    twin = Trusted(label_key("another").public_key, WALLET_KEY.kid, compromised_at=stolen_at)
    assert open_badge_in(BADGE, (twin, *KEYS)) == open_badge(attestation())


def test_what_is_signed_as_one_thing_is_no_other() -> None:
    other = conformity_credential(attestation(), WALLET_KEY)
    assert refused(other) == "malformed"
    with pytest.raises(VerificationError, match="malformed"):
        conformity_in(BADGE, KEYS)
    for foreign in (from_base36(attestation().token), certificate_cose(attestation(), WALLET_KEY)):
        assert refused(foreign) == "malformed"


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_nothing_is_accepted_but_what_was_signed(rubbish: str | bytes) -> None:
    assert refused(rubbish) == "malformed"


class FaultyKey(WalletKey):
    """A signer that has gone wrong in one way."""

    def __init__(self, **wrong: Any) -> None:
        super().__init__(2026)
        self.__dict__.update(wrong)


def in_der(_: bytes) -> bytes:
    return sha256(b"").digest() * 2 + b"00"


def for_something_else(message: bytes) -> bytes:
    return WALLET_KEY.sign(message + b"!")


@pytest.mark.parametrize("fault", [in_der, for_something_else, lambda _: bytes(64)])
def test_a_signature_that_does_not_verify_never_leaves(fault: Callable[[bytes], bytes]) -> None:
    with pytest.raises(PreparationError, match="signature_wrong"):
        vc_jwt(attestation(), FaultyKey(sign=fault))


def test_a_signer_names_the_algorithm_of_its_key() -> None:
    for name in ("RS256", "EdDSA", "Ed25519", "none"):
        with pytest.raises(PreparationError, match="wrong_algorithm"):
            vc_jwt(attestation(), FaultyKey(alg=name))


def test_every_signer_of_labels_signs_exports() -> None:
    signer = label_key("another year")
    badge = vc_jwt(attestation(), signer)

    assert open_badge_in(badge, [Trusted(signer.public_key, signer.kid)]) == open_badge(attestation())
