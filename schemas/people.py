"""People as the procedure sees them: opaque ids, roles and the facts an act is judged by."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from schemas.identifiers import Identifier, Moment, Word

TIED_MAX = 500
"""Room for what a person is tied to; more is narrowed to what the case names (`workflows.rules.ties`), never cut."""


class Role(StrEnum):
    """What a person may be in the certification body or before it (procedure, People)."""

    APPLICANT = "applicant"
    SECRETARIAT = "secretariat"
    EXPERT = "expert"
    COMMISSIONER = "commissioner"
    NEUTRAL_THIRD_PARTY = "neutral_third_party"
    LABEL_OFFICER = "label_officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    APPEAL_MEMBER = "appeal_member"
    IMPARTIALITY_MEMBER = "impartiality_member"


class PersonFacts(BaseModel):
    """What the record says of a person at the moment an act is sent.

    Attributes:
        person: opaque id; names live outside the record.
        roles: all roles held.
        organisation: the organisation the person acts for or is employed by.
        areas: areas of competence of an expert (scheme's words).
        tied_to: organisations that a standing tie or their group ties the person to now (procedure, rule 1).
        entry: number of the last entry of the stream `people` these facts rest on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Identifier
    roles: tuple[Role, ...] = Field(default=(), max_length=16)
    organisation: Identifier | None = None
    areas: tuple[Word, ...] = Field(default=(), max_length=8)
    tied_to: tuple[Identifier, ...] = Field(default=(), max_length=TIED_MAX)
    entry: int = 0

    def has(self, role: Role) -> bool:
        """Whether the person holds a role."""
        return role in self.roles


class ParticipantFacts(BaseModel):
    """What the Register says of an organisation (Code, II-2.1, II-2.2) at the moment an act is sent.

    Attributes:
        entered_at: when it was entered, None while it is not.
        officer_named: an ethics officer is named.
        officer_reachable: the officer's contact is published.
        entry: number of the last entry of the organisation's stream these facts rest on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Identifier
    entered_at: Moment | None = None
    officer_named: bool = False
    officer_reachable: bool = False
    entry: int = 0


class InstitutionFacts(BaseModel):
    """Who holds which seat at the moment an act is sent (Code, II-2.3; procedure, People).

    Attributes:
        commission: members seated now; `chair` and `deputy` are among them.
        substitutes: elected to step in when a base falls below its least, in the order of their election.
        appeal_pool: people apart from the Commission by whom appeals are decided.
        entry: number of the last entry of the stream `institution/body` these facts rest on; 0 before any election.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    commission: tuple[Identifier, ...] = Field(default=(), max_length=200)
    chair: Identifier | None = None
    deputy: Identifier | None = None
    substitutes: tuple[Identifier, ...] = Field(default=(), max_length=200)
    appeal_pool: tuple[Identifier, ...] = Field(default=(), max_length=200)
    entry: int = 0
