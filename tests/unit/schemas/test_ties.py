"""Standing ties: their days, and their places in payloads."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.ties import SUBSIDIARIES_MAX, TIES_MAX, Subsidiaries, Subsidiary, Tie, TieKind, Ties

DAY = date(2026, 3, 2)


@pytest.mark.parametrize("kind", list(TieKind))
def test_a_tie_of_every_kind_goes_to_json_and_back_unchanged(kind: TieKind) -> None:
    tie = Tie(kind=kind, organisation="org-acme", since=DAY, until=DAY)
    assert Tie.model_validate_json(tie.model_dump_json()) == tie


def test_a_tie_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        Tie(kind=TieKind.CLIENT, organisation="org-acme", since=DAY, until=date(2026, 3, 1))
    with pytest.raises(ValidationError, match="ends before it begins"):
        Subsidiary(organisation="org-acme", parent="org-parent", since=DAY, until=date(2026, 3, 1))


def test_what_one_states_of_ties_and_subsidiaries_is_bounded() -> None:
    tie = Tie(kind=TieKind.FAMILY, organisation="org-acme")
    child = Subsidiary(organisation="org-acme", parent="org-parent")
    for adapter, one, most in (
        (TypeAdapter(Ties), tie, TIES_MAX),
        (TypeAdapter(Subsidiaries), child, SUBSIDIARIES_MAX),
    ):
        assert len(adapter.validate_python((one,) * most)) == most
        with pytest.raises(ValidationError, match="too_long"):
            adapter.validate_python((one,) * (most + 1))
