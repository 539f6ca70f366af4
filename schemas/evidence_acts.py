"""What an applicant hands in, and what everybody is to read beside it (ISO/IEC 17065, 7.4; stage 3)."""

from typing import Literal

from schemas.act import ActInCase
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, ItemId
from schemas.offered_file import OfferedFile
from schemas.public_statement import PublicStatement


class OfferEvidence(ActInCase, OfferedFile):
    """Offer one stored file for some criteria; acceptance turns what is offered into evidence."""

    kind: Literal["offer_evidence"] = "offer_evidence"


class WithdrawEvidence(ActInCase):
    """Take an item back before the manifest is frozen."""

    kind: Literal["withdraw_evidence"] = "withdraw_evidence"
    item: ItemId


class StateNotApplicable(ActInCase):
    """Say why a criterion does not apply, or take that back (reason None)."""

    kind: Literal["state_not_applicable"] = "state_not_applicable"
    criterion: CriterionId
    reason: TextRef | None = None


class MakePublicStatement(ActInCase, PublicStatement):
    """State the main limitations and how well the system does by group, for the extended public page (stage 3)."""

    kind: Literal["make_public_statement"] = "make_public_statement"


class SubmitEvidence(ActInCase):
    """Hand in what was gathered: freezes the manifest (stage 3)."""

    kind: Literal["submit_evidence"] = "submit_evidence"
