"""The manifest: one digest for what was handed in, wherever and however it is stored."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.evidence import EvidenceItem, TextRef, manifest_digest
from tests.builders import Walk, sha256, text

ITEMS = Walk().to_planning().case.evidence


def but(**changes: Any) -> dict[str, EvidenceItem]:
    return {**ITEMS, "E1": ITEMS["E1"].model_copy(update=changes)}


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": sha256("other")},
        {"file": "other.pdf"},
        {"criteria": ("I-1.2-01",)},
        {"size": 2},
        {"covers_version": "9"},
        {"type": "order"},
        {"confidentiality": "secret"},
        {"address": "https://example.org/"},
        {"saved_on": date(2026, 1, 9)},
        {"received_at": Walk().now.replace(year=2030)},
    ],
    ids=str,
)
def test_whatever_changes_about_an_item_changes_the_manifest(changes: dict[str, Any]) -> None:
    assert manifest_digest(but(**changes), {}, {}) != manifest_digest(ITEMS, {}, {})


def test_where_and_how_an_item_is_stored_does_not_change_the_manifest() -> None:
    stored = but(stored_digest=sha256("sealed"), sealed_with="key-1")
    assert manifest_digest(stored, {}, {}) == manifest_digest(ITEMS, {}, {})


def test_a_missing_item_or_a_reason_changes_the_manifest_and_the_length_of_a_text_does_not() -> None:
    fewer = {key: item for key, item in ITEMS.items() if key != "E1"}
    reason = {"I-1.1-01": text()}
    digests = {manifest_digest(fewer, {}, {}), manifest_digest(ITEMS, {}, {}), manifest_digest(ITEMS, reason, {})}
    assert len(digests) == 3
    longer = {"I-1.1-01": TextRef(digest=text().digest, length=9)}
    assert manifest_digest(ITEMS, longer, {}) == manifest_digest(ITEMS, reason, {})


@given(st.permutations(sorted(ITEMS)))
def test_the_manifest_does_not_depend_on_the_order_of_its_items(order: list[str]) -> None:
    assert manifest_digest({key: ITEMS[key] for key in order}, {}, {}) == manifest_digest(ITEMS, {}, {})
