"""Evidence as the case knows it: items by digest, and the manifest that freezes them (ISO/IEC 17065, 7.4)."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.canonical import digest_of
from schemas.identifiers import CriterionId, Day, Digest, ItemId, Moment, Name, ProtocolId, Word
from schemas.websites import WebAddress

COUNT_MAX = 2**53 - 1
"""Greatest whole number that every reader of JSON sees alike (RFC 8785, appendix D); larger ones have no digest."""


PROTOCOLS_MAX: Final = 5
"""Protocols a case has room for (`schemas.protocol`): the whole case travels through Temporal (design, 4)."""
PROTOCOLS_CITED_MAX: Final = 3
"""Protocols that one finding cites."""


EXPIRY_COUNTS_SINCE: Final = 7
"""The edition of the procedure from which on what expired, or is not in effect yet, carries no grant (decision 85)."""


class TextRef(BaseModel):
    """A person's text, kept beside the evidence; acts, events and cases carry only this."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: Digest
    length: int = Field(ge=1, le=40_000, description="characters")


class Maker(BaseModel):
    """Who made an item: earlier results count only where their maker is relied on (ISO/IEC 17065, 7.4.5)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Word
    name: Name | None = None
    accreditation: Name | None = None


SAME_FOR_A_FILE: Final = ("made_by", "effective", "covers_version", "confidentiality")
"""What is true of a file as a whole: whoever hands it in under a second type says the same again."""


WEB_PAGE: Final = "public_link"
"""Type of evidence (scheme's word) that is a page of the web: handed in as a saved copy with its address."""


def saved_copy_lacks(kind: str, address: str | None, saved_on: date | None) -> Literal["address", "saved_on"] | None:
    """Return what an item lacks: a web page tells its address, and whoever tells one tells when it was saved.

    Args:
        kind: type of evidence.
        address: of the page that was saved.
        saved_on: when it was saved.
    """
    if address is None:
        return "address" if kind == WEB_PAGE or saved_on is not None else None
    return "saved_on" if saved_on is None else None


class EvidenceItem(BaseModel):
    """One file handed in for some criteria, as one type of evidence; under another type it is another item.

    Attributes:
        digest: SHA-256 of the file as handed in; this is what the manifest holds.
        stored_digest: SHA-256 of the bytes in the store, which name the object.
        size: length of the file in bytes.
        sealed_with: key the stored bytes are sealed with; None while evidence is stored as it came.
        address: of the web page that the file is a saved copy of, and `saved_on` when it was saved; nobody fetches it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ItemId
    file: Name
    type: Word
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    made_by: Maker
    effective: date
    received_at: Moment
    expires: date | None = None
    covers_version: Name
    confidentiality: Word
    digest: Digest
    stored_digest: Digest
    size: int = Field(ge=1, le=COUNT_MAX)
    sealed_with: Name | None = None
    address: WebAddress | None = added_later(None)
    saved_on: Day | None = added_later(None)


class Manifest(BaseModel):
    """The frozen list of what was handed in; reviews, ballots, decision and label name its digest.

    Attributes:
        reasons: why criteria do not apply, as the digest covers them; a case keeps those of its last version only.
        reasons_changed: criteria whose reason differs from that of the version before.
        protocols: of demonstrations and interviews, each by its digest.
        handed_in: the version that the applicant handed in last, where this one differs by protocols alone. Of an
            earlier version like this a case keeps the protocols only, and of any other all but the protocols.
        public_statement: what the applicant states for the public page, by its digest; None where nothing is asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    digest: Digest
    items: tuple[ItemId, ...] = Field(max_length=500)
    reasons: dict[CriterionId, TextRef] = Field(default_factory=dict, max_length=200, exclude_if=lambda one: not one)
    reasons_changed: tuple[CriterionId, ...] = added_later((), max_length=200)
    protocols: dict[ProtocolId, Digest] = Field(
        default_factory=dict, max_length=PROTOCOLS_MAX, exclude_if=lambda one: not one
    )
    handed_in: int | None = added_later(None, ge=1)
    public_statement: Digest | None = added_later(None)


def manifest_digest(
    items: dict[str, EvidenceItem],
    not_applicable: dict[str, TextRef],
    protocols: Mapping[str, str],
    public_statement: str | None = None,
) -> str:
    """Return the digest over the sorted items, the reasons given for criteria that do not apply, and the rest.

    Where and how an item is stored is left out: moving or sealing the bytes changes no manifest.

    Args:
        items: by their ids.
        not_applicable: reasons by criterion.
        protocols: digests of demonstrations and interviews.
        public_statement: digest of what is stated for the public page.
    """
    listed = [
        items[key].model_dump(mode="json", exclude={"stored_digest", "sealed_with"})
        for key in sorted(items, key=lambda item: int(item[1:]))
    ]
    reasons = {key: ref.digest for key, ref in not_applicable.items()}
    content: dict[str, object] = {"items": listed, "not_applicable": reasons}
    # A manifest without one of these has the digest that it had before there were any.
    if protocols:
        content["protocols"] = dict(protocols)
    if public_statement is not None:
        content["public_statement"] = public_statement
    return digest_of(content)
