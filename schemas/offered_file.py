"""A file that somebody offers as evidence: what the offer says of it, and where it was stored."""

from pydantic import Field

from schemas.act import Act
from schemas.added_later import added_later
from schemas.application import Confidentiality, MadeBy
from schemas.application_spelling import RelativeFile
from schemas.evidence import COUNT_MAX
from schemas.identifiers import CriterionId, Day, Digest, Name, Word
from schemas.websites import WebAddress


class OfferedFile(Act):
    """What every offer of evidence says of its file.

    Attributes:
        address: of the web page that the file is a saved copy of, and `saved_on` the day it was saved.
        digest_of_file: of what its owner has; `stored_digest`, `size` and `sealed_with` are of what the store holds.
    """

    file: RelativeFile
    type: Word
    criteria: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    made_by: MadeBy
    effective: Day
    expires: Day | None = None
    covers_version: Name
    confidentiality: Confidentiality
    address: WebAddress | None = added_later(None)
    saved_on: Day | None = added_later(None)
    digest_of_file: Digest
    stored_digest: Digest
    size: int = Field(ge=1, le=COUNT_MAX)
    sealed_with: Name | None = None
