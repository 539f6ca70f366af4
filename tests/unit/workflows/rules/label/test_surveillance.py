"""When a label is looked at again, at what, and what the holder hands in (scheme, surveillance; I15)."""

from datetime import date, timedelta

import pytest

from schemas.label import Standing
from schemas.people import ParticipantFacts, Role
from schemas.scheme import Tier
from schemas.surveillance import LiveEvidence
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, START, person, sha256, text
from tests.label_walk import BUILD, EXPIRING, JUDGES, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.draws import drawn
from workflows.rules.label.surveillance import run_out, seed_of

DUE = {Tier.LOW: (12,), Tier.MEDIUM: (12,), Tier.HIGH: (6, 12), Tier.CRITICAL: (3, 6, 9)}


def maintained_to_the_end(tier: Tier) -> LabelWalk:
    walk = LabelWalk(tier)
    while "surveillance" in walk.clocks():
        walk.to_surveillance().handed_in().judged().maintained()
    return walk.until(walk.state.expires_at)


@pytest.mark.parametrize("tier", Tier)
def test_a_label_is_looked_at_every_so_many_months_and_never_at_its_very_end(tier: Tier) -> None:
    walk = maintained_to_the_end(tier)
    opened = [one.at for one in walk.events if one.kind == "surveillance_opened"]

    assert opened == [last_second_after_months(START, months) for months in DUE[tier]]
    assert walk.standings == ["in_force", "expired"]


def test_a_surveillance_is_opened_at_its_deadline_and_not_before() -> None:
    walk = LabelWalk()
    due_at = walk.clocks()["surveillance"].due_at
    assert walk.until(due_at - timedelta(seconds=1)).state.surveillances == ()
    assert len(walk.until(due_at).state.surveillances) == 1
    assert walk.state.surveillances[0].due_at == due_at


def test_the_holder_is_reminded_before_it_and_before_it_counts_as_missed() -> None:
    walk = LabelWalk().to_surveillance().pass_time(days=31)
    given = [(one.clock, one.days) for one in walk.events if one.kind == "reminder_given"]
    assert given[:4] == [
        ("surveillance", 7), ("surveillance", 3), ("surveillance_missed/1", 7), ("surveillance_missed/1", 3),
    ]  # fmt: skip


def test_five_criteria_are_drawn_from_those_met_and_anyone_can_draw_them_again() -> None:
    walk = LabelWalk(Tier.HIGH).to_surveillance()
    one = walk.state.surveillances[0]

    assert len(one.sample) == 5
    assert set(one.sample) <= set(walk.state.met)
    assert one.seed == seed_of(walk.state, 1)
    assert one.sample == drawn(walk.state.met, one.seed, 5)


def test_each_surveillance_draws_anew() -> None:
    walk = LabelWalk(Tier.CRITICAL).to_surveillance().handed_in().judged().maintained().to_surveillance()
    first, second = walk.state.surveillances
    assert first.seed != second.seed
    assert first.sample != second.sample


def test_a_missed_surveillance_suspends_by_itself_and_later_ends_the_label() -> None:
    walk = LabelWalk().to_surveillance()
    opened_at = walk.now
    assert walk.until(opened_at + timedelta(days=30) - timedelta(seconds=1)).state.standing == Standing.IN_FORCE
    walk.until(opened_at + timedelta(days=30))
    assert (walk.state.standing, walk.state.steps[-1].because) == (Standing.SUSPENDED, "surveillance_missed")
    assert walk.until(opened_at + timedelta(days=90) - timedelta(seconds=1)).state.standing == Standing.SUSPENDED
    walk.until(opened_at + timedelta(days=90))
    assert (walk.state.standing, walk.now) == (Standing.LAPSED, walk.state.ended_at)


def test_what_is_handed_in_before_the_end_keeps_the_label_from_lapsing() -> None:
    walk = LabelWalk().to_surveillance().pass_time(days=89).handed_in().pass_time(days=30)
    assert walk.state.standing == Standing.SUSPENDED


def test_a_suspension_that_falls_away_while_a_surveillance_is_missed_is_followed_by_another() -> None:
    walk = LabelWalk().to_surveillance().pass_time(days=25).suspended().pass_time(days=20)

    assert walk.standings == ["in_force", "suspended", "in_force", "suspended"]
    assert [step.because for step in walk.state.steps[2:]] == ["suspension_not_confirmed", "surveillance_missed"]
    assert walk.state.steps[2].at == walk.state.steps[3].at


def test_fresh_evidence_is_asked_for_what_ran_out() -> None:
    walk = LabelWalk(expires=date(2026, 12, 31)).to_surveillance()
    one = walk.state.surveillances[0]
    assert one.renew == (EXPIRING,)
    assert EXPIRING in one.criteria
    with refused("evidence_incomplete"):
        walk.act("submit_surveillance", APPLICANT, surveillance=1, declaration=text(), build_digest=BUILD)
    walk.handed_in()

    assert walk.state.surveillances[0].submission.items_digest
    assert walk.state.items["E" + str(walk.state.case_items + 1)].criteria == (EXPIRING,)


def test_fresh_evidence_that_has_run_out_itself_does_not_count() -> None:
    walk = LabelWalk(expires=date(2026, 12, 31)).to_surveillance()
    walk.offer(EXPIRING, effective=date(2027, 1, 1), expires=date(2027, 2, 1))
    with refused("evidence_incomplete"):
        walk.act("submit_surveillance", APPLICANT, surveillance=1, declaration=text(), build_digest=BUILD)


def test_what_was_renewed_is_not_asked_for_again() -> None:
    walk = LabelWalk(Tier.HIGH, expires=date(2026, 8, 1)).to_surveillance().handed_in().judged().maintained()
    walk.to_surveillance()
    asked = [one.surveillance.renew for one in walk.events if one.kind == "surveillance_opened"]
    assert asked == [(EXPIRING,), ()]


def test_what_ran_out_is_replaced_by_its_type_or_by_anything_handed_in_since() -> None:
    life = LabelWalk().state.model_copy(update={"case_items": 2})
    old = LiveEvidence(item="E1", type="policy", criteria=(EXPIRING,), expires=date(2026, 12, 31))
    other = LiveEvidence(item="E2", type="order", criteria=(EXPIRING,))
    same = other.model_copy(update={"type": "policy"})
    fresh = other.model_copy(update={"item": "E3"})
    today = date(2027, 1, 1)

    assert run_out(life, (old,), date(2026, 12, 31)) == ()
    assert run_out(life, (old,), today) == (EXPIRING,)
    assert run_out(life, (old, other), today) == (EXPIRING,)
    assert run_out(life, (old, same), today) == ()
    assert run_out(life, (old, fresh), today) == ()


def test_the_record_is_checked_when_the_holder_hands_in() -> None:
    walk = LabelWalk().to_surveillance().handed_in()
    assert [(one.check, one.holds) for one in walk.state.surveillances[0].checks] == [
        ("evidence_not_expired", True),
        ("register_entry_in_force", True),
        ("officer_named", True),
        ("build_digest_as_certified", True),
        ("no_open_complaint", True),
    ]


@pytest.mark.parametrize(
    ("check", "facts"),
    [
        ("register_entry_in_force", {"participant": ParticipantFacts(organisation=ORGANISATION, officer_named=True)}),
        ("register_entry_in_force", {"participant": None}),
        ("officer_named", {"participant": ParticipantFacts(organisation=ORGANISATION, entered_at=START)}),
        ("build_digest_as_certified", {"build_digest": sha256("another")}),
        ("build_digest_as_certified", {"build_digest": None}),
    ],
)
def test_each_check_finds_what_does_not_hold(check: str, facts: dict) -> None:
    walk = LabelWalk().to_surveillance().handed_in(**facts)
    assert {one.check: one.holds for one in walk.state.surveillances[0].checks}[check] is False


def test_an_open_complaint_is_found_and_gone_once_it_is_decided() -> None:
    walk = LabelWalk().to_surveillance()
    walk.open_complaints = 1
    walk.handed_in().judged()
    with refused("check_failed"):
        walk.maintained()
    walk.open_complaints = 0
    walk.act("repeat_checks", SECRETARY, surveillance=1).maintained()
    assert walk.state.surveillances[0].outcome == "maintain"


def test_a_label_without_a_certified_build_has_none_to_compare() -> None:
    walk = LabelWalk(build_digest=None).to_surveillance().handed_in(build_digest=None)
    assert {one.check: one.holds for one in walk.state.surveillances[0].checks}["build_digest_as_certified"] is None


def test_checks_are_repeated_only_of_what_was_handed_in() -> None:
    walk = LabelWalk().to_surveillance()
    with refused("no_surveillance"):
        walk.act("repeat_checks", SECRETARY, surveillance=1)
    walk.handed_in()
    with refused("role_missing"):
        walk.act("repeat_checks", APPLICANT, surveillance=1)
    with refused("unknown_surveillance"):
        walk.act("repeat_checks", SECRETARY, surveillance=2)


def test_only_the_holder_hands_in_and_only_while_something_waits() -> None:
    content = {"surveillance": 1, "declaration": text()}
    with refused("no_surveillance"):
        LabelWalk().act("submit_surveillance", APPLICANT, **content)
    walk = LabelWalk().to_surveillance()
    for other in (SECRETARY, JUDGES[0], person("zora", Role.APPLICANT, organisation="org-other")):
        with refused("not_the_holder"):
            walk.act("submit_surveillance", other, **content)
    with refused("unknown_surveillance"):
        walk.act("submit_surveillance", APPLICANT, **{**content, "surveillance": 7})


def test_the_holder_may_hand_in_again_until_a_reviewer_has_judged() -> None:
    walk = LabelWalk().to_surveillance().handed_in(build_digest=sha256("mistyped")).handed_in().judged()
    assert walk.state.surveillances[0].submission.build_digest == BUILD
    with refused("no_surveillance"):
        walk.handed_in()


def test_a_fresh_item_is_taken_back_only_before_handing_in() -> None:
    walk = LabelWalk().to_surveillance()
    criterion = walk.state.surveillances[0].criteria[0]
    walk.offer(criterion)
    item = walk.state.surveillances[0].items[0]
    with refused("unknown_item"):
        walk.act("withdraw_fresh_evidence", APPLICANT, surveillance=1, item="E999")
    walk.act("withdraw_fresh_evidence", APPLICANT, surveillance=1, item=item)
    assert (walk.state.items, walk.state.surveillances[0].items) == ({}, ())

    walk.offer(criterion).handed_in()
    with refused("already_submitted"):
        walk.act("withdraw_fresh_evidence", APPLICANT, surveillance=1, item=walk.state.surveillances[0].items[0])


def test_a_number_of_an_item_is_never_used_twice() -> None:
    walk = LabelWalk().to_surveillance()
    criterion = walk.state.surveillances[0].criteria[0]
    walk.offer(criterion)
    first = walk.state.surveillances[0].items[0]
    walk.act("withdraw_fresh_evidence", APPLICANT, surveillance=1, item=first).offer(criterion, file="again.pdf")
    assert walk.state.surveillances[0].items != (first,)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"criteria": ("II-2.1-01",)}, "criterion_not_asked"),
        ({"type": "no_such_type"}, "unknown_evidence_type"),
        ({"effective": date(2027, 3, 1), "expires": date(2027, 2, 1)}, "evidence_dates"),
        ({"surveillance": 9}, "unknown_surveillance"),
    ],
)
def test_fresh_evidence_that_is_refused(changes: dict, code: str) -> None:
    walk = LabelWalk().to_surveillance()
    with refused(code):
        walk.offer(walk.state.surveillances[0].criteria[0], **changes)


def test_the_same_file_is_offered_once_for_a_surveillance() -> None:
    walk = LabelWalk().to_surveillance()
    criterion = walk.state.surveillances[0].criteria[0]
    walk.offer(criterion, file="same.pdf")
    with refused("already_offered"):
        walk.offer(criterion, file="same.pdf")


def test_fresh_items_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.rules.label.surveillance_submission.ITEMS_MAX", 1)
    walk = LabelWalk().to_surveillance()
    criterion = walk.state.surveillances[0].criteria[0]
    walk.offer(criterion, file="one.pdf")
    with refused("too_many_items"):
        walk.offer(criterion, file="two.pdf")
