"""Does a mirror prove what it says? Pure and offline: a folder, a root, a moment.

The procedure, whose numbers the code repeats:

    (1) every file is the one that was mirrored
    (2) the root signed every version of the key set; the last one tells whom to believe
    (3) the checkpoint is signed by the log and was seen by enough witnesses
    (4) the stored entries and hashes make the root that the checkpoint signs
    (5) every entry can be read, and what they say one after the other can be so
    (6) the versions of the key set and the schemes are those that the log names
    (7) each label: issued once; its proof leads to this log; its token is authentic, where its key was stolen by the
        time of the proof
    (8) the status lists are signed, not older than the log by more than their time, and agree with it about every label
    (9) what is told of each label agrees with log, token and papers, no paper is lacking, and no label is told that the
        log has not; what nothing of these says, and files that are there to be read alone, are named as not proved
    (10) the Register is what the log says, and the offline bundle is made of these same files

What is false is named and the rest is still looked at; only after (2), (3) or (4) nothing more can be told where one of
these fails. A mirror of an earlier state is no false one: the report says as of when.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from labels.mirror.belief import Believed, believed_in
from labels.mirror.folder import (
    BUNDLE,
    INFORMATION,
    JWKS,
    LABEL,
    LABELS,
    LOG,
    MANIFEST,
    PROOF,
    REGISTER,
    ROOT,
    SIGNED_KEYS,
    STATUS_INDEX,
    MirrorFolder,
    file_differences,
    key_set_file,
    label_file,
    scheme_file,
)
from labels.mirror.history import History, LoggedLabel
from labels.mirror.labels import (
    CERTIFICATE,
    CERTIFIED,
    LOGGED,
    ONLY_TOLD,
    PAPERS,
    SIGNED,
    Signed,
    missing_papers,
    paper_differences,
    proof_of,
    token_of,
    told_differences,
)
from labels.mirror.lists import Lists, list_file, read_lists, status_differences
from labels.mirror.report import Difference, Report
from labels.root import Root
from labels.status import SHARD
from schemas.mirror import Manifest, MirroredLabel, MirroredRegister
from schemas.public_facts import PublicFacts

_PART = re.compile(r"log/checkpoint|log/tile/[0-9a-z/.]+|s/\d+|keys/key-set-\d+\.cose|scheme/[0-9a-f]{64}/scheme\.json")
"""Files of a mirror of which there may be many."""
_IN_BUNDLE = {"format", "origin", "made_at", "keys", "checkpoint", "status"}


def verify_mirror(
    path: Path, *, root: Root | None = None, origin: str | None = None, moment: datetime | None = None, quorum: int = 1
) -> Report:
    """Verify a mirror.

    Args:
        path: its folder.
        root: that the reader pinned; without one, the mirror's own is taken, and the report says so.
        origin: name of the log that the reader expects; without one, the mirror's own.
        moment: that standings are asked for; without one, that which the mirror tells of.
        quorum: how many witnesses must have seen the log.

    Raises:
        CouldNotCheck: `not_a_mirror`, `file_unreadable`, `root_unreadable`; as `verify_key_set` where no version of the
            key set can be believed.
    """
    files = MirrorFolder(path)
    manifest = files.manifest()
    report = Report(origin=origin or manifest.origin, asked_at=moment or manifest.as_of)
    every = f"Files: all {len(manifest.files)} are those that were mirrored."
    report.take(file_differences(files, manifest), otherwise=every)  # (1)
    believed = believed_in(files, manifest, report, root, quorum)  # (2) (3) (4)
    if believed is not None:
        _Verification(files, manifest, report, believed).run(moment or manifest.as_of)
    return report


class _Verification:
    """Steps (5) to (10), over a log that is believed."""

    def __init__(self, files: MirrorFolder, manifest: Manifest, report: Report, believed: Believed) -> None:
        self._files, self._manifest, self._report, self._believed = files, manifest, report, believed
        self._history = History.of(believed.log.entries(0, believed.log.size))
        self._signed: dict[str, Signed] = {}
        self._seen_at: dict[str, datetime] = {}
        self._certified: set[str] = set()

    def run(self, moment: datetime) -> None:
        report, history = self._report, self._history
        if (self._manifest.size, self._manifest.root) != (report.size, report.root):
            report.take([Difference(MANIFEST, "is of another checkpoint than the mirror's", "manifest_differs")])
        report.take(history.false, otherwise="Entries: each can be read, and none contradicts another.")  # (5)
        report.take(self._key_set_differences(), otherwise=self._keys_in_words())  # (6)
        report.take(self._scheme_differences(), otherwise=f"Schemes: {len(history.schemes)}, each by its digest.")
        labels = len(history.labels)
        issued = f"Labels: {labels}, each issued once, proved to be in this log, and authentic."
        report.take(self._issue_differences(moment), otherwise=issued)  # (7)
        lists = self._lists(moment)
        agree = f"Status lists: {len(lists.held)}, signed, and of one mind with the log about every label."
        report.take(self._list_differences(lists), otherwise=agree)  # (8)
        if report.take(self._told_differences()) and labels:  # (9)
            report.proved += self._accounts_in_words()
            report.told += self._told_in_words()
        register = f"Register: {len(history.participants)} organisations, as the log says."
        report.take(self._register_differences(), otherwise=register)  # (10)
        report.take(self._bundle_differences())
        report.told += self._information_in_words()
        report.standings = dict(Counter(one.standing_at(moment).value for one in history.labels.values()))

    def _accounts_in_words(self) -> Iterator[str]:
        """Yield what proves which part of what is told of labels."""
        labels, certified = len(self._history.labels), len(self._certified)
        logged, signed = ", ".join(LOGGED), ", ".join(SIGNED)
        yield f"Accounts: of {labels} labels the steps, {logged} are what the log says, {signed} what the token says."
        yield f"Certificates: of {certified} of {labels} labels {', '.join(CERTIFIED)} are what was signed."

    def _told_in_words(self) -> Iterator[str]:
        """Yield what is told of labels, and proved by nothing in the mirror."""
        yield f"The operator alone says of each label: {', '.join(ONLY_TOLD)}."
        awaited = len(self._history.labels) - len(self._certified)
        if awaited:
            yield f"{awaited} labels of the last hour have no certificate yet: so it is with {', '.join(CERTIFIED)}."

    def _information_in_words(self) -> Iterator[str]:
        """Yield which files are there to be read alone."""
        there = [name for name in INFORMATION if name in self._manifest.files]
        if there:
            yield f"For information, as the operator tells it: {', '.join(there)}."
        if any(path.endswith(".pdf") for path in self._manifest.files):
            yield f"Certificates as PDF: a PDF reader checks their signature; what they say is in {CERTIFICATE}."
        unknown = sorted(path for path in self._manifest.files if not self._is_known(path))
        if unknown:
            yield f"Files that are no part of a mirror, {len(unknown)}: {', '.join(unknown[:10])}."

    def _is_known(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if folder.startswith(f"{LABELS}/"):
            return name in {LABEL, PROOF, *PAPERS}
        single = {*INFORMATION, BUNDLE, JWKS, REGISTER, ROOT, SIGNED_KEYS, STATUS_INDEX}
        return path in single or bool(_PART.fullmatch(path))

    def _keys_in_words(self) -> str:
        version, root = self._report.key_set_version, self._report.root_fingerprint
        return f"Key set: versions 1 to {version}, each signed by the root {root} and named in the log."

    def _key_set_differences(self) -> Iterator[Difference]:
        mirrored = {one.version: one for one in self._believed.versions}
        for number, said in self._history.key_sets.items():
            found = mirrored.pop(number, None)
            if found is None:
                yield Difference(key_set_file(number), "is missing; the log names it", "key_set_missing")
            elif found.digest != said.digest:
                yield Difference(key_set_file(number), "is another one than the log names", "key_set_differs")
        for number in mirrored:
            yield Difference(key_set_file(number), "is not in the log", "key_set_not_logged")
        last = self._believed.versions[-1]
        for path, content in ((SIGNED_KEYS, last.signed), (JWKS, last.as_jwks().encode())):
            if self._files.read(path) != content:
                yield Difference(path, f"is not made from version {last.version} of the key set", "key_set_differs")
        if Root.from_json(self._files.read(ROOT) or b"").fingerprint != self._report.root_fingerprint:
            yield Difference(ROOT, "is another root than the one that signed the keys", "root_differs")

    def _scheme_differences(self) -> Iterator[Difference]:
        for digest in self._history.schemes:
            content = self._files.read(scheme_file(digest))
            if content is None:
                yield Difference(scheme_file(digest), "is missing; the log names it", "scheme_missing")
            elif hashlib.sha256(content).hexdigest() != digest:
                yield Difference(scheme_file(digest), "is another scheme than was adopted", "scheme_differs")

    def _issue_differences(self, moment: datetime) -> Iterator[Difference]:
        drawn: dict[int, str] = {}
        for label in self._history.labels.values():
            label_id = label.issue.label
            seen, wrong = proof_of(self._read(label_id, PROOF), label, self._believed.log, self._believed.policy)
            witnessed_at = seen.at if seen is not None else None
            if seen is not None:
                self._seen_at[label_id] = seen.at
            signed, differs = token_of(label, self._believed.keys, at=moment, witnessed_at=witnessed_at)
            yield from (one for one in (wrong, differs) if one is not None)
            if signed is None:
                continue
            other = drawn.setdefault(signed.statement.status_index, label_id)
            if other != label_id:
                yield Difference(f"label {label_id}", f"has the status index of label {other}", "number_twice")
            self._signed[label_id] = signed

    def _lists(self, moment: datetime) -> Lists:
        shards = {one.statement.status_index // SHARD for one in self._signed.values()} | {0}
        url, seen_at = self._manifest.public_url, self._believed.seen.at
        return read_lists(self._files, self._believed.keys, url, shards, at=moment, seen_at=seen_at)

    def _list_differences(self, lists: Lists) -> Iterator[Difference]:
        yield from lists.false
        for label_id, signed in self._signed.items():
            yield from status_differences(lists, self._history.labels[label_id], signed.statement.status_index)

    def _told_differences(self) -> Iterator[Difference]:
        for label in self._history.labels.values():
            content = self._read(label.issue.label, LABEL)
            yield from told_differences(content, label, self._signed.get(label.issue.label), self._history)
            yield from self._paper_differences(label, content)
        for name in sorted({*self._files.labels()} - self._history.labels.keys()):
            yield Difference(label_file(name, ""), "is there; the log has no such label", "label_not_logged")

    def _paper_differences(self, label: LoggedLabel, told: bytes | None) -> Iterator[Difference]:
        facts, label_id = _facts_in(told), label.issue.label
        read = {name: self._read(label_id, name) for name in PAPERS}
        there = {name: content for name, content in read.items() if content is not None}
        for name, content in there.items():
            yield from paper_differences(label.issue, name, content, self._believed.keys, facts)
        seen_at, as_of = self._seen_at.get(label_id), self._believed.seen.at
        yield from missing_papers(label, there.keys(), seen_at=seen_at, as_of=as_of)
        if CERTIFICATE in there:
            self._certified.add(label_id)

    def _register_differences(self) -> Iterator[Difference]:
        content = self._files.read(REGISTER)
        try:
            told = MirroredRegister.model_validate_json(content or b"")
        except ValueError:
            yield Difference(REGISTER, "is no Register of participants", "register_unreadable")
            return
        if told != self._history.register:
            yield Difference(REGISTER, "says something else than the log", "register_differs")

    def _bundle_differences(self) -> Iterator[Difference]:
        expected = {
            "keys": json.loads(self._believed.versions[-1].as_jwks()),
            "checkpoint": (self._files.read(LOG + "checkpoint") or b"").decode(errors="replace"),
            "origin": self._manifest.origin,
        }
        try:
            told = json.loads(self._files.read(BUNDLE) or b"")
            is_whole = told.keys() == _IN_BUNDLE and told["status"].keys() == self._addresses_of_lists()
            of_mirror = all(self._is_mirrored(*one) for one in told["status"].items())
            is_same = is_whole and of_mirror and expected.items() <= told.items()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            is_same = False
        if not is_same:
            yield Difference(BUNDLE, "is not made of the files of this mirror", "bundle_differs")

    def _addresses_of_lists(self) -> set[str]:
        lists = (path for path in self._manifest.files if re.fullmatch(r"s/\d+", path))
        return {f"{self._manifest.public_url}/{path}" for path in lists}

    def _is_mirrored(self, address: str, encoded: str) -> bool:
        path = address.removeprefix(f"{self._manifest.public_url}/")
        is_list = path.startswith("s/") and path == list_file(int(path.removeprefix("s/")))
        return is_list and urlsafe_b64encode(self._files.read(path) or b"").rstrip(b"=").decode() == encoded

    def _read(self, label_id: str, name: str) -> bytes | None:
        return self._files.read(label_file(label_id, name))


def _facts_in(content: bytes | None) -> PublicFacts | None:
    try:
        return MirroredLabel.model_validate_json(content or b"").facts
    except ValueError:
        return None
