"""How far reviewers agree, criterion by criterion (procedure, stage 7: statistics per criterion)."""

from collections import Counter
from collections.abc import Iterable
from math import comb

from schemas.case import Case
from schemas.review import ReviewerAgreement
from schemas.stages import Verdict


def agreement(case: Case) -> tuple[ReviewerAgreement, ...]:
    """Return the figures of every criterion that two reviewers of the plan or more judged, sorted by criterion."""
    counted = case.plan.criteria if case.plan else {}
    given: dict[str, list[Verdict]] = {}
    for reviewer, review in case.reviews.items():
        for finding in review.findings if reviewer in counted else ():
            given.setdefault(finding.criterion, []).append(finding.verdict)
    return tuple(_figures(criterion, given[criterion]) for criterion in sorted(given) if len(given[criterion]) > 1)


def _figures(criterion: str, verdicts: list[Verdict]) -> ReviewerAgreement:
    times = Counter(verdicts)
    return ReviewerAgreement(
        criterion=criterion,
        verdicts={verdict: times[verdict] for verdict in Verdict if times[verdict]},
        agreeing=sum(comb(number, 2) for number in times.values()),
        pairs=comb(len(verdicts), 2),
    )


def overall(figures: Iterable[ReviewerAgreement]) -> tuple[int, int]:
    """Return how many pairs of reviewers agree over all criteria, and of how many."""
    listed = list(figures)
    return sum(one.agreeing for one in listed), sum(one.pairs for one in listed)
