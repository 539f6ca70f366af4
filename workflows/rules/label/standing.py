"""The standing of a label: which steps there are, and what ends it for good (procedure, Life of a label; I6)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from schemas.errors import OutOfOrder
from schemas.event import Event
from schemas.identifiers import ENGINE
from schemas.label import Standing
from schemas.label_events import VoteSetAside
from schemas.label_life import Because, LabelLife, Step
from workflows.rules.permission import ALLOWED, Permission

NEXT: dict[Standing, frozenset[Standing]] = {
    Standing.IN_FORCE: frozenset(
        {
            Standing.SUSPENDED,
            Standing.WITHDRAWN,
            Standing.LAPSED,
            Standing.EXPIRED,
            Standing.SUPERSEDED,
            Standing.ENDED_BY_HOLDER,
        }
    ),
    Standing.SUSPENDED: frozenset(
        {
            Standing.IN_FORCE,
            Standing.WITHDRAWN,
            Standing.LAPSED,
            Standing.EXPIRED,
            Standing.SUPERSEDED,
            Standing.ENDED_BY_HOLDER,
        }
    ),
}
"""Where a label can go from each standing; what is not here is final and never left."""


def stepped(life: LabelLife, standing: Standing, event: Event, because: Because, **more: Any) -> dict[str, Any]:
    """Return what a step of the label's standing changes: the step is added, an end ends all else."""
    step = Step(version=life.version + 1, standing=standing, at=event.at, because=because, **more)
    ended = {"ended_at": event.at} if standing.is_final else {}
    return {"standing": standing, "steps": (*life.steps, step), **ended}


def is_in_force(life: LabelLife) -> Permission:
    """Whether the label may be relied on now."""
    if life.is_in_force:
        return ALLOWED
    return Permission(OutOfOrder("not_in_force", f"The label is not in force; it is {life.standing.value}."))


def is_suspended(life: LabelLife) -> Permission:
    """Whether the label is suspended now."""
    if life.is_suspended:
        return ALLOWED
    return Permission(OutOfOrder("not_suspended", f"The label is not suspended; it is {life.standing.value}."))


def vote_set_aside(life: LabelLife, now: datetime, reason: str) -> Iterator[VoteSetAside]:
    """Yield the event that ends an open vote without a count: what it was on is no longer so."""
    vote = life.open_motion
    if vote is not None:
        yield VoteSetAside(at=now, actor=ENGINE, motion=vote.number, reason=reason)
