"""Receipts of signed acts: the vectors, and what no receipt can bring about (security I2, I5, T22, T26)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from labels.receipts import _decoded, base64url, relying_party, verify_receipt
from schemas.errors import VerificationError
from schemas.receipts import PublicCredential
from schemas.signed_acts import Passkey
from tests.vectors.receipts.make import BALLOT, FOLDER, files, statement_of, vector

FILES = sorted(FOLDER.glob("*/*.json"))
SAID = {
    "algorithm_not_allowed": {"The passkey's public key cannot be read.", "This kind of key signs no acts."},
    "bad_signature": {"The signature does not hold."},
    "credential_not_valid": {"The passkey did not count when the act was done."},
    "cross_origin": {"The signature was given inside another site's page."},
    "not_an_assertion": {"The browser signed for something else than an assertion."},
    "other_origin": {"The signature was given at another address."},
    "other_relying_party": {"The authenticator signed for another site."},
    "other_statement": {"The signature is over another act than the recorded one."},
    "receipt_malformed": {
        "The receipt is no base64url in its one spelling.",
        "The client data are no JSON.",
        "The client data are no JSON object.",
        "The authenticator data cannot be read.",
    },
    "unknown_credential": {"The person who acted has no such passkey."},
    "user_not_present": {"The authenticator signed with nobody present."},
    "user_not_verified": {"The authenticator did not verify who was present."},
}
"""What a person reads for each code."""


def answer(asked: dict[str, Any]) -> str | None:
    credentials = [PublicCredential.model_validate(one) for one in asked["credentials"]]
    receipt, at = Passkey.model_validate(asked["receipt"]), datetime.fromisoformat(asked["at"])
    try:
        found = verify_receipt(statement_of(asked["statement"]), receipt, credentials, origin=asked["origin"], at=at)
    except VerificationError as error:
        refusal = error
    else:
        assert found.person == asked["statement"]["person"]
        return None
    assert refusal.message in SAID[refusal.code]
    return refusal.code


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_vector_gets_its_answer(path: Path) -> None:
    asked = json.loads(path.read_bytes())

    assert answer(asked) == asked["expect"]["code"]


def test_text_that_is_no_base64url_is_malformed() -> None:
    for text in ("a", "*", "AA=="):
        with pytest.raises(VerificationError) as refused:
            _decoded(text)
        assert refused.value.code == "receipt_malformed"
        assert refused.value.message.startswith("The receipt is no base64url")


def test_good_ones_hold_and_bad_ones_which_are_most_do_not() -> None:
    held = {path for path in FILES if json.loads(path.read_bytes())["expect"]["code"] is None}

    assert {path.parent.name for path in held} == {"good"}
    assert len(held) < len(FILES) * 0.4


def test_the_script_makes_the_same_questions() -> None:
    """Keys of RSA differ each time; everything else must be what stands in the files."""
    made = files()

    assert made.keys() == {str(path.relative_to(FOLDER)) for path in FILES}
    for path in FILES:
        name = str(path.relative_to(FOLDER))
        kept = json.loads(path.read_bytes())
        if any(word in name for word in ("rs256", "rsa", "pss")):
            assert (made[name]["why"], made[name]["expect"]) == (kept["why"], kept["expect"])
        else:
            assert made[name] == kept


@pytest.mark.parametrize("member", ["authenticator_data", "client_data_json", "signature", "credential_id"])
@given(data=st.data())
def test_a_receipt_with_any_byte_changed_shows_nothing(member: str, data: st.DataObject) -> None:
    asked = vector()
    text = asked["receipt"][member]
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    asked["receipt"][member] = text[:place] + other + text[place + 1 :]

    assert (answer(asked) is None) == (other == text[place])


@given(st.binary(max_size=700), st.binary(max_size=200), st.binary(max_size=300), st.binary(max_size=300))
def test_noise_is_refused_with_a_code_and_never_with_an_accident(
    client: bytes, authenticator: bytes, signature: bytes, key: bytes
) -> None:
    asked = vector()
    for member, noise in (
        ("client_data_json", client),
        ("authenticator_data", authenticator),
        ("signature", signature),
    ):
        asked["receipt"][member] = base64url(noise or b"\0")
    asked["credentials"][0]["public_key"] = base64url(key or b"\0")

    assert answer(asked) is not None


@given(st.binary(min_size=1, max_size=400))
def test_a_public_key_of_noise_is_refused_with_a_code(key: bytes) -> None:
    asked = vector()
    asked["credentials"][0]["public_key"] = base64url(key)

    assert answer(asked) in {"algorithm_not_allowed", "bad_signature"}


@pytest.mark.parametrize("field", sorted(set(BALLOT) - {"typ"}))
def test_a_statement_lacks_nothing_that_it_names(field: str) -> None:
    with pytest.raises(ValidationError):
        statement_of({key: value for key, value in BALLOT.items() if key != field})


def test_the_relying_party_is_the_host_of_an_origin() -> None:
    assert relying_party("https://certify.example:8443") == "certify.example"
    assert relying_party("no origin") == ""
