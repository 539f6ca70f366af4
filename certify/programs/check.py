"""`certify check`: the record against itself, the stored files, the keys, the sign log and what is published."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from time import monotonic

from sqlalchemy.exc import DBAPIError

from certify.activities import sign_log
from certify.activities.sign_log import Intent, LabelLine, Line, Signature
from certify.config import Settings
from certify.programs.check_extracts import extract_findings
from certify.programs.check_keys import key_findings
from certify.programs.check_log import PublicSide
from certify.programs.check_published import PublicFindings
from certify.programs.key_files import KeyFiles
from certify.programs.record import open_to_read
from certify.programs.vault import open_audit
from certify.register.checking import Finding
from certify.register.checking_evidence import StoredObjects
from certify.register.checking_labels import Attested, SeenAt, nobody_saw
from certify.register.checking_record import Progress, RecordCheck
from certify.register.database import Database
from certify.register.schema import require_shape
from certify.vault.label_proofs import LabelProofs
from certify.vault.published import published_files
from certify.vault.witnessed_log import PresentPolicy
from labels.key_set import KeySet, TrustedKey
from labels.verification import verify
from schemas.canonical import digest_of
from schemas.errors import Unavailable
from schemas.label import Authenticity, IssuedLabel

_TOLD_EVERY = 1.0
CLOCKS_APART = timedelta(minutes=1)
"""How far the clocks of the signer and of Temporal may be apart."""


async def check(settings: Settings) -> list[Finding]:
    """Check what the settings point to, with an account that cannot write; progress goes to stderr.

    Raises:
        Unavailable: `record_unreadable`, `earlier_version`.
        CouldNotCheck: there are labels and the public keys cannot be read.
    """
    assert settings.sign_log_file is not None
    assert settings.key_set_file is not None
    database = open_to_read(settings)
    try:
        database.require_file()
        await require_shape(database)  # before the store is opened, which would make its folder
        async with open_audit(settings) as store:
            return await verify_record(
                database,
                store,
                sign_log_file=settings.sign_log_file,
                key_set_file=settings.key_set_file,
                key_files=KeyFiles.of(settings),
                published=partial(PublicSide.of, settings),
                seen_at=_proofs(settings).seen_at,
                progress=_on_stderr(),
            )
    except (DBAPIError, OSError) as error:
        raise Unavailable("record_unreadable", f"The record cannot be read: {getattr(error, 'orig', error)}") from error
    finally:
        await database.close()


def _proofs(settings: Settings) -> LabelProofs:
    """Return the published proofs of labels, under the keys as they are when the check begins."""
    assert settings.key_set_file is not None
    keys = cache(partial(KeySet.read, settings.key_set_file))
    policy = PresentPolicy(keys, origin=settings.log_origin, quorum=settings.witness_quorum)
    return LabelProofs(published_files(settings.published_url), policy)


async def verify_record(
    database: Database,
    store: StoredObjects,
    *,
    sign_log_file: Path,
    key_set_file: Path,
    key_files: KeyFiles | None = None,
    published: Callable[[Callable[[], KeySet]], PublicSide] | None = None,
    seen_at: SeenAt = nobody_saw,
    progress: Progress | None = None,
) -> list[Finding]:
    """Check record, files, labels, sign log and what is published, on a live system too, and return what differs.

    Raises:
        CouldNotCheck: there are labels and the public keys cannot be read.
    """
    keys = cache(partial(KeySet.read, key_set_file))
    # What is published was recorded before; the record that is read after it knows all of it.
    public = PublicFindings(published(keys)) if published is not None else None
    # Read on both sides of the snapshot: what was signed before it is in it, what it holds was signed before the end.
    before, broken = _read(sign_log_file)
    async with database.reading() as session:
        record = RecordCheck(session, store, keys, seen_at)
        findings = [finding async for finding in record.findings(progress or _quietly)]
        if key_files is not None:
            findings += [finding async for finding in key_findings(session, key_files)]
        if public is not None:
            findings += [finding async for finding in public.findings(session, datetime.now(UTC))]
    if broken is not None:
        return [*findings, broken]
    after, broken = _read(sign_log_file)
    if broken is not None:
        return [*findings, broken]
    labels_found = _sign_log_findings(before, after, record.attested, keys)
    return [*findings, *labels_found, *extract_findings(before, after, record.extracted)]


def _read(path: Path) -> tuple[tuple[Line, ...], Finding | None]:
    try:
        return sign_log.read(path), None
    except sign_log.SignLogBroken as error:
        return (), Finding(where="sign log", what=str(error), code="sign_log_broken")


def _sign_log_findings(
    before: Sequence[Line], after: Sequence[Line], attested: Attested, keys: Callable[[], KeySet]
) -> Iterator[Finding]:
    if list(after[: len(before)]) != list(before):
        yield Finding(where="sign log", what="was rewritten while it was being checked", code="sign_log_broken")
    yield from _drawn_twice(after)
    before, after = _of_labels(before), _of_labels(after)
    intents = {line.decision: line for line in after if isinstance(line, Intent)}
    signatures = {line.decision: line for line in after if isinstance(line, Signature)}
    for signature in signatures.values():
        yield from _signature_findings(signature, intents.get(signature.decision), keys)
    for line in before:
        if isinstance(line, Signature):
            yield from _unrecorded(line, attested)
        elif not any(
            line.decision in known
            for known in (signatures, attested.awaiting, attested.labels, attested.reopened, attested.refused)
        ):
            yield _about(line.decision, "was intended, and neither signed nor waiting", "intent_without_signature")
    for decision, digest in attested.labels.items():
        if decision not in signatures:
            yield _about(decision, "the record has its label; the sign log has no signature", "label_not_signed")
        elif digest_of(signatures[decision].label) != digest:
            yield _about(decision, "record and sign log have different labels", "signature_differs")


def _of_labels(lines: Sequence[Line]) -> list[LabelLine]:
    return [line for line in lines if isinstance(line, LabelLine)]


def _drawn_twice(lines: Sequence[Line]) -> Iterator[Finding]:
    drawn = {(line.decision, line.statement.status_index) for line in lines if isinstance(line, Intent)}
    for index, times in Counter(index for _, index in drawn).items():
        if times > 1:
            yield Finding(where="sign log", what=f"draws the status index {index} {times} times", code="number_twice")
    # What was begun with a key that was then compromised is intended once more, with another.
    kinds = Counter(
        (line.decision, line.kind, line.kid if isinstance(line, Intent) else "") for line in _of_labels(lines)
    )
    for (decision, kind, _), times in kinds.items():
        if times > 1:
            yield _about(decision, f"has {times} lines of the kind {kind}", "signed_twice")


def _signature_findings(signature: Signature, intent: Intent | None, keys: Callable[[], KeySet]) -> Iterator[Finding]:
    label = signature.label
    if intent is None or not _was_intended(label, intent):
        yield _about(signature.decision, "was signed without that intent", "signature_without_intent")
    # What was begun on the last day of a key is finished with that key.
    day = (intent or signature).at.astimezone(UTC).date()
    signing = [
        key
        for key in keys().named(label.kid)
        if _signed(label, replace(key, compromised_at=None)) and key.valid_from <= day <= key.valid_to
    ]
    if len(signing) != 1:
        yield _about(signature.decision, f"no one key of that day ({day}) signed it", "signed_out_of_period")


def _was_intended(label: IssuedLabel, intent: Intent) -> bool:
    said = intent.statement.model_copy(update={"holder": None})
    return label.statement == said and intent.kid in {None, label.kid}


def _signed(label: IssuedLabel, key: TrustedKey) -> bool:
    return verify(label.token, KeySet((key,)), at=datetime.now(UTC)).authenticity == Authenticity.AUTHENTIC


def _unrecorded(signature: Signature, attested: Attested) -> Iterator[Finding]:
    refused_at = attested.not_carried_on.get(signature.decision)
    if refused_at is not None and signature.at <= refused_at + CLOCKS_APART:
        return
    if signature.decision not in attested.labels and signature.decision not in attested.awaiting:
        what = "was signed; the record has no label and does not wait for one"
        yield _about(signature.decision, what, "signature_without_label")


def _about(decision: str, what: str, code: str) -> Finding:
    return Finding(where=f"decision {decision}", what=what, code=code)


def _quietly(_done: int, _of: int) -> None:
    return


def _on_stderr() -> Progress:
    told_at = monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told_at
        if monotonic() - told_at >= _TOLD_EVERY:
            told_at = monotonic()
            sys.stderr.write(f"checked {done} of {of} streams\n")

    return tell
