"""Whoever judges a surveillance of the high tier checks the system in use first (scheme, `asks`; decision 68)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.scheme import Tier
from tests.builders import APPLICANT, MEMBERS, SECRETARY, text
from tests.label_walk import JUDGES, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.protocols import PARTICIPANTS_MAX
from workflows.rules.label.live_checks import may_record_live_check
from workflows.rules.label.surveillance_judging import may_judge_surveillance


def staffed(tier: Tier = Tier.HIGH) -> LabelWalk:
    return LabelWalk(tier).to_surveillance().handed_in().staffed(JUDGES[0])


def judge(walk: LabelWalk, who: Any = JUDGES[0]) -> LabelWalk:
    return walk.act("judge_surveillance", who, surveillance=1, findings=walk.findings())


def test_nobody_judges_before_they_checked_the_system_in_use() -> None:
    walk = staffed()
    with refused("live_check_missing"):
        judge(walk)
    assert may_judge_surveillance(walk.state, JUDGES[0], walk.rules).refusal.code == "live_check_missing"
    walk.act("record_live_check", JUDGES[0], **walk.live_check())
    judge(walk)

    assert walk.state.judged_by(1).live_checks[JUDGES[0].person].held_on == walk.now.date()
    assert walk.state.surveillances[0].judged_at is not None


def test_whoever_takes_over_checks_for_themselves() -> None:
    walk = staffed().act("record_live_check", JUDGES[0], **staffed().live_check())
    walk.act("declare_matter_interests", JUDGES[0], has_interest=True, statement=text("I was offered a post."))
    walk.staffed(JUDGES[1])

    with refused("live_check_missing"):
        judge(walk, JUDGES[1])


def test_a_check_is_recorded_once_and_is_not_changed() -> None:
    walk = staffed()
    walk.act("record_live_check", JUDGES[0], **walk.live_check())
    assert may_record_live_check(walk.state, JUDGES[0], walk.rules).refusal.code == "no_live_check_owed"
    with refused("no_live_check_owed"):
        walk.act("record_live_check", JUDGES[0], **walk.live_check(observed=text("Something else.")))


@pytest.mark.parametrize("who", [JUDGES[1], APPLICANT, SECRETARY, MEMBERS[0]])
def test_only_whoever_judges_it_records_a_check(who: Any) -> None:
    walk = staffed()
    with refused("no_live_check_owed"):
        walk.act("record_live_check", who, **walk.live_check())


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.MEDIUM, Tier.CRITICAL])
def test_where_the_tier_does_not_ask_for_a_check_none_is_recorded(tier: Tier) -> None:
    walk = staffed(tier)
    with refused("no_live_check_owed"):
        walk.act("record_live_check", JUDGES[0], **walk.live_check())


def test_nothing_is_recorded_before_the_holder_handed_in() -> None:
    walk = LabelWalk(Tier.HIGH).to_surveillance().staffed(JUDGES[0])
    with refused("no_live_check_owed"):
        walk.act("record_live_check", JUDGES[0], **walk.live_check())


@pytest.mark.parametrize(("days", "code"), [(2, "held_later"), (-2, "held_before_asked")])
def test_a_check_has_taken_place_since_its_reviewer_was_asked(days: int, code: str) -> None:
    walk = staffed()
    with refused(code):
        walk.act("record_live_check", JUDGES[0], **walk.live_check(held_on=walk.now.date() + timedelta(days=days)))


def test_people_are_named_by_function_and_so_briefly() -> None:
    walk = staffed()
    with refused("participants_too_long"):
        walk.act("record_live_check", JUDGES[0], **walk.live_check(participants=text("x" * (PARTICIPANTS_MAX + 1))))
