"""What the fullest case of the payload tests holds stays within the maxima that its model states."""

from schemas.case import Case
from schemas.scheme import Tier
from tests.builders import Walk
from tests.unit.schemas.full_case import full_search


def test_what_is_asked_and_who_is_drawn_stays_within_the_maxima_of_the_case() -> None:
    full = full_search(Walk(Tier.CRITICAL).to_recommendation().case)
    for name, value in full.items():
        if isinstance(value, (tuple, dict)):
            most = next(part.max_length for part in Case.model_fields[name].metadata if hasattr(part, "max_length"))
            assert len(value) <= most, name
