"""What every event carries: the body of a journal entry is one event.

Every version ever written stays readable: a new field has a default (`schemas.added_later`), a new shape a new
`version`. The first event of an act carries the act; those after it follow by rule and have the actor `engine`.
"""

from pydantic import BaseModel, ConfigDict

from schemas.identifiers import Identifier, Moment


class Event(BaseModel):
    """One fact; `at` is the time of the case or matter (its workflow), never the time of writing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    version: int = 1
    at: Moment
    actor: Identifier
