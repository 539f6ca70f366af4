"""Which labels of a tier are looked at out of turn in a quarter: drawn verifiably (scheme, `surveillance_sample`)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from schemas.canonical import digest_of
from schemas.scheme import SchemeRules, Tier
from workflows.rules.draws import drawn

MONTHS = 3


def quarter_of(moment: datetime) -> str:
    """Return the quarter of a moment, `2026-Q3`."""
    day = moment.astimezone(UTC)
    return f"{day.year}-Q{(day.month - 1) // MONTHS + 1}"


def begins_at(quarter: str) -> datetime:
    """Return the first moment of a quarter."""
    year, _, number = quarter.partition("-Q")
    return datetime(int(year), (int(number) - 1) * MONTHS + 1, 1, tzinfo=UTC)


def seed_of(quarter: str, tier: Tier, heads: Mapping[str, str]) -> str:
    """Return what a quarter is drawn with: the last recorded digest of every label before the quarter began.

    Args:
        quarter: as `quarter_of` writes it.
        tier: the tier that is drawn from.
        heads: digest of the last entry of each label's stream before the quarter, by label.
    """
    return digest_of({"quarter": quarter, "tier": tier.value, "heads": dict(heads)})


def sampled(quarter: str, tier: Tier, heads: Mapping[str, str], rules: SchemeRules) -> tuple[str, ...]:
    """Draw the labels of a tier that are looked at in a quarter, sorted: the tier's share, rounded up."""
    percent = rules.tiers[tier].surveillance.random_sample_percent
    size = -(-len(heads) * percent // 100)
    return drawn(heads, seed_of(quarter, tier, heads), size)
