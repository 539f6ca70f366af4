"""What a label carries of what was judged; the record has all of it.

The whole label travels through Temporal (design, 4), and a suspended one may have two dozen judged surveillances.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Final

from schemas.canonical import digest_of
from schemas.review import Review
from schemas.surveillance import Judging, ReviewInBrief, Surveillance

FINDINGS_KEPT: Final = 340
"""Findings that the label carries whole: of open surveillances first, of the newest before others."""


def carried(judging: Mapping[int, Judging], surveillances: Iterable[Surveillance]) -> dict[int, Judging]:
    """Return what was judged, as far as there is room for its findings.

    Of an open surveillance the rest is carried in brief: what a vote is on and what its findings come to stays as it
    is. Of one that has ended, who judged it.
    """
    kept, room = {}, FINDINGS_KEPT
    for one in sorted(surveillances, key=lambda one: (one.is_open, one.number), reverse=True):
        found = judging.get(one.number)
        if found is None:
            continue
        room -= sum(len(review.findings) for review in found.reviews.values())
        if room < 0:
            found = _in_brief(found) if one.is_open else _ended(found)
        kept[one.number] = found
    return dict(sorted(kept.items()))


def _in_brief(judging: Judging) -> Judging:
    told = {who: _brief(review) for who, review in judging.reviews.items() if review.findings}
    return _bare(judging).model_copy(update={"brief": {**judging.brief, **told}})


def _ended(judging: Judging) -> Judging:
    return _bare(judging).model_copy(update={"live_checks": {}, "brief": {}})


def _brief(review: Review) -> ReviewInBrief:
    ordered = sorted(review.findings, key=attrgetter("verdict", "criterion"))
    by_verdict = groupby(ordered, attrgetter("verdict"))
    verdicts = {verdict: tuple(one.criterion for one in found) for verdict, found in by_verdict}
    return ReviewInBrief(digest=digest_of(review), verdicts=verdicts)


def _bare(judging: Judging) -> Judging:
    """Return who judges, without findings, and without the checks of those who handed in."""
    reviews = {who: review.model_copy(update={"findings": ()}) for who, review in judging.reviews.items()}
    owed = {who: check for who, check in judging.live_checks.items() if who not in reviews}
    return judging.model_copy(update={"reviews": reviews, "live_checks": owed})
