"""What everybody may know of a label, beside what its token says and how it stands."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from schemas.added_later import added_later
from schemas.case import SchemePin
from schemas.evidence import TextRef
from schemas.identifiers import Moment, PostalAddress
from schemas.label import LabelId
from schemas.public_statement import PublicStatement
from schemas.voting import Tally
from schemas.websites import Websites


class SeatIn(StrEnum):
    """Where people of a label's holder sit: everybody may know that they do, and nobody learns who."""

    COMMISSION = "commission"
    SECRETARIAT = "secretariat"


class PublicFacts(BaseModel):
    """What the scan page tells about a label (ISO/IEC 17065, 7.7.1 and 7.8; procedure, What is public).

    Attributes:
        met: mandatory criteria met; `not_applicable` those that do not apply; together they make `total`.
        own_tests: criteria met on tests that the holder alone made.
        experts: reviewers whose review stands behind the results, not who left the case; `areas` theirs.
        recused: members who took no part in the decision.
        holder_address: as its organisation had published it when the application was lodged; None where there was none.
        websites: host names on which the holder shows the label; the badge compares them.
        third_party: what a neutral third party published of its report; None where none reported (Code, I-1.5);
            `third_party_signed` whether it signed that, and that it is independent.
        separate_opinions: what members wrote apart from the decision, by digest and not in the order of the vote.
        holder_statement: main limitations and measures by group as the holder states them, where the tier's page is
            extended; reviewers saw them with the evidence, and nobody else vouches for them.
        prolongs: the label that this one carries on while its renewal is decided; the evaluation is that one's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: str
    label_name: str
    version: str
    holder: str
    country: str
    purpose: str
    deployment: str
    languages: tuple[str, ...]
    governed_by: str
    scheme: SchemePin
    decision_number: str
    decided_at: Moment
    tally: Tally
    total: int
    met: int
    not_applicable: int
    own_tests: int
    experts: int
    areas: tuple[str, ...]
    recused: int
    prolongs: LabelId | None = added_later(None)
    websites: Websites = added_later(())
    holder_address: PostalAddress | None = added_later(None)
    third_party: TextRef | None = added_later(None)
    third_party_signed: bool = added_later(default=False)
    separate_opinions: tuple[TextRef, ...] = added_later((), max_length=99)
    holder_statement: PublicStatement | None = added_later(None)
