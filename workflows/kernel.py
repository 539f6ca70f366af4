"""The pure rules of one kind of matter, in one value: what its acts amount to, what follows, and who may.

A workflow, the record, the pages and the check all work with a kernel and know nothing of what is inside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from schemas.act import Act
from schemas.errand import Errand
from schemas.event import Event
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from workflows.rules.permission import ALLOWED, Permission

Events = tuple[Event, ...]


class State(Protocol):
    """What every folded state has: the number of its last entry, and whether nothing more can happen to it."""

    @property
    def entry(self) -> int:
        """Number of the last entry."""

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""


S = TypeVar("S", bound=State)


@dataclass(frozen=True, kw_only=True)
class Kernel(Generic[S]):
    """The rules of one kind of matter.

    Attributes:
        name: also the first part of its streams and of its workflow ids.
        acts: every act by its kind.
        events: reads any event of its streams, of every version.
        state: the model of what the events fold to.
        decide: from a state, an act and the time to events; refuses with a `ProcedureError`.
        evolve: from a state and an event to the next state; believes what is recorded.
        due: what follows by rule and by the clock alone.
        next_due_at: when the clock alone may next bring something about.
        may: the one predicate of each permission.
        may_open: whether a person may do the act that opens a matter, as far as their roles say.
        errand: what another matter is to be told now, once all that leads to it is recorded.
        awaits: whether something else is still to come from outside, such as a signature.
    """

    name: str
    acts: Mapping[str, type[Act]]
    events: TypeAdapter[Any]
    state: type[S]
    decide: Callable[[S | None, Any, datetime, SchemeRules], Events]
    evolve: Callable[[S | None, Any], S]
    due: Callable[[S, datetime, SchemeRules], Events]
    next_due_at: Callable[[S, SchemeRules], datetime | None]
    may: Callable[[str, S, PersonFacts, SchemeRules], Permission]
    may_open: Callable[[str, PersonFacts], Permission] = field(default=lambda _kind, _person: ALLOWED)
    errand: Callable[[S], Errand | None] = field(default=lambda _: None)
    awaits: Callable[[S], bool] = field(default=lambda _: False)
