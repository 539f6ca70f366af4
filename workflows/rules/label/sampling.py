"""Which labels of a tier are looked at out of turn in a quarter: drawn verifiably (scheme, `surveillance_sample`)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from schemas.canonical import digest_of
from schemas.errors import AlreadyDecided
from schemas.label_life import LabelLife
from schemas.scheme import SchemeRules, Tier
from schemas.surveillance import Cause
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import drawn
from workflows.rules.permission import ALLOWED, Permission

MONTHS = 3


def quarter_of(moment: datetime) -> str:
    """Return the quarter of a moment, `2026-Q3`."""
    day = moment.astimezone(UTC)
    return f"{day.year}-Q{(day.month - 1) // MONTHS + 1}"


def begins_at(quarter: str) -> datetime:
    """Return the first moment of a quarter."""
    year, _, number = quarter.partition("-Q")
    return datetime(int(year), (int(number) - 1) * MONTHS + 1, 1, tzinfo=UTC)


def due_at(quarter: str, rules: SchemeRules) -> datetime:
    """Return by when the surveillances of the labels drawn in a quarter are opened."""
    return working_days_after(begins_at(quarter), rules.clocks.sample_opening_working_days, rules.clocks.calendar)


def awaits_sample(life: LabelLife, quarter: str) -> Permission:
    """Whether a label that was drawn in a quarter is still to be looked at for it."""
    if any(one.cause == Cause.SAMPLE and one.about == quarter for one in life.surveillances):
        return Permission(AlreadyDecided("already_sampled", f"The surveillance for {quarter} was opened before."))
    if any(one.cause == Cause.REGULAR and quarter_of(one.opened_at) == quarter for one in life.surveillances):
        return Permission(AlreadyDecided("looked_at_already", f"A regular surveillance was opened in {quarter}."))
    return ALLOWED


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
