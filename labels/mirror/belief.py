"""Whom a mirror makes believe, and which log: steps (2) to (4) of its verification, and of a comparison of two."""

from dataclasses import dataclass

from labels.key_set import KeySet
from labels.log import checkpoints
from labels.log.checkpoints import Policy, Witnessed
from labels.log.policy import policy_of
from labels.log.sequencer import CHECKPOINT, check_stored
from labels.log.tiles import TiledLog
from labels.mirror.folder import LOG, ROOT, MirrorFolder, key_set_file, key_set_versions
from labels.mirror.report import Difference, Report
from labels.root import Root
from labels.signed_key_set import SignedKeySet, verify_key_set
from schemas.errors import CouldNotCheck, VerificationError
from schemas.mirror import Manifest


@dataclass(frozen=True)
class Believed:
    """Whom to believe, and which log.

    Attributes:
        versions: of the key set: all that the mirror has and the root signed, in their order; never empty.
        log: its stored entries and hashes make the root that `seen` signs.
    """

    versions: tuple[SignedKeySet, ...]
    policy: Policy
    seen: Witnessed
    log: TiledLog

    @property
    def keys(self) -> KeySet:
        """The last key set."""
        return self.versions[-1].keys


def believed_in(
    files: MirrorFolder, manifest: Manifest, report: Report, root: Root | None, quorum: int
) -> Believed | None:
    """Return whom to believe and which log, and tell the report; None where that is false.

    Raises:
        CouldNotCheck: `root_unreadable`; as `verify_key_set` where no version of the key set can be believed.
    """
    trusted = root or Root.from_json(files.read(ROOT) or b"")
    report.root_fingerprint, report.root_pinned = trusted.fingerprint, root is not None
    versions = _versions(files, manifest, report, trusted)  # (2)
    report.key_set_version = versions[-1].version
    policy = policy_of(versions[-1].keys, report.origin, quorum=quorum)
    seen = _seen(files, report, policy)  # (3)
    if seen is None:
        return None
    stored = files.log()
    try:
        check_stored(stored, seen.checkpoint.size, seen.checkpoint.root)  # (4)
    except VerificationError as error:
        report.take([Difference.of("log", error)])
        return None
    report.proved.append(f"Log: all {seen.checkpoint.size} entries lie under the root of the checkpoint.")
    return Believed(versions, policy, seen, TiledLog(stored, seen.checkpoint.size))


def _versions(files: MirrorFolder, manifest: Manifest, report: Report, root: Root) -> tuple[SignedKeySet, ...]:
    """Return the versions that the root signed; whether one is lacking, the log tells."""
    found: list[SignedKeySet] = []
    refused = CouldNotCheck("key_set_missing", "The mirror has no key set.")
    for number in key_set_versions(manifest):
        try:
            version = verify_key_set(files.read(key_set_file(number)) or b"", root)
        except CouldNotCheck as error:
            refused = error
            report.take([Difference.of(key_set_file(number), error)])
            continue
        if version.version == number:
            found.append(version)
        else:
            report.take([Difference(key_set_file(number), f"is version {version.version}", "key_set_differs")])
    if not found:
        raise refused
    return tuple(found)


def _seen(files: MirrorFolder, report: Report, policy: Policy) -> Witnessed | None:
    try:
        seen = checkpoints.witnessed(files.read(LOG + CHECKPOINT) or b"", policy)
    except VerificationError as error:
        report.take([Difference.of(LOG + CHECKPOINT, error, f"checkpoint_{error.code}")])
        return None
    report.size, report.root, report.as_of = seen.checkpoint.size, seen.checkpoint.root.hex(), seen.at
    when = f"{seen.at:%Y-%m-%d %H:%M:%S} UTC"
    report.proved.append(f"Checkpoint: signed by {policy.origin}; witnesses ({policy.quorum}) had seen it by {when}.")
    return seen
