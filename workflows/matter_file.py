"""What a matter carries from run to run of its workflow: one model per kind, readable by every later version."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from schemas.appeal import Appeal
from schemas.complaint import Complaint
from schemas.erasure import Erasure
from schemas.ethics_question import EthicsQuestion
from schemas.identifiers import ActId
from schemas.institution import Institution
from schemas.label_life import LabelLife
from schemas.legal_hold import LegalHold
from schemas.organisation import Organisation
from schemas.practice import Practice
from schemas.record_correction import RecordCorrection
from schemas.records import Ack, PendingEntry
from schemas.scheme import SchemeRules
from schemas.scheme_adoption import SchemeProposal


class MatterFile(BaseModel):
    """What every kind carries; `state` is the kind's own."""

    model_config = ConfigDict(extra="forbid")

    id: str
    rules: SchemeRules
    outbox: list[PendingEntry] = Field(default_factory=list)
    receipts: dict[ActId, Ack] = Field(default_factory=dict)

    def get_state(self) -> Any:
        """Return the matter as it stands."""
        return getattr(self, "state", None)

    def put_state(self, state: Any) -> None:
        """Keep the next state."""
        self.state = state


class EthicsQuestionFile(MatterFile):
    """An ethics question."""

    state: EthicsQuestion | None = None


class RecordCorrectionFile(MatterFile):
    """A correction of the record."""

    state: RecordCorrection | None = None


class ErasureFile(MatterFile):
    """An erasure of evidence."""

    state: Erasure | None = None


class LegalHoldFile(MatterFile):
    """A legal hold."""

    state: LegalHold | None = None


class SchemeProposalFile(MatterFile):
    """A scheme version before the Commission."""

    state: SchemeProposal | None = None


class PracticeFile(MatterFile):
    """A practice offered for publication."""

    state: Practice | None = None


class OrganisationFile(MatterFile):
    """An organisation before the Code."""

    state: Organisation | None = None


class LabelFile(MatterFile):
    """A label."""

    state: LabelLife | None = None


class ComplaintFile(MatterFile):
    """A complaint."""

    state: Complaint | None = None


class InstitutionFile(MatterFile):
    """The institutions of the body."""

    state: Institution | None = None


class AppealFile(MatterFile):
    """An appeal."""

    state: Appeal | None = None
