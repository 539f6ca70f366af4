"""Makes the vectors of receipts: `python -m tests.vectors.receipts.make`.

One file is one question: does this receipt show that this person signed this statement, at this origin and moment?
The keys are made up; all but those of RSA are the same each time.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from labels.receipts import base64url
from schemas.receipts import BallotStatement, ReleaseStatement, ReportStatement, Statement
from tests.receipts import Authenticator

FOLDER = Path(__file__).parent
ORIGIN = "https://certify.example"
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NONCE = base64url(hashlib.sha256(b"nonce").digest())
BALLOT = {
    "typ": "certify-ballot-v1",
    "application": "case-1",
    "round": 1,
    "proposed_tier": None,
    "manifest_digest": hashlib.sha256(b"manifest").hexdigest(),
    "scheme_digest": hashlib.sha256(b"scheme").hexdigest(),
    "choice": "grant",
    "grounds": [],
    "reasons": {"digest": hashlib.sha256(b"Because.").hexdigest(), "length": 8},
    "dissent": None,
    "person": "member-a",
    "nonce": NONCE,
}
RELEASE = {
    "typ": "certify-release-v1",
    "application": "case-1",
    "round": 1,
    "manifest_digest": BALLOT["manifest_digest"],
    "scheme_digest": BALLOT["scheme_digest"],
    "choice": "release",
    "decision": "case-1/101",
    "decision_digest": hashlib.sha256(b"decision").hexdigest(),
    "person": "laura",
    "nonce": NONCE,
}
REPORT = {
    "typ": "certify-third-party-report-v1",
    "application": "case-1",
    "manifest_digest": BALLOT["manifest_digest"],
    "scheme_digest": BALLOT["scheme_digest"],
    "report": {"digest": hashlib.sha256(b"report").hexdigest(), "length": 6},
    "summary": {"digest": hashlib.sha256(b"summary").hexdigest(), "length": 7},
    "is_independent": True,
    "person": "tilda",
    "nonce": NONCE,
}
Vector = dict[str, Any]


def statement_of(content: dict[str, Any]) -> Statement:
    """Return the statement a vector asks about."""
    kinds: dict[str, type[Statement]] = {
        "certify-ballot-v1": BallotStatement,
        "certify-release-v1": ReleaseStatement,
        "certify-third-party-report-v1": ReportStatement,
    }
    return kinds[content["typ"]].model_validate(content)


def _es256(number: int = 1) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(1000 + number, ec.SECP256R1())


def vector(
    key: Any = None, content: dict[str, Any] = BALLOT, *, options: dict[str, Any] | None = None, **changes: Any
) -> Vector:
    """Return a question whose answer is yes, unless something is changed."""
    device = Authenticator(key or _es256(), ORIGIN, **(options or {}))
    challenge = base64url(statement_of(content).challenge)
    credential = {
        "credential_id": device.credential_id,
        "person": content["person"],
        "public_key": device.public_key,
        "entered_at": (AT - timedelta(days=30)).isoformat(),
        "removed_at": None,
    }
    found: Vector = {
        "statement": deepcopy(content),
        "receipt": device.receipt(challenge, content["nonce"]),
        "credentials": [credential],
        "origin": ORIGIN,
        "at": AT.isoformat(),
    }
    return {**found, **changes}


def _said(code: str, **changes: Any) -> Callable[[], tuple[Vector, str]]:
    """Return a question about a statement that says something else than what was signed."""

    def made() -> tuple[Vector, str]:
        found = vector()
        found["statement"] |= changes
        return found, code

    return made


def _known(code: str, **changes: Any) -> Callable[[], tuple[Vector, str]]:
    def made() -> tuple[Vector, str]:
        found = vector()
        found["credentials"][0] |= changes
        return found, code

    return made


def _signed(code: str, **options: Any) -> Callable[[], tuple[Vector, str]]:
    return lambda: (vector(options=options), code)


def _cut(member: str, code: str, change: Callable[[str], str]) -> Callable[[], tuple[Vector, str]]:
    def made() -> tuple[Vector, str]:
        found = vector()
        found["receipt"][member] = change(found["receipt"][member])
        return found, code

    return made


def _rs(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _of_another_case() -> tuple[Vector, str]:
    """The receipt of the same member's ballot in one case, replayed to another one."""
    found = vector(content={**BALLOT, "application": "case-2"})
    return {**found, "statement": deepcopy(BALLOT)}, "other_statement"


def _pss() -> tuple[Vector, str]:
    found = vector(_rs(2048))
    key = cbor2.loads(_bytes(found["credentials"][0]["public_key"])) | {3: -37}
    found["credentials"][0]["public_key"] = base64url(cbor2.dumps(key))
    return found, "algorithm_not_allowed"


def _p384() -> tuple[Vector, str]:
    found = vector()
    numbers = ec.derive_private_key(5, ec.SECP384R1()).public_key().public_numbers()
    key = {1: 2, 3: -7, -1: 2, -2: numbers.x.to_bytes(48, "big"), -3: numbers.y.to_bytes(48, "big")}
    found["credentials"][0]["public_key"] = base64url(cbor2.dumps(key))
    return found, "algorithm_not_allowed"


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _other_key() -> tuple[Vector, str]:
    found, other = vector(), Authenticator(_es256(2), ORIGIN)
    found["credentials"][0]["public_key"] = other.public_key
    return found, "bad_signature"


def _of_another_member() -> tuple[Vector, str]:
    """Member B's own, true assertion over the statement of member A."""
    found = vector()
    found["credentials"][0]["person"] = "member-b"
    return found, "unknown_credential"


def _two_keys() -> tuple[Vector, None]:
    found = vector()
    other = vector(_es256(2))["credentials"][0]
    return {**found, "credentials": [other, *found["credentials"]]}, None


def _removed_later() -> tuple[Vector, None]:
    found = vector()
    found["credentials"][0]["removed_at"] = (AT + timedelta(days=1)).isoformat()
    return found, None


def _swapped() -> tuple[Vector, str]:
    """Client data and signature of one act with the authenticator data of another."""
    found, other = vector(), vector(options={"count": 9})
    found["receipt"]["authenticator_data"] = other["receipt"]["authenticator_data"]
    return found, "bad_signature"


GOOD: dict[str, tuple[str, Callable[[], tuple[Vector, None]]]] = {
    "ballot_es256": ("a ballot signed with ES256", lambda: (vector(), None)),
    "ballot_eddsa": ("with Ed25519", lambda: (vector(ed25519.Ed25519PrivateKey.from_private_bytes(b"e" * 32)), None)),
    "ballot_rs256": ("with RSA of 2048 bits", lambda: (vector(_rs(2048)), None)),
    "ballot_rs256_4096": ("with RSA of 4096 bits", lambda: (vector(_rs(4096)), None)),
    "release_es256": ("a release", lambda: (vector(content=RELEASE), None)),
    "report_es256": ("a third party's report", lambda: (vector(content=REPORT), None)),
    "ballot_on_tier": (
        "a ballot on a higher tier",
        lambda: (vector(content={**BALLOT, "proposed_tier": "high"}), None),
    ),
    "ballot_backed_up": ("a passkey that is backed up", lambda: (vector(options={"flags": 0x1D}), None)),
    "no_cross_origin": ("a browser that says nothing of other origins", lambda: (
        vector(options={"client": {"crossOrigin": None}}), None)),
    "more_client_data": ("a browser that says more than it must", lambda: (
        vector(options={"client": {"other_keys_can_be_added_here": "do not compare"}}), None)),
    "two_keys": ("a member with two keys", _two_keys),
    "removed_later": ("a key that was removed after the ballot", _removed_later),
    "no_counter": ("an authenticator that does not count", lambda: (vector(options={"count": 0}), None)),
}  # fmt: skip
BAD: dict[str, tuple[str, Callable[[], tuple[Vector, str]]]] = {
    "report_other_summary": ("a report signed with another summary", lambda: (
        {**vector(content=REPORT), "statement": deepcopy(REPORT | {"summary": REPORT["report"]})}, "other_statement")),
    "report_as_release": ("a report shown as a release", lambda: (
        {**vector(content=REPORT | {"person": "laura"}), "statement": deepcopy(RELEASE)}, "other_statement")),
    "other_choice": ("the choice was turned round", _said("other_statement", choice="refuse")),
    "other_round": ("another round", _said("other_statement", round=2)),
    "other_manifest": ("another manifest", _said("other_statement", manifest_digest="0" * 64)),
    "other_scheme": ("another scheme", _said("other_statement", scheme_digest="0" * 64)),
    "other_tier": ("said to be about a tier", _said("other_statement", proposed_tier="high")),
    "other_grounds": ("other grounds", _said("other_statement", grounds=["G2"])),
    "other_reasons": ("other reasons", _said("other_statement", reasons=None)),
    "other_dissent": ("a separate opinion nobody wrote", _said(
        "other_statement", dissent={"digest": "1" * 64, "length": 3})),
    "other_nonce": ("another nonce", _said("other_statement", nonce="A" * 43)),
    "replay_to_another_case": ("replayed to another case", _of_another_case),
    "other_person": ("said to be another's", _said("unknown_credential", person="member-b")),
    "of_another_member": ("another member's key", _of_another_member),
    "release_for_ballot": ("a release taken for a ballot", lambda: (
        {**vector(content=RELEASE | {"person": "member-a"}), "statement": deepcopy(BALLOT)}, "other_statement")),
    "nobody_present": ("nobody was present", _signed("user_not_present", flags=0x04)),
    "not_verified": ("present, and not verified", _signed("user_not_verified", flags=0x01)),
    "other_origin": ("signed elsewhere", _signed("other_origin", client={"origin": "https://certify.example.org"})),
    "http_origin": ("signed without TLS", _signed("other_origin", client={"origin": "http://certify.example"})),
    "other_port": ("signed at another port", _signed("other_origin", client={"origin": f"{ORIGIN}:8443"})),
    "other_relying_party": ("for another relying party", _signed("other_relying_party", host="example")),
    "cross_origin": ("inside another site", _signed("cross_origin", client={"crossOrigin": True})),
    "cross_origin_word": ("a word where a truth value belongs", _signed(
        "cross_origin", client={"crossOrigin": "false"})),
    "top_origin": ("names the site it stood in", _signed("cross_origin", client={"topOrigin": "https://evil.example"})),
    "registration": ("a registration", _signed("not_an_assertion", client={"type": "webauthn.create"})),
    "payment": ("a payment", _signed("not_an_assertion", client={"type": "payment.get"})),
    "no_type": ("of no type", _signed("not_an_assertion", client={"type": None})),
    "no_challenge": ("over nothing", _signed("other_statement", client={"challenge": ""})),
    "padded_challenge": ("the challenge spelt with padding", _signed("other_statement", pad=True)),
    "wrong_key": ("signed with another key", _other_key),
    "unknown_key": ("no key of that id", _known("unknown_credential", credential_id="AAAA")),
    "removed_key": ("the key had been removed", _known(
        "credential_not_valid", removed_at=(AT - timedelta(days=1)).isoformat())),
    "later_key": ("the key came later", _known(
        "credential_not_valid", entered_at=(AT + timedelta(days=1)).isoformat())),
    "signature_cut": ("a signature cut short", _cut(
        "signature", "bad_signature", lambda text: base64url(_bytes(text)[:-3]))),
    "signature_empty_der": ("no signature", _cut("signature", "bad_signature", lambda _: "MAA")),
    "authenticator_data_cut": ("authenticator data cut short", _cut(
        "authenticator_data", "receipt_malformed", lambda text: text[:-4])),
    "authenticator_data_longer": ("a byte too many", _cut(
        "authenticator_data", "receipt_malformed", lambda text: base64url(_bytes(text) + b"\0"))),
    "authenticator_data_swapped": ("authenticator data of another act", _swapped),
    "client_data_cut": ("client data cut short", _cut(
        "client_data_json", "receipt_malformed", lambda text: text[:-4])),
    "client_data_list": ("a list of client data", _cut(
        "client_data_json", "receipt_malformed", lambda text: base64url(b"[" + _bytes(text) + b"]"))),
    "client_data_twice": ("a key that stands twice", _cut(
        "client_data_json", "receipt_malformed",
        lambda text: base64url(_bytes(text).replace(b"{", b'{"type":"webauthn.get",', 1)))),
    "client_data_latin": ("client data in another code", _cut(
        "client_data_json", "receipt_malformed", lambda text: base64url(_bytes(text) + b"\xff"))),
    "client_data_spaced": ("client data with one blank more", _cut(
        "client_data_json", "bad_signature", lambda text: base64url(_bytes(text) + b" "))),
    "other_spelling": ("the last bits are not zero", _cut(
        "signature", "receipt_malformed", lambda text: text + ("B" if len(text) % 4 == 2 else "AB"))),
    "key_unreadable": ("a public key that is none", _known("algorithm_not_allowed", public_key="AAAA")),
    "key_empty_map": ("a public key with nothing in it", _known("algorithm_not_allowed", public_key="oA")),
    "key_pss": ("RSA with other padding", _pss),
    "key_p384": ("another curve", _p384),
    "key_rsa_1024": ("RSA with 1024 bits", lambda: (vector(_rs(1024)), "algorithm_not_allowed")),
}  # fmt: skip


def files() -> dict[str, Vector]:
    """Return every vector by its name."""
    found = {}
    for folder, vectors in (("good", GOOD), ("bad", BAD)):
        for name, (why, made) in vectors.items():
            content, code = made()
            found[f"{folder}/{name}.json"] = {"why": why, **content, "expect": {"code": code}}
    return found


def main() -> None:
    """Write the files."""
    for name, content in files().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
