"""The life of a label: its standing and how it came to it, surveillances, votes, the way to its end.

One matter a label, 24 months at most (procedure, Life of a label; ISO/IEC 17065, 7.8 to 7.11).
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.added_later import added_later
from schemas.case import ORGANISATIONS_MAX
from schemas.errand import ErrandKey
from schemas.evidence import EvidenceItem, TextRef
from schemas.identifiers import CriterionId, Digest, Identifier, ItemId, MatterId, Moment, Name, Word
from schemas.label import IssuedLabel, LabelId, Standing
from schemas.matter import Matter
from schemas.people import Role
from schemas.scheme_common import ProductPart
from schemas.scheme_terms import Tier
from schemas.surveillance import CarriedReview, Judging, LiveEvidence, Surveillance

Shares = dict[Identifier, Annotated[tuple[CriterionId, ...], Field(max_length=100)]]
"""Which criteria each reviewer of a case judged."""
ELECTORS_MAX = 250
"""Members of electorates, and who else took part in the case, together."""
TOOK_PART_MAX = 9
EVALUATORS_MAX = 240
"""Who says yes has declared their interests, as 120 people may in one label; as many are handed on to it."""


class Because(StrEnum):
    """Class of the reason for a step of a label; the public reads it beside the step."""

    GRANTED = "granted"
    PROLONGED = "prolonged"
    SURVEILLANCE_MISSED = "surveillance_missed"
    REQUIREMENTS_NOT_MET = "requirements_not_met"
    PRODUCT_CHANGED = "product_changed"
    MARK_MISUSED = "mark_misused"
    AGREEMENT_BROKEN = "agreement_broken"
    HARM_REPORTED = "harm_reported"
    LIFE_OR_HEALTH_AT_RISK = "life_or_health_at_risk"
    INTEREST_FOUND = "interest_found"
    SUSPENSION_NOT_CONFIRMED = "suspension_not_confirmed"
    SUSPENSION_VOTED_DOWN = "suspension_voted_down"
    CONDITIONS_MET = "conditions_met"
    TERM_ENDED = "term_ended"
    RENEWED = "renewed"
    HOLDER_DECIDED = "holder_decided"
    LEFT_CODE = "left_code"


GROUNDS = (
    Because.REQUIREMENTS_NOT_MET,
    Because.PRODUCT_CHANGED,
    Because.MARK_MISUSED,
    Because.AGREEMENT_BROKEN,
    Because.HARM_REPORTED,
    Because.LIFE_OR_HEALTH_AT_RISK,
    Because.INTEREST_FOUND,
)
"""Reasons for which people suspend or withdraw."""


class Subject(StrEnum):
    """What the Commission votes on in the life of a label."""

    MAINTAIN = "maintain"
    SUSPEND = "suspend"
    CONFIRM = "confirm_suspension"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    REDUCE = "reduce_scope"
    PROLONG = "prolong"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Part):
    """One step of a label's standing; none is ever removed.

    Attributes:
        version: counts the steps from 1 and never goes back.
        restoration: of a suspension, how it can be lifted.
        motion: the vote that decided it; None for what follows by rule, by the clock or from the holder.
        successor: the label that replaces this one.
    """

    version: int = Field(ge=1, le=200)
    standing: Standing
    at: Moment
    because: Because
    reasons: TextRef | None = None
    restoration: TextRef | None = None
    motion: int | None = Field(default=None, ge=1, le=99)
    successor: LabelId | None = None


class SuspensionProposal(_Part):
    """A member's proposal to suspend at once; a second member confirms it."""

    by: Identifier
    at: Moment
    because: Because
    reasons: TextRef
    restoration: TextRef


class Suspension(_Part):
    """The suspension that stands.

    Attributes:
        void_at: when it falls away unless the Commission confirms it; None once confirmed, or by rule.
        surveillance: the missed surveillance it follows from.
    """

    since: Moment
    because: Because
    void_at: Moment | None = None
    surveillance: int | None = Field(default=None, ge=1, le=99)


class NoticeTakenBack(_Part):
    """That what the holder was told of is intended no more, and why."""

    at: Moment
    reasons: TextRef


class Notice(_Part):
    """A withdrawal or a reduction that is intended: the holder is heard first, unless life or health is at risk.

    Attributes:
        scope: to which what the label covers is to be reduced; None where it is to be withdrawn.
        ground: why it is voted on at once; None where the holder has their days.
        answered_at: when the holder answered or was heard.
    """

    given_at: Moment
    due_at: Moment
    because: Because
    reasons: TextRef
    ground: TextRef | None = None
    scope: TextRef | None = added_later(None)
    answer: TextRef | None = None
    protocol: TextRef | None = None
    answered_at: Moment | None = None


class Proposal(_Part):
    """What the last vote was opened on.

    Attributes:
        checked_again: whether all that a label rests on was looked at again when the vote opened; then it is once
            more when it closes.
        standing: version of the one standing that the vote counts for; None where it counts for others too, or was
            opened before it was bound.
        ends: the judged surveillances that a vote to restore is on, and ends; of a vote to maintain, the earlier ones
            that end with the one it is on; of one to suspend, confirm or reduce, those that failed by then, where it
            `names_ends`.
        edition: by which the act was judged that put it, 0 before there were any.
    """

    subject: Subject
    motion: int = Field(ge=1, le=99)
    surveillance: int | None = Field(default=None, ge=1, le=99)
    because: Because | None = None
    reasons: TextRef | None = None
    restoration: TextRef | None = None
    scope: TextRef | None = None
    until: Moment | None = None
    checked_again: bool = added_later(default=False)
    standing: int | None = added_later(None, ge=1, le=200)
    ends: tuple[int, ...] = added_later((), max_length=60)
    names_ends: bool = added_later(default=False)
    edition: int = added_later(default=0, ge=0, le=99)


class Renewal(_Part):
    """A renewal the holder asked for inside the tier's window."""

    application: Identifier
    asked_at: Moment


class Prolongation(_Part):
    """A panel's decision to give a new label until a renewal is decided.

    Attributes:
        number: of the decision, `label/<id>/<entry>`; the one decision behind the new label.
        until: last second of the new label.
        refused: why the signer made none.
        checked_again: whether the rules looked at all that maintaining asks for when the vote opened and closed.
    """

    number: Name
    motion: int = Field(ge=1, le=99)
    decided_at: Moment
    until: Moment
    refused: Word | None = None
    label: IssuedLabel | None = None
    checked_again: bool = added_later(default=False)


class Change(_Part):
    """A change of the product that was reported."""

    changed: tuple[ProductPart, ...] = Field(min_length=1, max_length=5)
    statement: TextRef
    build_digest: Digest | None = None
    reported_by: Identifier
    reported_at: Moment


class ReportedInterest(_Part):
    """An interest of somebody with a part in the case, found after the label was signed.

    Attributes:
        takes_two: it keeps the person out once somebody else confirmed it; what was reported before did so at once.
        role: the part of the person in the case, where it was reported there and nobody had settled it.
    """

    person: Identifier
    statement: TextRef
    reported_by: Identifier
    reported_at: Moment
    takes_two: bool = added_later(default=False)
    role: Role | None = added_later(None)
    settled_by: Identifier | None = added_later(None)
    rejected: TextRef | None = added_later(None)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.takes_two and self.settled_by is None

    @property
    def counts(self) -> bool:
        """Whether the person is kept out because of it."""
        return not self.takes_two or (self.settled_by is not None and self.rejected is None)


class LabelLife(Matter):
    """A label as it stands. Its id is the label's 16 characters.

    Attributes:
        interests: what was declared about the label, and which interests were on record in its case or in the label
            that it carries on, declared or reported and confirmed by a second person.
        decision: number of the decision behind the label.
        areas: areas of competence its case was judged in.
        build_digest: of the certified build, where there is one.
        evidence: what the label rests on, as far as it can run out.
        case_items: how many numbers of items its case has used.
        shares: who evaluated the case, and which criteria.
        electors: who belonged to an electorate of the case.
        took_part: who else had a part in the case that an interest may have bent: who recommended, or released.
        evaluators: who evaluated the case without a share of its plan, and who ever said yes to judging the label or
            the one that it carries on, whoever left too.
        met: criteria that reviewers found met; surveillances draw from them.
        seed: digest over findings and ballots of the case; nobody alone chose it, and the holder does not know it.
        prolongs: the label that this one carries on for a while, if any. Its first `surveillances` are those that
            were open there; `carried_review` stands for them where they were not handed on whole.
        regular_since: from when the months to each regular surveillance are counted, where not from the issue;
            `certified_items` and `fell_away` as of `CarriedOn`, of a label that carries another one on.
        voters: who belonged to the electorate of a vote about this label that is no longer carried whole.
        items: fresh evidence.
        group: organisations of the holder's group, and `kept_away` those it named to be kept away, as in the case.
        complaints: those that led to a review, by their tracking codes.
        applied: number of the last vote whose outcome was drawn.
        renewed_by: the label that the renewal gave, where another one had replaced this already.
        notice_taken_back: the last notice taken back, until another is given.
        scope: the reduced scope, as everybody reads it.
        appeals: state of each appeal against an act about this label.
    """

    application: Identifier
    tier: Tier
    decision: Name
    areas: tuple[Word, ...] = Field(min_length=1, max_length=8)
    issued_at: Moment
    expires_at: Moment
    build_digest: Digest | None = None
    evidence: tuple[LiveEvidence, ...] = Field(default=(), max_length=200)
    case_items: int = Field(default=0, ge=0, le=9999)
    shares: Shares = Field(default_factory=dict, max_length=30)
    electors: tuple[Identifier, ...] = Field(default=(), max_length=ELECTORS_MAX)
    took_part: tuple[Identifier, ...] = added_later((), max_length=TOOK_PART_MAX)
    evaluators: tuple[Identifier, ...] = added_later((), max_length=EVALUATORS_MAX)
    met: tuple[CriterionId, ...] = Field(min_length=1, max_length=100)
    seed: Digest
    prolongs: LabelId | None = None
    carried_review: CarriedReview | None = None
    regular_since: Moment | None = added_later(None)
    certified_items: int | None = added_later(None, ge=0, le=9999)
    fell_away: dict[Word, Moment] = Field(default_factory=dict, max_length=10, exclude_if=lambda one: not one)
    voters: tuple[Identifier, ...] = Field(default=(), max_length=300)
    standing: Standing = Standing.IN_FORCE
    steps: tuple[Step, ...] = Field(default=(), max_length=200)
    surveillances: tuple[Surveillance, ...] = Field(default=(), max_length=60)
    judging: dict[int, Judging] = Field(default_factory=dict, max_length=60)
    items: dict[ItemId, EvidenceItem] = Field(default_factory=dict, max_length=200)
    items_numbered: int = Field(default=0, ge=0, le=9999)
    suspension_proposal: SuspensionProposal | None = None
    suspension: Suspension | None = None
    suspensions: int = Field(default=0, ge=0, le=99)
    notice: Notice | None = None
    notice_taken_back: NoticeTakenBack | None = added_later(None)
    proposal: Proposal | None = None
    applied: int = Field(default=0, ge=0, le=99)
    changes: tuple[Change, ...] = Field(default=(), max_length=8)
    complaints: tuple[MatterId, ...] = Field(default=(), max_length=24)
    group: tuple[Identifier, ...] = added_later((), max_length=ORGANISATIONS_MAX)
    kept_away: tuple[Identifier, ...] = added_later((), max_length=ORGANISATIONS_MAX)
    reported_interests: tuple[ReportedInterest, ...] = Field(default=(), max_length=14)
    renewal: Renewal | None = None
    prolongation: Prolongation | None = None
    successor: LabelId | None = None
    renewed_by: LabelId | None = None
    scope: TextRef | None = None
    appeals: dict[MatterId, Word] = Field(default_factory=dict, max_length=40)
    errands_done: tuple[ErrandKey, ...] = Field(default=(), max_length=60)

    @property
    def version(self) -> int:
        """How many steps the label has taken: the version of its standing."""
        return len(self.steps)

    @property
    def is_in_force(self) -> bool:
        """Whether it may be relied on."""
        return self.standing == Standing.IN_FORCE

    @property
    def is_suspended(self) -> bool:
        """Whether it may not be relied on for now."""
        return self.standing == Standing.SUSPENDED

    @property
    def open_surveillances(self) -> tuple[Surveillance, ...]:
        """Those that have no outcome yet."""
        return tuple(one for one in self.surveillances if one.is_open)

    def surveillance(self, number: int) -> Surveillance | None:
        """Return a surveillance by its number."""
        return self.surveillances[number - 1] if 1 <= number <= len(self.surveillances) else None

    @property
    def interested(self) -> frozenset[str]:
        """Everyone who is kept out by an interest that was found since the label was signed."""
        return frozenset(one.person for one in self.reported_interests if one.counts)

    def judged_by(self, number: int) -> Judging:
        """Return who judges a surveillance."""
        return self.judging.get(number, Judging())

    @property
    def everyone_who_voted(self) -> frozenset[str]:
        """Everyone who belonged to an electorate about this label, then or now."""
        return frozenset(self.voters).union(*(vote.electorate for vote in self.motions))

    @property
    def judges(self) -> frozenset[str]:
        """Everyone who said yes to judging this label, then or now, or evaluated its case beside the plan."""
        asked = (person for judging in self.judging.values() for person in judging.judges | set(judging.reviews))
        return frozenset(asked).union(self.evaluators)

    def is_kept_out(self, person: str) -> bool:
        """Whether somebody has an interest, declared or confirmed by two, or said yes to judging the label."""
        return self.has_interest(person) or person in self.interested or person in self.judges

    @property
    def everyone_with_a_part(self) -> frozenset[str]:
        """Everyone of whom an interest found since bears on the label: in its case, or in the label itself."""
        return self.judges.union(self.shares, self.electors, self.took_part, self.everyone_who_voted)
