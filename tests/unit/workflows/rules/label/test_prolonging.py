"""What holds when a label is prolonged: all that maintaining asks, and what is open goes on (17065, 7.9, 7.11)."""

from datetime import timedelta
from functools import cache

import pytest

from schemas.case import Case
from schemas.label import Standing
from schemas.label_events import LabelProlonged, ProlongationRefused
from schemas.label_life import LabelLife
from schemas.people import ParticipantFacts
from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import APPLICANT, EXPERTS, ORGANISATION, SECRETARY, START, Walk, scheme, scheme_digest, text
from tests.label_walk import ENGINE_ITSELF, EXPIRING, JUDGES, NEW_LABEL, LabelWalk, granted
from tests.matters import OPENED
from tests.unit.workflows.rules.label.test_label_renewal import near_the_end, new_label
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.errands import errand_of
from workflows.rules.label.prolongations import check_prolongation
from workflows.rules.label.renewal import (
    NOT_IN_FORCE,
    awaits_prolongation,
    can_be_carried_on,
    may_put_prolongation_to_vote,
    window_of,
)
from workflows.rules.label.surveillance import live_evidence, run_out

INCIDENT = {"cause": "incident", "reasons": text("A wrong answer.")}
DAY = timedelta(days=1)


def put(walk: LabelWalk, **facts: object) -> LabelWalk:
    return walk.act("put_prolongation_to_vote", SECRETARY, days=90, **facts)


def looked_at(walk: LabelWalk) -> LabelWalk:
    """Look at the label out of turn."""
    return walk.act("open_extraordinary_surveillance", SECRETARY, **INCIDENT)


def waiting() -> LabelWalk:
    """A label that may be prolonged, of which a regular surveillance was opened and nothing handed in for it."""
    walk = LabelWalk(Tier.CRITICAL).renewal_asked()
    _, closes_at = window_of(walk.state, walk.rules)
    return walk.kept_until(closes_at).to_surveillance()


def carried_on(walk: LabelWalk, *, days: int = 0) -> LabelWalk:
    """The label that the signer made, as it begins some days later."""
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))
    content = {**errand_of(walk.state).content, "tier": walk.state.tier}
    return LabelWalk(subject=NEW_LABEL, begun_at=walk.now + days * DAY, **content)


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET])
def test_label_whose_surveillance_is_judged_and_not_decided_is_not_prolonged(verdict: Verdict) -> None:
    walk = looked_at(near_the_end()).handed_in().judged(verdict)
    assert may_put_prolongation_to_vote(walk.state, SECRETARY, walk.rules).refusal.code == "surveillance_undecided"
    with refused("surveillance_undecided"):
        put(walk)
    if verdict == Verdict.MET:
        put(walk.maintained())


def test_label_for_which_something_was_handed_in_is_judged_before_it_is_prolonged() -> None:
    walk = looked_at(near_the_end()).handed_in()
    with refused("surveillance_undecided"):
        put(walk)


def test_findings_of_one_of_two_reviewers_are_not_lost_by_prolonging() -> None:
    walk = LabelWalk(Tier.CRITICAL).renewal_asked()
    walk.kept_until(walk.state.expires_at - 60 * DAY)
    walk.act("report_interest", SECRETARY, person=EXPERTS[0].person, statement=text())
    walk.staffed(*JUDGES[:2])
    put_by = walk.state
    walk.act("judge_surveillance", JUDGES[0], surveillance=walk.state.surveillances[-1].number,
             findings=walk.findings(Verdict.NOT_MET))  # fmt: skip
    with refused("surveillance_undecided"):
        put(walk)
    walk.state = put_by
    put(walk)


def test_open_complaint_keeps_a_label_from_being_prolonged_as_from_being_maintained() -> None:
    walk = near_the_end()
    walk.open_complaints = 1
    with refused("check_failed"):
        put(walk)
    walk.open_complaints = 0
    put(walk)


def test_label_of_a_holder_who_stands_in_the_register_no_more_is_not_prolonged() -> None:
    with refused("check_failed"):
        put(near_the_end(), participant=ParticipantFacts(organisation=ORGANISATION))


def test_label_whose_evidence_has_run_out_is_not_prolonged_until_there_is_something_in_its_place() -> None:
    end = near_the_end().now.date()
    walk = LabelWalk(expires=end - DAY).renewal_asked()
    walk.kept_until(walk.state.expires_at - 10 * DAY)
    with refused("check_failed"):
        put(walk)
    assert looked_at(walk).state.surveillances[-1].renew == (EXPIRING,)
    put(walk.handed_in().judged().maintained()).carried()
    assert awaits_prolongation(walk.state)


def test_evidence_that_runs_out_while_the_panel_votes_prolongs_nothing() -> None:
    walk = LabelWalk(expires=near_the_end().now.date() + DAY).renewal_asked()
    put(walk.kept_until(walk.state.expires_at - 10 * DAY))
    walk.now += 2 * DAY
    walk.carried()
    assert walk.kinds()[-2:] == ["motion_closed", "label_not_prolonged"]
    assert (walk.events[-1].reason, walk.state.prolongation) == ("check_failed", None)
    put(looked_at(walk).handed_in().judged().maintained())


@pytest.mark.parametrize("judged", [True, False])
def test_what_is_handed_in_while_the_panel_votes_comes_first_and_then_there_can_be_another_vote(judged: bool) -> None:
    walk = put(looked_at(near_the_end())).all_declare()
    walk.handed_in()
    if judged:
        walk.judged(Verdict.NOT_MET)
    walk.carried()
    assert walk.kinds()[-2:] == ["motion_closed", "label_not_prolonged"]
    assert walk.events[-1].reason == "surveillance_undecided"
    assert not awaits_prolongation(walk.state)


def test_what_is_handed_in_while_the_label_is_signed_comes_first_too() -> None:
    walk = put(looked_at(near_the_end())).carried()
    assert can_be_carried_on(walk.state)
    assert not can_be_carried_on(walk.handed_in().state)


def test_surveillance_that_waits_goes_on_with_the_new_label_by_the_same_clock() -> None:
    walk = waiting()
    before = walk.state.surveillances[-1]
    suspends_at = walk.clocks()[f"surveillance_missed/{before.number}"].due_at
    ends_at = walk.clocks()[f"surveillance_lapse/{before.number}"].due_at
    label = carried_on(put(walk.until(suspends_at - DAY)).carried())

    (one,) = label.state.surveillances
    assert one == before.model_copy(update={"number": 1})
    assert label.clocks()["surveillance_missed/1"].due_at == suspends_at
    label.until(suspends_at)
    assert (label.standings, label.now) == (["in_force", "suspended"], suspends_at)
    assert label.until(ends_at).state.standing == Standing.LAPSED


def test_surveillance_that_goes_on_is_handed_in_judged_and_decided_at_the_new_label() -> None:
    label = carried_on(put(waiting()).carried())
    label.handed_in().judged().maintained()
    assert (label.state.surveillances[0].outcome, label.standings) == ("maintain", ["in_force"])


def test_surveillance_that_was_missed_while_the_label_was_signed_suspends_the_new_one_at_once() -> None:
    label = carried_on(put(waiting()).carried(), days=31)
    assert label.standings == ["in_force", "suspended"]


def test_regular_surveillances_of_the_new_label_are_due_when_those_of_the_old_one_were() -> None:
    walk = waiting()
    one, every = walk.state.surveillances[-1], walk.rules.tiers[Tier.CRITICAL].surveillance.every_months
    assert one.due_at == last_second_after_months(walk.state.issued_at, 3 * every)
    label = carried_on(put(walk).carried())

    assert label.clocks()["surveillance"].due_at == last_second_after_months(walk.state.issued_at, 4 * every)
    label.handed_in().judged().maintained().to_surveillance()
    assert [(it.cause, it.due_at) for it in label.state.surveillances] == [
        ("regular", one.due_at), ("regular", last_second_after_months(walk.state.issued_at, 4 * every)),
    ]  # fmt: skip


def test_label_that_is_prolonged_a_day_before_a_regular_surveillance_is_looked_at_on_that_day() -> None:
    walk = LabelWalk(Tier.CRITICAL).renewal_asked()
    walk.kept_until(window_of(walk.state, walk.rules)[1])
    due_at = walk.clocks()["surveillance"].due_at
    label = carried_on(put(walk.until(due_at - DAY)).carried())
    assert label.state.surveillances == ()
    assert label.until(due_at).state.surveillances[0].due_at == due_at


def test_all_that_is_open_goes_on_each_for_its_own_reason() -> None:
    walk = looked_at(near_the_end()).act("open_review", ENGINE_ITSELF, complaint="complaint-1")
    walk.act("report_interest", SECRETARY, person=EXPERTS[0].person, statement=text())
    label = carried_on(put(walk).carried())
    told = [(one.cause, one.reasons, one.about, one.criteria, one.needs_holder) for one in label.state.surveillances]
    assert told == [
        (one.cause, one.reasons, one.about, one.criteria, one.needs_holder) for one in walk.state.open_surveillances
    ]
    assert [one.number for one in label.state.surveillances] == [1, 2, 3]
    assert label.state.surveillances[2].review_due_at == walk.state.surveillances[-1].review_due_at


def test_vote_that_was_put_before_anybody_asked_goes_on_as_it_was_put() -> None:
    walk = looked_at(near_the_end()).handed_in().judged(Verdict.NOT_MET)
    put(walk, participant=None).carried()
    assert awaits_prolongation(walk.state)
    assert can_be_carried_on(walk.state)
    label = carried_on(walk)
    (one,) = label.state.surveillances
    assert (one.opened_at, one.waits_for_holder, one.criteria) == (
        label.state.issued_at, True, walk.state.surveillances[-1].criteria,
    )  # fmt: skip


def test_label_that_began_before_surveillances_were_handed_on_is_looked_at_for_the_review_it_was_told_of() -> None:
    review = {"cause": "complaint", "criteria": [EXPIRING], "about": "complaint 1"}
    label = LabelWalk(subject=NEW_LABEL, prolongs="0123456789ABCDEF", carried_review=review)
    (one,) = label.state.surveillances
    assert (one.cause, one.criteria, one.about, one.opened_at) == ("complaint", (EXPIRING,), "complaint 1", label.now)
    every = label.rules.tiers[Tier.LOW].surveillance.every_months
    assert label.clocks()["surveillance"].due_at == last_second_after_months(label.state.issued_at, every)


@cache
def decided() -> tuple[LabelLife, Case, Case]:
    """A label for which something was handed in since a panel prolonged it, its case, and its renewal."""
    case = granted(Tier.LOW).case
    walk = LabelWalk(decision=case.decision.number).renewal_asked()
    walk.kept_until(walk.state.expires_at - 10 * DAY)
    put(looked_at(walk)).carried().handed_in()
    renewal = Walk(renews=walk.state.id).to_evaluation().case.model_copy(update={"id": "case-2"})
    return walk.state, case, renewal


def sign(life: LabelLife) -> None:
    _, case, renewal = decided()
    check_prolongation(life, case, renewal, scheme().rules, scheme_digest(), OPENED)


def test_signer_makes_no_label_over_what_was_handed_in_or_had_run_out() -> None:
    life, _, _ = decided()
    with not_signed(NOT_IN_FORCE):
        sign(life)
    waits = [one.model_copy(update={"submission": None, "items": ()}) for one in life.surveillances]
    life = life.model_copy(update={"surveillances": tuple(waits)})
    sign(life)
    expired = [one.model_copy(update={"expires": START.date()}) for one in granted_evidence()]
    with not_signed("check_failed"):
        sign(life.model_copy(update={"evidence": tuple(expired)}))


def granted_evidence() -> tuple:
    return LabelWalk(expires=START.date() + 9999 * DAY).state.evidence


def test_what_fresh_evidence_of_another_type_replaced_has_not_run_out_at_the_label_that_prolongs() -> None:
    rules = LabelWalk(Tier.CRITICAL).rules
    criterion = next(one for one in LabelWalk(Tier.CRITICAL).state.met if len(rules.criteria[one].evidence) > 1)
    first, other = rules.criteria[criterion].evidence[:2]
    runs_out = {"item": "E2", "type": first, "criteria": [criterion], "expires": str(START.date() + 20 * DAY)}
    walk = LabelWalk(Tier.CRITICAL, evidence=[runs_out]).to_surveillance()
    assert walk.state.surveillances[-1].renew == (criterion,)
    walk.offer(criterion, type=other).offer(walk.state.surveillances[-1].criteria[0], type="test_report")
    walk.act("submit_surveillance", APPLICANT, **walk.submission()).judged().maintained()
    walk.renewal_asked().kept_until(window_of(walk.state, walk.rules)[1])
    label = carried_on(put(walk).carried())

    assert run_out(label.state, live_evidence(label.state), label.now.date()) == ()


def test_ground_whose_suspension_fell_away_is_left_to_the_commission_at_the_label_that_prolongs_too() -> None:
    walk = LabelWalk().renewal_asked()
    walk.kept_until(walk.state.expires_at - 40 * DAY).suspended().pass_time(days=20)
    assert walk.standings[-1] == "in_force"
    walk.kept_until(walk.state.expires_at - 10 * DAY)
    label = carried_on(put(walk).carried())
    with refused("suspension_fell_away"):
        label.suspended()
    label.suspended("product_changed")


def test_prolongation_that_an_interest_kept_from_being_signed_is_voted_on_again() -> None:
    walk = put(near_the_end()).carried()
    walk.take((ProlongationRefused(at=walk.now, actor="engine", code="ballot_barred"),))
    assert put(walk).state.open_motion is not None


def test_label_whose_scope_is_voted_on_is_not_carried_on_meanwhile() -> None:
    walk = put(near_the_end()).carried()
    assert can_be_carried_on(walk.state)
    walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("Only English."), reasons=text("Wrong in Russian."))
    assert not can_be_carried_on(walk.state)


def test_label_that_is_to_be_withdrawn_is_not_voted_on_to_be_prolonged_before_that_is_decided() -> None:
    walk = near_the_end()
    walk.act("give_notice_of_withdrawal", SECRETARY, because="mark_misused", reasons=text("Misused."))
    with refused("withdrawal_intended"):
        put(walk)


def test_ground_is_free_again_once_a_surveillance_opened_since_then_was_maintained_at_either_label() -> None:
    walk = LabelWalk().renewal_asked()
    walk.kept_until(walk.state.expires_at - 40 * DAY).suspended().pass_time(days=20)
    assert walk.standings[-1] == "in_force"
    walk.kept_until(walk.state.expires_at - 10 * DAY)
    label = carried_on(put(looked_at(walk)).carried())
    label.certified = walk.certified
    with refused("suspension_fell_away"):
        label.suspended()
    label.handed_in().judged().maintained()
    label.suspended()
    assert label.standings[-1] == "suspended"


def test_electors_and_voters_of_the_first_label_judge_none_of_the_one_that_prolongs() -> None:
    walk = near_the_end()
    walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text()).carried()
    voters = walk.state.motions[-1].electorate
    label = carried_on(put(walk).carried())
    assert {*voters} <= {*label.state.electors}
