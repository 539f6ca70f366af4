"""A decision in a raised tier is recomputed from its record alone: every step to the tier is found in it again."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from schemas.decision_record import record_of
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import Walk
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.tampering import Document, changed, document_of, found_in

GRANT, REFUSE = Choice.GRANT, Choice.REFUSE


def confirmed() -> Walk:
    return SmallWalk(edition=2).to_grant()


def by_dispute() -> Walk:
    return SmallWalk(edition=2).to_evaluation().confirmed(Tier.MEDIUM).raised().advised().granted()


def by_working_group() -> Walk:
    walk = SmallWalk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    return walk.voted(GRANT, GRANT, REFUSE).raised().advised().granted()


def kept() -> Walk:
    walk = SmallWalk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    return walk.voted(REFUSE, REFUSE, REFUSE).reviewed().advised().granted()


def raised_since_it_was_kept() -> Walk:
    """The working group kept the tier two below what the lead found; then the Commission raised it by one."""
    walk = SmallWalk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    walk.voted(REFUSE, REFUSE, REFUSE).proposed(Tier.MEDIUM)
    return walk.voted(*[GRANT] * len(walk.voters())).raised().advised().granted()


@cache
def document(made: Callable[[], Walk]) -> Document:
    """The record of a decided case."""
    return document_of(record_of(made().case, small()))


@pytest.mark.parametrize("made", [confirmed, by_dispute, by_working_group, kept, raised_since_it_was_kept])
def test_a_true_record_amounts_to_its_decision(made: Callable[[], Walk]) -> None:
    assert found_in(document(made)) == set()


@pytest.mark.parametrize(
    ("made", "changes", "place", "code"),
    [
        (confirmed, {"/plan/lead": None}, "/plan/lead", "other_plan"),
        (confirmed, {"/confirmation/answers/Q1": 3}, "/raises", "other_tier"),
        (confirmed, {"/confirmation/assessment/tier": "medium"}, "/raises", "other_tier"),
        (by_dispute, {"/raises": []}, "/raises", "other_tier"),
        (by_dispute, {"/raises/0/before": "medium"}, "/raises", "other_tier"),
        (by_dispute, {"/raises": [], "/raised_tier": None}, "/raises", "other_tier"),
        (by_working_group, {"/rounds/0/ballots": {}}, "/rounds/0/tally/present", "other_tally"),
        (by_working_group, {"/rounds/0/tally/in_favour": 3}, "/rounds/0/tally/in_favour", "other_tally"),
        (by_working_group, {"/rounds/0/number": 2}, "/rounds/0/number", "other_number"),
        (by_working_group, {"/rounds/0/quorum": "1"}, "/raises", "other_tier"),
        (by_working_group, {"/raises/0/round": None}, "/raises", "other_tier"),
        (kept, {"/rounds/0/proposed_tier": "critical"}, "/raises", "other_tier"),
        (raised_since_it_was_kept, {"/rounds/0/proposed_tier": "medium"}, "/raises", "other_tier"),
        (kept, {"/rounds/0/closed_at": None}, "/rounds/0/closed_at", "round_is_open"),
    ],
)
def test_what_is_changed_about_the_tier_is_found(
    made: Callable[[], Walk], changes: dict[str, Any], place: str, code: str
) -> None:
    assert (place, code) in found_in(changed(document(made), changes))
