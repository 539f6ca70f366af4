"""Breadth first: the shortest way to every state comes first, and so does the shortest way to a fault."""

from collections import deque
from dataclasses import dataclass
from time import perf_counter, process_time

from tests.explorer.invariants import Invariants
from tests.explorer.state import State
from tests.explorer.system import System
from tests.explorer.violation import Violation


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        states: distinct states that were reached and judged.
        moves: moves that were tried, those that changed nothing included.
        depth: most moves from the start to a state.
        is_whole: every state within the bound was reached; nothing was left when the search ended.
        violation: what does not hold, and the moves that lead there.
    """

    states: int
    moves: int
    depth: int
    seconds: float
    cpu_seconds: float
    is_whole: bool
    violation: Violation | None = None
    path: tuple[str, ...] = ()


def explore(system: System, start: State, invariants: Invariants, *, states_max: int) -> Found:
    """Visit states in the order of their distance from the start, and judge each once."""
    began, cpu_began = perf_counter(), process_time()
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    depths, waiting, moves = {start: 0}, deque([start]), 0
    here, move = start, "the start"

    def found(violation: Violation | None = None) -> Found:
        path = (*_path(came_from, here), move) if violation else ()
        seconds, cpu_seconds = perf_counter() - began, process_time() - cpu_began
        return Found(len(came_from), moves, max(depths.values()), seconds, cpu_seconds, not waiting, violation, path)

    try:
        invariants.check(start)
        while waiting and len(came_from) < states_max:
            here, move = waiting.popleft(), "what comes next"
            for move, after in system.steps(here):  # the last move is told where something is violated
                moves += 1
                if after is here or after in came_from:
                    continue
                invariants.check_step(here, after)
                invariants.check(after)
                came_from[after] = here, move
                depths[after] = depths[here] + 1
                waiting.append(after)
    except Violation as violation:
        return found(violation)
    return found()


def _path(came_from: dict[State, tuple[State, str] | None], state: State) -> tuple[str, ...]:
    moves: list[str] = []
    while (step := came_from[state]) is not None:
        state, move = step
        moves.append(move)
    return tuple(reversed(moves))
