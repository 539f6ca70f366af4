"""Renewing in the window, and prolonging by a new label what is undecided at the end (scheme, renewal)."""

from datetime import timedelta

import pytest

from schemas.errand import ErrandDone
from schemas.label import IssuedLabel, Standing
from schemas.label_events import LabelProlonged, ProlongationRefused
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, sha256, text
from tests.label_walk import ENGINE_ITSELF, NEW_LABEL, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.editions import EDITION
from workflows.rules.label.errands import errand_of
from workflows.rules.label.renewal import NOT_IN_FORCE, awaits_prolongation, can_be_carried_on, prolonged_by

WINDOW = {Tier.LOW: (120, 60), Tier.MEDIUM: (150, 90), Tier.HIGH: (210, 150), Tier.CRITICAL: (240, 180)}
DAY = timedelta(days=1)


def near_the_end() -> LabelWalk:
    """A label whose renewal was asked for in time, ten days before its end."""
    walk = LabelWalk().renewal_asked()
    return walk.kept_until(walk.state.expires_at - 10 * DAY)


def new_label(walk: LabelWalk) -> IssuedLabel:
    """What the signer makes of a decided prolongation."""
    decided = walk.state.prolongation
    return IssuedLabel(
        id=NEW_LABEL,
        token="T0KEN",
        kid="00000000",
        decision_number=decided.number,
        status_index=2,
        subject_digest=sha256("subject")[:24],
        name_version="Digit Reader 1.2.0",
        tier=walk.state.tier.value,
        holder="Acme Vision",
        issued_at=decided.decided_at,
        expires_at=decided.until,
    )


def prolonged() -> LabelWalk:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    return walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))


@pytest.mark.parametrize("tier", Tier)
def test_a_renewal_is_asked_for_between_two_days_before_the_end(tier: Tier) -> None:
    opens, closes = WINDOW[tier]
    walk = LabelWalk(tier).renewal_asked()
    assert walk.now == walk.state.expires_at - opens * DAY
    assert walk.state.renewal.application == "case-2"

    early, last = LabelWalk(tier), LabelWalk(tier)
    early.kept_until(early.state.expires_at - opens * DAY - timedelta(seconds=1))
    early.renewal = walk.renewal
    with refused("window_not_open"):
        early.act("ask_renewal", APPLICANT, new_application="case-2")
    last.kept_until(last.state.expires_at - closes * DAY - timedelta(seconds=1)).renewal_asked()


def test_after_the_window_it_is_too_late() -> None:
    walk = LabelWalk()
    walk.kept_until(walk.state.expires_at - 60 * DAY)
    with refused("window_closed"):
        walk.renewal_asked()


def test_the_holder_is_reminded_before_the_window_closes_and_told_after() -> None:
    walk = LabelWalk()
    walk.kept_until(walk.state.expires_at - 50 * DAY)
    assert [e.days for e in walk.events if e.kind == "reminder_given" and e.clock == "renewal"] == [7, 3, -1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"application": "case-3"}, "unknown_application"),
        ({"organisation": "org-other"}, "not_the_holder"),
        ({"renews": NEW_LABEL}, "renews_another"),
        ({"renews": None}, "renews_another"),
    ],
)
def test_the_new_application_is_the_holders_own_and_names_this_label(changes: dict, code: str) -> None:
    walk = LabelWalk()
    walk.kept_until(walk.state.expires_at - 100 * DAY)
    with refused(code):
        facts = {"application": "case-2", "organisation": ORGANISATION, "renews": walk.subject, **changes}
        around = {"open_complaints": 0, "renewal": facts}
        walk.act("ask_renewal", APPLICANT, new_application="case-2", around=around)


def test_a_renewal_is_asked_for_once_by_the_holder() -> None:
    walk = LabelWalk().renewal_asked()
    with refused("already_asked"):
        walk.act("ask_renewal", APPLICANT, new_application="case-2")
    with refused("not_the_holder"):
        LabelWalk().act("ask_renewal", SECRETARY, new_application="case-2")


def test_a_panel_prolongs_by_a_decision_of_its_own_and_the_signer_carries_it_out() -> None:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30)
    assert len(walk.state.open_motion.electorate) == 3
    walk.carried()
    decided = walk.state.prolongation

    assert decided.number == f"label/{walk.subject}/{walk.state.entry}"
    assert decided.until == walk.state.expires_at + 30 * DAY
    assert awaits_prolongation(walk.state)
    assert walk.standings == ["in_force"]


def test_the_new_label_replaces_the_old_one_whose_own_end_stays() -> None:
    walk = prolonged()
    assert (walk.state.standing, walk.state.successor) == (Standing.SUPERSEDED, NEW_LABEL)
    assert walk.state.steps[-1].because == "prolonged"
    assert walk.state.expires_at < walk.state.prolongation.label.expires_at
    assert not awaits_prolongation(walk.state)


def test_the_new_label_begins_a_life_of_its_own_that_carries_on() -> None:
    walk = prolonged()
    errand = errand_of(walk.state)
    assert (errand.to, errand.subject, errand.act) == ("label", NEW_LABEL, "begin_life")
    walk.take((ErrandDone(at=walk.now, actor="engine", key=errand.key),))
    assert errand_of(walk.state) is None

    carried_on = LabelWalk.from_content(NEW_LABEL, errand.content)
    assert (carried_on.state.prolongs, carried_on.state.steps[0].because) == (walk.subject, "prolonged")
    assert carried_on.state.expires_at == walk.state.expires_at + 30 * DAY
    with refused("is_prolongation"):
        carried_on.act("ask_renewal", APPLICANT, new_application="case-2")
    with refused("renewal_not_asked"):
        carried_on.act("put_prolongation_to_vote", SECRETARY, days=30)


def test_a_renewal_granted_after_a_prolongation_replaces_the_label_that_carries_on() -> None:
    walk = prolonged()
    walk.take((ErrandDone(at=walk.now, actor="engine", key=errand_of(walk.state).key),))
    walk.act("supersede", ENGINE_ITSELF, successor="YY23456789ABCDEF")
    errand = errand_of(walk.state)

    assert (errand.subject, errand.act, errand.content) == (NEW_LABEL, "supersede", {"successor": "YY23456789ABCDEF"})
    assert walk.state.successor == NEW_LABEL
    with refused("already_superseded"):
        walk.act("supersede", ENGINE_ITSELF, successor="YY23456789ABCDEF")


def test_a_prolongation_that_the_signer_refuses_leaves_the_label_to_its_end() -> None:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    walk.take((ProlongationRefused(at=walk.now, actor="engine", code="renewal_decided"),))
    assert not awaits_prolongation(walk.state)
    assert errand_of(walk.state) is None
    assert walk.until(walk.state.expires_at).state.standing == Standing.EXPIRED


def test_a_label_signed_after_the_end_of_the_old_one_is_named_and_changes_no_standing() -> None:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    walk.until(walk.state.expires_at)
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))
    assert (walk.state.standing, walk.state.successor) == (Standing.EXPIRED, NEW_LABEL)


def signing() -> LabelWalk:
    """A label whose prolongation waits for the signer."""
    return near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30).carried()


def test_a_label_is_carried_on_while_it_is_in_force_and_after_its_term_ended() -> None:
    walk = signing()
    assert can_be_carried_on(walk.state)
    assert can_be_carried_on(walk.until(walk.state.expires_at).state)


def test_a_label_that_was_suspended_when_its_term_ended_is_not_carried_on() -> None:
    walk = signing().suspended()
    assert not can_be_carried_on(walk.state)
    walk.until(walk.state.expires_at)
    assert walk.standings[-2:] == ["suspended", "expired"]
    assert not can_be_carried_on(walk.state)


def test_a_label_against_which_a_withdrawal_is_under_way_is_not_carried_on() -> None:
    walk = signing()
    walk.act("give_notice_of_withdrawal", SECRETARY, because="mark_misused", reasons=text("Misused."))
    assert not can_be_carried_on(walk.state)
    walk.act("take_back_notice_of_withdrawal", SECRETARY, reasons=text("It was another mark."))
    assert can_be_carried_on(walk.state)


def test_a_label_whose_renewal_was_granted_meanwhile_is_not_carried_on() -> None:
    walk = signing()
    walk.until(walk.state.expires_at).act("supersede", ENGINE_ITSELF, successor="YY23456789ABCDEF")
    assert not can_be_carried_on(walk.state)


def test_a_label_that_stood_still_while_the_new_one_was_signed_may_be_prolonged_again() -> None:
    walk = signing()
    walk.take((ProlongationRefused(at=walk.now, actor="engine", code=NOT_IN_FORCE),))
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    assert awaits_prolongation(walk.state)


def test_a_vote_that_was_open_is_set_aside_when_another_label_carries_on() -> None:
    walk = signing().heard().act("put_scope_to_vote", SECRETARY, reasons=text("Less."), scope=text("Less."))
    walk.take(prolonged_by(walk.state, new_label(walk), walk.now))
    assert walk.state.open_motion is None
    assert walk.state.standing == Standing.SUPERSEDED


def test_what_a_label_was_being_looked_at_for_the_one_that_carries_it_on_is_looked_at_for() -> None:
    walk = signing().act("open_review", ENGINE_ITSELF, complaint="complaint-1")
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))
    carried_on = LabelWalk.from_content(NEW_LABEL, errand_of(walk.state).content)
    (look,) = carried_on.pass_time(hours=0).state.surveillances
    before = walk.state.surveillances[-1]
    assert (look.cause, look.criteria, look.about) == (before.cause, before.criteria, before.about)


def test_scope_that_the_commission_reduced_stays_reduced_in_the_label_that_carries_on() -> None:
    walk = near_the_end().heard()
    walk.act("put_scope_to_vote", SECRETARY, reasons=text(), scope=text("For adults.")).carried()
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))
    carried_on = LabelWalk.from_content(NEW_LABEL, errand_of(walk.state).content)
    assert carried_on.state.scope == text("For adults.")


def test_a_label_is_prolonged_only_towards_its_end_and_not_too_long() -> None:
    walk = LabelWalk().renewal_asked()
    with refused("too_early"):
        walk.act("put_prolongation_to_vote", SECRETARY, days=30)
    with refused("too_long"):
        near_the_end().act("put_prolongation_to_vote", SECRETARY, days=91)
    near_the_end().act("put_prolongation_to_vote", SECRETARY, days=90)


def test_nothing_is_prolonged_without_an_undecided_renewal_asked_for_in_time() -> None:
    walk = LabelWalk()
    walk.kept_until(walk.state.expires_at - 10 * DAY)
    with refused("renewal_not_asked"):
        walk.act("put_prolongation_to_vote", SECRETARY, days=30)

    decided = near_the_end()
    decided.renewal = decided.renewal.model_copy(update={"is_decided": True})
    with refused("renewal_decided"):
        decided.act("put_prolongation_to_vote", SECRETARY, days=30)


def test_a_label_is_prolonged_once_and_only_in_force() -> None:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    with refused("already_prolonged"):
        walk.act("put_prolongation_to_vote", SECRETARY, days=30)
    with refused("not_in_force"):
        near_the_end().suspended().act("put_prolongation_to_vote", SECRETARY, days=30)


def test_a_vote_to_prolong_ends_with_the_label_at_the_latest() -> None:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30)
    assert walk.state.open_motion.closes_at == walk.state.expires_at
    walk.all_declare().vote(walk.voters()[0]).until(walk.state.expires_at)
    assert walk.kinds()[-2:] == ["motion_closed", "label_expired"]


def test_a_panel_that_does_not_prolong_gives_no_label() -> None:
    walk = near_the_end().act("put_prolongation_to_vote", SECRETARY, days=30).carried(Voice.AGAINST)
    assert walk.state.prolongation is None


def test_an_application_that_is_decided_renews_nothing_and_leaves_room_for_another() -> None:
    walk = LabelWalk()
    walk.kept_until(walk.state.expires_at - 100 * DAY)
    facts = {"application": "case-2", "organisation": ORGANISATION, "renews": walk.subject}
    decided = {"open_complaints": 0, "renewal": {**facts, "is_decided": True}}

    with refused("application_decided"):
        walk.act("ask_renewal", APPLICANT, new_application="case-2", around={**decided, "edition": EDITION})
    # As accepted before.
    assert walk.act("ask_renewal", APPLICANT, new_application="case-2", around=decided).state.renewal is not None
