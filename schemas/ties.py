"""Standing interests as a graph: what ties people to organisations, and organisations to each other.

A person's ties are stated once and last; what a person declares for one case is `schemas.review.Interests`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.identifiers import Day, Identifier

TIES_MAX = 100
SUBSIDIARIES_MAX = 200


class TieKind(StrEnum):
    """What ties a person to an organisation (ISO/IEC 17065, 4.2; procedure, rules 1 and 2).

    Work for a competitor is an interest too: such a tie names the organisation competed with, not the employer.
    """

    EMPLOYER = "employer"
    CLIENT = "client"
    PAID_WORK = "paid_work"
    OWNERSHIP = "ownership"
    MANAGEMENT = "management"
    FAMILY = "family"
    COMPETITOR_EMPLOYER = "competitor_employer"


class Lasting(BaseModel):
    """Something with a first and a last day.

    Attributes:
        since: first day; None is as far back as anyone knows.
        until: last day, itself included; None is *still*.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("it ends before it begins")
        return self


class Tie(Lasting):
    """What ties a person to one organisation."""

    kind: TieKind
    organisation: Identifier


class Subsidiary(Lasting):
    """One organisation that belongs to another: `parent` is the parent of `organisation`."""

    organisation: Identifier
    parent: Identifier


Ties = Annotated[tuple[Tie, ...], Field(max_length=TIES_MAX)]
"""All ties of one person."""

Subsidiaries = Annotated[tuple[Subsidiary, ...], Field(max_length=SUBSIDIARIES_MAX)]
"""What one organisation states of those that belong to it."""
