"""What may be attested, and what may not."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.attestation import Attestation
from tests.exports import attestation


@pytest.mark.parametrize(
    "changed",
    [
        {"met": 40},
        {"total": 0, "met": 0, "not_applicable": 0},
        {"met": -1, "not_applicable": 45},
        {"register_url": "https://v.example.eu/"},
        {"register_url": "javascript:alert(1)"},
        {"register_url": 'https://v.example.eu"'},
        {"register_url": "https://v.example.eu\n"},
        {"country": "ee"},
        {"holder": ""},
        {"holder": "x" * 201},
        {"product": "two\nlines"},
        {"meaning": "turned \u202e round"},
        {"purpose": "a line\u2028separator"},
        {"languages": ()},
        {"scheme_digest": "AB" * 32},
        {"officer": "Olga Officer"},
    ],
)
def test_a_wrong_or_further_fact_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Attestation.model_validate({**attestation().model_dump(), **changed})


def test_the_end_is_an_aware_whole_second() -> None:
    for end in (datetime(2028, 11, 22), datetime(2028, 11, 22, 0, 0, 0, 1, tzinfo=UTC)):  # noqa: DTZ001  # is refused
        with pytest.raises(ValidationError):
            Attestation.model_validate({**attestation().model_dump(), "expires_at": end})


def test_nothing_in_it_can_be_changed() -> None:
    with pytest.raises(ValidationError):
        attestation().granted_on = date(2027, 1, 1)


@pytest.mark.parametrize(("index", "shard", "place"), [(0, 0, 0), (2**17 - 1, 0, 2**17 - 1), (2**17, 1, 0)])
def test_a_status_index_is_a_list_and_a_place(index: int, shard: int, place: int) -> None:
    label = attestation(status_index=index)

    assert (label.status_list, label.status_place) == (f"https://v.example.eu/s/{shard}", place)
