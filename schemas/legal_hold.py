"""A legal hold: nothing of a case, a label, an organisation or a person is erased while it stands.

Two people set it and two lift it (security.md, 8). It counts from the asking on: what was destroyed while a second
person was being looked for comes back by no word of theirs.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Identifier, MatterId
from schemas.matter import Matter, MatterAct, SecondPersonAct


class HeldKind(StrEnum):
    """What a hold can be about."""

    CASE = "case"
    LABEL = "label"
    ORGANISATION = "organisation"
    PERSON = "person"


class LegalHold(Matter):
    """What is held, who asked, who confirmed, and how far its lifting is.

    Attributes:
        held: id of the case, label, organisation or person.
        confirmed_by: the second person; None until then, and it holds all the same.
        refused: the second person's reasons against it; then it is over.
        lifting_asked_by: who asks that it be lifted, for the reasons in `lifting`; None while nobody does.
        kept: the last reasons for which it was not lifted.
        lifted_by: the second person of the lifting; then it is over.
    """

    about: HeldKind
    held: MatterId
    reasons: TextRef
    confirmed_by: Identifier | None = None
    refused: TextRef | None = None
    lifting_asked_by: Identifier | None = None
    lifting: TextRef | None = None
    kept: TextRef | None = None
    lifted_by: Identifier | None = None


class HoldAsked(Event):
    """Somebody asked that something be held; it is, from now on."""

    kind: Literal["hold_asked"] = "hold_asked"
    hold: MatterId
    organisation: Identifier | None = None
    about: HeldKind
    held: MatterId
    reasons: TextRef


class HoldConfirmed(Event):
    """A second person confirmed the hold."""

    kind: Literal["hold_confirmed"] = "hold_confirmed"


class HoldRefused(Event):
    """A second person refused the hold: it is over."""

    kind: Literal["hold_refused"] = "hold_refused"
    reasons: TextRef


class LiftingAsked(Event):
    """Somebody asked that the hold be lifted; it stands until a second person says so."""

    kind: Literal["lifting_asked"] = "lifting_asked"
    reasons: TextRef


class HoldLifted(Event):
    """A second person lifted the hold: what is due is erased again."""

    kind: Literal["hold_lifted"] = "hold_lifted"


class LiftingRefused(Event):
    """A second person kept the hold."""

    kind: Literal["lifting_refused"] = "lifting_refused"
    reasons: TextRef


LegalHoldEvent = Annotated[
    HoldAsked | HoldConfirmed | HoldRefused | LiftingAsked | HoldLifted | LiftingRefused,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[LegalHoldEvent] = TypeAdapter(LegalHoldEvent)


class AskHold(SecondPersonAct):
    """Ask that nothing of a case, a label, an organisation or a person be erased.

    Attributes:
        is_known: a fact: whether there is such a thing.
        party: a fact: the organisation it belongs to, None where there is none.
    """

    kind: Literal["ask_hold"] = "ask_hold"
    about: HeldKind
    held: MatterId
    reasons: TextRef
    is_known: bool = False
    party: Identifier | None = None
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"held"}
    own_facts: ClassVar[frozenset[str]] = SecondPersonAct.own_facts | {"is_known", "party"}


class ConfirmHold(SecondPersonAct):
    """Confirm the hold, as the second person."""

    kind: Literal["confirm_hold"] = "confirm_hold"
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"institution"}


class RefuseHold(SecondPersonAct):
    """Refuse the hold, as the second person, with reasons."""

    kind: Literal["refuse_hold"] = "refuse_hold"
    reasons: TextRef
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"institution"}


class AskLifting(SecondPersonAct):
    """Ask that the hold be lifted."""

    kind: Literal["ask_lifting"] = "ask_lifting"
    reasons: TextRef


class LiftHold(SecondPersonAct):
    """Lift the hold, as the second person."""

    kind: Literal["lift_hold"] = "lift_hold"
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"institution"}


class KeepHold(SecondPersonAct):
    """Refuse the lifting, as the second person, with reasons."""

    kind: Literal["keep_hold"] = "keep_hold"
    reasons: TextRef
    needs: ClassVar[frozenset[str]] = SecondPersonAct.needs | {"institution"}


LegalHoldActs = Annotated[
    AskHold | ConfirmHold | RefuseHold | AskLifting | LiftHold | KeepHold, Field(discriminator="kind")
]
ACTS: dict[str, type[MatterAct]] = {
    act.model_fields["kind"].default: act for act in get_args(get_args(LegalHoldActs)[0])
}
