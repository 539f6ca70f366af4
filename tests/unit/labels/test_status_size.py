"""How much a reader without a network carries: the lists of a million labels, placed as the signer places them."""

import pytest

from tests.bench.bench_log import status_lists

pytestmark = pytest.mark.slow


def test_the_lists_of_a_million_labels_weigh_at_most_16_7_kb_in_either_mix() -> None:
    found = status_lists()

    assert found["status_withdrawn_signed_bytes"] <= 16_700
    assert found["status_mixed_signed_bytes"] <= 16_700
