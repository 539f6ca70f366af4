import hashlib
import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from joserfc.jwk import KeySet as JoseKeySet

from labels.key_set import KeySet, TrustedKey, Use, kid_of, thumbprint
from labels.keys import KeyInMemory
from schemas.errors import CouldNotCheck


def of_use(use: Use, name: str = "", **changes: Any) -> TrustedKey:
    """A key of a use, in use in 2026."""
    seed = hashlib.sha256(f"{use} {name}".encode()).digest()
    public_key = (
        derive_private_key(int.from_bytes(seed[1:], "big"), SECP256R1()).public_key()
        if use is Use.CERTIFICATE
        else Ed25519PrivateKey.from_private_bytes(seed).public_key()
    )
    return replace(TrustedKey(public_key, date(2026, 1, 1), date(2026, 12, 31), use), **changes)


def test_the_thumbprint_is_that_of_rfc_8037_appendix_a_3() -> None:
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    key = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(x + "="))

    assert thumbprint(key) == urlsafe_b64decode("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k=")
    assert kid_of(key) == "90facafe"


def test_the_thumbprint_of_an_ml_dsa_key_is_that_of_rfc_9964() -> None:
    """Its appendix A: the key whose seed is 32 zero bytes."""
    key = MLDSA65PrivateKey.from_seed_bytes(bytes(32)).public_key()

    assert thumbprint(key) == urlsafe_b64decode("Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM=")


def test_a_key_set_comes_back_from_its_file(trusted: KeySet, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(trusted.as_json())

    assert KeySet.read(path).as_json() == trusted.as_json()
    assert KeySet.read(path).keys[0].valid_to == date(2026, 12, 31)


def test_a_key_is_written_as_a_jwk(trusted: KeySet, signer: KeyInMemory) -> None:
    jwk = json.loads(trusted.as_json())["keys"][0]

    assert jwk.pop("x")
    assert jwk == {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": signer.kid,
        "use": "sig",
        "alg": "Ed25519",
        "purpose": "label",
        "from": "2026-01-01",
        "to": "2026-12-31",
    }


def test_a_key_set_of_the_first_version_is_read_as_label_keys(trusted: KeySet) -> None:
    document = json.loads(trusted.as_json())
    del document["keys"][0]["purpose"]

    assert KeySet.from_json(json.dumps(document)) == trusted


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "EC", "crv": "P-256", "x": "…", "y": "…"},
        {"kty": "EC", "crv": "P-384", "x": "…", "y": "…", "purpose": "certificate"},
        {"kty": "RSA", "n": "…", "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "…", "purpose": "what a later version signs"},
        {"kty": "OKP", "crv": "Ed25519", "x": "…", "use": "enc"},
        {"kty": "OKP", "crv": "X25519", "x": "…"},
    ],
)
def test_keys_of_another_kind_are_passed_over(trusted: KeySet, other: dict[str, str]) -> None:
    document = json.loads(trusted.as_json())
    document["keys"].append(other)

    assert KeySet.from_json(json.dumps(document)).as_json() == trusted.as_json()


@pytest.mark.parametrize(
    "change",
    [
        {"kid": "00000000"},
        {"x": "AAAA"},
        {"x": "!" * 43},
        {"x": 7},
        {"alg": "ES256"},
        {"from": "yesterday"},
        {"to": None},
        {"to": "2025-12-31"},
        {"d": "a private key"},
    ],
)
def test_a_key_with_a_wrong_member_makes_the_set_unreadable(trusted: KeySet, change: dict[str, Any]) -> None:
    document = json.loads(trusted.as_json())
    document["keys"][0].update(change)

    with pytest.raises(CouldNotCheck) as refusal:
        KeySet.from_json(json.dumps(document))

    assert refusal.value.code == "keys_unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"keys": 1}',
        '{"keys": [1]}',
        '{"keys": []}',
        '{"keys": [{}]}',
        "\x00",
        '{"keys": NaN}',
        "[" * 9000,
    ],
)
def test_what_is_no_key_set_is_unreadable(text: str) -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        KeySet.from_json(text)

    assert refusal.value.code == "keys_unreadable"


def test_a_member_named_twice_makes_the_set_unreadable(trusted: KeySet) -> None:
    text = trusted.as_json().replace('"use": "sig"', '"use": "sig", "use": "sig"')

    with pytest.raises(CouldNotCheck, match="twice"):
        KeySet.from_json(text)


def test_a_library_for_jose_reads_every_key_and_calls_it_as_we_do() -> None:
    keys = KeySet(tuple(of_use(use) for use in Use))

    read = JoseKeySet.import_key_set(json.loads(keys.as_json()))

    assert [bytes.fromhex(key.kid) for key in keys.keys] == [
        urlsafe_b64decode(key.thumbprint() + "=")[:4] for key in read.keys
    ]


def test_a_compromise_comes_back_from_its_file() -> None:
    lost_at = datetime(2026, 10, 1, 8, tzinfo=UTC)
    keys = KeySet((of_use(Use.LABEL),))

    lost = keys.with_compromised(keys.keys[0], lost_at)

    assert KeySet.from_json(lost.as_json()) == lost
    assert json.loads(lost.as_json())["keys"][0]["compromised_at"] == "2026-10-01T08:00:00Z"


@pytest.mark.parametrize("use", Use)
def test_keys_of_a_use_are_found_among_their_own_only(use: Use) -> None:
    keys = KeySet(tuple(of_use(one) for one in Use))

    (own,) = keys.of_use(use).keys

    assert (own.use, keys.named(own.kid)) == (use, (own,))
    assert all(keys.of_use(other).named(own.kid) == () for other in Use if other is not use)


def test_of_two_keys_that_may_sign_the_newer_one_does() -> None:
    old, new = (of_use(Use.LABEL, name, valid_from=date(2026, month, 1)) for name, month in (("a", 1), ("b", 6)))
    keys = KeySet((new, old))

    assert keys.usable_on(date(2026, 5, 31)) == old
    assert keys.usable_on(date(2026, 6, 1)) == new
    assert keys.with_compromised(new, datetime(2026, 7, 1, tzinfo=UTC)).usable_on(date(2026, 8, 1)) == old
    assert keys.usable_on(date(2025, 12, 31)) is keys.usable_on(date(2027, 1, 1)) is None


def test_one_key_does_not_stand_in_a_set_twice_be_it_for_two_uses() -> None:
    key = of_use(Use.LABEL)

    for again in (key, replace(key, use=Use.STATUS), replace(key, valid_to=date(2027, 12, 31))):
        with pytest.raises(ValueError, match="twice"):
            KeySet((key, again))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_to": date(2025, 12, 31)}, "ends before it begins"),
        ({"use": Use.CERTIFICATE}, "is for Ed25519"),
        ({"compromised_at": datetime(2026, 10, 1)}, "without a zone"),  # noqa: DTZ001  # that is what is refused
        ({"compromised_at": datetime(2026, 10, 1, 8, 0, 0, 1, tzinfo=UTC)}, "part of a second"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(of_use(Use.LABEL), **changes)


def test_a_missing_file_is_unreadable_keys(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        KeySet.read(tmp_path / "nowhere.json")

    assert refusal.value.code == "keys_unreadable"
