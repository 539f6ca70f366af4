"""The published key set held against the record: every version the root signed is an entry, and none is changed."""

from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import zip_longest

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.procedure.key_entry import STREAM, events_of
from certify.programs.key_files import KeyFiles
from certify.register.chain import ChainBroken, verified_events
from certify.register.checking import Finding
from labels.root import Root
from labels.signed_key_set import SignedKeySet
from schemas.errors import CouldNotCheck
from schemas.record_events import RECORD_EVENTS, KeySetPublished, RecordEvents


async def key_findings(session: AsyncSession, files: KeyFiles) -> AsyncIterator[Finding]:
    """Yield what differs; a folder of an earlier version has neither a signed key set nor an entry of one."""
    try:
        recorded = [RECORD_EVENTS.validate_json(body) async for body in verified_events(session, STREAM)]
    except ChainBroken:
        return  # found with the other streams
    except ValueError:
        yield Finding(where=STREAM, what="holds what is no event of this stream", code="not_an_event")
        return
    try:
        versions = files.versions()
        published = list(events_of(versions, Root.read(files.root))) if versions else []
    except CouldNotCheck as error:
        yield Finding(where="key set", what=error.message, code=error.code)
        return
    for finding in _compared(recorded, published):
        yield finding
    for finding in _served(files, versions):
        yield finding


def _compared(recorded: Sequence[RecordEvents], published: Sequence[KeySetPublished]) -> Iterator[Finding]:
    for number, (entry, event) in enumerate(zip_longest(recorded, published), start=1):
        where = f"key set {number}"
        if entry is None:
            yield Finding(where=where, what="is signed and not in the record", code="key_set_not_recorded")
        elif event is None:
            yield Finding(where=where, what="is in the record; its file is missing", code="key_set_missing")
        elif entry != event:
            yield Finding(where=where, what="is another one than the record's", code="key_set_differs")


def _served(files: KeyFiles, versions: Sequence[SignedKeySet]) -> Iterator[Finding]:
    if not versions:
        return
    for path, content in ((files.signed, versions[-1].signed), (files.jwks, versions[-1].as_jwks().encode())):
        if not path.exists() or path.read_bytes() != content:
            what = f"{path.name} is not made from version {versions[-1].version}; `certify keys init` mends it"
            yield Finding(where="key set", what=what, code="key_set_differs")
