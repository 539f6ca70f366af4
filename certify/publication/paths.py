"""Where published files lie; the addresses of the public follow them."""

from labels.status import SHARD

LOG = "log/"
BUNDLE = "offline.bundle"
PROVED = "labels/proved"
"""File that says for how many entries of the log the proofs of labels are written."""


def proof_of(label: str) -> str:
    """Return where the proof of a label's issue lies."""
    return f"labels/{label}/label.tlog-proof"


def status_list(shard: int) -> str:
    """Return where the status list of a shard lies."""
    return f"s/{shard}"


def shard_of(status_index: int) -> int:
    """Return the shard of a label."""
    return status_index // SHARD
