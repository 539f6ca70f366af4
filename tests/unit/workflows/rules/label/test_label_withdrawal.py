"""Withdrawing after notice and hearing, at once where life is at risk, or reducing the scope (ISO/IEC 17065, 7.11)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.label import Standing
from schemas.label_facts import RecordFacts
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, text
from tests.label_walk import LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.clocks import clocks_of
from workflows.rules.label.kernel import LABEL

NOTICE = {"because": "requirements_not_met", "reasons": text("Tests failed.")}
REDUCTION = {"because": "requirements_not_met", "reasons": text("It fails in Russian."), "scope": text("English only.")}
ANSWER = ("answer_notice_of_withdrawal", APPLICANT, {"answer": text("Too late.")})
HEARING = ("record_holder_hearing", SECRETARY, {"protocol": text("They came.")})
AT_RISK = {"because": "life_or_health_at_risk", "reasons": text("It burns."), "ground": text("Two burns reported.")}


def noticed(tier: Tier = Tier.LOW) -> LabelWalk:
    return LabelWalk(tier).act("give_notice_of_withdrawal", SECRETARY, **NOTICE)


def test_a_label_is_withdrawn_after_the_holder_answered() -> None:
    walk = noticed()
    with refused("hearing_missing"):
        walk.act("put_withdrawal_to_vote", SECRETARY)
    walk.act("answer_notice_of_withdrawal", APPLICANT, answer=text("We disagree."))
    walk.act("put_withdrawal_to_vote", SECRETARY).carried()

    assert walk.state.standing == Standing.WITHDRAWN
    step = walk.state.steps[-1]
    assert (step.because, step.reasons, step.motion) == ("requirements_not_met", text("Tests failed."), 1)


def test_a_hearing_is_recorded_by_its_protocol() -> None:
    walk = noticed().act("record_holder_hearing", SECRETARY, protocol=text("They came."))
    assert walk.state.notice.protocol == text("They came.")
    walk.act("put_withdrawal_to_vote", SECRETARY)
    assert walk.state.open_motion.subject == "withdraw"


def test_a_holder_who_says_nothing_has_fifteen_days() -> None:
    walk = noticed()
    given_at = walk.now
    walk.until(given_at + timedelta(days=15) - timedelta(seconds=1))
    with refused("hearing_missing"):
        walk.act("put_withdrawal_to_vote", SECRETARY)
    walk.until(given_at + timedelta(days=15)).act("put_withdrawal_to_vote", SECRETARY).carried()
    assert walk.state.standing == Standing.WITHDRAWN


def test_where_life_or_health_is_at_risk_the_vote_comes_at_once() -> None:
    walk = LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **AT_RISK)
    walk.act("put_withdrawal_to_vote", SECRETARY).carried()
    assert walk.state.standing == Standing.WITHDRAWN
    assert walk.state.notice.ground == text("Two burns reported.")


def test_a_vote_at_once_ends_another_vote() -> None:
    walk = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY)
    walk.act("give_notice_of_withdrawal", SECRETARY, **AT_RISK).act("put_withdrawal_to_vote", SECRETARY)

    assert walk.kinds()[-3:] == ["proposal_put", "vote_set_aside", "motion_opened"]
    assert (walk.state.open_motion.number, walk.state.open_motion.subject) == (2, "withdraw")
    with refused("motion_is_open"):
        walk.act("put_withdrawal_to_vote", SECRETARY)
    assert walk.carried().state.standing == Standing.WITHDRAWN


def test_a_vote_at_once_waits_for_one_that_keeps_the_suspension_from_falling_away() -> None:
    walk = LabelWalk().suspended().act("give_notice_of_withdrawal", SECRETARY, **AT_RISK)
    walk.act("put_confirmation_to_vote", SECRETARY)
    with refused("motion_is_open"):
        walk.act("put_withdrawal_to_vote", SECRETARY)
    walk.carried().act("put_withdrawal_to_vote", SECRETARY).pass_time(days=9)
    assert walk.standings == ["in_force", "suspended"]
    before = LabelWalk().suspended().act("give_notice_of_withdrawal", SECRETARY, **AT_RISK)
    before.act("put_confirmation_to_vote", SECRETARY)
    before.act("put_withdrawal_to_vote", SECRETARY, around=RecordFacts())
    assert before.state.open_motion.subject == "withdraw"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({**AT_RISK, "ground": None}, "ground_missing"),
        ({**NOTICE, "ground": text()}, "not_at_once"),
        ({**NOTICE, "because": "term_ended"}, "no_such_ground"),
    ],
)
def test_a_notice_that_is_refused(content: dict, code: str) -> None:
    with refused(code):
        LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **content)


def test_a_withdrawal_voted_down_is_over_and_can_be_intended_again() -> None:
    walk = noticed().act("answer_notice_of_withdrawal", APPLICANT, answer=text())
    walk.act("put_withdrawal_to_vote", SECRETARY).carried(Voice.AGAINST)
    assert (walk.state.notice, walk.standings) == (None, ["in_force"])
    walk.act("give_notice_of_withdrawal", SECRETARY, **NOTICE)


def test_a_vote_without_quorum_leaves_the_notice_standing() -> None:
    walk = noticed(Tier.HIGH).act("answer_notice_of_withdrawal", APPLICANT, answer=text())
    walk.act("put_withdrawal_to_vote", SECRETARY).all_declare().pass_time(days=60)
    assert walk.state.notice is not None
    walk.act("put_withdrawal_to_vote", SECRETARY)


def test_notice_and_answer_come_once_and_in_order() -> None:
    for kind, who, content, code in (
        (*ANSWER, "nothing_to_answer"),
        (*HEARING, "nothing_to_answer"),
        ("put_withdrawal_to_vote", SECRETARY, {}, "no_notice"),
        ("put_scope_to_vote", SECRETARY, {"scope": text("Less.")}, "no_notice"),
    ):
        with refused(code):
            LabelWalk().act(kind, who, **content)
    walk = noticed()
    with refused("notice_given"):
        walk.act("give_notice_of_withdrawal", SECRETARY, **NOTICE)
    walk.act("answer_notice_of_withdrawal", APPLICANT, answer=text())
    with refused("already_heard"):
        walk.act("record_holder_hearing", SECRETARY, protocol=text())


def test_who_may_not_withdraw_or_answer() -> None:
    with refused("role_missing"):
        LabelWalk().act("give_notice_of_withdrawal", MEMBERS[0], **NOTICE)
    with refused("not_the_holder"):
        noticed().act("answer_notice_of_withdrawal", SECRETARY, answer=text())
    with refused("role_missing"):
        noticed().act("put_withdrawal_to_vote", APPLICANT)


def test_the_holder_is_reminded_of_the_hearing() -> None:
    walk = noticed().pass_time(days=17)
    assert [(e.clock, e.days) for e in walk.events if e.kind == "reminder_given"] == [
        ("withdrawal_hearing", 7), ("withdrawal_hearing", 3), ("withdrawal_hearing", -1),
    ]  # fmt: skip


def test_a_suspended_label_can_be_withdrawn() -> None:
    walk = LabelWalk().suspended().act("give_notice_of_withdrawal", SECRETARY, **AT_RISK)
    walk.act("put_withdrawal_to_vote", SECRETARY).carried()
    assert walk.standings == ["in_force", "suspended", "withdrawn"]


def test_the_withdrawal_of_a_critical_label_needs_three_quarters() -> None:
    walk = LabelWalk(Tier.CRITICAL).act("give_notice_of_withdrawal", SECRETARY, **AT_RISK)
    walk.act("put_withdrawal_to_vote", SECRETARY).all_declare()
    voters = walk.voters()
    for place, voter in enumerate(voters):
        walk.vote(voter, Voice.IN_FAVOUR if place < len(voters) * 2 / 3 else Voice.AGAINST)
    assert walk.standings == ["in_force"]


def test_a_reduced_scope_is_what_everybody_reads_from_then_on() -> None:
    walk = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY).carried()
    assert (walk.state.scope, walk.standings) == (REDUCTION["scope"], ["in_force"])
    voted_down = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY)
    assert voted_down.carried(Voice.AGAINST).state.scope is None


def test_no_scope_is_reduced_before_the_holder_was_heard_or_had_their_days() -> None:
    walk = LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **REDUCTION)
    with refused("hearing_missing"):
        walk.act("put_scope_to_vote", SECRETARY)
    due_at = walk.state.notice.due_at
    with refused("hearing_missing"):
        walk.until(due_at - timedelta(seconds=1)).act("put_scope_to_vote", SECRETARY)
    walk.until(due_at).act("put_scope_to_vote", SECRETARY).carried()
    assert walk.state.scope == REDUCTION["scope"]


def test_members_vote_on_what_the_holder_was_told_and_answered() -> None:
    walk, other = LabelWalk().heard(**REDUCTION), LabelWalk()
    walk.act("put_scope_to_vote", SECRETARY)
    proposal = walk.state.proposal
    assert {name: getattr(proposal, name) for name in REDUCTION} == REDUCTION
    other.act("give_notice_of_withdrawal", SECRETARY, **REDUCTION).act(*HEARING[:2], **HEARING[2])
    other.act("put_scope_to_vote", SECRETARY)
    assert other.state.motions[0].object_digest != walk.state.motions[0].object_digest


def test_a_notice_of_a_reduction_is_of_the_scope_that_it_tells_and_of_no_withdrawal() -> None:
    walk = LabelWalk().heard(**REDUCTION)
    with refused("other_scope"):
        walk.act("put_scope_to_vote", SECRETARY, scope=text("Nobody at all."))
    with refused("no_notice"):
        walk.act("put_withdrawal_to_vote", SECRETARY)
    walk.act("give_notice_of_withdrawal", SECRETARY, **{**REDUCTION, "scope": text("Nobody at all.")})
    with refused("hearing_missing"):
        walk.act("put_scope_to_vote", SECRETARY)


def test_a_label_is_reduced_instead_of_withdrawn_and_the_notice_is_dealt_with() -> None:
    walk = LabelWalk().heard()
    with refused("scope_not_stated"):
        walk.act("put_scope_to_vote", SECRETARY)
    walk.act("put_scope_to_vote", SECRETARY, scope=text("English only.")).carried()
    assert (walk.state.scope, walk.state.notice) == (text("English only."), None)


def test_a_reduction_voted_down_ends_the_notice_of_it_and_leaves_one_of_a_withdrawal() -> None:
    reduction = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY).carried(Voice.AGAINST)
    withdrawal = LabelWalk().heard().act("put_scope_to_vote", SECRETARY, scope=text("Less.")).carried(Voice.AGAINST)
    assert reduction.state.notice is None
    assert withdrawal.state.notice.because == "requirements_not_met"
    assert withdrawal.act("put_withdrawal_to_vote", SECRETARY).carried().state.standing == Standing.WITHDRAWN


def test_a_vote_to_reduce_ends_no_notice_that_was_given_while_it_was_open() -> None:
    walk = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY).all_declare().pass_time(days=1)
    walk.act("give_notice_of_withdrawal", SECRETARY, **AT_RISK).carried()
    assert (walk.state.scope, walk.state.notice.ground) == (REDUCTION["scope"], AT_RISK["ground"])


@pytest.mark.parametrize(("kind", "who", "content"), [ANSWER, HEARING])
@pytest.mark.parametrize(("told", "put"), [(NOTICE, "put_withdrawal_to_vote"), (REDUCTION, "put_scope_to_vote")])
def test_nobody_is_heard_on_what_is_voted_on_already(kind: str, who: Any, content: Any, told: Any, put: str) -> None:
    walk = LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **told).pass_time(days=15)
    walk.act(put, SECRETARY)
    before = walk.state
    assert not LABEL.may(kind, walk.state, who, walk.rules)
    with refused("nothing_to_answer"):
        walk.act(kind, who, **content)
    assert walk.state == before


@pytest.mark.parametrize(("kind", "who", "content"), [ANSWER, HEARING])
def test_who_was_told_of_more_while_a_reduction_is_voted_on_is_heard_on_that(kind: str, who: Any, content: Any) -> None:
    walk = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY).pass_time(days=1)
    walk.act("give_notice_of_withdrawal", SECRETARY, **NOTICE).act(kind, who, **content)
    assert walk.state.notice.answered_at == walk.now


def test_acts_of_before_reduce_without_notice_and_answer_during_the_vote() -> None:
    before = RecordFacts(names_ends=True)
    walk = LabelWalk().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text(), around=before).carried()
    assert walk.state.scope == text("Less.")
    walk.act("give_notice_of_withdrawal", SECRETARY, **NOTICE).pass_time(days=15)
    walk.act("put_scope_to_vote", SECRETARY, scope=text("None."), reasons=text(), around=before).carried()
    assert (walk.state.scope, walk.state.notice is None) == (text("None."), False)
    walk.act("put_withdrawal_to_vote", SECRETARY, around=before)
    walk.act("answer_notice_of_withdrawal", APPLICANT, answer=text("We disagree."), around=RecordFacts())
    assert walk.state.notice.answer == text("We disagree.")


TAKEN_BACK = ("take_back_notice_of_withdrawal", SECRETARY)
WHY = {"reasons": text("The tests were run on another version.")}


def test_a_notice_is_taken_back_with_reasons_and_the_label_goes_on_as_before() -> None:
    walk = noticed()
    assert "withdrawal_hearing" in {clock.name for clock in clocks_of(walk.state, walk.rules)}
    walk.act(*TAKEN_BACK, **WHY)

    assert (walk.state.notice, walk.standings) == (None, ["in_force"])
    assert (walk.state.notice_taken_back.at, walk.state.notice_taken_back.reasons) == (walk.now, WHY["reasons"])
    assert "withdrawal_hearing" not in {clock.name for clock in clocks_of(walk.state, walk.rules)}
    for kind, who, content, code in (
        (*ANSWER, "nothing_to_answer"),
        ("put_withdrawal_to_vote", SECRETARY, {}, "no_notice"),
        (*TAKEN_BACK, WHY, "no_notice"),
    ):
        with refused(code):
            walk.act(kind, who, **content)


def test_a_notice_given_after_one_that_was_taken_back_gives_the_holder_their_days_anew() -> None:
    walk = noticed().pass_time(days=14)
    walk.act(*TAKEN_BACK, **WHY).act("give_notice_of_withdrawal", SECRETARY, **NOTICE)
    assert (walk.state.notice_taken_back, walk.state.notice.due_at) == (None, walk.now + timedelta(days=15))
    walk.pass_time(days=14)
    with refused("hearing_missing"):
        walk.act("put_withdrawal_to_vote", SECRETARY)


def test_a_notice_of_a_reduction_and_one_that_the_holder_answered_are_taken_back_alike() -> None:
    walk = LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **REDUCTION)
    walk.act("answer_notice_of_withdrawal", APPLICANT, answer=text("We mended it.")).act(*TAKEN_BACK, **WHY)
    assert walk.state.notice is None
    with refused("no_notice"):
        walk.act("put_scope_to_vote", SECRETARY)


def test_a_notice_that_is_voted_on_is_not_taken_back() -> None:
    walk = noticed().act("answer_notice_of_withdrawal", APPLICANT, answer=text())
    walk.act("put_withdrawal_to_vote", SECRETARY)
    with refused("motion_is_open"):
        walk.act(*TAKEN_BACK, **WHY)
    reducing = LabelWalk().heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."))
    with refused("motion_is_open"):
        reducing.act(*TAKEN_BACK, **WHY)


def test_a_notice_is_taken_back_after_a_vote_without_quorum() -> None:
    walk = noticed(Tier.HIGH).act("answer_notice_of_withdrawal", APPLICANT, answer=text())
    walk.act("put_withdrawal_to_vote", SECRETARY).all_declare().pass_time(days=60)
    assert walk.act(*TAKEN_BACK, **WHY).state.notice is None


def test_a_notice_is_taken_back_while_members_vote_on_something_else() -> None:
    walk = LabelWalk().heard(**REDUCTION).act("put_scope_to_vote", SECRETARY)
    walk.pass_time(days=1).act("give_notice_of_withdrawal", SECRETARY, **NOTICE).act(*TAKEN_BACK, **WHY)
    assert walk.carried().state.scope == REDUCTION["scope"]
    assert (walk.state.notice, walk.standings) == (None, ["in_force"])


def test_nobody_takes_a_notice_back_who_may_not_give_it() -> None:
    tied = SECRETARY.model_copy(update={"tied_to": (ORGANISATION,)})
    for who, code in ((APPLICANT, "role_missing"), (MEMBERS[0], "role_missing"), (tied, "tied_to_party")):
        with refused(code):
            noticed().act(TAKEN_BACK[0], who, **WHY)
