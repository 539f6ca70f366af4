"""Whom a verifier of the log believes, out of the key set it trusts."""

from labels.key_set import KeySet, Use
from labels.log.checkpoints import Policy
from labels.log.notes import ed25519


def policy_of(keys: KeySet, origin: str, *, quorum: int = 1) -> Policy:
    """Return the policy of a key set: its log keys, and its witnesses, of whom `quorum` must have seen a checkpoint.

    Each counts for the days on which it was in use. A log key in other hands forks no log that is witnessed, so that
    what it signed stays; a witness key in other hands could tell any time, and counts no more.
    """
    logs = keys.of_use(Use.LOG).keys
    witnesses = keys.uncompromised(Use.WITNESS)
    return Policy(
        origin=origin,
        log_keys=tuple(ed25519(key.public_key) for key in logs),
        witnesses=tuple(ed25519(key.public_key) for key in witnesses),
        quorum=quorum,
        periods={ed25519(key.public_key).public_bytes_raw(): key for key in (*logs, *witnesses)},
    )
