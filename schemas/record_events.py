"""What happens outside cases: organisations enter the Register, schemes are adopted, people get roles, keys change."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from schemas.account_events import AccountEvent
from schemas.added_later import added_later
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.identifiers import Digest, Identifier, ItemId, Line, MatterId, Moment, Name, PostalAddress, Word
from schemas.label import Kid, LabelId
from schemas.people import Role
from schemas.ties import Ties

RANGES_MAX = 1000
"""So many ranges of entries one event names at most: some ten kilobytes."""

EntryNumber = Annotated[int, Field(ge=1, le=2**53 - 1)]


class RecordEvent(Event):
    """One fact of a stream that is no case."""


class ParticipantEntered(RecordEvent):
    """An organisation joined the Code and stands in the Register (Code, II-2.4).

    Attributes:
        address: as published in the Register and on its labels; None where it gave none.
        officer_contact: as published; `private_contact` is for the Commission and its secretariat alone.
        officer_due_at: until when it is to name an ethics officer (Code, II-2.2).
        motion: the vote of the Commission that let it in; None where it was entered without one.
        proposed_by: whose proposal the actor confirmed; None where there was a vote, or one alone entered it.
    """

    kind: Literal["participant_entered"] = "participant_entered"
    organisation: Identifier
    name: Name
    country: Name
    roles: tuple[Word, ...] = Field(min_length=1, max_length=8)
    ethics_officer: Line | None = None
    officer_contact: Line | None = None
    private_contact: TextRef | None = added_later(None)
    has_ethics_commission: bool = added_later(default=False)
    officer_due_at: Moment | None = added_later(None)
    scheme_digest: Digest | None = added_later(None)
    motion: int | None = added_later(None)
    address: PostalAddress | None = added_later(None)
    proposed_by: Identifier | None = added_later(None)


class SchemeAdopted(RecordEvent):
    """A scheme version is in force for new cases; the whole scheme is in the body."""

    kind: Literal["scheme_adopted"] = "scheme_adopted"
    scheme: Name
    scheme_version: Name
    digest: Digest
    content: dict[str, JsonValue]


class PersonAdmitted(RecordEvent):
    """A person may sign in, with these roles; their name and address live outside the record."""

    kind: Literal["person_admitted"] = "person_admitted"
    person: Identifier
    roles: tuple[Role, ...] = Field(min_length=1, max_length=16)
    organisation: Identifier | None = None
    areas: tuple[Word, ...] = Field(default=(), max_length=8)


class TiesDeclared(RecordEvent):
    """A person declared what ties them to organisations; it takes the place of what they declared before."""

    kind: Literal["ties_declared"] = "ties_declared"
    person: Identifier
    ties: Ties


class AttemptRefused(RecordEvent):
    """An act was refused; its content is not kept.

    Attributes:
        application: the case, or the matter, in which it was refused.
    """

    kind: Literal["attempt_refused"] = "attempt_refused"
    act: Word
    application: MatterId | None
    code: Word


class CompromisedKey(BaseModel):
    """A key, and since when it may be in other hands."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kid: Kid
    at: Moment


class KeySetPublished(RecordEvent):
    """The offline root signed a version of the key set; entry n of the stream `keys` is version n.

    Attributes:
        key_set_version: 1 for the first, and one more each time.
        digest: SHA-256 of the signed bytes, as they are published.
        root: fingerprint of the root, as people compare it.
        added: keys that are new in this version.
        compromised: keys of which this version says first that they may be in other hands.
    """

    kind: Literal["key_set_published"] = "key_set_published"
    key_set_version: int = Field(ge=1, le=2**31)
    digest: Digest
    root: Name
    added: tuple[Kid, ...] = Field(default=(), max_length=1000)
    compromised: tuple[CompromisedKey, ...] = Field(default=(), max_length=1000)


class EvidenceOpened(RecordEvent):
    """Somebody opened an item of evidence of the case whose stream `access/…` this is; written before its first byte.

    Attributes:
        part: what the person was to the case or the label when they opened it.
        round: the number of the round that was open then, None where none was; `manifest` the version in force.
        label: where a label was judged, which one.
    """

    kind: Literal["evidence_opened"] = "evidence_opened"
    person: Identifier
    item: ItemId
    digest: Digest
    part: Word
    manifest: int | None = Field(default=None, ge=1, le=10_000)
    round: int | None = Field(default=None, ge=1, le=10_000)
    label: LabelId | None = None


class ContactOpened(RecordEvent):
    """Somebody was shown how the complainant can be reached whose complaint's stream `access/…` this is."""

    kind: Literal["contact_opened"] = "contact_opened"
    person: Identifier


class ContactErased(RecordEvent):
    """Somebody erased how a complainant can be reached; in the same stream, without what was erased."""

    kind: Literal["contact_erased"] = "contact_erased"
    person: Identifier


class RetentionApplied(RecordEvent):
    """What was kept long enough was erased by the job; one event a run and class, without what was erased.

    Attributes:
        retained: the class (`certify.procedure.retention_classes`).
        count: how much of it was erased.
        before: what was older than this was due; `oldest` is how old it was.
        erased: of refused attempts, the entries whose bodies were erased: first and last number of each range.
        through: of refused attempts, before `erased` was told: the number of the last entry whose body was erased.
    """

    kind: Literal["retention_applied"] = "retention_applied"
    retained: Word
    count: int = Field(ge=1, le=2**53 - 1)
    before: Moment
    oldest: Moment
    through: EntryNumber | None = None
    erased: tuple[tuple[EntryNumber, EntryNumber], ...] = added_later((), max_length=RANGES_MAX)


RecordEvents = Annotated[
    ParticipantEntered
    | SchemeAdopted
    | PersonAdmitted
    | TiesDeclared
    | AttemptRefused
    | KeySetPublished
    | AccountEvent
    | EvidenceOpened
    | ContactOpened
    | ContactErased
    | RetentionApplied,
    Field(discriminator="kind"),
]

RECORD_EVENTS: TypeAdapter[RecordEvents] = TypeAdapter(RecordEvents)
