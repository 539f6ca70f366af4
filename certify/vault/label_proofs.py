"""Reads the proof that a label's issue stands in the witnessed log; without it a label is not in force yet."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from certify.vault.published import PublishedFiles
from certify.vault.published_paths import proof_of
from labels.log.checkpoints import Policy
from labels.log.issues import witnessed_issue
from schemas.errors import CouldNotCheck, VerificationError
from schemas.label import IssuedLabel


class LabelProofs:
    """The proofs of labels, each verified once under one policy: a first proof never changes."""

    def __init__(self, files: PublishedFiles, policy: Callable[[], Policy]) -> None:
        self._files, self._policy = files, policy
        self._seen: dict[str, datetime] = {}
        self._seen_under: str | None = None

    async def seen_at(self, label: IssuedLabel) -> datetime | None:
        """Return when witnesses first saw a label's issue in the log, None while they have not.

        Raises:
            CouldNotCheck: `proof_unreadable`: there is a proof, and it does not hold; or the keys cannot be read.
            OSError: the published files cannot be reached now.
        """
        policy = self._policy()
        under = repr(
            (policy.origin, policy.quorum, [key.public_bytes_raw() for key in (*policy.log_keys, *policy.witnesses)])
        )
        if under != self._seen_under:
            self._seen, self._seen_under = {}, under
        if label.token not in self._seen:
            found = await asyncio.to_thread(self._read, label, policy)
            if found is None:
                return None
            self._seen[label.token] = found
        return self._seen[label.token]

    def _read(self, label: IssuedLabel, policy: Policy) -> datetime | None:
        content = self._files.read(proof_of(label.id))
        if content is None:
            return None
        try:
            return witnessed_issue(content, policy, label=label.id, token=label.token).at
        except VerificationError as error:
            raise CouldNotCheck("proof_unreadable", f"The proof of label {label.id} does not hold.") from error
