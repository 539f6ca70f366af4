"""Acts by which a label is withdrawn, or what it covers reduced, after notice and hearing (ISO/IEC 17065, 7.11)."""

from typing import ClassVar, Literal

from schemas.added_later import added_later
from schemas.evidence import TextRef
from schemas.label_act import VOTES, LabelAct
from schemas.label_life import Because


class GiveNoticeOfWithdrawal(LabelAct):
    """Tell the holder that a withdrawal is intended, or a reduction to a `scope`; at once on a `ground`."""

    kind: Literal["give_notice_of_withdrawal"] = "give_notice_of_withdrawal"
    because: Because
    reasons: TextRef
    ground: TextRef | None = None
    scope: TextRef | None = added_later(None)


class TakeBackNoticeOfWithdrawal(LabelAct):
    """Tell the holder that what they were told of is intended no more, before a vote about it is open."""

    kind: Literal["take_back_notice_of_withdrawal"] = "take_back_notice_of_withdrawal"
    reasons: TextRef


class AnswerNoticeOfWithdrawal(LabelAct):
    """Answer, as the holder, why the label should not be withdrawn, or what it covers not be reduced."""

    kind: Literal["answer_notice_of_withdrawal"] = "answer_notice_of_withdrawal"
    answer: TextRef


class RecordHolderHearing(LabelAct):
    """Record that the holder was heard, by its protocol."""

    kind: Literal["record_holder_hearing"] = "record_holder_hearing"
    protocol: TextRef


class PutWithdrawalToVote(LabelAct):
    """Let the Commission withdraw the label."""

    kind: Literal["put_withdrawal_to_vote"] = "put_withdrawal_to_vote"
    needs: ClassVar[frozenset[str]] = VOTES


class PutScopeToVote(LabelAct):
    """Let the Commission reduce what the label covers, as the holder was told, or less than a withdrawal."""

    kind: Literal["put_scope_to_vote"] = "put_scope_to_vote"
    scope: TextRef | None = None
    reasons: TextRef | None = None
    needs: ClassVar[frozenset[str]] = VOTES
