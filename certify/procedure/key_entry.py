"""Versions of the key set enter the record: what the root signed cannot be taken back unseen."""

from collections.abc import Iterator, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import journal
from labels.key_set import KeySet, thumbprint
from labels.root import Root
from labels.signed_key_set import SignedKeySet
from schemas.errors import AlreadyDecided
from schemas.identifiers import ENGINE
from schemas.record_events import CompromisedKey, KeySetPublished
from schemas.records import Batch, PendingEntry

STREAM = "keys"


async def record_key_sets(session: AsyncSession, versions: Sequence[SignedKeySet], root: Root, *, authn: str) -> int:
    """Enter what the record does not hold yet, and return how many entries that are; the transaction is the caller's.

    Args:
        session: that writes.
        versions: every version ever signed, from the first on.
        root: by which they were verified.
        authn: who asks for it: `engine` at a start, `operator` at the command line.

    Raises:
        AlreadyDecided: `other_key_set`: the record holds another version under one of these numbers.
    """
    recorded = await journal.next_number(session, STREAM) - 1
    entries = [PendingEntry.of(event, event.key_set_version, authn=authn) for event in events_of(versions, root)]
    if recorded > len(entries):
        raise AlreadyDecided(
            "other_key_set", f"The record holds {recorded} versions of the key set, not {len(entries)}."
        )
    try:
        for entry in entries:
            await journal.append(session, Batch(stream=STREAM, entries=(entry,)))
    except journal.StreamForked as error:
        raise AlreadyDecided("other_key_set", "The record holds another key set under the same version.") from error
    return len(entries) - recorded


def events_of(versions: Sequence[SignedKeySet], root: Root) -> Iterator[KeySetPublished]:
    """Yield what each version made true, from the first on."""
    before = KeySet(())
    for found in versions:
        yield KeySetPublished(
            at=found.issued_at,
            actor=ENGINE,
            key_set_version=found.version,
            digest=found.digest,
            root=root.fingerprint,
            added=_added(before, found.keys),
            compromised=_compromised(before, found.keys),
        )
        before = found.keys


def _added(before: KeySet, after: KeySet) -> tuple[str, ...]:
    known = {thumbprint(key.public_key) for key in before.keys}
    return tuple(key.kid for key in after.keys if thumbprint(key.public_key) not in known)


def _compromised(before: KeySet, after: KeySet) -> tuple[CompromisedKey, ...]:
    known = {thumbprint(key.public_key) for key in before.keys if key.compromised_at is not None}
    return tuple(
        CompromisedKey(kid=key.kid, at=key.compromised_at)
        for key in after.keys
        if key.compromised_at is not None and thumbprint(key.public_key) not in known
    )
