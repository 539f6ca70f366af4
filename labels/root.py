"""The offline root: two keys that sign the key set, and nothing else. Who trusts our labels pins its public half.

    root = Root.read(Path("root.json"))
    assert root.fingerprint == "what stands in print"

Both must sign: Ed25519 holds today, ML-DSA-65 (FIPS 204) also against who has a quantum computer.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PublicKey

from labels.key_set import content_of
from labels.public_keys import algorithm_of, key_in_jwk, kid_of, required_members
from labels.signing import Signer
from schemas.errors import CouldNotCheck
from schemas.label_number import ID_BYTES, id_of

_FINGERPRINT_PREFIX = b"certify/root/1"
_GROUP = 4


class RootSigners(NamedTuple):
    """The private half of a root, in the hands of whoever signs a key set."""

    ed25519: Signer
    ml_dsa_65: Signer


@dataclass(frozen=True)
class Root:
    """The public half of a root."""

    ed25519: Ed25519PublicKey
    ml_dsa_65: MLDSA65PublicKey

    @property
    def fingerprint(self) -> str:
        """20 bytes of SHA-256 over both keys, for print: eight groups of four in the alphabet of label numbers."""
        keys = self.ed25519.public_bytes_raw() + self.ml_dsa_65.public_bytes_raw()
        digest = hashlib.sha256(_FINGERPRINT_PREFIX + keys).digest()
        text = id_of(digest[:ID_BYTES]) + id_of(digest[ID_BYTES : 2 * ID_BYTES])
        return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))

    def as_json(self) -> str:
        """Return the file that people pin: a JWK set of the two keys."""
        keys = [
            {**required_members(key), "kid": kid_of(key), "use": "sig", "alg": algorithm_of(key)}
            for key in (self.ed25519, self.ml_dsa_65)
        ]
        return json.dumps({"keys": keys}, indent=2) + "\n"

    @classmethod
    def of(cls, signers: RootSigners) -> "Root":
        """Return the public half of a root."""
        ed25519, ml_dsa_65 = signers.ed25519.public_key, signers.ml_dsa_65.public_key
        assert isinstance(ed25519, Ed25519PublicKey)
        assert isinstance(ml_dsa_65, MLDSA65PublicKey)
        return cls(ed25519, ml_dsa_65)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Root":
        """Read the file that people pin.

        Raises:
            CouldNotCheck: `root_unreadable`: anything else than what `as_json` writes.
        """
        try:
            match [key_in_jwk(jwk) for jwk in json.loads(text)["keys"]]:
                case [Ed25519PublicKey() as ed25519, MLDSA65PublicKey() as ml_dsa_65]:
                    return cls(ed25519, ml_dsa_65)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CouldNotCheck("root_unreadable", f"The root cannot be read: {error}.") from error
        raise CouldNotCheck("root_unreadable", "A root is one Ed25519 key and one ML-DSA-65 key.")

    @classmethod
    def read(cls, path: Path) -> "Root":
        """Read a pinned root from its file.

        Raises:
            CouldNotCheck: `root_unreadable`; `keys_unreadable` when there is no such file.
        """
        return cls.from_json(content_of(path))
