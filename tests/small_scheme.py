"""A scheme with a handful of the built-in criteria, one of each way to be answered: small documents, fast rules."""

from functools import cache
from typing import Any

from schemas.case import SchemePin
from schemas.scheme import Scheme, Tier
from tests.builders import Walk, lodged, scheme

REVIEWED = ("I-1.1-01", "I-1.3-01", "I-2.7-04", "I-5.1-01")
"""Judged by reviewers of the three areas; the last is recommended only."""
LOOKED_UP = ("I-2.8-02",)
"""Looked up by the secretariat from the medium tier on; the agreement answers it in the low tier."""
ANSWERED = ("I-1.4-03", "II-2.1-01", "II-2.2-01", "II-2.2-02")
"""By the application where the condition holds, and by the Register."""


@cache
def small(*criteria: str) -> Scheme:
    """Return the built-in scheme cut to some criteria, as it comes to one of each kind; most texts are left out."""
    kept = criteria or (*REVIEWED, *LOOKED_UP, *ANSWERED)
    whole = scheme()
    rules = whole.rules.model_copy(update={"criteria": {key: whole.rules.criteria[key] for key in kept}})
    texts = {name: {} for name in ("questions", "provisions", "articles", "evidence_types", "factors", "whys")}
    texts["criteria"] = {key: whole.texts.criteria[key] for key in kept}
    return Scheme(rules=rules, texts=whole.texts.model_copy(update=texts), examples=())


def pin(one: Scheme) -> SchemePin:
    """Return what a case on a scheme names it by."""
    return SchemePin(id=one.rules.id, version=one.rules.version, digest=one.digest)


class SmallWalk(Walk):
    """A walk on the small scheme."""

    def __init__(self, tier: Tier = Tier.LOW, *, members: int = 7, edition: int = 1, **changes: Any) -> None:
        super().__init__(tier, members=members, edition=edition)
        self.rules = small().rules
        self.lodged = lodged(tier, scheme=pin(small()), **changes)
