"""What happens as a label is withdrawn, or what it covers reduced, after notice and hearing (ISO/IEC 17065, 7.11)."""

from typing import Literal

from schemas.added_later import added_later
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Moment
from schemas.label_life import Because


class WithdrawalNoticeGiven(Event):
    """The holder was told that a withdrawal is intended, or a reduction to a `scope`, and has time to be heard."""

    kind: Literal["withdrawal_notice_given"] = "withdrawal_notice_given"
    because: Because
    reasons: TextRef
    ground: TextRef | None = None
    scope: TextRef | None = added_later(None)
    due_at: Moment


class WithdrawalNoticeTakenBack(Event):
    """The holder was told that the withdrawal or reduction is intended no more."""

    kind: Literal["withdrawal_notice_taken_back"] = "withdrawal_notice_taken_back"
    reasons: TextRef


class WithdrawalNoticeAnswered(Event):
    """The holder answered in writing."""

    kind: Literal["withdrawal_notice_answered"] = "withdrawal_notice_answered"
    answer: TextRef


class HolderHeard(Event):
    """The holder was heard, by its protocol."""

    kind: Literal["holder_heard"] = "holder_heard"
    protocol: TextRef


class WithdrawalNoticeEnded(Event):
    """The Commission voted the intended withdrawal or reduction down."""

    kind: Literal["withdrawal_notice_ended"] = "withdrawal_notice_ended"
    motion: int


class LabelWithdrawn(Event):
    """The Commission withdrew the label."""

    kind: Literal["label_withdrawn"] = "label_withdrawn"
    because: Because
    reasons: TextRef
    motion: int


class ScopeReduced(Event):
    """The Commission reduced what the label covers; `ends` as of a suspension.

    Attributes:
        ends_notice: whether the notice is dealt with that the vote rested on.
    """

    kind: Literal["scope_reduced"] = "scope_reduced"
    scope: TextRef
    motion: int
    ends: tuple[int, ...] | None = added_later(None, max_length=60)
    ends_notice: bool = added_later(default=False)
