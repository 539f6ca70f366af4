"""Ten years of labels of every tier: each deadline fires once, not before it is due, and none is lost (I6, I15)."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from schemas.label import Standing
from schemas.label_life import GROUNDS
from schemas.scheme import Tier
from schemas.surveillance import Cause
from tests.builders import scheme
from tests.label_years import YEARS, Lived, Years, simulate
from workflows.rules.deadlines import working_days_after
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.standing import NEXT


@pytest.fixture(scope="module")
def years() -> Years:
    return simulate(holders=2, seed=7)


def ended(years: Years, standing: Standing) -> list[Lived]:
    return [life for life in years.lives if life.walk.state.standing == standing]


def test_ten_years_of_every_tier_are_lived_and_every_label_comes_to_an_end(years: Years) -> None:
    begun = {tier: [one.walk.state for one in years.lives if one.walk.state.tier == tier] for tier in Tier}
    for lives in begun.values():
        assert max(life.ended_at for life in lives) - min(life.issued_at for life in lives) > timedelta(
            days=365 * (YEARS - 1)
        )
    assert set(years.standings) >= {Standing.SUPERSEDED, Standing.EXPIRED, Standing.LAPSED}
    assert all(life.walk.state.is_over for life in years.lives)


def test_every_regular_surveillance_is_opened_once_and_exactly_when_it_is_due(years: Years) -> None:
    assert sum(len(life.due) for life in years.lives) > len(years.lives)
    for life in years.lives:
        assert life.opened == life.due


def test_a_missed_surveillance_suspends_and_ends_a_label_exactly_in_its_time(years: Years) -> None:
    missed = rescued = 0
    for life in years.lives:
        opened = {one.number: one.opened_at for one in life.walk.state.surveillances}
        for event in life.walk.events:
            if event.kind == "label_suspended" and event.because == "surveillance_missed":
                rescued += 1
                # A suspension of another kind may have stood in the way until it fell away.
                assert event.at >= opened[event.surveillance] + timedelta(days=30)
            if event.kind == "label_lapsed":
                missed += 1
                assert event.at == opened[event.surveillance] + timedelta(days=90)
    assert missed == len(ended(years, Standing.LAPSED)) > 0
    assert rescued > missed


def test_a_label_expires_to_the_second(years: Years) -> None:
    expired = ended(years, Standing.EXPIRED)
    assert expired
    for life in expired:
        assert life.walk.state.ended_at == life.walk.state.expires_at


def test_no_label_lives_longer_than_its_scheme_allows(years: Years) -> None:
    for life in years.lives:
        state = life.walk.state
        assert state.ended_at <= state.expires_at
        assert state.expires_at - state.issued_at < timedelta(days=2 * 366)


def test_no_reminder_is_given_twice_and_none_comes_early(years: Years) -> None:
    for life in years.lives:
        given = [event for event in life.walk.events if event.kind == "reminder_given"]
        assert max(Counter((one.clock, one.due_at, one.days) for one in given).values(), default=0) <= 1
        assert all(one.at >= one.due_at - timedelta(days=one.days) for one in given)


def test_every_suspension_that_nobody_confirmed_fell_away_or_the_label_ended(years: Years) -> None:
    fell = 0
    for life in years.lives:
        for before, after in pairwise(life.walk.state.steps):
            assert after.standing in NEXT[before.standing]
            assert after.version == before.version + 1
            if before.because in GROUNDS and after.because == "suspension_not_confirmed":
                fell += 1
                assert after.at == working_days_after(before.at, 10, scheme().rules.clocks.calendar)
    assert fell > 0


def test_a_renewed_label_leads_to_the_next(years: Years) -> None:
    labels = {life.walk.subject for life in years.lives}
    renewed = ended(years, Standing.SUPERSEDED)
    assert renewed
    assert sum(life.successor in labels for life in renewed) > len(renewed) / 2


def test_folding_what_happened_gives_every_label(years: Years) -> None:
    for life in years.lives:
        state = None
        for event in life.walk.events:
            state = LABEL.evolve(state, event)
        assert state == life.walk.state


def test_the_same_seed_gives_the_same_years_and_another_others() -> None:
    first, again, other = simulate(1, seed=1), simulate(1, seed=1), simulate(1, seed=2)
    assert [life.walk.state.steps for life in first.lives] == [life.walk.state.steps for life in again.lives]
    assert first.standings != other.standings or len(first.lives) != len(other.lives)


def test_regular_and_other_surveillances_are_told_apart(years: Years) -> None:
    assert all(
        (one.due_at is not None) == (one.cause == Cause.REGULAR)
        for life in years.lives
        for one in life.walk.state.surveillances
    )
