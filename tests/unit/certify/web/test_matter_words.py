"""Words of matters: every entry, clock and motion that a kind of matter can bring has its words in both languages."""

from typing import Any, get_args

import pytest

from certify.procedure.matter_kinds import KINDS
from certify.web.language import sentence
from certify.web.matters.matter_reasons import reason_of
from certify.web.matters.matter_words import ENTRIES, PARTIES
from schemas.clocks import Party
from workflows.kernel import Kernel

KERNELS = [pytest.param(kind.kernel, id=name) for name, kind in KINDS.items()]


def events_of(kernel: Kernel[Any]) -> set[str]:
    """Every kind of event of a kernel."""
    union = get_args(kernel.events._type)[0]
    return {event.model_fields["kind"].default for event in get_args(union)}


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_entry_of_a_matter_has_words(kernel: Kernel[Any]) -> None:
    assert events_of(kernel) - set(ENTRIES) == set()


def test_everybody_who_can_be_waited_for_has_a_name() -> None:
    assert set(PARTIES) == set(Party)


def test_an_unknown_reason_is_said_in_general_words() -> None:
    assert reason_of("en", "no_such_code") == sentence("en", "This cannot be done now.")
