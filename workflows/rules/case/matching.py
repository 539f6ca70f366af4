"""Stage 4: whom to ask for a review, and why everybody else was not (procedure, stage 4; decision 10).

Nothing here assigns anybody: the secretariat reads the proposal and asks, and the case judges each act by itself.

 (1) left out is whom the case would refuse, with that rule's own code; who was asked before; and who has no area
     of the tier
 (2) the others are ranked: fewest open cases, then fewest earlier cases of this applicant, then longest without
     an assignment, then id
 (3) down the ranking, everyone is chosen who leaves seats enough for the areas still open, until the seats are full
 (4) the others are reserves for each of their areas, in the same order
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from schemas.case import Case
from schemas.review import Proposed
from schemas.scheme_tiers import ReviewerRules
from workflows.rules.case.assignment import ASKED_MAX, may_review
from workflows.rules.case.proposals import Candidate, Line, Place, Proposal
from workflows.rules.covering import Areas, Cover

ALREADY_ASSIGNED = "already_assigned"
SAID_NO = "said_no"
AREA_MISSING = "area_missing"
_NEVER = datetime.min.replace(tzinfo=UTC)


def match(case: Case, candidates: Iterable[Candidate], wanted: ReviewerRules) -> Proposal:
    """Propose whom to ask for the seats of a case that nobody holds; the order of the candidates is no matter.

    More are chosen than the tier asks for only where fewer cannot cover its areas.

    Args:
        case: as it stands; who was asked and has not said no, or let the time for it pass, holds a seat.
        candidates: everyone who might be asked, each once.
        wanted: number and areas of the tier (`TierRules.reviewers`).
    """
    return _match(case, {one.person: one for one in candidates}, wanted)


def _match(case: Case, everyone: Mapping[str, Candidate], wanted: ReviewerRules) -> Proposal:
    codes = {person: _why_not(case, person, one, wanted) for person, one in everyone.items()}  # (1)
    ranked = sorted((person for person, code in codes.items() if code is None), key=_rank_in(case, everyone))  # (2)
    competent = {person: _both(wanted.areas, everyone[person].facts.areas) for person in ranked}
    held = _held(case, codes)
    lacking = Areas(wanted.areas).difference(*held.values())
    seats = max(wanted.count - len(held), 0)
    taken, kept_for = _taken(competent, lacking, seats)  # (3)
    chosen = {person: competent[person] for person in taken[: max(ASKED_MAX - len(case.assignments), 0)]}
    uncovered = lacking.difference(*chosen.values())
    excluded = sorted((person, code) for person, code in codes.items() if code is not None)
    return Proposal(
        case=case.id,
        chosen=tuple(Proposed(reviewer=person, areas=areas) for person, areas in chosen.items()),
        bench={area: _bench(area, competent, chosen) for area in wanted.areas},  # (4)
        uncovered=tuple(area for area in wanted.areas if area in uncovered),
        seats_open=max(seats - len(chosen), 0),
        lines=(
            *_ranked_lines(case, everyone, competent, chosen, kept_for),
            *(_excluded_line(case, person, everyone[person], wanted, code) for person, code in excluded),
        ),
    )


def match_many(
    cases: Iterable[tuple[Case, ReviewerRules]], candidates: Iterable[Candidate], now: datetime
) -> tuple[Proposal, ...]:
    """Propose for many cases, the one lodged first before the others; whoever is chosen ranks lower for the next."""
    pool = {one.person: one for one in candidates}
    proposals = []
    for case, wanted in sorted(cases, key=lambda one: (one[0].lodged_at, one[0].id)):
        proposal = _match(case, pool, wanted)
        proposals.append(proposal)
        for one in proposal.chosen:
            pool[one.reviewer] = pool[one.reviewer].asked_for(case.lodged.organisation, now)
    return tuple(proposals)


def _why_not(case: Case, person: str, candidate: Candidate, wanted: ReviewerRules) -> str | None:
    refusal = may_review(case, candidate.facts).refusal
    if refusal is not None:
        return refusal.code
    assignment = case.assignments.get(person)
    if assignment is not None:
        return SAID_NO if assignment.accepted is False else ALREADY_ASSIGNED
    return None if _both(wanted.areas, candidate.facts.areas) else AREA_MISSING


@lru_cache(maxsize=1000)  # few sets of areas, and many people in many cases
def _both(wanted: tuple[str, ...], held: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(area for area in wanted if area in held)


def _rank_in(case: Case, everyone: Mapping[str, Candidate]) -> Callable[[str], tuple[int, int, datetime, str]]:
    applicant = case.lodged.organisation

    def rank(person: str) -> tuple[int, int, datetime, str]:
        one = everyone[person]
        return one.load, one.earlier.get(applicant, 0), one.last_assigned_at or _NEVER, person

    return rank


def _held(case: Case, codes: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Return the areas of those who hold a seat: asked, and nothing is known that bars them since."""
    return {
        person: assignment.areas
        for person, assignment in case.assignments.items()
        if assignment.accepted is not False and codes.get(person, ALREADY_ASSIGNED) == ALREADY_ASSIGNED
    }


def _taken(
    competent: Mapping[str, tuple[str, ...]], lacking: Areas, seats: int
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Fill the seats down the ranking; also return for which areas a seat was kept from whom.

    Whoever is passed over once would leave too few seats later, too: one run down the ranking is enough, and no
    other choice that covers as much has a better rank in the first seat where the two differ.
    """
    cover = Cover(lacking.intersection(areas) for areas in competent.values())
    still = cover.all
    left = max(seats, cover.least(still))
    taken, kept_for = [], {}
    for person, areas in competent.items():
        if left == 0:
            break
        beyond = still.difference(areas)
        if cover.least(beyond) < left:
            taken.append(person)
            still, left = beyond, left - 1
        else:
            kept_for[person] = tuple(sorted(beyond))
    return taken, kept_for


def _bench(area: str, competent: Mapping[str, tuple[str, ...]], chosen: Container[str]) -> tuple[str, ...]:
    return tuple(person for person, areas in competent.items() if area in areas and person not in chosen)


def _ranked_lines(
    case: Case,
    everyone: Mapping[str, Candidate],
    competent: Mapping[str, tuple[str, ...]],
    chosen: Container[str],
    kept_for: Mapping[str, tuple[str, ...]],
) -> Iterator[Line]:
    applicant = case.lodged.organisation
    for rank, (person, areas) in enumerate(competent.items(), 1):
        one = everyone[person]
        yield Line(
            person=person,
            place=Place.CHOSEN if person in chosen else Place.RESERVE,
            areas=areas,
            load=one.load,
            earlier=one.earlier.get(applicant, 0),
            last_assigned_at=one.last_assigned_at,
            rank=rank,
            seat_kept_for=kept_for.get(person, ()),
        )


def _excluded_line(case: Case, person: str, candidate: Candidate, wanted: ReviewerRules, code: str) -> Line:
    return Line(
        person=person,
        place=Place.EXCLUDED,
        areas=_both(wanted.areas, candidate.facts.areas),
        load=candidate.load,
        earlier=candidate.earlier.get(case.lodged.organisation, 0),
        last_assigned_at=candidate.last_assigned_at,
        code=code,
    )
