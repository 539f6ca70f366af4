"""`certify check` of what is published of labels: proofs, papers, status lists and the offline bundle (I18, F25)."""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.programs.check_log import PublicSide, PublishedLog
from certify.programs.check_signatures import LoggedSignatures
from certify.register.checking import Finding
from certify.register.labels import LabelRecord
from certify.vault.published import label_file
from certify.vault.published_paths import BUNDLE, LOG, PROVED, STATUS_INDEX, proof_of, shard_of, status_list
from labels.key_set import KeySet, TrustedKey, Use, thumbprint
from labels.log import checkpoints, notes
from labels.log.sequencer import CHECKPOINT, HEAD
from labels.mirror import labels as of_labels
from labels.mirror.history import LoggedLabel
from labels.mirror.lists import register_in
from labels.mirror.report import Difference
from labels.status import TTL, StatusList, signed_by
from schemas.errors import CouldNotCheck, VerificationError


@dataclass
class PublishedLists:
    """The status lists and the offline bundle as they were found published, before the record was read.

    Attributes:
        held: the lists that are signed, by shard; `contents` their bytes, by path.
        findings: what is wrong with the others, and with the bundle.
        url: address of the register, as the index of the lists names it.
    """

    side: PublicSide
    held: dict[int, StatusList] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    url: str = ""

    @classmethod
    def read(cls, side: PublicSide) -> "PublishedLists":
        """Read and verify what is published; where no list is, none was ever signed."""
        found = cls(side)
        index, bundle = side.files.read(STATUS_INDEX), side.files.read(BUNDLE)
        if index is not None:
            found._read_lists(index)
        if bundle is not None and not found._is_bundle(bundle):
            found.findings.append(Finding(where=BUNDLE, what="is no bundle of ours", code="bundle_not_valid"))
        return found

    def _read_lists(self, index: bytes) -> None:
        known = register_in(index)
        if known is None:
            what = "does not name the status lists of this register"
            self.findings.append(Finding(where=STATUS_INDEX, what=what, code="list_not_valid"))
            return
        self.url, shards = known
        for shard in shards:
            content = self.side.files.read(status_list(shard)) or b""
            try:
                self.held[shard] = self._signed(content, shard)
                self.contents[status_list(shard)] = content
            except CouldNotCheck as error:
                self.findings.append(Finding(where=status_list(shard), what=error.message, code="list_not_valid"))

    def _signed(self, content: bytes, shard: int) -> StatusList:
        trusted = self.side.keys().uncompromised(Use.STATUS)
        return signed_by(content, trusted, address=f"{self.url}/{status_list(shard)}")

    def _is_bundle(self, content: bytes) -> bool:
        """Whether a bundle is made of a believed checkpoint, signed lists and keys of ours, if of an earlier hour."""
        try:
            told: dict[str, Any] = json.loads(content)
            if told["checkpoint"] is not None:
                checkpoints.witnessed(told["checkpoint"], self.side.policy)
            for address, packed in told["status"].items():
                shard = int(address.removeprefix(f"{self.url}/s/"))
                self._signed(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), shard)
            offered = KeySet.from_json(json.dumps(told["keys"])).keys
            return _known(offered) <= _known(self.side.keys().keys)
        except (VerificationError, CouldNotCheck, ValueError, TypeError, KeyError, AttributeError):
            return False

    def differences(self, label: LoggedLabel, row: LabelRecord, size: int, now: datetime) -> Iterator[Finding]:
        """Yield `status_differs` where a list tells another standing of a label than the log.

        A list tells of the entries before its version; what came since it may lack for as long as a list may be kept
        (`TTL`), and no longer.
        """
        found = self.held.get(shard_of(row.status_index))
        where = f"label {row.id}"
        if found is None:
            if size > label.index and self.held:
                yield Finding(where=where, what="stands in no status list that is published", code="list_missing")
            return
        told = found.value_of(row.status_index)
        if told in label.values_at(now):
            return
        if label.last_index < found.version or now - found.issued_at > TTL:
            what = f"the status list tells another standing than {label.standing_at(now).value}, the log's"
            yield Finding(where=where, what=what, code="status_differs")


def _known(keys: Sequence[TrustedKey]) -> frozenset[tuple[object, ...]]:
    """Return keys by all but what became known of them later."""
    return frozenset((thumbprint(key.public_key), key.use, key.valid_from, key.valid_to) for key in keys)


async def label_findings(
    session: AsyncSession,
    published: PublishedLog,
    lists: PublishedLists,
    now: datetime,
    signatures: LoggedSignatures | None = None,
) -> Sequence[Finding]:
    """Return what is wrong with what is published of the labels of the record.

    Codes: `proof_missing`, `proof_not_valid`, `proof_not_witnessed`, `proof_differs`, `paper_not_valid`,
    `paper_key_compromised`, `paper_differs`, `list_missing`, `status_differs`; where the log of signatures is asked
    for, `signature_not_logged` and `paper_without_label`.
    """
    rows = {row.id: row for row in (await session.exec(select(LabelRecord))).all()}
    found = list(signatures.other_papers(rows)) if signatures is not None else []
    for label_id, label in published.history.labels.items():
        if label_id in rows:
            found += list(lists.differences(label, rows[label_id], published.size, now))
            found += _differences(published, label, rows[label_id], now, signatures)
    return found


def _differences(
    published: PublishedLog,
    label: LoggedLabel,
    row: LabelRecord,
    now: datetime,
    signatures: LoggedSignatures | None,
) -> Iterator[Finding]:
    """Yield what is wrong with proof and papers of a label that witnesses have seen."""
    side = published.side
    if published.log is not None and published.seen is not None and label.index < published.seen.size:
        content = side.files.read(proof_of(row.id))
        _, wrong = of_labels.proof_of(content, label, published.log, side.policy)
        if wrong is not None and (content is not None or not _is_awaited(side, label, now)):
            yield _finding(wrong)
    for name in of_labels.PAPERS:
        content = side.files.read(label_file(row.id, name))
        if content is not None:
            wrongs = [*of_labels.paper_differences(label.issue, name, content, side.keys(), row.public_facts)]
            yield from map(_finding, wrongs)
            if signatures is not None and not wrongs:
                yield from signatures.about_paper(label_file(row.id, name), content, label.issue.issued_at)


def _is_awaited(side: PublicSide, label: LoggedLabel, now: datetime) -> bool:
    """Whether a proof may not be there yet: a publisher that stopped before it writes it when it starts again."""
    size, *_ = (side.files.read(PROVED) or b"0").split() or [b"0"]
    return not (size.isdigit() and int(size) > label.index) and now - label.issue.issued_at < TTL


def _finding(one: Difference) -> Finding:
    return Finding(where=one.where, what=one.what, code=one.code)


class PublicFindings:
    """All that is published, read when this is made, to be held against a record that is read later."""

    def __init__(self, side: PublicSide) -> None:
        asked = side.signature_log
        self._side, self._signatures = side, LoggedSignatures.read(asked, side.keys) if asked is not None else None
        self._lists, self._log = PublishedLists.read(side), PublishedLog.read(side)

    async def findings(self, session: AsyncSession, now: datetime) -> AsyncIterator[Finding]:
        """Yield what does not hold, and what the record tells otherwise."""
        for finding in (*self._log.findings, *self._lists.findings):
            yield finding
        if not self._log.is_there:
            return
        async for finding in self._log.compared(session):
            yield finding
        signatures = self._signatures
        if signatures is not None and signatures.begun_at is None:
            what = "there is no log of signatures, and something is published; the signer begins one when it starts"
            yield Finding(where="signatures", what=what, code="signature_log_missing")
            signatures = None
        for finding in await label_findings(session, self._log, self._lists, now, signatures):
            yield finding
        for finding in self._of_lists_and_log(signatures) if signatures is not None else ():
            yield finding

    def _of_lists_and_log(self, signatures: LoggedSignatures) -> Iterator[Finding]:
        """Yield what is wrong with what the keys of lists and log signed."""
        side, log = self._side, self._log.log
        for path, content in self._lists.contents.items():
            yield from signatures.about_file(Use.STATUS, path, content)
        for path in (LOG + CHECKPOINT, LOG + HEAD):
            with suppress(VerificationError):  # found with the log
                note = notes.parse(side.files.read(path) or b"")
                yield from signatures.about_checkpoint(path, note, side.origin)
        if log is not None:
            yield from signatures.other_checkpoints(log, side.origin)
        yield from signatures.findings
