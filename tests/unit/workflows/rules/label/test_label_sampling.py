"""The draw of a quarter: the tier's share of its labels, by a seed that nobody alone chooses."""

from datetime import UTC, datetime

import pytest

from schemas.scheme import Tier
from tests.builders import scheme, sha256
from workflows.rules.label.sampling import begins_at, quarter_of, sampled, seed_of

HEADS = {f"LABEL{number:011}": sha256(str(number)) for number in range(60)}


@pytest.mark.parametrize(("tier", "drawn"), [(Tier.LOW, 3), (Tier.MEDIUM, 6), (Tier.HIGH, 12), (Tier.CRITICAL, 60)])
def test_the_share_of_the_tier_is_drawn(tier: Tier, drawn: int) -> None:
    found = sampled("2027-Q1", tier, HEADS, scheme().rules)
    assert len(found) == drawn
    assert set(found) <= set(HEADS)


def test_a_share_of_few_labels_is_rounded_up() -> None:
    assert len(sampled("2027-Q1", Tier.LOW, dict(list(HEADS.items())[:1]), scheme().rules)) == 1
    assert sampled("2027-Q1", Tier.LOW, {}, scheme().rules) == ()


def test_anyone_draws_the_same_from_the_same_record_and_another_from_another() -> None:
    rules = scheme().rules
    turned = dict(reversed(HEADS.items()))
    assert sampled("2027-Q1", Tier.HIGH, HEADS, rules) == sampled("2027-Q1", Tier.HIGH, turned, rules)
    changed = {**HEADS, next(iter(HEADS)): sha256("another entry")}
    seeds = {
        seed_of("2027-Q1", Tier.HIGH, HEADS),
        seed_of("2027-Q2", Tier.HIGH, HEADS),
        seed_of("2027-Q1", Tier.LOW, HEADS),
        seed_of("2027-Q1", Tier.HIGH, changed),
    }
    assert len(seeds) == 4


@pytest.mark.parametrize(
    ("moment", "quarter"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-Q1"),
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), "2026-Q1"),
        (datetime(2026, 4, 1, tzinfo=UTC), "2026-Q2"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2026-Q4"),
    ],
)
def test_a_quarter_has_three_months(moment: datetime, quarter: str) -> None:
    assert quarter_of(moment) == quarter
    assert begins_at(quarter) <= moment
    assert quarter_of(begins_at(quarter)) == quarter
