"""Make the label vectors: `python scripts/make_label_vectors.py` writes tests/vectors/labels/{good,bad}/*.json.

Each file is one question to a verifier and its answer: `token` (base36), `keys` (a JWK set), `at` (ISO 8601),
`expect` ({authenticity, expired, statement}), `why`; and `witnessed_at`, where the log was looked at. All is made from
fixed seeds: the same script makes the same bytes. The keys are made up and trusted by nobody.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.cose import payload_of, protected_header, seal, to_be_signed
from labels.encoding import ALPHABET, to_base36
from labels.key_set import GRACE, KeySet, LabelKey, Use
from labels.keys import KeyInMemory
from labels.signing import prepare, sign, subject_digest
from schemas.label import LabelStatement
from schemas.label_number import id_of

FOLDER = Path(__file__).parent.parent / "tests" / "vectors" / "labels"
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493  # of edwards25519 (RFC 8032, 5.1)


class Vector(NamedTuple):
    """One question to a verifier."""

    name: str
    why: str
    token: str
    authenticity: str
    keys: KeySet
    at: datetime
    statement: LabelStatement | None = None
    witnessed_at: datetime | None = None


LOST_AT = datetime(2026, 12, 1, 8, tzinfo=UTC)
OVER = datetime(2027, 1, 1, tzinfo=UTC) + GRACE


def key(number: int) -> KeyInMemory:
    """Return a made-up key."""
    seed = hashlib.sha256(b"certify test key %d" % number).digest()
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(seed))


def trusting(*signers: KeyInMemory, last_day: date = date(2026, 12, 31)) -> KeySet:
    """Return a key set of label keys for 2026."""
    return KeySet(tuple(LabelKey(signer.public_key, date(2026, 1, 1), last_day) for signer in signers))


SIGNER, STRANGER = key(1), key(2)
CLASH = key(108324), key(122392)  # found by search: both are called 87365fa8
TRUST = trusting(SIGNER)
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
ID = id_of(bytes.fromhex("00112233445566778899"))
STATEMENT = LabelStatement(
    id=ID,
    expires_at=datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
    tier="low",
    status_index=70_123,
    subject_digest=subject_digest(ID, "Lighthouse Reader", "2.1", None),
    name_version="Lighthouse Reader 2.1",
)
PAYLOAD = payload_of(STATEMENT)
PROTECTED = protected_header(SIGNER.kid)
SIGNATURE = SIGNER.sign(to_be_signed(PROTECTED, PAYLOAD))
TOKEN = seal(PROTECTED, PAYLOAD, SIGNATURE)


def changed(**fields: Any) -> LabelStatement:
    """Return the usual statement with some fields changed."""
    return LabelStatement.model_validate({**STATEMENT.model_dump(), **fields})


def lost(keys: KeySet) -> KeySet:
    """Return the set when its first key may be in other hands."""
    return keys.with_compromised(keys.keys[0], LOST_AT)


def signed(statement: LabelStatement, signer: KeyInMemory = SIGNER) -> bytes:
    """Return the token of a statement."""
    return sign(prepare(statement), signer)


def signed_bytes(payload: bytes, protected: bytes = PROTECTED, signer: KeyInMemory = SIGNER) -> bytes:
    """Return a token whose signature holds, whatever its parts are."""
    return seal(protected, payload, signer.sign(to_be_signed(protected, payload)))


def good() -> Iterator[Vector]:
    """Yield what every verifier must accept."""

    def accepted(name: str, why: str, statement: LabelStatement, **others: Any) -> Vector:
        signer, keys = others.get("signer", SIGNER), others.get("keys", TRUST)
        token = to_base36(signed(statement, signer))
        return Vector(name, why, token, "authentic", keys, others.get("at", AT), statement, others.get("witnessed_at"))

    end = STATEMENT.expires_at
    longest = datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC)
    holder, cyrillic = changed(holder="Northern Lights OÜ"), changed(name_version="Маяк 2.1", holder="Фирма «Сияние»")
    yield accepted("plain", "a label of the low tier", STATEMENT)
    yield accepted("holder", "with the holder in the token", holder)
    yield accepted("cyrillic", "UTF-8 beyond Latin", cyrillic)
    yield accepted(
        "critical_tier",
        "the highest tier and the largest status index",
        changed(tier="critical", status_index=2**32 - 1),
    )
    yield accepted("smallest_numbers", "status index 0", changed(status_index=0, name_version="A 1"))
    yield accepted("longest_name", "55 bytes of name and version", changed(name_version="Ж" * 26 + " 10"))
    yield accepted("last_second", "asked at its last second it has not expired", STATEMENT, at=end)
    yield accepted("expired", "authentic, and past its end", STATEMENT, at=datetime(2028, 11, 23, tzinfo=UTC))
    yield accepted("longest_validity", "24 months after the key's last day", changed(expires_at=longest))
    yield accepted(
        "clash_first", "two keys of one kid, the first signed", STATEMENT, signer=CLASH[0], keys=trusting(*CLASH)
    )
    yield accepted(
        "clash_second", "two keys of one kid, the second signed", STATEMENT, signer=CLASH[1], keys=trusting(*CLASH)
    )
    yield accepted(
        "key_compromised_after",
        "in the witnessed log before its key was in other hands",
        STATEMENT,
        keys=lost(TRUST),
        witnessed_at=LOST_AT.replace(hour=7, minute=59, second=59),
    )
    for name, why, witnessed_at in (
        ("key_first_second", "in the witnessed log in the first second of its key", datetime(2026, 1, 1, tzinfo=UTC)),
        ("key_grace", "in the witnessed log in the last second of grace", OVER - timedelta(seconds=1)),
    ):
        yield accepted(name, why, STATEMENT, witnessed_at=witnessed_at)


def misspelt() -> Iterator[tuple[str, str, str]]:
    """Yield tokens that are wrong before any byte is read: name, why, base36 text."""
    text = to_base36(TOKEN)
    yield "empty", "nothing", ""
    yield "lower_case", "base36 has one spelling, in capitals", text.lower()
    yield "foreign_character", "a hyphen", f"{text[:10]}-{text[11:]}"
    yield "truncated_character", "the last character is missing", text[:-1]
    yield "truncated_block", "the last block is missing", text[: len(text) // 48 * 48]
    yield "truncated_half", "the first half", text[: len(text) // 2]
    yield "trailing_character", "one character more", text + "0"
    yield "block_too_large", "48 characters of more than 31 bytes", "Z" * 48 + text[48:]
    yield (
        "last_block_too_large",
        "a last block of more than its bytes",
        text[: len(text) // 48 * 48] + "Z" * (len(text) % 48),
    )
    yield "leading_zero_block", "zero bytes in front", to_base36(bytes(31)) + text
    yield "a_whole_address", "the address, not the token in it", f"HTTPS://V.EXAMPLE.EU/C/{text}"
    yield "long", "longer than any token", ALPHABET[1] * 5000


def misshapen() -> Iterator[tuple[str, str, bytes]]:
    """Yield tokens of a wrong shape: name, why, bytes."""
    parts = [PROTECTED, {}, PAYLOAD, SIGNATURE]
    yield "truncated_byte", "the last byte is missing", TOKEN[:-1]
    yield "trailing_byte", "one byte after the end", TOKEN + b"\x00"
    yield "twice", "the token twice", TOKEN + TOKEN
    yield "untagged", "no tag 18", cbor2.dumps(parts)
    yield "other_tag", "tag 98, COSE_Sign", cbor2.dumps(cbor2.CBORTag(98, parts))
    yield "cwt_tag", "tag 61 around it", b"\xd8\x3d" + TOKEN
    yield "five_parts", "a fifth part", cbor2.dumps(cbor2.CBORTag(18, [*parts, b""]))
    yield "detached", "no payload", cbor2.dumps(cbor2.CBORTag(18, [PROTECTED, {}, None, SIGNATURE]))
    yield "indefinite_array", "an array without its length", b"\xd2\x9f" + TOKEN[2:] + b"\xff"
    yield "long_length", "a length in more bytes than it needs", TOKEN.replace(b"\x58\x40", b"\x59\x00\x40")
    yield "long_tag", "the tag in more bytes than it needs", b"\xd8\x12" + TOKEN[1:]
    yield (
        "kid_unprotected",
        "a kid outside the protected header",
        cbor2.dumps(cbor2.CBORTag(18, [PROTECTED, {4: b"key!"}, PAYLOAD, SIGNATURE])),
    )
    yield (
        "key_brought",
        "its own key in the token",
        cbor2.dumps(cbor2.CBORTag(18, [PROTECTED, {-1: STRANGER.public_key.public_bytes_raw()}, PAYLOAD, SIGNATURE])),
    )
    yield "short_signature", "63 bytes", seal(PROTECTED, PAYLOAD, SIGNATURE[:-1])
    yield "long_signature", "65 bytes", seal(PROTECTED, PAYLOAD, SIGNATURE + b"\x00")
    kid = bytes.fromhex(SIGNER.kid)
    for name, why, header in (
        ("alg_none", "no algorithm", {4: kid}),
        ("alg_eddsa", "EdDSA (-8), which names no curve", {1: -8, 4: kid}),
        ("alg_es256", "ES256 (-7)", {1: -7, 4: kid}),
        ("crit", "a critical header no one knows", {1: -19, 2: [99], 4: kid, 99: 1}),
        ("kid_long", "a kid of 8 bytes", {1: -19, 4: kid * 2}),
        ("kid_missing", "no kid", {1: -19}),
    ):
        yield name, why, signed_bytes(PAYLOAD, cbor2.dumps(header, canonical=True))
    yield "header_unsorted", "kid before alg", signed_bytes(PAYLOAD, b"\xa2\x04\x44" + kid + b"\x01\x32")
    yield "header_duplicate", "alg twice", signed_bytes(PAYLOAD, b"\xa3\x01\x26\x01\x32\x04\x44" + kid)
    yield (
        "header_true_for_one",
        "the key `true`, which some languages take for 1",
        signed_bytes(PAYLOAD, b"\xa2\xf5\x32\x04\x44" + kid),
    )
    confused = cbor2.dumps({1: 5, 4: kid}, canonical=True)
    mac = hmac.digest(SIGNER.public_key.public_bytes_raw(), to_be_signed(confused, PAYLOAD), "sha256")
    yield "alg_hmac", "HMAC under the public key", seal(confused, PAYLOAD, mac * 2)


def unsigned() -> Iterator[tuple[str, str, bytes]]:
    """Yield well-formed tokens whose signature does not hold: name, why, bytes."""
    structure = ["Signature1", PROTECTED, b"certify/label/1", PAYLOAD]
    for name, why, place, value in (
        ("aad_status", "signed as a status list", 2, b"certify/status/1"),
        ("aad_ballot", "signed as a ballot", 2, b"certify/ballot/1"),
        ("aad_empty", "signed as any COSE message", 2, b""),
        ("context_other", "signed as a countersignature", 0, "CounterSignature"),
    ):
        other = [*structure[:place], value, *structure[place + 1 :]]
        yield name, why, seal(PROTECTED, PAYLOAD, SIGNER.sign(cbor2.dumps(other)))
    yield "payload_signed_bare", "the payload alone was signed", seal(PROTECTED, PAYLOAD, SIGNER.sign(PAYLOAD))
    for name, why, statement in (
        ("tier_changed", "another tier", changed(tier="critical")),
        ("end_changed", "a later end", changed(expires_at=datetime(2028, 11, 23, 23, 59, 59, tzinfo=UTC))),
        ("name_changed", "another product", changed(name_version="Darkhouse Reader 2.1")),
        ("number_changed", "another number", changed(id=id_of(bytes(10)))),
        ("holder_added", "a holder put in", changed(holder="Anyone")),
    ):
        yield name, why, seal(PROTECTED, payload_of(statement), SIGNATURE)
    yield "signature_zero", "64 zero bytes", seal(PROTECTED, PAYLOAD, bytes(64))
    yield (
        "signature_flipped",
        "one bit of the signature",
        seal(PROTECTED, PAYLOAD, SIGNATURE[:-1] + bytes([SIGNATURE[-1] ^ 1])),
    )
    scalar = int.from_bytes(SIGNATURE[32:], "little") + GROUP_ORDER
    yield (
        "signature_malleated",
        "s + L (RFC 8032, 5.1.7)",
        seal(PROTECTED, PAYLOAD, SIGNATURE[:32] + scalar.to_bytes(32, "little")),
    )
    yield "stranger_under_our_kid", "another key that calls itself ours", signed_bytes(PAYLOAD, signer=STRANGER)


def misstated() -> Iterator[tuple[str, str, bytes]]:
    """Yield payloads our own key might be made to sign, and that are still no label: name, why, payload."""
    claims = cbor2.loads(PAYLOAD)
    label = claims[-65537]
    yield "claims_duplicate", "exp twice, the first one far off", b"\xa4\x04\x1a\xff\xff\xff\xff" + PAYLOAD[1:]
    yield "claims_unsorted", "cti before exp", cbor2.dumps({7: claims[7], 4: claims[4], -65537: label})
    yield "claims_indefinite", "a map without its length", b"\xbf" + PAYLOAD[1:] + b"\xff"
    yield "claims_trailing", "a byte after the claims", PAYLOAD + b"\x00"
    for name, why, value in (
        ("claims_extra", "one claim more", {**claims, 6: 1}),
        ("cti_missing", "no number", {4: claims[4], -65537: label}),
        ("cti_short", "a number of 9 bytes", {**claims, 7: claims[7][:-1]}),
        ("exp_float", "a fraction of a second", {**claims, 4: claims[4] + 0.5}),
        ("exp_text", "an end in words", {**claims, 4: "2028-11-22"}),
        ("exp_huge", "an end no calendar has", {**claims, 4: 2**63}),
        ("tier_unknown", "a fifth tier", {**claims, -65537: [4, *label[1:]]}),
        ("tier_negative", "tier -1, which some languages take for the last", {**claims, -65537: [-1, *label[1:]]}),
        ("tier_true", "tier `true`, which some languages take for 1", {**claims, -65537: [True, *label[1:]]}),
        ("label_long", "two holders", {**claims, -65537: [*label, "A", "B"]}),
        ("holder_null", "null for a holder", {**claims, -65537: [*label, None]}),
        ("digest_short", "a digest of 11 bytes", {**claims, -65537: [*label[:2], label[2][:-1], label[3]]}),
        ("not_a_map", "a text", "label"),
    ):
        yield name, why, cbor2.dumps(value, canonical=True)
    yield "name_not_utf8", "bytes that are no UTF-8 in the name", PAYLOAD.replace(b"Lighthouse", b"Lighth\xff\xfese")


def bad() -> Iterator[Vector]:
    """Yield what every verifier must refuse, and as what."""
    for name, why, text in misspelt():
        yield Vector(name, why, text, "malformed", TRUST, AT)
    for name, why, token in misshapen():
        yield Vector(name, why, to_base36(token), "malformed", TRUST, AT)
    for name, why, token in unsigned():
        yield Vector(name, why, to_base36(token), "bad_signature", TRUST, AT)
    for name, why, payload in misstated():
        yield Vector(name, why, to_base36(signed_bytes(payload)), "malformed", TRUST, AT)
    other_label = signed(changed(id=id_of(b"0123456789")))
    proof = to_base36(seal(PROTECTED, PAYLOAD, other_label[-len(SIGNATURE) :]))
    yield Vector("other_labels_signature", "the proof of another label", proof, "bad_signature", TRUST, AT)
    by_stranger = to_base36(signed(STATEMENT, STRANGER))
    yield Vector("unknown_key", "a key nobody trusts", by_stranger, "unknown_key", TRUST, AT)
    clashing = to_base36(signed_bytes(PAYLOAD, protected_header(CLASH[0].kid), STRANGER))
    yield Vector(
        "clash_neither", "two keys of one kid, neither signed", clashing, "bad_signature", trusting(*CLASH), AT
    )
    late = to_base36(signed(changed(expires_at=datetime(2029, 1, 1, tzinfo=UTC))))
    yield Vector("end_beyond_key", "an end the key could not promise", late, "unknown_key", TRUST, AT)
    of_status = LabelKey(SIGNER.public_key, date(2026, 1, 1), date(2026, 12, 31), Use.STATUS)
    for_status = KeySet((of_status, *trusting(STRANGER).keys))
    yield Vector("status_key", "a key for status lists", to_base36(TOKEN), "unknown_key", for_status, AT)
    for name, why, witnessed_at in (
        ("key_compromised", "its key may be in other hands, and no proof of the log", None),
        ("key_compromised_before", "in the log only since its key was in other hands", LOST_AT),
    ):
        yield Vector(name, why, to_base36(TOKEN), "not_in_log", lost(TRUST), AT, witnessed_at=witnessed_at)
    for name, why, witnessed_at in (
        ("key_not_yet", "in the log a second before its key", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("key_over", "in the log a second after the grace of its key", OVER),
    ):
        yield Vector(name, why, to_base36(TOKEN), "key_not_in_use", TRUST, AT, witnessed_at=witnessed_at)
    retired = trusting(SIGNER, last_day=date(2026, 6, 30))
    yield Vector("key_retired", "the key was out of use by then", to_base36(TOKEN), "unknown_key", retired, AT)


def as_json(vector: Vector) -> str:
    """Return the text of a vector's file."""
    statement = vector.statement
    document = {
        "why": vector.why,
        "token": vector.token,
        "at": vector.at.isoformat(),
        **({"witnessed_at": vector.witnessed_at.isoformat()} if vector.witnessed_at else {}),
        "expect": {
            "authenticity": vector.authenticity,
            "expired": vector.at > statement.expires_at if statement else None,
            "statement": statement.model_dump(mode="json") if statement else None,
        },
        "keys": json.loads(vector.keys.as_json()),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def files() -> dict[str, str]:
    """Return every file by its place below the folder."""
    return {
        **{f"good/{vector.name}.json": as_json(vector) for vector in good()},
        **{f"bad/{vector.name}.json": as_json(vector) for vector in bad()},
    }


def main() -> None:
    """Write the files and drop those no longer made."""
    made = files()
    for stale in [path for path in FOLDER.glob("*/*.json") if str(path.relative_to(FOLDER)) not in made]:
        stale.unlink()
    for place, text in made.items():
        path = FOLDER / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(made)} vectors in {FOLDER}")


if __name__ == "__main__":
    main()
