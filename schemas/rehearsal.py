"""What a new scheme version would mean for the labels in force, before anyone adopts it (procedure, Scheme change)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.identifiers import CriterionId, Digest, Identifier, Name
from schemas.label import LabelId
from schemas.scheme_terms import Tier


class Shortfall(StrEnum):
    """Why a label would fail a criterion of the new version.

    `not_shown`: a rule answered it (Register, questionnaire, agreement, form, or that it was not of the applicant's
    role), and the new version wants it shown by evidence.
    """

    NEW_CRITERION = "new_criterion"
    NOT_JUDGED = "not_judged"
    NOT_SHOWN = "not_shown"
    EVIDENCE_NO_LONGER_FITS = "evidence_no_longer_fits"


class RehearsedLabel(BaseModel):
    """One label under the new version: the tier its answers give there, and where it would fail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: LabelId
    application: Identifier
    tier_before: Tier
    tier_after: Tier
    failing: dict[CriterionId, Shortfall] = Field(max_length=200)


class Rehearsal(BaseModel):
    """A new version rehearsed over all labels in force."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Name
    version: Name
    digest: Digest
    labels: tuple[RehearsedLabel, ...]

    @property
    def would_fail(self) -> tuple[RehearsedLabel, ...]:
        """Labels that would not be granted under the new version as they stand."""
        return tuple(one for one in self.labels if one.failing)

    @property
    def by_criterion(self) -> dict[str, int]:
        """How many labels would fail each criterion."""
        counted: dict[str, int] = {}
        for one in self.labels:
            for criterion in one.failing:
                counted[criterion] = counted.get(criterion, 0) + 1
        return dict(sorted(counted.items()))
