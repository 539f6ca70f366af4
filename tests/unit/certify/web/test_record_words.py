"""Words of the record page: every entry that a case can bring has its title."""

from typing import get_args

from certify.web.case_entries import ENTRIES
from schemas.events import CaseEvent


def test_every_entry_of_a_case_has_a_title() -> None:
    events = get_args(get_args(CaseEvent)[0])
    assert {event.model_fields["kind"].default for event in events} - set(ENTRIES) == set()
