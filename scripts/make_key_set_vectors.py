"""Make the key set vectors: `python scripts/make_key_set_vectors.py` writes tests/vectors/key_sets/{good,bad}/*.json.

Each file is one question to a reader of keys and its answer: `signed` (the published bytes, base64url) or `jwks` (a
text), `root` (the pinned root, a JWK set), `at_least` (the version known already), `expect` ({code, version, kids}),
`why`. The keys are made up and trusted by nobody. ML-DSA-65 draws a nonce each time (FIPS 204, hedged), so a file that
is there is never written again.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from labels.key_set import KeySet, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.public_keys import kid_of
from labels.root import Root, RootSigners
from labels.signed_key_set import sign_key_set

FOLDER = Path(__file__).parent.parent / "tests" / "vectors" / "key_sets"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
Change = Callable[[Any], Any]


class Vector(NamedTuple):
    """One question to a reader of keys."""

    name: str
    why: str
    code: str | None
    signed: bytes | None = None
    jwks: str | None = None
    at_least: int = 1
    version: int | None = None
    kids: tuple[str, ...] = ()


def seed(name: str) -> bytes:
    """Return 32 bytes that stand for a name."""
    return hashlib.sha256(b"certify test key " + name.encode()).digest()


def root(name: str) -> RootSigners:
    """Return a made-up root."""
    ed25519 = KeyInMemory(Ed25519PrivateKey.from_private_bytes(seed(f"{name} ed25519")))
    return RootSigners(ed25519, KeyInMemory(MLDSA65PrivateKey.from_seed_bytes(seed(f"{name} ml-dsa-65"))))


def trusted(use: Use, **changes: Any) -> TrustedKey:
    """Return a made-up key for 2026."""
    raw = seed(changes.pop("name", use.value))
    if use is Use.CERTIFICATE:
        public = derive_private_key(int.from_bytes(raw[:31], "big"), SECP256R1()).public_key()
        return replace(TrustedKey(public, date(2026, 1, 1), date(2026, 12, 31), use), **changes)
    public_key = Ed25519PrivateKey.from_private_bytes(raw).public_key()
    return replace(TrustedKey(public_key, date(2026, 1, 1), date(2026, 12, 31), use), **changes)


ROOT, STRANGER = root("root"), root("stranger")
KEYS = KeySet(tuple(trusted(use) for use in Use))
SET = sign_key_set(KEYS, version=2, issued_at=AT, root=ROOT)
PARTS = cbor2.loads(SET.signed).value
CLAIMS = cbor2.loads(PARTS[2])
KIDS = tuple(key.kid for key in KEYS.keys)


def sealed(parts: Any, tag: int = 98) -> bytes:
    """Return a message of these parts, whether or not its signatures hold."""
    return cbor2.dumps(cbor2.CBORTag(tag, parts), canonical=True)


def signed(payload: bytes, aad: bytes = b"certify/keys/1", signers: RootSigners = ROOT) -> bytes:
    """Return a message whose two signatures hold, whatever it says."""
    signatures = []
    for signer, alg in zip(signers, (-19, -49), strict=True):
        protected = cbor2.dumps({1: alg, 4: bytes.fromhex(kid_of(signer.public_key))}, canonical=True)
        message = cbor2.dumps(["Signature", b"", protected, aad, payload], canonical=True)
        signatures.append([protected, {}, signer.sign(message)])
    return sealed([b"", {}, payload, signatures])


def saying(change: Change, **dump: Any) -> bytes:
    """Return a key set that our own root might be made to sign, with its claims changed."""
    claims = cbor2.loads(PARTS[2])
    changed = change(claims)
    return signed(cbor2.dumps(claims if changed is None else changed, **{"canonical": True, **dump}))


def key_changed(change: Change, place: int = 0) -> bytes:
    """Return a key set with one of its keys changed."""

    def within(claims: Any) -> None:
        changed = change(claims[-65537][1][place])
        if changed is not None:
            claims[-65537][1][place] = changed

    return saying(within)


def good() -> Iterator[Vector]:
    """Yield what every reader must accept."""
    yield Vector("plain", "one key of each use", None, SET.signed, version=2, kids=KIDS)
    yield Vector("known_version", "the very version that is known", None, SET.signed, at_least=2, version=2, kids=KIDS)
    lost = KEYS.with_compromised(KEYS.keys[0], datetime(2026, 10, 1, 8, tzinfo=UTC))
    after = sign_key_set(lost, version=3, issued_at=AT, root=ROOT)
    yield Vector("compromised", "a key that may be in other hands stays", None, after.signed, version=3, kids=KIDS)
    yield Vector("jwks", "the same as a JWK set", None, jwks=SET.as_jwks(), kids=KIDS)
    old = json.loads(KeySet(KEYS.keys[:1]).as_json())
    del old["keys"][0]["purpose"]
    yield Vector("jwks_of_the_first_version", "without purposes", None, jwks=json.dumps(old), kids=KIDS[:1])


def misshapen() -> Iterator[tuple[str, str, bytes]]:
    """Yield what is no such message: name, why, bytes."""
    (protected, _, first), second = PARTS[3]
    yield "empty", "nothing", b""
    yield "trailing_byte", "a byte after the end", SET.signed + b"\x00"
    yield "cut", "its last byte is missing", SET.signed[:-1]
    yield "tag_sign1", "the tag of a single signature", sealed(PARTS, 18)
    yield "untagged", "no tag", SET.signed[2:]
    yield "no_signatures", "nobody signed", sealed([b"", {}, PARTS[2], []])
    yield "signed_twice_by_one", "one signature twice", sealed([b"", {}, PARTS[2], [PARTS[3][0], PARTS[3][0]]])
    yield "signatures_swapped", "ML-DSA-65 first", sealed([b"", {}, PARTS[2], [second, PARTS[3][0]]])
    yield "body_header", "an algorithm for the whole", sealed([protected, {}, PARTS[2], PARTS[3]])
    yield "unprotected", "an unprotected header", sealed([b"", {4: b"key!"}, PARTS[2], PARTS[3]])
    yield (
        "key_brought",
        "a key beside a signature",
        sealed([b"", {}, PARTS[2], [[protected, {-1: b"key"}, first], second]]),
    )
    yield "payload_null", "the payload is elsewhere", sealed([b"", {}, None, PARTS[3]])


def unsigned() -> Iterator[tuple[str, str, bytes]]:
    """Yield well-formed messages that the root did not sign: name, why, bytes."""
    (protected, _, first), (other, _, second) = PARTS[3]
    yield "ed25519_missing", "ML-DSA-65 alone", sealed([b"", {}, PARTS[2], PARTS[3][1:]])
    yield "ml_dsa_missing", "Ed25519 alone", sealed([b"", {}, PARTS[2], PARTS[3][:1]])
    wrong = first[:-1] + bytes([first[-1] ^ 1])
    yield "ed25519_wrong", "one bit of Ed25519", sealed([b"", {}, PARTS[2], [[protected, {}, wrong], PARTS[3][1]]])
    wrong = second[:-1] + bytes([second[-1] ^ 1])
    yield "ml_dsa_wrong", "one bit of ML-DSA-65", sealed([b"", {}, PARTS[2], [PARTS[3][0], [other, {}, wrong]]])
    yield "ml_dsa_short", "half of it", sealed([b"", {}, PARTS[2], [PARTS[3][0], [other, {}, second[:1600]]]])
    yield "aad_label", "signed as a label", signed(PARTS[2], b"certify/label/1")
    yield "aad_empty", "signed as any COSE message", signed(PARTS[2], b"")
    claims = cbor2.loads(PARTS[2])
    claims[-65537][0] = 9
    yield "version_raised", "another version", sealed([b"", {}, cbor2.dumps(claims, canonical=True), PARTS[3]])
    claims = cbor2.loads(PARTS[2])
    claims[-65537][1].pop()
    yield "key_taken_out", "one key less", sealed([b"", {}, cbor2.dumps(claims, canonical=True), PARTS[3]])


def misstated() -> Iterator[tuple[str, str, bytes]]:
    """Yield what our own root might be made to sign, and that is still no key set: name, why, bytes."""

    def ours(place: int, value: Any) -> Change:
        return lambda key: key[-65537].__setitem__(place, value)

    yield "claims_trailing", "a byte after the claims", signed(PARTS[2] + b"\x00")
    yield (
        "claims_unsorted",
        "keys of the claims unsorted",
        saying(lambda c: {-65537: c[-65537], 6: c[6]}, canonical=False),
    )
    yield "claims_more", "one claim more", saying(lambda c: c.__setitem__(7, b"cti"))
    yield "not_a_map", "a text", saying(lambda _: "keys")
    yield "version_zero", "version 0", saying(lambda c: c[-65537].__setitem__(0, 0))
    yield "version_true", "version `true`", saying(lambda c: c[-65537].__setitem__(0, True))  # noqa: FBT003  # the value
    yield "version_text", "version in words", saying(lambda c: c[-65537].__setitem__(0, "2"))
    yield "issued_float", "a fraction of a second", saying(lambda c: c.__setitem__(6, c[6] + 0.5))
    yield "period_reversed", "it ends before it begins", key_changed(ours(2, "2025-12-31"))
    yield "day_spelt_otherwise", "20260101", key_changed(ours(1, "20260101"))
    yield "use_unknown", "a use nobody knows", key_changed(ours(0, "ballot"))
    yield "use_of_another_algorithm", "a P-256 key for labels", key_changed(ours(0, "label"), 1)
    yield "compromised_null", "null for a time", key_changed(lambda key: key[-65537].append(None))
    yield "compromised_twice", "two times", key_changed(lambda key: key[-65537].extend((1, 2)))
    yield "private_key", "a private key among them", key_changed(lambda key: key.__setitem__(-4, bytes(32)))
    yield "kid_other", "the name of another key", key_changed(lambda key: key.__setitem__(2, b"abcd"))
    yield "alg_other", "another algorithm", key_changed(lambda key: key.__setitem__(3, -8))
    yield "crv_other", "another curve", key_changed(lambda key: key.__setitem__(-1, 7))
    yield "key_short", "31 bytes", key_changed(lambda key: key.__setitem__(-2, key[-2][:-1]))
    yield "point_off_curve", "no point of P-256", key_changed(lambda key: key.__setitem__(-3, bytes(31) + b"\x01"), 1)
    yield "key_twice", "one key twice", saying(lambda c: c[-65537][1].append(c[-65537][1][0]))
    again = saying(lambda c: c[-65537][1].append({**c[-65537][1][0], -65537: ["status", "2026-01-01", "2026-12-31"]}))
    yield "key_for_two_uses", "one key for labels and status lists", again


def jwk_sets() -> Iterator[tuple[str, str, str]]:
    """Yield JWK sets that are unreadable: name, why, text."""

    def with_key(place: int, **members: Any) -> str:
        document = json.loads(SET.as_jwks())
        document["keys"][place].update(members)
        return json.dumps(document)

    d = urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    yield "jwks_private_key", "a private label key", with_key(0, d=d)
    yield "jwks_private_key_of_another_kind", "a private key of a kind we pass over", with_key(0, kty="oct", k=d)
    yield "jwks_period_reversed", "it ends before it begins", with_key(0, to="2025-12-31")
    yield "jwks_kid_other", "the name of another key", with_key(1, kid="00000000")
    yield "jwks_alg_other", "another algorithm", with_key(1, alg="ES384")
    yield "jwks_use_of_another_algorithm", "a P-256 key for labels", with_key(1, purpose="label")
    yield "jwks_compromised_without_zone", "a time without a zone", with_key(0, compromised_at="2026-10-01T08:00:00")
    twice = json.loads(SET.as_jwks())
    twice["keys"].append({**twice["keys"][0], "purpose": "status"})
    yield "jwks_key_for_two_uses", "one key for labels and status lists", json.dumps(twice)
    without = json.loads(SET.as_jwks())
    without["keys"] = without["keys"][1:]
    yield "jwks_without_label_key", "no label key", json.dumps(without)
    yield "jwks_member_twice", "a member twice", SET.as_jwks().replace('"use": "sig"', '"use": "sig", "use": "sig"')


def bad() -> Iterator[Vector]:
    """Yield what every reader must refuse, and as what."""
    for name, why, content in (*misshapen(), *misstated()):
        yield Vector(name, why, "key_set_malformed", content)
    for name, why, content in unsigned():
        yield Vector(name, why, "bad_root_signature", content)
    by_stranger = sign_key_set(KEYS, version=2, issued_at=AT, root=STRANGER)
    yield Vector("wrong_root", "another root", "wrong_root", by_stranger.signed)
    half = sign_key_set(KEYS, version=2, issued_at=AT, root=RootSigners(ROOT.ed25519, STRANGER.ml_dsa_65))
    yield Vector("wrong_root_half", "another root's ML-DSA-65 key", "wrong_root", half.signed)
    third = sealed([b"", {}, PARTS[2], [*PARTS[3], cbor2.loads(by_stranger.signed).value[3][0]]])
    yield Vector("signed_by_a_third", "a third signature", "wrong_root", third)
    yield Vector("older", "version 2 after version 3", "older_key_set", SET.signed, at_least=3)
    for name, why, text in jwk_sets():
        yield Vector(name, why, "keys_unreadable", jwks=text)


def as_json(vector: Vector) -> str:
    """Return the text of a vector's file."""
    given: dict[str, Any] = {"jwks": vector.jwks}
    if vector.signed is not None:
        given = {
            "signed": urlsafe_b64encode(vector.signed).rstrip(b"=").decode(),
            "root": json.loads(Root.of(ROOT).as_json()),
            "at_least": vector.at_least,
        }
    expect = {"code": vector.code, "version": vector.version, "kids": list(vector.kids)}
    return json.dumps({"why": vector.why, **given, "expect": expect}, indent=1, ensure_ascii=False) + "\n"


def files() -> dict[str, str]:
    """Return every file by its place below the folder."""
    return {
        **{f"good/{vector.name}.json": as_json(vector) for vector in good()},
        **{f"bad/{vector.name}.json": as_json(vector) for vector in bad()},
    }


def main() -> None:
    """Write the files that are not there yet."""
    made = files()
    for place, text in made.items():
        path = FOLDER / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
    print(f"{len(made)} vectors in {FOLDER}")


if __name__ == "__main__":
    main()
