"""What the holder hands in for a surveillance by the tier of the label (scheme, `asks`; decision 68)."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.scheme import SchemeRules, Tier
from schemas.surveillance import Cause
from tests.builders import APPLICANT, SECRETARY, text
from tests.label_walk import LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.surveillance import opened

INCIDENT = {"cause": "incident", "reasons": text("It hurt someone.")}


def opened_for(tier: Tier) -> LabelWalk:
    return LabelWalk(tier).to_surveillance()


def without_asks(rules: SchemeRules) -> SchemeRules:
    """The scheme as a version from before tiers asked for anything."""
    tiers = {
        tier: one.model_copy(
            update={"surveillance": one.surveillance.model_copy(update={"asks": (), "test_results": ()})}
        )
        for tier, one in rules.tiers.items()
    }
    return rules.model_copy(update={"tiers": tiers})


def hand_in(walk: LabelWalk, **changes: Any) -> LabelWalk:
    """Hand in without adding anything."""
    return walk.act("submit_surveillance", APPLICANT, **{**walk.submission(), **changes})


@pytest.mark.parametrize(
    ("tier", "asks"),
    [
        (Tier.LOW, ("declaration",)),
        (Tier.MEDIUM, ("declaration",)),
        (Tier.HIGH, ("declaration", "live_check")),
        (Tier.CRITICAL, ("declaration", "test_results", "incident_report", "third_party_yearly")),
    ],
)
def test_a_regular_surveillance_asks_for_what_its_tier_says(tier: Tier, asks: tuple[str, ...]) -> None:
    assert opened_for(tier).state.surveillances[0].asks == asks


def test_one_that_was_drawn_asks_for_the_same_and_one_for_a_cause_for_nothing_besides() -> None:
    walk = LabelWalk(Tier.CRITICAL)
    asks = {
        cause: opened(walk.state, cause, walk.now, walk.rules, about="2026-Q3").surveillance.asks for cause in Cause
    }

    assert {cause for cause, given in asks.items() if given} == {Cause.REGULAR, Cause.SAMPLE}
    assert asks[Cause.SAMPLE] == asks[Cause.REGULAR]


@pytest.mark.parametrize("tier", Tier)
def test_in_every_tier_the_holder_declares_whether_there_were_incidents(tier: Tier) -> None:
    with refused("incidents_not_stated"):
        hand_in(opened_for(tier), incidents=None)


def test_a_holder_who_had_incidents_reports_on_them_in_any_tier() -> None:
    walk = opened_for(Tier.LOW)
    with refused("incident_report_missing"):
        hand_in(walk, incidents=True, incident_report=None)
    hand_in(walk, incidents=True, incident_report=text("A wrong answer was shown on 3 May; it is mended."))

    submission = walk.state.surveillances[0].submission
    assert submission is not None
    assert submission.incidents is True
    assert submission.incident_report == text("A wrong answer was shown on 3 May; it is mended.")


def test_without_incidents_a_report_is_asked_for_in_the_critical_tier_only() -> None:
    for tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH):
        assert hand_in(opened_for(tier), incident_report=None).state.surveillances[0].submission is not None
    walk = opened_for(Tier.CRITICAL)
    walk.offer(walk.state.surveillances[0].criteria[0], type="test_report")
    with refused("incident_report_missing"):
        hand_in(walk, incident_report=None)


def test_the_critical_tier_hands_in_no_surveillance_without_results_of_tests() -> None:
    walk = opened_for(Tier.CRITICAL)
    with refused("test_results_missing"):
        hand_in(walk)
    walk.offer(walk.state.surveillances[0].criteria[0], type="policy")
    with refused("test_results_missing"):
        hand_in(walk)
    walk.offer(walk.state.surveillances[0].criteria[0], type="security_report")

    assert hand_in(walk).state.surveillances[0].submission is not None


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True)])
def test_tests_from_before_the_label_was_issued_do_not_count(days: int, taken: bool) -> None:
    walk = opened_for(Tier.CRITICAL)
    day = walk.state.issued_at.date() + timedelta(days=days)
    walk.offer(walk.state.surveillances[0].criteria[0], type="test_report", effective=day)
    if taken:
        assert hand_in(walk).state.surveillances[0].submission is not None
    else:
        with refused("test_results_missing"):
            hand_in(walk)


@pytest.mark.parametrize(("days", "taken"), [(-1, False), (0, True)])
def test_tests_from_before_the_last_surveillance_was_handed_in_do_not_count(days: int, taken: bool) -> None:
    walk = opened_for(Tier.CRITICAL).handed_in().judged().maintained()
    before: date = walk.state.surveillances[0].submission.submitted_at.date()
    walk.to_surveillance()
    walk.offer(walk.state.surveillances[1].criteria[0], type="test_report", effective=before + timedelta(days=days))
    if taken:
        assert hand_in(walk).state.surveillances[1].submission is not None
    else:
        with refused("test_results_missing"):
            hand_in(walk)


def test_tests_that_are_dated_ahead_or_have_expired_do_not_count() -> None:
    walk = opened_for(Tier.CRITICAL)
    criterion, today = walk.state.surveillances[0].criteria[0], walk.now.date()
    walk.offer(criterion, type="test_report", effective=today + timedelta(days=1))
    week_ago = today - timedelta(days=7)
    walk.offer(criterion, type="test_report", effective=week_ago, expires=today - timedelta(days=1))

    with refused("test_results_missing"):
        hand_in(walk)


def test_a_look_out_of_turn_between_two_does_not_make_older_tests_too_old() -> None:
    walk = LabelWalk(Tier.CRITICAL).pass_time(days=10)
    made_on = walk.now.date()
    walk.pass_time(days=10).act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)
    hand_in(walk)
    walk.to_surveillance()
    walk.offer(walk.state.surveillances[1].criteria[0], type="test_report", effective=made_on)

    assert hand_in(walk, surveillance=2).state.surveillances[1].submission is not None


def test_a_label_of_an_earlier_version_of_the_scheme_is_asked_for_nothing_of_this() -> None:
    walk = LabelWalk(Tier.CRITICAL)
    walk.rules = without_asks(walk.rules)
    walk.to_surveillance()
    hand_in(walk, incidents=None, incident_report=None)

    assert walk.state.surveillances[0].submission is not None
    assert not {"asks", "incidents", "incident_report"} & walk.state.surveillances[0].model_dump(mode="json").keys()
    assert "incidents" not in walk.events[-1].model_dump(mode="json")["submission"]
