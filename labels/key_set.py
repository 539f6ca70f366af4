"""The public keys a verifier trusts, each with its use and period, read from and written to a JWK set (RFC 7517).

A JWK set is as trustworthy as the way it came; `labels.signed_key_set` is the same set signed by the offline root.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from labels.public_keys import (
    ED25519,
    ES256,
    KID_BYTES,
    PublicKey,
    algorithm_of,
    holds,
    key_in_jwk,
    kid_of,
    refuse_private,
    required_members,
    thumbprint,
)
from schemas.errors import CouldNotCheck

__all__ = ["ALGORITHM", "KID_BYTES", "KeySet", "LabelKey", "TrustedKey", "Use", "kid_of", "thumbprint"]

ALGORITHM = ED25519
"""Of labels and all else that travels in a QR code; RFC 9864 name, in JWK and (as -19) in COSE."""

GRACE = timedelta(days=7)
"""How long after its last day what a key signed may be seen first: log or witness may be away at the turn of a year."""


class Use(StrEnum):
    """What a key may sign; a signature by a key of another use is no signature."""

    LABEL = "label"
    CERTIFICATE = "certificate"
    STATUS = "status"
    LOG = "log"
    WITNESS = "witness"

    @property
    def algorithm(self) -> str:
        """The algorithm of every key of this use."""
        return ES256 if self is Use.CERTIFICATE else ED25519


@dataclass(frozen=True)
class TrustedKey:
    """A public key, what it may sign, and the days, both included, on which it may; a label key unless said.

    Attributes:
        compromised_at: since when somebody else may hold the private key (aware, whole seconds); None while nobody is
            known to.

    Raises:
        ValueError: the period is reversed, the key is for another algorithm than its use, or the time is naive or has
            parts of a second.
    """

    public_key: PublicKey
    valid_from: date
    valid_to: date
    use: Use = Use.LABEL
    compromised_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.valid_from > self.valid_to:
            raise ValueError(f"key {self.kid} ends before it begins")
        if self.alg != self.use.algorithm:
            raise ValueError(f"key {self.kid} is for {self.alg}; a {self.use} key is for {self.use.algorithm}")
        lost = self.compromised_at
        if lost is not None and (lost.tzinfo is None or lost.microsecond):
            raise ValueError(f"key {self.kid} was compromised at a time without a zone, or at a part of a second")

    @property
    def kid(self) -> str:
        """The key's short name in a token."""
        return kid_of(self.public_key)

    @property
    def alg(self) -> str:
        """The key's one algorithm."""
        return algorithm_of(self.public_key)

    def is_usable_on(self, day: date) -> bool:
        """Whether the key may sign on a day."""
        return self.compromised_at is None and self.valid_from <= day <= self.valid_to

    def was_in_use_at(self, moment: datetime) -> bool:
        """Whether what is of a moment may be this key's: of its days, in UTC, or of the days of grace after them."""
        day = moment.astimezone(UTC).date()
        return self.valid_from <= day and day - self.valid_to <= GRACE

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature of these bytes is this key's."""
        return holds(self.public_key, signature, message)

    def as_jwk(self) -> dict[str, str]:
        """Return the key as a JWK.

        `use` is "sig" as of every signature key (RFC 7517, 4.2); ours stands in `purpose`. It, `from`, `to` and
        `compromised_at` are our members (RFC 7517, 4 allows further ones).
        """
        lost = {} if self.compromised_at is None else {"compromised_at": _in_words(self.compromised_at)}
        return {
            **required_members(self.public_key),
            "kid": self.kid,
            "use": "sig",
            "alg": self.alg,
            "purpose": self.use.value,
            "from": self.valid_from.isoformat(),
            "to": self.valid_to.isoformat(),
            **lost,
        }


LabelKey = TrustedKey
"""A trusted key of the use a key has unless it says another."""


@dataclass(frozen=True)
class KeySet:
    """The keys a verifier trusts; nothing a token says can add to them.

    Raises:
        ValueError: one key stands in it twice, be it for two uses.
    """

    keys: tuple[TrustedKey, ...]

    def __post_init__(self) -> None:
        if len({thumbprint(key.public_key) for key in self.keys}) != len(self.keys):
            raise ValueError("a key stands in the set twice")

    def of_use(self, use: Use) -> "KeySet":
        """Return the keys that may sign one kind of thing; a verifier looks among no others."""
        return KeySet(tuple(key for key in self.keys if key.use is use))

    def uncompromised(self, use: Use) -> tuple[TrustedKey, ...]:
        """Return the keys of one use that nobody else is known to hold."""
        return tuple(key for key in self.of_use(use).keys if key.compromised_at is None)

    def named(self, kid: str) -> tuple[TrustedKey, ...]:
        """Return every key of this short name; on a clash each is to be tried."""
        return tuple(key for key in self.keys if key.kid == kid)

    def usable_on(self, day: date) -> TrustedKey | None:
        """Return the key to sign with on a day, None without any: the newest that may; of two, the later one."""
        usable = [(key.valid_from, place, key) for place, key in enumerate(self.keys) if key.is_usable_on(day)]
        return max(usable)[2] if usable else None

    def with_compromised(self, key: TrustedKey, at: datetime) -> "KeySet":
        """Return the set that tells since when a key may be in other hands."""
        return KeySet(tuple(replace(one, compromised_at=at) if one == key else one for one in self.keys))

    def as_json(self, **members: Any) -> str:
        """Return the JWK set, one line a member, ending in a newline; further members stand before the keys."""
        return json.dumps({**members, "keys": [key.as_jwk() for key in self.keys]}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "KeySet":
        """Read a JWK set; keys of other kinds and purposes are passed over (RFC 7517, 5).

        A set of the first version has no purposes: its keys are label keys.

        Raises:
            CouldNotCheck: `keys_unreadable`: no JSON, no JWK set, a wrong member, a private key, a key twice, or
                no label key in it.
        """
        try:
            document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refused_constant)
            found = cls(tuple(key for jwk in document["keys"] if (key := _from_jwk(jwk)) is not None))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CouldNotCheck("keys_unreadable", f"The keys cannot be read: {error}.") from error
        if not found.of_use(Use.LABEL).keys:
            raise CouldNotCheck("keys_unreadable", "The key set holds no label key.")
        return found

    @classmethod
    def read(cls, path: Path) -> "KeySet":
        """Read a JWK set from a file.

        Raises:
            CouldNotCheck: `keys_unreadable`, also when there is no such file.
        """
        return cls.from_json(content_of(path))


def content_of(path: Path) -> bytes:
    """Return what a file of public keys holds.

    Raises:
        CouldNotCheck: `keys_unreadable`.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise CouldNotCheck("keys_unreadable", f"The keys cannot be read: {error.strerror}: {path}.") from error


def _from_jwk(jwk: Mapping[str, Any]) -> TrustedKey | None:
    public_key = key_in_jwk(jwk) if _is_ours(jwk) else None
    if public_key is None:
        return None
    lost = jwk.get("compromised_at")
    key = TrustedKey(
        public_key,
        date.fromisoformat(jwk["from"]),
        date.fromisoformat(jwk["to"]),
        Use(jwk.get("purpose", Use.LABEL)),
        None if lost is None else datetime.fromisoformat(lost),
    )
    if (jwk.get("kid"), jwk.get("alg")) != (key.kid, key.alg):
        raise ValueError(f"key {jwk.get('kid')} has the name or the algorithm of another key")
    return key


def _is_ours(jwk: Mapping[str, Any]) -> bool:
    """Whether a key is one of ours; a private one is refused whosever it is."""
    refuse_private(jwk)
    if jwk["kty"] != "OKP" and "purpose" not in jwk:
        return False
    return jwk.get("use", "sig") == "sig" and jwk.get("purpose", Use.LABEL) in set(Use)


def _in_words(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refused_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
