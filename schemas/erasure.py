"""An erasure: two people have the keys of a case, or of one file of it, destroyed; the record keeps every digest.

Personal data and trade secrets are erased when nobody may keep them any longer (security I17, I19; GDPR, art. 17).
"""

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.added_later import added_later
from schemas.clocks import ReminderGiven
from schemas.errand import ErrandDone
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier, ItemId, MatterId, Moment, Word
from schemas.matter import Matter, MatterAct, SecondPersonAct


class Erasure(Matter):
    """What is to be erased, who asked and who approved.

    Attributes:
        application: whose keys.
        item: the one item of evidence, with its file's `digest`; None for more than one.
        files_only: all files of the case, and no text that its record rests on; else, without an item, all that it has
            in the store.
        approved_by: the second person; None until then.
        refused: the second person's reasons for keeping it.
        keys_destroyed_at: when it was done; None until then.
        failed: what stood in the way of doing it.
    """

    application: Identifier
    item: ItemId | None = None
    digest: Digest | None = None
    files_only: bool = False
    reasons: TextRef
    approved_by: Identifier | None = None
    refused: TextRef | None = None
    keys_destroyed_at: Moment | None = None
    failed: Word | None = None


class ErasureAsked(Event):
    """Somebody asked that evidence be erased."""

    kind: Literal["erasure_asked"] = "erasure_asked"
    erasure: MatterId
    organisation: Identifier
    application: Identifier
    item: ItemId | None = None
    digest: Digest | None = None
    files_only: bool = added_later(default=False)
    reasons: TextRef


class ErasureApproved(Event):
    """A second person approved: the keys are destroyed."""

    kind: Literal["erasure_approved"] = "erasure_approved"
    application: Identifier
    item: ItemId | None = None
    files_only: bool = added_later(default=False)
    asked_by: Identifier


class ErasureRefused(Event):
    """A second person refused: nothing is erased."""

    kind: Literal["erasure_refused"] = "erasure_refused"
    reasons: TextRef


ErasureEvent = Annotated[
    ErasureAsked | ErasureApproved | ErasureRefused | ErrandDone | ReminderGiven, Field(discriminator="kind")
]
EVENTS: TypeAdapter[ErasureEvent] = TypeAdapter(ErasureEvent)


class ErasureAct(SecondPersonAct):
    """What the record says of a case when its erasure is asked for or approved: facts, no content.

    Attributes:
        party: the organisation of the case, None when there is no such case.
        still_needed: the case goes on with it, or a label that rests on it has not ended.
        held: an appeal or a complaint is open that may have to look at it.
        legal_hold: a legal hold stands on the case, its label, its organisation or one of its people.
    """

    party: Identifier | None = None
    still_needed: bool = False
    held: bool = False
    legal_hold: bool = False
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"erasing"}
    own_facts: ClassVar[frozenset[str]] = SecondPersonAct.own_facts | {"party", "still_needed", "held", "legal_hold"}


class AskErasure(ErasureAct):
    """Ask that the keys of a case, of all its files, or of one item of its evidence, be destroyed.

    Attributes:
        files_only: the files of the case alone; a retention of evidence is over long before that of the record.
        digest_of_file: a fact: of the item's file, None where the case never had such an item.
    """

    kind: Literal["ask_erasure"] = "ask_erasure"
    case: Identifier
    item: ItemId | None = None
    files_only: bool = False
    reasons: TextRef
    digest_of_file: Digest | None = None
    own_facts: ClassVar[frozenset[str]] = ErasureAct.own_facts | {"digest_of_file"}


class ApproveErasure(ErasureAct):
    """Approve, as the second person; it cannot be undone."""

    kind: Literal["approve_erasure"] = "approve_erasure"
    needs: ClassVar[frozenset[str]] = ErasureAct.needs | {"institution"}


class RefuseErasure(SecondPersonAct):
    """Refuse, as the second person, with reasons."""

    kind: Literal["refuse_erasure"] = "refuse_erasure"
    reasons: TextRef
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"institution"}


ErasureActs = Annotated[AskErasure | ApproveErasure | RefuseErasure, Field(discriminator="kind")]
ACTS: dict[str, type[MatterAct]] = {act.model_fields["kind"].default: act for act in get_args(get_args(ErasureActs)[0])}
