import json
from base64 import urlsafe_b64decode
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labels.key_set import KeySet, kid_of, thumbprint
from labels.keys import KeyInMemory
from schemas.errors import CouldNotCheck


def test_the_thumbprint_is_that_of_rfc_8037_appendix_a_3() -> None:
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    key = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(x + "="))

    assert thumbprint(key) == urlsafe_b64decode("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k=")
    assert kid_of(key) == "90facafe"


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
        "from": "2026-01-01",
        "to": "2026-12-31",
    }


def test_keys_of_another_kind_are_passed_over(trusted: KeySet) -> None:
    document = json.loads(trusted.as_json())
    document["keys"].append({"kty": "EC", "crv": "P-256", "x": "…", "y": "…"})

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


def test_a_missing_file_is_unreadable_keys(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        KeySet.read(tmp_path / "nowhere.json")

    assert refusal.value.code == "keys_unreadable"
