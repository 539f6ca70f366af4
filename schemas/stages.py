"""Stages of a case and ways it can end (shared vocabulary of procedure, record and pages)."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a certification stands; the brackets name the clause of ISO/IEC 17065."""

    INTAKE = "intake"  # [7.3]
    EVIDENCE = "evidence"  # [7.4]
    PLANNING = "planning"  # [7.4.1]
    EVALUATION = "evaluation"  # [7.4]
    CORRECTION = "correction"  # [7.4.7]
    RECOMMENDATION = "recommendation"  # [7.5]
    DECISION = "decision"  # [7.6]
    ATTESTATION = "attestation"  # [7.7]
    GRANTED = "granted"
    REFUSED = "refused"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN_BY_APPLICANT = "withdrawn_by_applicant"

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen to the case."""
        return self in FINAL_STAGES


FINAL_STAGES = frozenset({Stage.GRANTED, Stage.REFUSED, Stage.DECLINED, Stage.LAPSED, Stage.WITHDRAWN_BY_APPLICANT})


class Verdict(StrEnum):
    """What a reviewer finds about one criterion (procedure, stage 5)."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Choice(StrEnum):
    """What a ballot says (procedure, stage 8)."""

    GRANT = "grant"
    REFUSE = "refuse"
    ABSTAIN = "abstain"
    SEND_BACK = "send_back"


class Outcome(StrEnum):
    """What the Commission decided."""

    GRANTED = "granted"
    REFUSED = "refused"
