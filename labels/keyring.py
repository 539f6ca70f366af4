"""The signing keys of one use that a program holds, and which of them signs today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from labels.key_set import KeySet, TrustedKey
from labels.signing import Signer
from schemas.errors import LabelError

FINISHING = timedelta(days=1)
"""How long a key finishes what was begun with it: within the grace of verifiers, as witnesses see it later still."""


@dataclass(frozen=True)
class Keyring:
    """Keys of the key set that can be signed with here.

    Attributes:
        keys: of one use, with periods and what is known of compromises; only those that are held.
        signers: one of each of them, in the same order.
    """

    keys: KeySet
    signers: tuple[Signer, ...]

    @classmethod
    def of(cls, keys: KeySet, signers: Iterable[Signer]) -> "Keyring":
        """Return the ring of the keys of a set that have a signer."""
        by_kid = {signer.kid: signer for signer in signers}
        held = [(key, by_kid[key.kid]) for key in keys.keys if key.kid in by_kid]
        # Two keys may share a short name; the one that is held is told by itself.
        held = [(key, signer) for key, signer in held if signer.public_key == key.public_key]
        return cls(KeySet(tuple(key for key, _ in held)), tuple(signer for _, signer in held))

    def for_day(self, day: date) -> Signer:
        """Return the key to sign with on a day: the newest that may.

        Raises:
            LabelError: `no_key_for_today`.
        """
        key = self.keys.usable_on(day)
        if key is None:
            raise LabelError("no_key_for_today", f"No key here may sign on {day}; run `certify keys rotate`.")
        return self._signer_of(key)

    def intended(self, kid: str | None, day: date) -> Signer | None:
        """Return the key that an intent names, to finish what was begun with it, also on the day after its period.

        An intent of the time of one single key names none: the oldest is meant. None where the key is not held, may be
        in other hands, or ended earlier: verifiers would not believe what witnesses see that much later.
        """
        named = self.keys.keys if kid is None else self.keys.named(kid)
        first = min(named, key=lambda key: key.valid_from, default=None)
        if first is None or first.compromised_at is not None or day - first.valid_to > FINISHING:
            return None
        return self._signer_of(first)

    def _signer_of(self, key: TrustedKey) -> Signer:
        return self.signers[self.keys.keys.index(key)]
