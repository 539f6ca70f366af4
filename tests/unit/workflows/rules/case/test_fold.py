"""`evolve` believes what is recorded; folding what happened gives the case as it stands."""

from typing import get_args

import pytest

from schemas import events as ev
from schemas.case import Case
from schemas.events import CASE_EVENTS, CaseEvent
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import START, Walk
from tests.vectors.events.make import every_kind
from workflows.rules.case import fold as fold_module
from workflows.rules.case.fold import evolve, fold


@pytest.mark.parametrize("tier", list(Tier))
def test_folding_the_events_of_a_case_gives_the_case(tier: Tier) -> None:
    granted = Walk(tier).to_grant()
    refused = Walk(tier).to_decision(I_1_1_01=Verdict.NOT_MET)
    for walk in (granted, refused):
        assert fold(walk.events) == walk.case
        assert walk.case.entry == len(walk.events)


@pytest.mark.parametrize("tier", list(Tier))
def test_folding_what_the_record_gives_back_as_json_gives_the_same_case(tier: Tier) -> None:
    walk = Walk(tier).to_grant()
    read = [CASE_EVENTS.validate_json(event.model_dump_json()) for event in walk.events]
    assert fold(read).model_dump_json() == walk.case.model_dump_json()


def test_evolve_never_changes_the_case_it_is_given() -> None:
    for walk in every_kind():
        case: Case | None = None
        for event in walk.events:
            before = case.model_dump_json() if case else None
            following = evolve(case, event)
            assert (case.model_dump_json() if case else None) == before
            assert following is not case
            case = following


def test_every_kind_of_event_has_its_change_of_the_case() -> None:
    kinds = set(get_args(get_args(CaseEvent)[0]))
    assert {*fold_module._CHANGES, ev.ApplicationLodged} == kinds


def test_a_stream_begins_with_the_lodging() -> None:
    with pytest.raises(ValueError, match="before application_lodged"):
        fold([ev.ApplicationLapsed(at=START, actor="engine")])
    with pytest.raises(ValueError, match="no events"):
        fold([])


def test_only_final_stages_have_an_end() -> None:
    for walk in every_kind():
        assert walk.case.stage.is_final == (walk.case.ended_at is not None)
    assert Walk().to_grant().case.stage == Stage.ATTESTATION
