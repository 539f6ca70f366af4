"""The key set as published: COSE_Sign (tag 98; RFC 9052, 4.1) with two signatures of the offline root.

    98([h'', {}, payload, [[{1: -19, 4: kid}, {}, Ed25519], [{1: -49, 4: kid}, {}, ML-DSA-65 (RFC 9964)]]])
    payload   {6: issued_at, -65537: [version, [key, …]]}, CWT claims in deterministic CBOR
    key       a COSE_Key (RFC 9052, 7) and {-65537: [use, from, to, compromised_at?]}

The procedure of verification, whose numbers the code and its tests repeat:

    (1) it is well formed: one spelling in CBOR, nothing after the end
    (2) it names the two keys of the pinned root, and no others
    (3) both signatures hold, with `external_aad` = certify/keys/1
    (4) only now is the payload read: it is a key set
    (5) its version is not lower than one the reader knows already

What fails is "could not check": whoever has no keys knows nothing about a label.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cbor2 import CBORTag

from labels.encoding import from_cbor, to_cbor
from labels.key_set import KeySet, TrustedKey, Use, content_of
from labels.public_keys import COSE_ALGORITHMS, PublicKey, algorithm_of, as_cose_key, holds, key_in_cose, kid_of
from labels.root import Root, RootSigners
from labels.signing import Signer
from schemas.errors import CouldNotCheck, VerificationError

KEY_SET_AAD = b"certify/keys/1"
MEDIA_TYPE = 'application/cose; cose-type="cose-sign"'  # RFC 9052, 11.3.1

_SIGN = 98
_ALG, _KID, _IAT, _OURS = 1, 4, 6, -65537
MAX_BYTES = 1_000_000  # some ten thousand keys: what is larger is not worth reading


@dataclass(frozen=True)
class SignedKeySet:
    """A version of the key set whose signatures hold.

    Attributes:
        version: 1 for the first, and one more each time.
        issued_at: aware, whole seconds.
        signed: the bytes that are published.
    """

    version: int
    issued_at: datetime
    keys: KeySet
    signed: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the published bytes, in hexadecimal digits."""
        return hashlib.sha256(self.signed).hexdigest()

    def as_jwks(self) -> str:
        """Return the same as a JWK set, which is only as trustworthy as the way it comes."""
        return self.keys.as_json(version=self.version, issued_at=f"{self.issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def sign_key_set(keys: KeySet, *, version: int, issued_at: datetime, root: RootSigners) -> SignedKeySet:
    """Sign a version of the key set with both keys of the root."""
    payload = _payload(version, issued_at, keys)
    signatures = [_signature(signer, payload) for signer in root]
    signed = to_cbor(CBORTag(_SIGN, [b"", {}, payload, signatures]))
    return SignedKeySet(version, issued_at, keys, signed)


def verify_key_set(signed: bytes, root: Root, *, at_least: int = 1) -> SignedKeySet:
    """Return the key set that a pinned root signed.

    Args:
        signed: as published.
        root: what the reader pinned; nothing in the set can change it.
        at_least: the highest version the reader knows already.

    Raises:
        CouldNotCheck: `key_set_malformed`, `wrong_root`, `bad_root_signature`, `older_key_set`.
    """
    try:
        payload, signatures = _well_formed(signed)  # (1)
        _check_signatures(payload, signatures, root)  # (2) (3)
        found = _read(payload, signed)  # (4)
    except (VerificationError, ValueError, TypeError, LookupError, AttributeError, OSError, ArithmeticError) as error:
        raise CouldNotCheck("key_set_malformed", "This is no signed key set.") from error
    if found.version < at_least:  # (5)
        message = f"Version {found.version} of the key set is older than version {at_least}, which is known."
        raise CouldNotCheck("older_key_set", message)
    return found


def trusted_keys(path: Path, root: Path | None = None, *, at_least: int = 1) -> KeySet:
    """Read the keys to verify with: the signed set, with the file of the pinned root; or, without one, a JWK set.

    Raises:
        CouldNotCheck: `keys_unreadable`; as `verify_key_set`; `root_missing`: the set is signed, and by whom it should
            be nobody says; `key_set_unsigned`: a root is pinned, and a JWK set carries no signature of it.
    """
    content = content_of(path)
    is_signed = content.startswith(bytes([0xD8, _SIGN]))
    if root is not None and is_signed:
        return verify_key_set(content, Root.read(root), at_least=at_least).keys
    if is_signed:
        raise CouldNotCheck("root_missing", f"{path} is a signed key set; say with --root which root you pinned.")
    if root is not None:
        raise CouldNotCheck("key_set_unsigned", f"{path} is not signed by a root; take the signed key set.")
    return KeySet.from_json(content)


def _signature(signer: Signer, payload: bytes) -> list[Any]:
    protected = _header(signer.public_key)
    return [protected, {}, signer.sign(_to_be_signed(protected, payload))]


def _header(key: PublicKey) -> bytes:
    return to_cbor({_ALG: COSE_ALGORITHMS[algorithm_of(key)], _KID: bytes.fromhex(kid_of(key))})


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure of one of several signatures (RFC 9052, 4.4)."""
    return to_cbor(["Signature", b"", protected, KEY_SET_AAD, payload])


def _well_formed(signed: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Return payload and signatures, by their headers; none of it is believed yet."""
    if len(signed) > MAX_BYTES:
        raise ValueError("no key set is this large")
    match from_cbor(signed):
        case CBORTag(tag=98, value=[b"", Mapping() as unprotected, bytes(payload), [*signatures]]) if not unprotected:
            found = dict(_header_and_signature(one) for one in signatures)
            if found.keys() and len(found) == len(signatures):
                return payload, found
    raise ValueError("another shape")


def _header_and_signature(part: Any) -> tuple[bytes, bytes]:
    match part:
        case [bytes(protected), Mapping() as unprotected, bytes(signature)] if not unprotected:
            return protected, signature
    raise ValueError("another shape")


def _check_signatures(payload: bytes, signatures: Mapping[bytes, bytes], root: Root) -> None:
    expected: dict[bytes, PublicKey] = {_header(key): key for key in (root.ed25519, root.ml_dsa_65)}
    if not signatures.keys() <= expected.keys():
        raise CouldNotCheck("wrong_root", f"Another root than {root.fingerprint} signed this key set.")
    for protected, key in expected.items():
        if not holds(key, signatures.get(protected, b""), _to_be_signed(protected, payload)):
            raise CouldNotCheck("bad_root_signature", f"The root's {algorithm_of(key)} key did not sign this key set.")
    if [*signatures] != [*expected]:
        raise ValueError("the signatures stand in another order")


def _payload(version: int, issued_at: datetime, keys: KeySet) -> bytes:
    return to_cbor({_IAT: int(issued_at.timestamp()), _OURS: [version, [_as_cose(key) for key in keys.keys]]})


def _as_cose(key: TrustedKey) -> dict[int, Any]:
    lost = [] if key.compromised_at is None else [int(key.compromised_at.timestamp())]
    ours = [key.use.value, key.valid_from.isoformat(), key.valid_to.isoformat(), *lost]
    return {**as_cose_key(key.public_key), _OURS: ours}


def _read(payload: bytes, signed: bytes) -> SignedKeySet:
    claims = from_cbor(payload)
    version, keys = claims[_OURS]
    found = SignedKeySet(version, datetime.fromtimestamp(claims[_IAT], UTC), KeySet(_keys_in(keys)), signed)
    if type(version) is not int or version < 1 or _payload(version, found.issued_at, found.keys) != payload:
        raise ValueError("no key set of this format")
    return found


def _keys_in(keys: Sequence[Mapping[int, Any]]) -> tuple[TrustedKey, ...]:
    return tuple(_from_cose(dict(key)) for key in keys)


def _from_cose(members: dict[int, Any]) -> TrustedKey:
    use, valid_from, valid_to, *lost = members.pop(_OURS)
    compromised_at = datetime.fromtimestamp(lost[0], UTC) if lost else None
    days = date.fromisoformat(valid_from), date.fromisoformat(valid_to)
    return TrustedKey(key_in_cose(members), *days, Use(use), compromised_at)
