"""What an organisation belongs to, and what belongs to it: parents and subsidiaries (procedure, rule 2)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.identifiers import Identifier

RELATIONS_MAX = 100


class RelationKind(StrEnum):
    """What the other organisation is to the one that states it."""

    PARENT = "parent"
    SUBSIDIARY = "subsidiary"


class Relation(BaseModel):
    """One other organisation of the group.

    Attributes:
        organisation: the other one.
        since: first day; None is as far back as anyone knows.
        until: last day, itself included; None is *still*.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Identifier
    is_a: RelationKind
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("it ends before it begins")
        return self

    def pair(self, own: str) -> tuple[str, str]:
        """Return the subsidiary and its parent."""
        if self.is_a == RelationKind.PARENT:
            return own, self.organisation
        return self.organisation, own


Relations = Annotated[tuple[Relation, ...], Field(max_length=RELATIONS_MAX)]
"""All that one organisation states."""
