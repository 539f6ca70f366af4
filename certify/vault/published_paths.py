"""Where published files lie; the addresses of the public follow them."""

from certify.vault.published import label_file
from labels.status import SHARD

LOG = "log/"
BUNDLE = "offline.bundle"
STATUS_INDEX = "s/index.json"
STOPPED = "stopped/"
"""Folder of one file, `code`, that is there while the record is not the one that was logged (security I22)."""
PROVED = "labels/proved"
"""File that says for how many entries of the log the proofs of labels are written."""


def proof_of(label_id: str) -> str:
    """Return where the proof of a label's issue lies."""
    return label_file(label_id, "label.tlog-proof")


def status_list(shard: int) -> str:
    """Return where the status list of a shard lies."""
    return f"s/{shard}"


def shard_of(status_index: int) -> int:
    """Return the shard of a label."""
    return status_index // SHARD
