"""Reads the proof that a label's issue stands in the witnessed log; without it a label is not in force yet."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certify.vault.published import PublishedFiles, label_file
from certify.vault.published_paths import proof_of
from labels.exports.certificate import certificate_in
from labels.key_set import KeySet, TrustedKey, Use
from labels.log.checkpoints import Policy
from labels.log.issues import issue_in, witnessed_issue
from labels.mirror.labels import CERTIFICATE, attests
from labels.verification import is_as_signed, verify
from schemas.attestation import Attestation
from schemas.errors import CouldNotCheck, VerificationError
from schemas.label import Authenticity, IssuedLabel
from schemas.public_facts import PublicFacts
from schemas.public_log import IssueStatement

_TOLD = ("holder", "issued_at", "expires_at")
"""What the log says of a label beside its token, under the same names."""


@dataclass(frozen=True)
class Proved:
    """What the log says of a label's issue, and by when witnesses had seen it."""

    issue: IssueStatement
    at: datetime

    @property
    def token(self) -> str:
        """The token that was issued."""
        return self.issue.token


class LabelProofs:
    """The proofs of labels, each verified once under one policy: a first proof never changes.

    Args:
        files: where the proofs are published.
        policy: whom a reader of the log believes at that moment.
        keys: the key set as it is at that moment; none where no label is asked about that may be lost.
    """

    def __init__(
        self,
        files: PublishedFiles,
        policy: Callable[[], Policy],
        keys: Callable[[], KeySet] = lambda: KeySet(()),
    ) -> None:
        self._files, self._keys, self._policy = files, keys, policy
        self._proved: dict[str, Proved] = {}
        self._proved_under: Policy | None = None
        self._as_signed: dict[IssuedLabel, bool] = {}
        self._as_signed_under: KeySet | None = None
        self._certified: dict[str, Attestation] = {}
        self._certified_under: KeySet | None = None

    async def of(self, label_id: str) -> Proved | None:
        """Return what is proved of a label's issue, None while nothing is.

        Raises:
            CouldNotCheck: `proof_unreadable`: there is a proof, and it does not hold; or the keys cannot be read.
            OSError: the published files cannot be reached now.
        """
        policy = self._policy()
        if policy != self._proved_under:
            self._proved, self._proved_under = {}, policy
        proved = self._proved
        if label_id not in proved:
            found = await asyncio.to_thread(self._read, label_id, policy)
            if found is None:
                return None
            proved[label_id] = found
        return proved[label_id]

    async def seen_at(self, label: IssuedLabel) -> datetime | None:
        """Return when witnesses first saw a label's issue in the log, None while they have not.

        Raises:
            CouldNotCheck: as `of`; the proof is about another token, or says something else of the label
                (`label_differs`).
            OSError: as `of`.
        """
        found = await self.of(label.id)
        if found is None:
            return None
        if found.token != label.token:
            raise _unreadable(label.id)
        told = {name: getattr(label, name) for name in _TOLD} | {"decision": label.decision_number}
        if found.issue != found.issue.model_copy(update=told):
            raise differs(label.id)
        return found.at

    def require_as_signed(self, label: IssuedLabel) -> KeySet:
        """Refuse a label of the directory that is not what a key of ours signed; return the keys of today.

        Whoever answers in the signer's place, or writes into the directory, makes no label: the directory is wrong
        then, and the paper in somebody's hand may yet be right.

        Raises:
            CouldNotCheck: `label_differs`; the keys cannot be read.
        """
        keys = self._keys()
        if keys != self._as_signed_under:
            self._as_signed, self._as_signed_under = {}, keys
        if label not in self._as_signed:
            self._as_signed[label] = is_as_signed(label, keys)
        if not self._as_signed[label]:
            raise differs(label.id)
        return keys

    async def require_certified(self, label: IssuedLabel, facts: PublicFacts) -> None:
        """Refuse what is told of a label where its certificate says something else; before there is one, nothing.

        Token and log name the product by its label's name alone: what it is for, and what it is called, the certificate
        says. One that does not hold, as after the theft of its key, says nothing until it is made anew.

        Raises:
            CouldNotCheck: `label_differs`; the keys cannot be read.
            OSError: the published files cannot be reached now.
        """
        keys = self._keys()
        if keys != self._certified_under:
            self._certified, self._certified_under = {}, keys
        if label.id not in self._certified:
            content = await asyncio.to_thread(self._files.read, label_file(label.id, CERTIFICATE))
            attestation = _attestation_in(content, keys) if content is not None else None
            if attestation is None:
                return
            self._certified[label.id] = attestation
        if not attests(self._certified[label.id], label.token, facts):
            raise differs(label.id)

    def authenticity_of(self, label: IssuedLabel, seen_at: datetime | None) -> Authenticity:
        """Return whether a label of the directory is believed, by what witnesses saw of it and the keys of today.

        Nobody believes one whose key may be in other hands and that no witness saw before, nor one that witnesses saw
        when its key was not in use.

        Raises:
            CouldNotCheck: as `require_as_signed`.
        """
        keys = self.require_as_signed(label)
        if all(_is_beyond_doubt(key, seen_at) for key in keys.of_use(Use.LABEL).named(label.kid)):
            return Authenticity.AUTHENTIC
        return verify(label.token, keys, at=label.expires_at, witnessed_at=seen_at).authenticity

    def is_lost(self, label: IssuedLabel, seen_at: datetime | None) -> bool:
        """Whether nobody believes a label any more.

        Raises:
            CouldNotCheck: as `require_as_signed`.
        """
        return self.authenticity_of(label, seen_at) is not Authenticity.AUTHENTIC

    def _read(self, label_id: str, policy: Policy) -> Proved | None:
        content = self._files.read(proof_of(label_id))
        if content is None:
            return None
        try:
            issue = issue_in(content, label_id)
            return Proved(issue, witnessed_issue(content, policy, label=label_id, token=issue.token).at)
        except VerificationError as error:
            raise _unreadable(label_id) from error


def _attestation_in(content: bytes, keys: KeySet) -> Attestation | None:
    try:
        return certificate_in(content, keys.of_use(Use.CERTIFICATE).keys)  # type: ignore[arg-type]  # all are P-256
    except VerificationError:
        return None


def _is_beyond_doubt(key: TrustedKey, seen_at: datetime | None) -> bool:
    return key.compromised_at is None and (seen_at is None or key.was_in_use_at(seen_at))


def differs(label_id: str) -> CouldNotCheck:
    """Return that the directory tells something else of a label than was signed."""
    return CouldNotCheck("label_differs", f"What is kept of label {label_id} is not what was signed.")


def _unreadable(label_id: str) -> CouldNotCheck:
    return CouldNotCheck("proof_unreadable", f"The proof of label {label_id} does not hold.")
