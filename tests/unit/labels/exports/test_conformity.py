"""The conformity credential of a label: judged by the rules of UNTP 0.7.0, and opened by a library that is not ours."""

import pytest
from hypothesis import given, settings
from joserfc import jwt
from joserfc.jwk import ECKey
from jsonschema import Draft202012Validator

from labels.exports.conformity import conformity, conformity_credential, conformity_in
from schemas.attestation import Attestation
from schemas.errors import PreparationError
from tests.any_attestation import attestations
from tests.exports import KEYS, LABEL_KEY, WALLET_KEY, attestation, schema

RULES = Draft202012Validator(schema("untp-dcc-0.7.0-rules.json"), format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_a_jose_library_of_others_opens_it() -> None:
    token = jwt.decode(conformity_credential(attestation(), WALLET_KEY), ECKey.import_key(WALLET_KEY.public_key))

    assert token.header == {"alg": "ES256", "kid": WALLET_KEY.kid, "typ": "vc+jwt"}
    assert token.claims == conformity(attestation())


@settings(max_examples=50, deadline=None)
@given(attestations())
def test_any_facts_make_a_credential_that_is_valid_and_the_same_twice(facts: Attestation) -> None:
    credential = conformity_credential(facts, LABEL_KEY)

    assert credential == conformity_credential(facts, LABEL_KEY)
    assert [error.message for error in RULES.iter_errors(conformity_in(credential, KEYS))] == []


@pytest.mark.parametrize("member", ["assessorLevel", "assessmentLevel", "issuedToParty", "referenceScheme", "name"])
def test_the_rules_miss_what_they_demand(member: str) -> None:
    credential = conformity(attestation())
    del credential["credentialSubject"][member]

    assert not RULES.is_valid(credential)


def test_the_rules_take_no_status_but_a_bitstring_one() -> None:
    status = {"id": "https://v.example.eu/s/3#5", "type": "TokenStatusList"}

    assert not RULES.is_valid({**conformity(attestation()), "credentialStatus": status})
    assert "credentialStatus" not in conformity(attestation())
    assert conformity(attestation())["status"]["status_list"]["uri"] == "https://v.example.eu/s/3"


def test_it_tells_the_counts_and_no_single_criterion() -> None:
    (assessment,) = conformity(attestation())["credentialSubject"]["conformityAssessment"]
    counts = {one["metric"]["name"]: one["measure"]["value"] for one in assessment["assessedPerformance"]}

    assert counts == {
        "Mandatory criteria: all": 44,
        "Mandatory criteria: met": 41,
        "Mandatory criteria: not applicable": 3,
    }
    assert len(assessment["assessmentCriteria"]) == 1


def test_the_party_is_described_by_its_address_and_country() -> None:
    addressed = conformity(attestation(holder_address="Sadama 1, Tallinn"))

    assert addressed["credentialSubject"]["issuedToParty"]["description"] == "Sadama 1, Tallinn, EE"
    assert conformity(attestation())["credentialSubject"]["issuedToParty"]["description"] == "EE"


def test_it_claims_no_accreditation() -> None:
    subject = conformity(attestation())["credentialSubject"]

    assert (subject["assessmentLevel"], subject["attestationType"]) == ("no-endorsement", "certification")
    assert "authorisation" not in subject


def test_the_scheme_is_named_by_its_digest_and_so_is_a_public_build() -> None:
    subject = conformity(attestation(build_digest="ab" * 32))["credentialSubject"]
    product = subject["conformityAssessment"][0]["assessedProduct"][0]["product"]

    assert subject["referenceProfile"]["id"] == "ni:///sha-256;zYkklEVfb6AZ5bHgFcJnJmkNtgFlx_8MHjQcO3tELXc"
    assert product["batchNumber"] == "ni:///sha-256;q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s"
    assert "batchNumber" not in str(conformity(attestation()))


def test_a_credential_is_not_made_with_the_token_of_another_label() -> None:
    with pytest.raises(PreparationError, match="token_of_another_label"):
        conformity_credential(attestation(token=attestation(id="Z" * 16).token), LABEL_KEY)
