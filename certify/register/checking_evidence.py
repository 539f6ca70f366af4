"""Checks that what a case names is in the store: its application, its texts and its files, byte for byte (I4)."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from certify.register.checking import Finding
from certify.register.checking_erasures import Erasures
from schemas.case import Case
from schemas.evidence import EvidenceItem, TextRef, manifest_digest
from schemas.label_life import LabelLife
from schemas.stages import Stage
from schemas.stored_object import ObjectState, SeenObject


class StoredObjects(Protocol):
    """The store, as far as a check needs it (`certify.vault.auditing.StoreAudit`)."""

    async def look(self, application: str, digest: str, *, is_text: bool = False) -> SeenObject:
        """Read an object whole, by the digest of what was handed in or of the stored bytes, and say what it is."""


_GATHERING = frozenset({Stage.EVIDENCE, Stage.CORRECTION, Stage.LAPSED, Stage.WITHDRAWN_BY_APPLICANT})
"""Where a case may hold more, or take back more, than its last manifest says; the last two as it stood before."""


@dataclass(frozen=True)
class _Named:
    """An object as the record names it; None where the record says nothing of a length.

    Attributes:
        name: the digest under which the store is asked for it; `digest` of what was handed in.
    """

    what: str
    name: str
    digest: str
    size: int | None = None
    characters: int | None = None
    is_text: bool = False

    @property
    def erased_by(self) -> str | None:
        """Return which digest an erasure of it names; a text goes with its whole case only."""
        return None if self.is_text else self.digest


async def check_stored(
    objects: StoredObjects, erasures: Erasures, case: Case, events: Iterable[BaseModel]
) -> AsyncIterator[Finding]:
    """Yield what is wrong with the manifest of a case, and with the objects that the case and its events name."""
    for finding in _manifest_findings(case):
        yield finding
    for named in {*_files_of(case), *_texts_of(events)}:
        async for finding in _object_findings(objects, erasures, case.id, named):
            yield finding


async def check_stored_of_label(
    objects: StoredObjects, erasures: Erasures, life: LabelLife, events: Iterable[BaseModel]
) -> AsyncIterator[Finding]:
    """Yield what is wrong with the texts of a label, and with its fresh evidence, which lies beside its case's."""
    for named in {*_texts_of(events)}:
        async for finding in _object_findings(objects, erasures, f"label-{life.id}", named):
            yield finding
    for named in {*map(_file_of, life.items.values())}:
        async for finding in _object_findings(objects, erasures, life.application, named):
            yield finding


def _manifest_findings(case: Case) -> Iterator[Finding]:
    if case.manifest is None:
        return
    where = f"case/{case.id} manifest"
    held = case.evidence if case.stage in _GATHERING else case.items
    if not set(case.manifest.items) <= set(held):
        yield Finding(where=where, what="lists items that the case does not have", code="manifest_differs")
    elif case.stage not in _GATHERING and _digest_of(case, held) != case.manifest.digest:
        yield Finding(where=where, what="its digest is not that of the evidence", code="manifest_differs")
    recorded = {key: one.digest for key, one in case.protocols.items()}
    if not case.manifest.protocols.items() <= recorded.items():
        what = "names a protocol by another digest than that of what was recorded"
        yield Finding(where=where, what=what, code="manifest_differs")
    for item in case.evidence.values():
        if item.sealed_with is None and item.stored_digest != item.digest:
            what = "is stored unsealed under another digest"
            yield Finding(where=f"case/{case.id} {item.id}", what=what, code="manifest_differs")


def _digest_of(case: Case, held: dict[str, EvidenceItem]) -> str:
    assert case.manifest is not None
    stated = case.public_statement.digest if case.public_statement else None
    return manifest_digest(held, case.not_applicable, case.manifest.protocols, stated)


def _files_of(case: Case) -> Iterator[_Named]:
    yield _Named("the application", case.lodged.digest, case.lodged.digest, is_text=True)
    yield from map(_file_of, case.evidence.values())


def _file_of(item: EvidenceItem) -> _Named:
    return _Named(f"item {item.id}", item.stored_digest, item.digest, size=item.size)


def _texts_of(value: Any) -> Iterator[_Named]:
    if isinstance(value, TextRef):
        yield _Named("a text", value.digest, value.digest, characters=value.length, is_text=True)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _texts_of(getattr(value, field))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts_of(part)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _texts_of(part)


async def _object_findings(
    objects: StoredObjects, erasures: Erasures, application: str, named: _Named
) -> AsyncIterator[Finding]:
    where = f"object case/{application}/{named.name}"
    seen = await objects.look(application, named.name, is_text=named.is_text)
    match seen.state:
        case ObjectState.MISSING:
            missing = Finding(where=where, what=f"{named.what} is not in the store", code="object_missing")
            erasures.missing(application, named.erased_by, missing)
        case ObjectState.ERASED:
            erased = Finding(where=where, what=f"the key of {named.what} was destroyed", code="erased_without_act")
            erasures.missing(application, named.erased_by, erased)
        case ObjectState.UNOPENED | ObjectState.UNKNOWN:
            return
        case _ if seen.state is ObjectState.CHANGED or seen.digest != named.digest:
            what = f"{named.what} holds other bytes than its digest says"
            yield Finding(where=where, what=what, code="object_changed")
        case _:
            erasures.readable(application, named.erased_by, where)
            if seen.size != (named.size or seen.size) or seen.characters != (named.characters or seen.characters):
                what = f"{named.what} has another length than the record says"
                yield Finding(where=where, what=what, code="other_length")
