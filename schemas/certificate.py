"""What the certificate of a label says (ISO/IEC 17065, 7.7.1 and 7.8), in the language of its label."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from schemas.identifiers import Digest, Name, Paragraph
from schemas.label import LabelFacts
from schemas.websites import Websites


class CertificateFacts(BaseModel):
    """The picture's facts and all that stands around them; names and texts are in the picture's language.

    Attributes:
        system: full name of the system; the label's `product` is the short one.
        holder_country: in words.
        languages: the system is offered in, in words.
        code_edition: title and edition of the Code.
        meaning: the scheme's text with its figures filled in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: LabelFacts
    system: Name
    holder_country: str = Field(min_length=1, max_length=100)
    holder_address: Paragraph | None = None
    issuer_address: Paragraph | None = None
    websites: Websites = ()
    granted_on: date
    purpose: Paragraph
    deployment: Paragraph
    languages: tuple[Name, ...] = Field(min_length=1, max_length=50)
    scheme_version: Name
    scheme_digest: Digest
    code_edition: str = Field(min_length=1, max_length=300)
    decision_number: str = Field(min_length=1, max_length=100)
    meaning: Paragraph
