"""What happened in stages 7 to 9: recommendation, rounds, decision, label."""

from typing import Literal

from pydantic import Field

from schemas.added_later import added_later
from schemas.case import Countersignature
from schemas.decision import Ballot, Decision, Round
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Identifier, ItemId, Moment, Name, Word
from schemas.label import IssuedLabel
from schemas.review import Recommendation
from schemas.signed_acts import Receipt
from schemas.stages import Stage
from schemas.voting import Tally


class RapporteurAppointed(Event):
    """A member was named rapporteur."""

    kind: Literal["rapporteur_appointed"] = "rapporteur_appointed"
    rapporteur: Identifier


class RecommendationSubmitted(Event):
    """The rapporteur recommended."""

    kind: Literal["recommendation_submitted"] = "recommendation_submitted"
    recommendation: Recommendation


class HearingAskedFor(Event):
    """The applicant asked to be heard before the Commission decides."""

    kind: Literal["hearing_asked_for"] = "hearing_asked_for"
    statement: TextRef


class HearingCalled(Event):
    """An adverse decision is intended, the tier requires it or the applicant asked: the applicant is heard first.

    Attributes:
        due_at: when the time to be heard ends.
        unmet: criteria that the Register answered not met as a round was to be opened, where that alone is the reason.
    """

    kind: Literal["hearing_called"] = "hearing_called"
    due_at: Moment
    unmet: tuple[CriterionId, ...] = added_later((), max_length=200)


class HearingWaived(Event):
    """The applicant does without being heard, or did not come in time."""

    kind: Literal["hearing_waived"] = "hearing_waived"


class HearingRecorded(Event):
    """The applicant was heard."""

    kind: Literal["hearing_recorded"] = "hearing_recorded"
    protocol: TextRef


class RoundOpened(Event):
    """A round began with this electorate."""

    kind: Literal["round_opened"] = "round_opened"
    round: Round


class MemberRecused(Event):
    """A member left the electorate; a ballot already cast no longer counts."""

    kind: Literal["member_recused"] = "member_recused"
    member: Identifier
    round: int
    reason: TextRef | None


class SubstituteDrawn(Event):
    """The base fell below its least: the next substitute belongs to the electorate."""

    kind: Literal["substitute_drawn"] = "substitute_drawn"
    member: Identifier
    round: int


class BallotCast(Event):
    """A member voted; hidden from every reading until the round closes, and the receipt with it."""

    kind: Literal["ballot_cast"] = "ballot_cast"
    ballot: Ballot
    receipt: Receipt | None = added_later(None)


class Countersigned(Event):
    """Somebody of the secretariat vouched for a person who acts without a passkey."""

    kind: Literal["countersigned"] = "countersigned"
    countersignature: Countersignature


class RoundVoided(Event):
    """An open round ended without a count, because what it votes on changed."""

    kind: Literal["round_voided"] = "round_voided"
    round: int
    reason: Word


class RoundClosed(Event):
    """The round ended; without quorum there is no decision but a new round."""

    kind: Literal["round_closed"] = "round_closed"
    round: int
    tally: Tally


class CaseSentBack(Event):
    """The Commission lets the applicant supplement the file once."""

    kind: Literal["case_sent_back"] = "case_sent_back"
    round: int
    tie: bool
    evidence_due_at: Moment


class EvidenceRanOut(Event):
    """What a grant would rest on has expired: the applicant hands in what is in force; a round that granted falls."""

    kind: Literal["evidence_ran_out"] = "evidence_ran_out"
    items: tuple[ItemId, ...] = Field(min_length=1, max_length=200)
    evidence_due_at: Moment


class RoundsUsedUp(Event):
    """No decision was reached in as many rounds as a case takes: it ends without one (decision 88)."""

    kind: Literal["rounds_used_up"] = "rounds_used_up"
    rounds: int = Field(ge=1, le=12)


class DecisionTaken(Event):
    """The Commission decided."""

    kind: Literal["decision_taken"] = "decision_taken"
    decision: Decision
    stage: Stage


class DecisionReopened(Event):
    """An interest was found before the label was signed, or evidence ran out: the decision is set aside."""

    kind: Literal["decision_reopened"] = "decision_reopened"
    decision: Name
    reason: Word


class SigningRefused(Event):
    """The signer made no label: the record did not carry the grant when it looked."""

    kind: Literal["signing_refused"] = "signing_refused"
    code: Word


class LabelReleased(Event):
    """A label officer released the signing."""

    kind: Literal["label_released"] = "label_released"
    receipt: Receipt | None = added_later(None)


class LabelIssued(Event):
    """The signer made the label; the case ends as granted."""

    kind: Literal["label_issued"] = "label_issued"
    label: IssuedLabel
    holder: Name
