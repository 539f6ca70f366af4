"""Checks that what a case names is in the store: its application, its texts and its files, byte for byte (I4)."""

import hashlib
from codecs import getincrementaldecoder
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from certify.register.checking import Finding
from schemas.case import Case
from schemas.errors import NotFound
from schemas.evidence import EvidenceItem, TextRef, manifest_digest
from schemas.label_life import LabelLife
from schemas.stages import Stage


class StoredObjects(Protocol):
    """The store, as far as a check needs it (`certify.vault.store.Vault`)."""

    def open(self, application: str, stored_digest: str) -> AsyncIterator[bytes]:
        """Stream stored bytes out; raises `NotFound` when there are none."""


_GATHERING = frozenset({Stage.EVIDENCE, Stage.CORRECTION, Stage.LAPSED, Stage.WITHDRAWN_BY_APPLICANT})
"""Where a case may hold more, or take back more, than its last manifest says; the last two as it stood before."""


@dataclass(frozen=True)
class _Named:
    """An object as the record names it; None where the record says nothing of a length."""

    what: str
    digest: str
    size: int | None = None
    characters: int | None = None


async def check_stored(objects: StoredObjects, case: Case, events: Iterable[BaseModel]) -> AsyncIterator[Finding]:
    """Yield what is wrong with the manifest of a case, and with the objects that the case and its events name."""
    for finding in _manifest_findings(case):
        yield finding
    for named in {*_files_of(case), *_texts_of(events)}:
        async for finding in _object_findings(objects, case.id, named):
            yield finding


async def check_stored_of_label(
    objects: StoredObjects, life: LabelLife, events: Iterable[BaseModel]
) -> AsyncIterator[Finding]:
    """Yield what is wrong with the texts of a label, and with its fresh evidence, which lies beside its case's."""
    for named in {*_texts_of(events)}:
        async for finding in _object_findings(objects, f"label-{life.id}", named):
            yield finding
    for named in {*map(_file_of, life.items.values())}:
        async for finding in _object_findings(objects, life.application, named):
            yield finding


def _manifest_findings(case: Case) -> Iterator[Finding]:
    if case.manifest is None:
        return
    where = f"case/{case.id} manifest"
    held = case.evidence if case.stage in _GATHERING else case.items
    if not set(case.manifest.items) <= set(held):
        yield Finding(where=where, what="lists items that the case does not have", code="manifest_differs")
    elif case.stage not in _GATHERING and manifest_digest(held, case.not_applicable) != case.manifest.digest:
        yield Finding(where=where, what="its digest is not that of the evidence", code="manifest_differs")
    for item in case.evidence.values():
        if item.sealed_with is None and item.stored_digest != item.digest:
            what = "is stored unsealed under another digest"
            yield Finding(where=f"case/{case.id} {item.id}", what=what, code="manifest_differs")


def _files_of(case: Case) -> Iterator[_Named]:
    yield _Named("the application", case.lodged.digest)
    yield from map(_file_of, case.evidence.values())


def _file_of(item: EvidenceItem) -> _Named:
    # Sealed bytes have a length of their own; their digest binds them all the same.
    size = item.size if item.sealed_with is None else None
    return _Named(f"item {item.id}", item.stored_digest, size=size)


def _texts_of(value: Any) -> Iterator[_Named]:
    if isinstance(value, TextRef):
        yield _Named("a text", value.digest, characters=value.length)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _texts_of(getattr(value, field))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts_of(part)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _texts_of(part)


async def _object_findings(objects: StoredObjects, application: str, named: _Named) -> AsyncIterator[Finding]:
    where = f"object case/{application}/{named.digest}"
    found, size, characters = hashlib.sha256(), 0, 0
    decoder = getincrementaldecoder("utf-8")(errors="replace")
    try:
        async for chunk in objects.open(application, named.digest):
            found.update(chunk)
            size += len(chunk)
            characters += len(decoder.decode(chunk)) if named.characters is not None else 0
    except NotFound:
        yield Finding(where=where, what=f"{named.what} is not in the store", code="object_missing")
        return
    if found.hexdigest() != named.digest:
        yield Finding(where=where, what=f"{named.what} holds other bytes than its digest says", code="object_changed")
    elif size != (named.size or size) or characters != (named.characters or characters):
        yield Finding(where=where, what=f"{named.what} has another length than the record says", code="other_length")
