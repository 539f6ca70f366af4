"""What the vectors of status lists, proofs and addresses are made of: keys, a label, and the files' form.

All is made from fixed seeds: the same script makes the same bytes. The keys are made up and trusted by nobody.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.encoding import to_base36
from labels.key_set import KeySet, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.log.tree import leaf_hash
from labels.public_keys import to_base64
from labels.signing import prepare, sign, subject_digest
from labels.status import Shard, signed_list
from schemas.label import LabelStatement, Standing
from schemas.label_number import id_of

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
ORIGIN, URL = "v.example.eu/log", "https://v.example.eu"
ISSUED = datetime(2026, 11, 22, 9, tzinfo=UTC)
SEEN, LOST = ISSUED + timedelta(minutes=1), datetime(2026, 12, 1, 8, tzinfo=UTC)
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)


def key(name: str) -> KeyInMemory:
    """Return a made-up key, the same in every run."""
    seed = leaf_hash(b"certify test key " + name.encode())
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(seed))


LABEL, STATUS, LOG, WITNESS, SECOND, STRANGER = map(key, ("label", "status", "log", "witness", "second", "stranger"))
USES = ((LABEL, Use.LABEL), (STATUS, Use.STATUS), (LOG, Use.LOG), (WITNESS, Use.WITNESS), (SECOND, Use.WITNESS))
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
LISTS_LAST = date(2028, 12, 31)  # lists are of the moment asked about
KEYS = KeySet(
    tuple(TrustedKey(one.public_key, FIRST, LISTS_LAST if use is Use.STATUS else LAST, use) for one, use in USES)
)


def in_use(first: date, last: date, *signers: KeyInMemory, keys: KeySet = KEYS) -> KeySet:
    """Return the set when these keys are in use on other days."""
    public = [one.public_key for one in signers]
    changed = {"valid_from": first, "valid_to": last}
    return KeySet(tuple(replace(one, **changed) if one.public_key in public else one for one in keys.keys))


def lost(use: Use, at: datetime = LOST) -> KeySet:
    """Return the set when its first key of a use may be in other hands."""
    return KEYS.with_compromised(KEYS.of_use(use).keys[0], at)


def statement(name: str = "Lighthouse Reader", number: bytes = bytes(range(10)), **changes: Any) -> LabelStatement:
    """Return what a label says."""
    label = id_of(number)
    usual = {
        "id": label,
        "expires_at": datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
        "tier": "low",
        "status_index": 70_123,
        "subject_digest": subject_digest(label, name, "2.1", None),
        "name_version": f"{name} 2.1",
    }
    return LabelStatement.model_validate({**usual, **changes})


def token(said: LabelStatement) -> str:
    """Return the token of a statement."""
    return to_base36(sign(prepare(said), LABEL))


OURS, OTHER = statement(), statement("Darkhouse Reader", bytes(range(10, 20)))
TOKEN = token(OURS)


@dataclass(frozen=True)
class Vector:
    """One question to a verifier and its answer; what is None is not given."""

    name: str
    why: str
    text: str = TOKEN
    keys: KeySet = KEYS
    at: datetime = AT
    lists: tuple[tuple[str, bytes], ...] = ()
    known_versions: Mapping[int, int] = field(default_factory=dict)
    proof: bytes | None = None
    authenticity: str | None = "authentic"
    standing: str | None = "could_not_check"
    code: str | None = None
    witnessed_at: datetime | None = None
    is_other_host: bool = False

    @property
    def _open(self) -> str | None:
        """What is left open where nothing is wrong."""
        return "no_proof" if self.standing == "in_force" and self.witnessed_at is None else None

    def as_json(self) -> str:
        """Return the file's text."""
        given: dict[str, Any] = {"text": self.text, "at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}", "origin": ORIGIN}
        if self.lists:
            given["status"] = {address: to_base64(content) for address, content in self.lists}
        if self.known_versions:
            given["known_versions"] = {str(shard): version for shard, version in self.known_versions.items()}
        if self.proof is not None:
            given["proof"] = to_base64(self.proof)
        seen = f"{self.witnessed_at:%Y-%m-%dT%H:%M:%SZ}" if self.witnessed_at else None
        expect = {
            "authenticity": self.authenticity,
            "standing": self.standing,
            "code": self.code or self._open,
            "witnessed_at": seen,
            "is_other_host": self.is_other_host,
        }
        document = {"why": self.why, **given, "expect": expect, "keys": json.loads(self.keys.as_json())}
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def status_list(value: Standing = Standing.IN_FORCE, **changes: Any) -> bytes:
    """Return the list of our label's shard, in which it stands in some way."""
    usual: dict[str, Any] = {"address": f"{URL}/s/0", "version": 42, "at": AT - timedelta(minutes=5), "signer": STATUS}
    return signed_list(bytes(Shard([(OURS.status_index, value)])), **{**usual, **changes})


def is_good(vector: Vector) -> bool:
    """Whether a verifier may let somebody rely on the label."""
    if vector.authenticity != "authentic" or vector.is_other_host:
        return False
    return vector.standing == "in_force" or (vector.witnessed_at is not None and vector.code == "no_list")


def texts_of(vectors: Iterable[Vector]) -> dict[str, str]:
    """Return the files of vectors by their place below the folder."""
    return {f"{'good' if is_good(one) else 'bad'}/{one.name}.json": one.as_json() for one in vectors}


def write(folder: str, made: dict[str, str]) -> None:
    """Write the files and drop those no longer made."""
    for stale in [
        one for one in (VECTORS / folder).rglob("*.json") if str(one.relative_to(VECTORS / folder)) not in made
    ]:
        stale.unlink()
    for place, text in made.items():
        path = VECTORS / folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(made)} vectors in {VECTORS / folder}")
