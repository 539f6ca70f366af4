"""The clocks of a matter as somebody may see them: of what they may know of, less the names of those who were asked."""

from collections.abc import Collection, Iterable
from datetime import datetime

from certify.accounts.matter_parts import KEEPERS, MatterPart
from certify.accounts.policy.matter_table import may_read_clock, readable_fields
from certify.accounts.reading_clocks import first_of_each
from schemas.clocks import Clock, Waiting
from schemas.matter import Matter
from workflows.rules.label.clocks import ANSWER, answer_clock_name, number_of_answer

_JUDGING = "judging"
"""The field that tells who was asked to judge."""


def matter_clocks_for(
    kind: str, matter: Matter, person: str, parts: Collection[MatterPart], clocks: Iterable[Clock]
) -> tuple[Clock, ...]:
    """Return those of a matter's clocks that somebody may know of; one stands for all whose names are not shown."""
    readable = readable_fields(kind, type(matter).model_fields, parts)
    shown = (_as_shown(kind, clock, person, readable, parts) for clock in clocks)
    return tuple(first_of_each(clock for clock in shown if clock is not None))


def matter_waiting_for(
    kind: str,
    matter: Matter,
    person: str,
    parts: Collection[MatterPart],
    clocks: Iterable[Clock],
    now: datetime,
    without_clock: Iterable[Waiting] = (),
) -> tuple[Waiting, ...]:
    """Return who waits for whom in a matter: by the clocks that began and do not stand still.

    Who is waited for without a clock is for those who keep the matter.
    """
    running = [one for one in clocks if one.stopped_at is None and one.started_at <= now]
    shown = matter_clocks_for(kind, matter, person, parts, running)
    found = tuple(Waiting(waits_for=one.waits_for, clock=one.name, due_at=one.due_at) for one in shown)
    return found if KEEPERS.isdisjoint(parts) else (*found, *without_clock)


def _as_shown(
    kind: str, clock: Clock, person: str, readable: Collection[str], parts: Collection[MatterPart]
) -> Clock | None:
    """Return a clock under the name it has for a person, None where it is not for them."""
    is_answer = clock.kind == ANSWER
    if is_answer and clock.name == answer_clock_name(number_of_answer(clock), person):
        return clock
    if not may_read_clock(kind, clock.kind, readable, parts):
        return None
    if is_answer and _JUDGING not in readable:
        return clock.model_copy(update={"name": f"{ANSWER}/{number_of_answer(clock)}"})
    return clock
