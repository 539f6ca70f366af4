"""Greedy matching against a library's optimum on random instances: the figures of decision 10.

`python -m tests.bench.bench_matching` prints a table. The comparison needs SciPy, which the project does not; without
it only the greedy matching is measured. Nothing here fails, and nothing is a timed test.

Two optima stand beside the greedy proposal, both with all cases before them at once:

* *assignment*: `linear_sum_assignment`, one row for each area of each case, a column for each further case of an
  expert, whose cost grows with the load. It cannot say that one expert fills one seat of a case only; how often it
  breaks that is counted.
* *integer program*: `milp`, exact in coverage, number and distinct experts, for the least worst load. Small instances.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache

from schemas.case import Case
from schemas.people import Role
from schemas.scheme import Tier
from schemas.scheme_tiers import ReviewerRules
from tests.builders import AREAS, START, Walk, person, scheme
from workflows.rules.case.assignment import may_review
from workflows.rules.case.matching import match_many
from workflows.rules.case.proposals import Candidate

try:
    import numpy as np
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
except ImportError:
    np = None

Cases = list[tuple[Case, ReviewerRules]]
Chosen = list[tuple[str, str]]  # case and expert
Competence = Callable[[random.Random], tuple[str, ...]]
FORBIDDEN = 1e9


def any_areas(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(AREAS, chance.randint(1, 3)))


def scarce_technicians(chance: random.Random) -> tuple[str, ...]:
    """One in eight knows the technical side, and half of those something else, too."""
    if chance.random() < 1 / 8:
        return ("ai_technical", *chance.choice(((), AREAS[1:])))
    return tuple(chance.sample(AREAS[1:], chance.randint(1, 2)))


@cache
def planned(tier: Tier) -> Case:
    return Walk(tier).to_planning().case


def instance(seed: int, cases: int, experts: int, competence: Competence) -> tuple[Cases, list[Candidate]]:
    """Cases of all tiers by many applicants; every expert is tied to some of them and has some load already."""
    chance = random.Random(seed)  # noqa: S311  # a bench, no secret
    names = [f"org-{number}" for number in range(max(cases // 2, 1))]
    lodged = []
    for number in range(cases):
        case = planned(chance.choices(list(Tier), weights=(5, 3, 2, 1))[0])
        applicant = case.lodged.model_copy(update={"organisation": chance.choice(names)})
        update = {"id": f"case-{number:04}", "lodged": applicant, "lodged_at": START + timedelta(hours=number)}
        lodged.append((case.model_copy(update=update), scheme().rules.tiers[case.tier].reviewers))
    candidates = [
        Candidate(
            facts=person(f"expert-{number:04}", Role.EXPERT, areas=competence(chance)).model_copy(
                update={"tied_to": tuple(sorted({*chance.choices(names, k=5)}))}
            ),
            load=chance.choice((0, 0, 0, 1, 1, 2)),
        )
        for number in range(experts)
    ]
    return lodged, candidates


def greedy(cases: Cases, candidates: list[Candidate]) -> Chosen:
    return [(one.case, chosen.reviewer) for one in match_many(cases, candidates, START) for chosen in one.chosen]


def by_assignment(cases: Cases, candidates: list[Candidate]) -> Chosen:
    """One seat for each area: in this scheme every tier asks for as many reviewers as areas."""
    seats = [(case, area) for case, wanted in cases for area in wanted.areas]
    most = -(-len(seats) // len(candidates)) * 8
    free = np.array([[bool(may_review(case, one.facts)) for one in candidates] for case, _ in cases])
    row_of = {case.id: row for row, (case, _) in enumerate(cases)}
    cost = np.full((len(seats), len(candidates) * most), FORBIDDEN)
    for row, (case, area) in enumerate(seats):
        for place, one in enumerate(candidates):
            if free[row_of[case.id], place] and area in one.facts.areas:
                cost[row, place * most : (place + 1) * most] = [(one.load + k + 1) ** 2 for k in range(most)]
    rows, columns = linear_sum_assignment(cost)
    return [
        (seats[row][0].id, candidates[column // most].person)
        for row, column in zip(rows, columns, strict=True)
        if cost[row, column] < FORBIDDEN
    ]


def by_integer_program(cases: Cases, candidates: list[Candidate]) -> Chosen:
    """Every case has its number of distinct experts and every area that anybody covers; the worst load is least."""
    pairs = [
        (c, e) for c, (case, _) in enumerate(cases) for e, one in enumerate(candidates) if may_review(case, one.facts)
    ]
    worst = len(pairs)  # the column of the worst load
    rows: list[tuple[dict[int, float], float, float]] = []
    for c, (_, wanted) in enumerate(cases):
        able = {column: candidates[e] for column, (of, e) in enumerate(pairs) if of == c}
        rows.append((dict.fromkeys(able, 1.0), wanted.count, wanted.count))
        for area in wanted.areas:
            of_area = [column for column, one in able.items() if area in one.facts.areas]
            rows.append((dict.fromkeys(of_area, 1.0), min(1, len(of_area)), np.inf))
    for e, one in enumerate(candidates):
        own = {column: 1.0 for column, (_, of) in enumerate(pairs) if of == e}
        rows.append(({**own, worst: -1.0}, -np.inf, -one.load))
    matrix = sparse.dok_matrix((len(rows), worst + 1))
    for number, (row, _, _) in enumerate(rows):
        for column, value in row.items():
            matrix[number, column] = value
    found = milp(
        c=np.array([*np.zeros(worst), 1.0]),
        constraints=LinearConstraint(matrix.tocsr(), [low for _, low, _ in rows], [high for _, _, high in rows]),
        integrality=np.ones(worst + 1),
        bounds=Bounds(0, np.array([*np.ones(worst), np.inf])),
        options={"time_limit": 60},
    )
    return [(cases[c][0].id, candidates[e].person) for column, (c, e) in enumerate(pairs) if found.x[column] > 1 / 2]


def figures(cases: Cases, candidates: list[Candidate], chosen: Chosen) -> tuple[int, int, int, int]:
    """Worst load; sum of squared loads; areas without a reviewer; seats given twice to one expert."""
    gained = Counter(expert for _, expert in set(chosen))
    loads = [one.load + gained[one.person] for one in candidates]
    areas = {one.person: set(one.facts.areas) for one in candidates}
    of_case: dict[str, set[str]] = {}
    for case, expert in chosen:
        of_case.setdefault(case, set()).update(areas[expert])
    uncovered = sum(len(set(wanted.areas) - of_case.get(case.id, set())) for case, wanted in cases)
    return max(loads), sum(load**2 for load in loads), uncovered, len(chosen) - len(set(chosen))


def compare(
    name: str, size: tuple[int, int], competence: Competence, ways: Iterable[Callable[..., Chosen]], seeds: int
) -> None:
    """Print one line a way: means over the instances; of the time, the median of processor seconds."""
    for way in ways:
        found, seconds = [], []
        for seed in range(seeds):
            cases, candidates = instance(seed, *size, competence)
            started = time.process_time()
            chosen = way(cases, candidates)
            seconds.append(time.process_time() - started)
            found.append(figures(cases, candidates, chosen))
        means = " | ".join(f"{statistics.mean(column):.1f}" for column in zip(*found, strict=True))
        instances = f"{name}, {size[0]} cases, {size[1]} experts"
        said(f"| {instances} | {way.__name__} | {means} | {statistics.median(seconds):.2f} s |")


def measure(seeds: int = 5) -> dict[str, float]:
    """Return the processor seconds of 200 cases and 500 experts, by how the competences lie: medians."""
    found: dict[str, float] = {}
    for name, competence in (("any areas", any_areas), ("scarce technicians", scarce_technicians)):
        taken = []
        for seed in range(seeds):
            cases, candidates = instance(seed, 200, 500, competence)
            started = time.process_time()
            greedy(cases, candidates)
            taken.append(time.process_time() - started)
        found[name] = statistics.median(taken)
    return found


def said(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # what a bench is for


def main() -> None:
    said("| instances | way | worst load | sum of squares | uncovered areas | seats given twice | time |")
    said("|---|---|---|---|---|---|---|")
    for name, competence in (("any areas", any_areas), ("scarce technicians", scarce_technicians)):
        for size, ways, seeds in (
            ((200, 500), (by_assignment,), 5),
            ((200, 60), (by_assignment,), 5),
            ((40, 25), (by_assignment, by_integer_program), 10),
        ):
            compare(name, size, competence, (greedy, *(ways if np else ())), seeds)


if __name__ == "__main__":
    main()
