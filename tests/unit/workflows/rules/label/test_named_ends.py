"""A vote ends what it was put on, and who suspended at once judges nothing after that (ISO/IEC 17065, 7.6)."""

from typing import Any

import pytest

from schemas.label_facts import RecordFacts
from schemas.people import Role
from schemas.stages import Verdict
from tests.builders import MEMBERS, SECRETARY, person, text
from tests.label_walk import JUDGES, LabelWalk
from tests.unit.workflows.rules.label.test_label_suspension import PROPOSAL
from tests.unit.workflows.rules.refusals import refused


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("put_scope_to_vote", {"scope": text("Only English."), "reasons": text("Too wide.")}),
        ("put_suspension_to_vote", PROPOSAL),
    ],
)
@pytest.mark.parametrize("fails_first", [True, False])
def test_a_vote_ends_what_had_failed_as_it_opened_and_not_what_fails_meanwhile(
    kind: str, content: dict[str, Any], fails_first: bool
) -> None:
    walk = LabelWalk()
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    walk.handed_in()
    if fails_first:
        walk.judged(Verdict.NOT_MET).heard().act(kind, SECRETARY, **content).carried()
    else:
        walk.heard().act(kind, SECRETARY, **content).all_declare().judged(Verdict.NOT_MET).carried()
    assert walk.state.applied == 1
    assert walk.state.surveillances[0].is_open is not fails_first


@pytest.mark.parametrize("place", [0, 1])
def test_who_suspended_at_once_judges_no_surveillance_of_the_label_after_that(place: int) -> None:
    walk = LabelWalk().suspended()
    member = MEMBERS[place]
    assert member.person not in walk.state.electors or place == 0
    both = member.model_copy(update={"roles": (Role.COMMISSIONER, Role.EXPERT), "areas": ("ethics_or_law",)})
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    asked = {"surveillance": 1, "reviewer": both.person, "areas": ("ethics_or_law",), "people": {both.person: both}}
    with refused("decided_and_reviews"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **asked)


@pytest.mark.parametrize("fails_first", [True, False])
def test_a_vote_to_confirm_ends_what_had_failed_as_it_opened(fails_first: bool) -> None:
    walk = LabelWalk()
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    walk.handed_in().suspended()
    if fails_first:
        walk.judged(Verdict.NOT_MET).act("put_confirmation_to_vote", SECRETARY).carried()
    else:
        walk.act("put_confirmation_to_vote", SECRETARY).all_declare().judged(Verdict.NOT_MET).carried()
    assert walk.state.surveillances[0].is_open is not fails_first


def test_who_proposed_to_suspend_and_was_overtaken_by_another_judges_nothing_either() -> None:
    walk = LabelWalk()
    for member in MEMBERS[:3]:
        walk.act("declare_matter_interests", member, has_interest=False)
    walk.act("propose_suspension", MEMBERS[2], **PROPOSAL).act("propose_suspension", MEMBERS[0], **PROPOSAL)
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    both = MEMBERS[2].model_copy(update={"roles": (Role.COMMISSIONER, Role.EXPERT), "areas": ("ethics_or_law",)})
    asked = {"surveillance": 1, "reviewer": both.person, "areas": ("ethics_or_law",), "people": {both.person: both}}
    with refused("decided_and_reviews"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **asked)


def test_a_substitute_whose_interest_was_confirmed_while_they_waited_leaves_as_they_step_in() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged()
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=1).all_declare()
    vote = walk.state.open_motion
    waiting = vote.reserves[0]
    walk.act("report_interest", SECRETARY, person=waiting, statement=text("Owns shares."))
    walk.act("confirm_interest", person("sven", Role.SECRETARIAT), person=waiting)
    leaving = next(one for one in walk.members if one.person == vote.base[0])
    walk.act("leave_electorate", leaving, reason=text("I am ill."))
    assert waiting not in walk.state.open_motion.base
    assert len(walk.state.open_motion.base) == len(vote.base)


def test_an_interest_of_a_judge_sets_no_vote_aside_that_only_ends_what_they_judged() -> None:
    walk = LabelWalk()
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    walk.handed_in().judged(Verdict.NOT_MET).suspended().act("put_confirmation_to_vote", SECRETARY).all_declare()
    judge = JUDGES[0]
    assert judge.person in walk.state.judging[1].reviews
    walk.act("declare_matter_interests", judge, has_interest=True, statement=text("They hired me."))
    assert walk.state.open_motion is not None
    walk.carried()
    assert (walk.state.suspension.void_at, walk.state.surveillances[0].is_open) == (None, True)


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.NOT_MET])
@pytest.mark.parametrize(
    ("act", "content"),
    [("put_scope_to_vote", {"scope": text(), "reasons": text()}), ("put_suspension_to_vote", PROPOSAL)],
)
def test_a_vote_ends_nothing_that_is_judged_anew_while_it_is_open(
    act: str, content: dict[str, Any], verdict: Verdict
) -> None:
    (one,) = judged_anew_while_open(act, content, verdict).state.surveillances

    assert one.judged_at is not None
    assert one.is_open


@pytest.mark.parametrize(
    ("act", "content", "outcome"),
    [
        ("put_scope_to_vote", {"scope": text(), "reasons": text()}, "reduce_scope"),
        ("put_suspension_to_vote", PROPOSAL, "suspend"),
    ],
)
def test_a_vote_of_before_ends_what_it_named_also_where_that_was_judged_anew(
    act: str, content: dict[str, Any], outcome: str
) -> None:
    before = RecordFacts(names_ends=True)
    walk = judged_anew_while_open(act, {**content, "around": before}, Verdict.NOT_MET)

    assert walk.state.surveillances[0].outcome == outcome
    assert walk.state.proposal.edition == 0


def judged_anew_while_open(act: str, content: dict[str, Any], verdict: Verdict) -> LabelWalk:
    walk = LabelWalk()
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    walk.handed_in().judged(Verdict.NOT_MET).heard().act(act, SECRETARY, **content).all_declare().pass_time(days=1)
    walk.act("declare_matter_interests", JUDGES[0], has_interest=True, statement=text("I own shares."))
    asked = {"surveillance": 1, "reviewer": JUDGES[1].person, "areas": ("ethics_or_law",)}
    walk.act("assign_surveillance_reviewer", SECRETARY, **asked)
    walk.act("declare_matter_interests", JUDGES[1], has_interest=False)
    walk.act("answer_surveillance_assignment", JUDGES[1], surveillance=1, accepts=True)
    walk.act("judge_surveillance", JUDGES[1], surveillance=1, findings=walk.findings(verdict))
    return walk.carried()


def test_who_proposed_a_suspension_before_they_were_remembered_judges_nothing_once_it_is_confirmed() -> None:
    walk = LabelWalk()
    for member in MEMBERS[:3]:
        walk.act("declare_matter_interests", member, has_interest=False)
    walk.act("propose_suspension", MEMBERS[2], **PROPOSAL, around=RecordFacts()).act("confirm_suspension", MEMBERS[0])
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text("A wrong answer."))
    both = person(MEMBERS[2].person, Role.COMMISSIONER, Role.EXPERT, areas=("ethics_or_law",))
    asked = {"surveillance": 1, "reviewer": both.person, "areas": ("ethics_or_law",), "people": {both.person: both}}

    with refused("decided_and_reviews"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **asked)


def test_a_suspension_confirmed_by_an_act_of_before_remembers_the_second_member_alone() -> None:
    walk = LabelWalk()
    for member in MEMBERS[:3]:
        walk.act("declare_matter_interests", member, has_interest=False)
    walk.act("propose_suspension", MEMBERS[2], **PROPOSAL, around=RecordFacts())
    walk.act("confirm_suspension", MEMBERS[0], around=RecordFacts(judges_stay_out=True))

    assert walk.state.voters == (MEMBERS[0].person,)


@pytest.mark.parametrize(
    ("first", "content"),
    [
        ("put_restoration_to_vote", {"reasons": text()}),
        ("put_scope_to_vote", {"scope": text(), "reasons": text()}),
        ("put_withdrawal_to_vote", {}),
    ],
)
def test_no_vote_put_first_keeps_the_commission_from_confirming_in_time(first: str, content: dict[str, Any]) -> None:
    walk = LabelWalk().suspended().heard()
    walk.act(first, SECRETARY, **content).act("put_confirmation_to_vote", SECRETARY).carried().pass_time(days=20)

    assert walk.state.is_suspended
    with refused("confirmed_already"):
        walk.act("put_confirmation_to_vote", SECRETARY)


def test_one_vote_to_confirm_sets_no_other_aside() -> None:
    walk = LabelWalk().suspended().act("put_confirmation_to_vote", SECRETARY)

    with refused("motion_is_open"):
        walk.act("put_confirmation_to_vote", SECRETARY)
