"""The certificate in COSE; the numbers are those of `labels.exports.certificate`."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import cbor2
import pytest
from cbor2 import CBORTag
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labels.cose import EXTERNAL_AAD, protected_header, seal, to_be_signed
from labels.encoding import from_base36, to_cbor
from labels.exports.certificate import CERTIFICATE_AAD, certificate_cose, certificate_in
from labels.exports.trust import ExportSigner, holds
from labels.key_set import KeySet, LabelKey
from labels.public_keys import COSE_ALGORITHMS
from labels.verification import verify
from schemas.attestation import Attestation
from schemas.errors import PreparationError, VerificationError
from schemas.label import Authenticity
from tests.any_attestation import attestations
from tests.exports import KEYS, LABEL_KEY, WALLET_KEY, Trusted, attestation

CERTIFICATE = certificate_cose(attestation(), LABEL_KEY)
PARTS = cbor2.loads(CERTIFICATE).value
CLAIMS = cbor2.loads(PARTS[2])
KEY_SET = KeySet((LabelKey(LABEL_KEY.public_key, date(2026, 1, 1), date(2026, 12, 31)),))
AT = datetime(2027, 3, 1, tzinfo=UTC)


def refused(data: bytes, keys: tuple[Trusted, ...] = KEYS) -> str:
    with pytest.raises(VerificationError) as refusal:
        certificate_in(data, keys)
    return refusal.value.code


def signed_over(payload: bytes, aad: bytes = CERTIFICATE_AAD, protected: bytes = PARTS[0]) -> bytes:
    return seal(protected, payload, LABEL_KEY.sign(to_be_signed(protected, payload, aad)))


@pytest.mark.parametrize("signer", [LABEL_KEY, WALLET_KEY])
def test_a_certificate_is_read_back_as_it_was_attested(signer: ExportSigner) -> None:
    assert certificate_in(certificate_cose(attestation(), signer), KEYS) == attestation()


def test_the_keys_of_a_key_set_read_it() -> None:
    assert certificate_in(CERTIFICATE, KEY_SET.keys) == attestation()


def test_by_the_letter_of_rfc_9052_it_verifies_without_our_reader() -> None:
    document = cbor2.loads(CERTIFICATE)
    protected, unprotected, payload, signature = document.value
    structure = cbor2.dumps(["Signature1", protected, b"certify/certificate/1", payload])

    assert (document.tag, unprotected, cbor2.loads(protected)[1]) == (18, {}, -19)
    LABEL_KEY.public_key.verify(signature, structure)


def test_whoever_reads_cwt_finds_its_claims() -> None:
    assert CLAIMS[1] == "https://v.example.eu"
    assert (CLAIMS[4], CLAIMS[5]) == (1858550399, 1795305600)
    assert CLAIMS[7] == bytes.fromhex("00112233445566778899")
    assert CLAIMS[65535] == {"status_list": {"idx": 70_123, "uri": "https://v.example.eu/s/3"}}


def test_a_wallet_key_signs_under_the_number_that_the_key_set_gives_it() -> None:
    protected = cbor2.loads(cbor2.loads(certificate_cose(attestation(), WALLET_KEY)).value[0])

    assert protected == {1: COSE_ALGORITHMS[WALLET_KEY.alg], 4: bytes.fromhex(WALLET_KEY.kid)}


def test_a_certificate_that_says_esp256_as_those_before_did_is_read() -> None:
    parts = cbor2.loads(certificate_cose(attestation(), WALLET_KEY)).value
    protected = to_cbor({1: -9, 4: bytes.fromhex(WALLET_KEY.kid)})
    signature = WALLET_KEY.sign(to_be_signed(protected, parts[2], CERTIFICATE_AAD))

    assert certificate_in(seal(protected, parts[2], signature), KEYS) == attestation()


@settings(max_examples=50, deadline=None)
@given(attestations())
def test_any_facts_are_read_back_and_give_the_same_bytes_twice(facts: Attestation) -> None:
    certificate = certificate_cose(facts, WALLET_KEY)

    assert certificate == certificate_cose(facts, WALLET_KEY)
    assert certificate_in(certificate, KEYS) == facts


def test_a_label_token_never_verifies_as_a_certificate() -> None:
    assert refused(from_base36(attestation().token)) == "bad_signature"
    assert refused(signed_over(PARTS[2], EXTERNAL_AAD)) == "bad_signature"


def test_a_certificate_never_verifies_as_a_label_token() -> None:
    small = signed_over(cbor2.loads(from_base36(attestation().token)).value[2])

    assert verify(CERTIFICATE, KEY_SET, at=AT).authenticity is Authenticity.MALFORMED
    assert verify(small, KEY_SET, at=AT).authenticity is Authenticity.BAD_SIGNATURE
    assert not holds(LABEL_KEY.public_key, PARTS[3], to_be_signed(PARTS[0], PARTS[2]))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: b"",
        lambda good: good[:-1],
        lambda good: good + b"\x00",
        lambda good: good + good,
        lambda good: good[1:],
        lambda good: cbor2.dumps(cbor2.loads(good).value),
        lambda good: cbor2.dumps(CBORTag(98, cbor2.loads(good).value)),
        lambda good: to_cbor(CBORTag(18, [PARTS[0], {4: b"abcd"}, *PARTS[2:]])),
        lambda good: to_cbor(CBORTag(18, [PARTS[0], {}, None, PARTS[3]])),
        lambda good: to_cbor(CBORTag(18, [*PARTS, b""])),
        lambda good: good.replace(b"\xd2", b"\xd8\x12", 1),
        lambda good: b"\xd2" * 200_000,
        lambda good: b"\x9f" * 1000,
    ],
)
def test_1_other_bytes_are_malformed(spoil: Callable[[bytes], bytes]) -> None:
    assert refused(spoil(CERTIFICATE)) == "malformed"


@pytest.mark.parametrize(
    "header",
    [
        {1: -8, 4: PARTS[0][-4:]},
        {1: 5, 4: PARTS[0][-4:]},
        {1: None, 4: PARTS[0][-4:]},
        {1: -19},
        {1: -19, 4: "text"},
        {1: -19, 4: PARTS[0][-4:], 2: [1]},
        [],
    ],
)
def test_1_another_header_is_malformed_even_when_our_key_signed_it(header: Any) -> None:
    assert refused(signed_over(PARTS[2], protected=to_cbor(header))) == "malformed"


def test_2_a_key_nobody_trusts_is_unknown() -> None:
    assert refused(CERTIFICATE, KEYS[1:]) == "unknown_key"


@pytest.mark.parametrize("number", [-7, -9])
def test_2_a_key_signs_under_its_own_algorithm_only(number: int) -> None:
    protected = to_cbor({1: number, 4: bytes.fromhex(LABEL_KEY.kid)})

    assert refused(signed_over(PARTS[2], protected=protected)) == "bad_signature"
    assert refused(CERTIFICATE, (Trusted(WALLET_KEY.public_key, LABEL_KEY.kid),)) == "bad_signature"


def test_2_the_signature_is_verified_before_the_payload_is_read() -> None:
    assert refused(seal(PARTS[0], b"\xff", bytes(64))) == "bad_signature"
    assert refused(signed_over(b"\xff")) == "malformed"


@pytest.mark.parametrize("length", [0, 63, 65, 128])
def test_2_a_signature_of_another_length_is_none(length: int) -> None:
    assert refused(seal(PARTS[0], PARTS[2], bytes(length))) == "bad_signature"


def within(**changed: Any) -> bytes:
    """The claims with the certificate inside changed."""
    return to_cbor({**CLAIMS, -65538: {**CLAIMS[-65538], **changed}})


@given(st.binary(max_size=80))
@example(to_cbor({**CLAIMS, 2: "subject"}))
@example(to_cbor({claim: value for claim, value in CLAIMS.items() if claim != 7}))
@example(to_cbor({**CLAIMS, 4: 10**18}))
@example(to_cbor({**CLAIMS, 5: CLAIMS[5] + 1}))
@example(to_cbor({**CLAIMS, 65535: {"status_list": {"idx": 70_123, "uri": "https://v.example.eu/s/x"}}}))
@example(to_cbor({**CLAIMS, 65535: {"status_list": {"idx": 70_123, "uri": "https://evil.example/s/3"}}}))
@example(to_cbor({**CLAIMS, 65535: {"status_list": {"idx": 2**17, "uri": "https://v.example.eu/s/3"}}}))
@example(within(officer="Olga"))
@example(within(met=44))
@example(within(met="41"))
@example(within(country="Estonia"))
@example(within(build_digest=None))
@example(within(id="0" * 16))
def test_3_nothing_our_key_signs_by_mistake_stops_the_reader(payload: bytes) -> None:
    assert refused(signed_over(payload)) == "malformed"


def test_4_the_token_inside_is_the_label_s_own() -> None:
    other = attestation(id="Z" * 16)

    assert refused(signed_over(within(token=other.token))) == "malformed"
    assert refused(signed_over(within(tier="high"))) == "malformed"
    with pytest.raises(PreparationError, match="token_of_another_label"):
        certificate_cose(attestation(token=other.token), LABEL_KEY)


def test_5_a_grant_after_the_key_s_last_day_is_refused() -> None:
    early = tuple(key._replace(valid_to=date(2026, 11, 21)) for key in KEYS)

    assert refused(CERTIFICATE, early) == "unknown_key"


def test_5_a_certificate_that_names_its_day_of_signing_was_signed_on_a_day_of_its_key() -> None:
    again = certificate_cose(attestation(), LABEL_KEY, date(2027, 1, 1))
    of_2027 = tuple(key._replace(valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31)) for key in KEYS)

    assert certificate_in(again, of_2027) == attestation()
    assert refused(again) == "unknown_key"
    assert refused(again, tuple(key._replace(valid_from=date(2027, 1, 2)) for key in of_2027)) == "unknown_key"
    for said in (1798761601, CLAIMS[5], 10**18, "1798761600"):
        assert refused(signed_over(to_cbor({**CLAIMS, 6: said}))) == "malformed"


def test_2_what_a_key_signed_that_may_be_in_other_hands_is_refused() -> None:
    assert refused(CERTIFICATE, tuple(key._replace(compromised_at=AT) for key in KEYS)) == "key_compromised"


def test_4_a_certificate_that_names_another_build_than_its_token_is_malformed() -> None:
    named = attestation(build_digest="ab" * 32)
    assert certificate_in(certificate_cose(named, LABEL_KEY), KEYS) == named
    other = named.model_copy(update={"build_digest": "cd" * 32})
    with pytest.raises(PreparationError, match="token_of_another_label"):
        certificate_cose(other, LABEL_KEY)
    claims = cbor2.loads(cbor2.loads(certificate_cose(named, LABEL_KEY)).value[2])
    claims[-65538]["build_digest"] = "cd" * 32
    assert refused(signed_over(to_cbor(claims))) == "malformed"


def test_the_header_is_the_one_a_token_has() -> None:
    assert PARTS[0] == protected_header(LABEL_KEY.kid)


@given(place=st.integers(0, 100_000), flip=st.integers(1, 255))
def test_no_changed_byte_is_accepted(place: int, flip: int) -> None:
    data = bytearray(CERTIFICATE)
    data[place % len(data)] ^= flip

    assert refused(bytes(data)) in {"malformed", "unknown_key", "bad_signature"}
