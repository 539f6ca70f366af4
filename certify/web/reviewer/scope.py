"""How much work a review is: what an expert knows of it before they say yes."""

from dataclasses import dataclass
from typing import Self

from certify.web.casework import OpenCase
from workflows.rules.case.evaluation import to_be_judged


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The extent of a review.

    Attributes:
        areas: competences the expert was asked for.
        criteria: how many criteria of the case reviewers judge.
        reviewers: how many reviewers share them.
        own: how many the plan gives this expert, None before it is approved.
    """

    areas: tuple[str, ...]
    criteria: int
    reviewers: int
    own: int | None

    @classmethod
    def of(cls, opened: OpenCase) -> Self:
        """Return the extent of the reader's review."""
        reading, rules = opened.reading, opened.scheme.rules
        return cls(
            areas=reading.own.assignment.areas if reading.own.assignment else (),
            criteria=len(to_be_judged(opened.case, rules, lookup=False)),
            reviewers=rules.tiers[reading.tier].reviewers.count,
            own=len(reading.own.criteria) or None,
        )
