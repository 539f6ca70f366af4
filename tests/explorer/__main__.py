"""Explore every scenario, or those that are named; exit 1 with the moves that lead to a violated invariant."""

import argparse
import sys
from collections.abc import Sequence

from tests.explorer.scenarios import SCENARIOS
from tests.explorer.search import Found, explore


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the explorer and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.explorer", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help="which to explore; all by default")
    parser.add_argument("--states", type=int, metavar="N", help="end each after so many states")
    options = parser.parse_args(arguments)
    every: list[Found] = []
    for name in options.scenario or SCENARIOS:
        scenario = SCENARIOS[name]
        system, start, invariants = scenario.begin()
        found = explore(system, start, invariants, states_max=options.states or scenario.states_max)
        sys.stdout.write(f"{_line(name, found, system.store.sizes)}\n")
        sys.stdout.flush()
        if found.violation is not None:
            sys.stdout.write("".join(f"  {place}. {move}\n" for place, move in enumerate(found.path, start=1)))
            sys.stdout.write(f"{found.violation}\n")
            return 1
        every.append(found)
    states = sum(found.states for found in every)
    seconds, cpu = sum(found.seconds for found in every), sum(found.cpu_seconds for found in every)
    sys.stdout.write(
        f"{states} distinct states in {seconds:.1f} s ({cpu:.1f} s of one processor); every invariant holds in each\n"
    )
    return 0


def _line(name: str, found: Found, sizes: dict[str, int]) -> str:
    whole = "all there are" if found.is_whole else "the nearest"
    return (
        f"{name}: {found.states} states ({whole}), {found.moves} moves, up to {found.depth} deep, "
        f"{sizes['cases']} cases, {sizes['streams']} streams, "
        f"{found.seconds:.1f} s ({found.cpu_seconds:.1f} s of one processor)"
    )


if __name__ == "__main__":
    sys.exit(main())
