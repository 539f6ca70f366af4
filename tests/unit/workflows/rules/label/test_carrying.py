"""What a label carries of what was judged: as much as there is room for, and always what rules and votes rest on."""

import pytest

from schemas.event import Event
from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import SECRETARY, text
from tests.label_walk import JUDGES, LabelWalk
from workflows.rules.label.carrying import FINDINGS_KEPT

KEPT = "workflows.rules.label.carrying.FINDINGS_KEPT"
MENDED = {"cause": "incident", "reasons": text("Mended.")}


def restored_after_a_judge_left() -> LabelWalk:
    """A suspended label whose failed surveillance was judged anew by one of two, and answered by a later one."""
    walk = LabelWalk(Tier.CRITICAL).to_surveillance().handed_in().judged(Verdict.NOT_MET).suspended()
    walk.act("declare_matter_interests", JUDGES[0], has_interest=True, statement=text("They hired me."))
    walk.staffed(JUDGES[2]).act("judge_surveillance", JUDGES[2], surveillance=1, findings=walk.findings())
    walk.act("put_confirmation_to_vote", SECRETARY).carried()
    walk.act("open_extraordinary_surveillance", SECRETARY, criteria=walk.state.surveillances[0].criteria, **MENDED)
    walk.handed_in().staffed(*JUDGES[1:])
    for judge in JUDGES[1:]:
        walk.act("judge_surveillance", judge, surveillance=2, findings=walk.findings())
    return walk.act("put_restoration_to_vote", SECRETARY, reasons=text()).carried()


def told(events: list[Event]) -> list[dict]:
    return [event.model_dump(mode="json") for event in events]


def test_rules_and_votes_come_out_alike_however_much_is_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = restored_after_a_judge_left()
    monkeypatch.setattr(KEPT, 0)
    brief = restored_after_a_judge_left()

    assert whole.standings == ["in_force", "suspended", "in_force"]
    assert told(brief.events) == told(whole.events)
    assert any(review.findings for review in whole.state.judging[2].reviews.values())
    assert not any(review.findings for one in brief.state.judging.values() for review in one.reviews.values())


def test_what_is_open_is_carried_whole_before_what_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged()
    number = len(walk.state.surveillances[0].criteria)
    walk.act("open_extraordinary_surveillance", SECRETARY, **MENDED).handed_in().judged()
    monkeypatch.setattr(KEPT, number)
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=2).carried()

    carried = {one: sum(len(its.findings) for its in held.reviews.values()) for one, held in walk.state.judging.items()}
    assert carried == {1: number, 2: 0}
    assert walk.state.judging[2].reviews.keys() == {JUDGES[0].person}
    assert walk.state.judging[2].brief == {}


def test_an_open_surveillance_is_carried_in_brief_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KEPT, 1)
    walk = LabelWalk().to_surveillance().handed_in().judged(Verdict.PARTLY_MET)
    (brief,) = walk.state.judging[1].brief.values()

    assert brief.verdicts == {Verdict.PARTLY_MET: walk.state.surveillances[0].criteria}
    assert walk.state.judging[1].verdicts.keys() == walk.state.surveillances[0].results.keys()


def test_the_largest_surveillance_of_the_built_in_scheme_is_carried_whole() -> None:
    rules = LabelWalk().rules
    assert len(rules.criteria) * max(rules.common.surveillance_judged_by.reviewers.values()) <= FINDINGS_KEPT
