"""The Open Badge of a label: judged by the rules of Open Badges 3.0, and opened by a JOSE library that is not ours."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, OKPKey
from jsonschema import Draft201909Validator

from labels.exports.open_badge import open_badge, open_badge_in, vc_jwt
from labels.exports.trust import ExportSigner
from schemas.attestation import Attestation
from schemas.errors import PreparationError
from tests.any_attestation import attestations
from tests.exports import KEYS, LABEL_KEY, WALLET_KEY, WalletKey, attestation, label_key, schema

RULES = Draft201909Validator(schema("open-badge-3.0-rules.json"), format_checker=Draft201909Validator.FORMAT_CHECKER)
SIGNERS = [LABEL_KEY, WALLET_KEY]


def opened(badge: str, signer: ExportSigner) -> jwt.Token:
    """Open a badge with joserfc, which knows of our keys only that they are keys."""
    kind = ECKey if signer.alg == "ES256" else OKPKey
    return jwt.decode(badge, kind.import_key(signer.public_key), algorithms=[signer.alg])


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_jose_library_of_others_opens_it(signer: ExportSigner) -> None:
    token = opened(vc_jwt(attestation(), signer), signer)

    assert token.header == {"alg": signer.alg, "kid": signer.kid, "typ": "vc+jwt"}
    assert token.claims == open_badge(attestation())


@pytest.mark.parametrize(("signer", "other"), [(LABEL_KEY, label_key("somebody else")), (WALLET_KEY, WalletKey(2027))])
def test_with_another_key_it_does_not_open(signer: ExportSigner, other: ExportSigner) -> None:
    with pytest.raises(BadSignatureError):
        opened(vc_jwt(attestation(), signer), other)


@pytest.mark.parametrize("signer", SIGNERS)
def test_our_reader_returns_what_was_signed(signer: ExportSigner) -> None:
    assert open_badge_in(vc_jwt(attestation(), signer), KEYS) == open_badge(attestation())


@settings(max_examples=50, deadline=None)
@given(attestations())
def test_any_facts_make_a_badge_that_is_valid_and_the_same_twice(facts: Attestation) -> None:
    badge = vc_jwt(facts, WALLET_KEY)

    assert badge == vc_jwt(facts, WALLET_KEY)
    assert [error.message for error in RULES.iter_errors(open_badge_in(badge, KEYS))] == []


@pytest.mark.parametrize("member", ["@context", "id", "type", "issuer", "validFrom", "credentialSubject"])
def test_the_schema_misses_what_it_demands(member: str) -> None:
    badge = open_badge(attestation())
    del badge[member]

    assert not RULES.is_valid(badge)


def test_the_claims_repeat_the_credential_as_open_badges_wants_them() -> None:
    badge = open_badge(attestation())

    assert (badge["iss"], badge["jti"]) == (badge["issuer"]["id"], badge["id"])
    assert badge["sub"] == badge["credentialSubject"]["id"]
    assert (badge["nbf"], badge["validFrom"]) == (1795305600, "2026-11-22T00:00:00Z")
    assert (badge["exp"], badge["validUntil"]) == (1858550399, "2028-11-22T23:59:59Z")
    assert "vc" not in badge


def test_it_points_to_the_label_s_place_in_the_status_list() -> None:
    badge = open_badge(attestation(status_index=3 * 2**17 + 5))

    assert badge["status"] == {"status_list": {"idx": 5, "uri": "https://v.example.eu/s/3"}}
    assert badge["credentialStatus"]["id"] == "https://v.example.eu/s/3#5"


def test_it_gives_the_addresses_of_body_and_holder_and_none_where_there_is_none() -> None:
    badge = open_badge(attestation(holder_address="Sadama 1, Tallinn", issuer_address="Rue de la Loi 1, Brussels"))

    assert badge["issuer"]["address"] == {"type": ["Address"], "streetAddress": "Rue de la Loi 1, Brussels"}
    assert "Northern Lights OÜ, Sadama 1, Tallinn, EE" in badge["credentialSubject"]["narrative"].split("\n\n")
    assert "address" not in open_badge(attestation())["issuer"]


def test_it_says_issued_and_never_valid_today() -> None:
    said: dict[str, Any] = open_badge(attestation())

    assert not {"in_force", "active", "standing"} & set(json.dumps(said).lower().replace('"', " ").split())


def test_a_badge_is_not_made_with_the_token_of_another_label() -> None:
    other = attestation(id="Z" * 16)
    for changed in ({"token": other.token}, {"tier": "high", "token": attestation().token}, {"token": "ABC"}):
        with pytest.raises(PreparationError, match="token_of_another_label"):
            vc_jwt(attestation(**changed), LABEL_KEY)


def test_a_token_that_names_its_holder_names_the_attested_one() -> None:
    vc_jwt(attestation(token_holder="Northern Lights OÜ"), LABEL_KEY)
    with pytest.raises(PreparationError, match="token_of_another_label"):
        vc_jwt(attestation(token_holder="Somebody Else"), LABEL_KEY)
