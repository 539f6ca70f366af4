"""The set of practices: best and worst examples from findings, anonymised, with consent (Code, II-2.6)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from schemas.clocks import ReminderGiven
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import CriterionId, Identifier, MatterId
from schemas.matter import Matter, MatterAct
from schemas.scheme_terms import ArticleName


class PracticeKind(StrEnum):
    """Whether an example is to be followed or avoided."""

    BEST = "best"
    WORST = "worst"


class Practice(Matter):
    """An example offered for publication.

    Attributes:
        application: the case whose findings it comes from; never published.
        article: of the Code, by which it is found.
        text: anonymised; the consent is to this very text.
        consented: what the organisation answered; None while it has not.
    """

    application: Identifier
    criterion: CriterionId
    article: ArticleName
    practice: PracticeKind
    text: TextRef
    consented: bool | None = None
    published_by: Identifier | None = None
    taken_down: TextRef | None = None

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.published_by is not None and self.taken_down is None


class PracticeOffered(Event):
    """An example was written from a case's findings."""

    kind: Literal["practice_offered"] = "practice_offered"
    subject: MatterId
    organisation: Identifier
    application: Identifier
    criterion: CriterionId
    article: ArticleName
    practice: PracticeKind
    text: TextRef


class ConsentGiven(Event):
    """The organisation agreed to the publication of this text."""

    kind: Literal["consent_given"] = "consent_given"


class ConsentRefused(Event):
    """The organisation did not agree, or took its consent back before the publication."""

    kind: Literal["consent_refused"] = "consent_refused"


class PracticePublished(Event):
    """The example is public."""

    kind: Literal["practice_published"] = "practice_published"


class PracticeTakenDown(Event):
    """The example is no longer shown; the record still says that it was."""

    kind: Literal["practice_taken_down"] = "practice_taken_down"
    reasons: TextRef


PracticeEvent = Annotated[
    PracticeOffered | ConsentGiven | ConsentRefused | PracticePublished | PracticeTakenDown | ReminderGiven,
    Field(discriminator="kind"),
]
EVENTS: TypeAdapter[PracticeEvent] = TypeAdapter(PracticeEvent)


class OfferPractice(MatterAct):
    """Write an anonymised example from the findings of a case that has been judged.

    Attributes:
        party: a fact: the organisation of the case.
        article: a fact: the article of the criterion, None when the case has no result for it.
    """

    kind: Literal["offer_practice"] = "offer_practice"
    case: Identifier
    criterion: CriterionId
    practice: PracticeKind
    text: TextRef
    party: Identifier | None = None
    article: ArticleName | None = None
    own_facts: ClassVar[frozenset[str]] = MatterAct.own_facts | {"party", "article"}


class GiveConsent(MatterAct):
    """Agree to the publication of this text."""

    kind: Literal["give_consent"] = "give_consent"


class RefuseConsent(MatterAct):
    """Do not agree, or take the consent back before the publication."""

    kind: Literal["refuse_consent"] = "refuse_consent"


class PublishPractice(MatterAct):
    """Publish the example; a member who did not write it."""

    kind: Literal["publish_practice"] = "publish_practice"


class TakePracticeDown(MatterAct):
    """Show the example no longer, with reasons."""

    kind: Literal["take_practice_down"] = "take_practice_down"
    reasons: TextRef


PracticeAct = Annotated[
    OfferPractice | GiveConsent | RefuseConsent | PublishPractice | TakePracticeDown, Field(discriminator="kind")
]
ACTS: dict[str, type[MatterAct]] = {act.model_fields["kind"].default: act for act in get_args(get_args(PracticeAct)[0])}
