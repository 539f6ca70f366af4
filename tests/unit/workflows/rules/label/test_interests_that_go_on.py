"""An interest on record in a case keeps its person out of the label too, and of the one that carries it on (rule 2)."""

from collections.abc import Callable

import pytest

from schemas.label_events import LabelProlonged
from schemas.label_life import Because
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice
from schemas.surveillance import Cause
from tests.builders import AREAS, EXPERTS, MEMBERS, SECRETARY, Walk, issued_label, person, text
from tests.label_walk import LABEL_ID, NEW_LABEL, LabelWalk
from tests.unit.workflows.rules.label.test_label_renewal import near_the_end, new_label
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.attestation import attest
from workflows.rules.case.grants import check_grant
from workflows.rules.case.interests import took_no_part
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.beginnings import begin_life_content
from workflows.rules.label.errands import errand_of
from workflows.rules.label.people import barred, may_judge
from workflows.rules.motions import DECLARATIONS_MAX

MEMBER = person("member-i", Role.COMMISSIONER)
SVEN, SONJA = person("sven", Role.SECRETARIAT), person("sonja", Role.SECRETARIAT)
LEAVING = person("xena", Role.EXPERT, Role.COMMISSIONER, areas=AREAS)
WHY = text("My brother owns it.")
MISUSED = {"because": Because.MARK_MISUSED, "reasons": text(), "restoration": text()}


def to_decision() -> Walk:
    return Walk(Tier.MEDIUM, edition=6, members=9).to_decision()


def declared(who: PersonFacts) -> Walk:
    """A case in which somebody said that they have an interest."""
    return to_decision().act("declare_interests", who, has_interest=True, statement=WHY)


def confirmed(who: PersonFacts) -> Walk:
    """A case in which one person reported somebody's interest, and another confirmed it."""
    told = {"person": who.person, "statement": WHY, "people": {who.person: who}}
    walk = to_decision().act("report_undeclared_interest", SECRETARY, **told)
    return walk.act("confirm_undeclared_interest", SONJA, person=who.person)


def left_by_interest() -> Walk:
    """A case in planning with a reviewer who said yes, read the evidence, and found an interest of theirs since."""
    walk = Walk(Tier.MEDIUM, edition=6, members=9).to_planning()
    (area, *_) = walk.rules.tiers[Tier.MEDIUM].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, reviewer="xena", areas=(area,), people={"xena": LEAVING})
    walk.act("declare_interests", LEAVING, has_interest=False).act("answer_assignment", LEAVING, accepts=True)
    walk.staffed(*EXPERTS[:2])
    walk.act("declare_interests", LEAVING, has_interest=True, statement=WHY)
    return walk.act("approve_plan", SECRETARY)


def signed(walk: Walk) -> Walk:
    """The case once its label was issued."""
    expires_at = last_second_after_months(walk.now, walk.rules.tiers[Tier.MEDIUM].validity_months)
    decided = walk.case.decision
    assert decided is not None
    label = issued_label(walk.case).model_copy(update={"issued_at": decided.decided_at, "expires_at": expires_at})
    return walk.take((attest(walk.case, label, walk.now),))


def its_label(walk: Walk) -> LabelWalk:
    return LabelWalk(subject=LABEL_ID, begun_at=walk.now, **begin_life_content(walk.case))


@pytest.mark.parametrize("found", [declared, confirmed])
def test_a_secretary_with_an_interest_in_the_case_keeps_its_label_no_more_than_the_case(
    found: Callable[[PersonFacts], Walk],
) -> None:
    label = its_label(signed(found(SVEN).granted()))
    label.heard().act("put_scope_to_vote", SONJA, scope=text(), reasons=text())
    for kind, content in (
        ("put_scope_to_vote", {"scope": text(), "reasons": text()}),
        ("report_interest", {"person": EXPERTS[0].person, "statement": text()}),
        ("open_extraordinary_surveillance", {"cause": Cause.INCIDENT, "reasons": text()}),
    ):
        with refused("has_interest"):
            label.act(kind, SVEN, **content)


@pytest.mark.parametrize("found", [declared, confirmed])
def test_a_member_with_an_interest_in_the_case_decides_nothing_about_its_label(
    found: Callable[[PersonFacts], Walk],
) -> None:
    label = its_label(signed(found(MEMBER).granted()))
    label.heard().act("put_scope_to_vote", SONJA, scope=text(), reasons=text())
    vote = label.state.motions[-1]
    assert MEMBER.person not in {*vote.electorate, *vote.pool, *vote.reserves}
    assert MEMBERS[0].person in {*vote.electorate, *vote.pool}
    with refused("has_interest"):
        label.act("propose_suspension", MEMBER, **MISUSED)
    with refused("already_declared"):
        label.act("declare_matter_interests", MEMBER, has_interest=False)


def test_a_reviewer_who_left_by_an_interest_is_of_those_who_evaluated() -> None:
    walk = left_by_interest()
    assert walk.case.plan is not None
    assert "xena" not in walk.case.plan.criteria
    refusal = took_no_part(walk.case, LEAVING).refusal
    assert refusal is not None
    assert refusal.code == "reviewed_and_decides"


def test_a_reviewer_who_left_by_an_interest_neither_decides_about_the_label_nor_judges_it() -> None:
    label = its_label(signed(left_by_interest().confirmed().reviewed().advised().granted())).state
    for permission in (barred(label, LEAVING), may_judge(label, LEAVING)):
        assert permission.refusal is not None
        assert permission.refusal.code == "has_interest"
    assert "xena" in label.evaluators


def test_who_said_no_to_reviewing_and_found_an_interest_while_voting_leaves_a_grant_that_is_signed() -> None:
    walk = Walk(Tier.MEDIUM, edition=6, members=9).to_planning()
    (area, *_) = walk.rules.tiers[Tier.MEDIUM].reviewers.areas
    both = person(MEMBER.person, Role.EXPERT, Role.COMMISSIONER, areas=AREAS)
    assert both.person in {one.person for one in walk.members}
    walk.act("assign_reviewer", SECRETARY, reviewer=both.person, areas=(area,), people={both.person: both})
    walk.act("answer_assignment", both, accepts=False)
    walk.staffed(*EXPERTS[:2]).confirmed().reviewed().advised().act("open_round", SECRETARY)
    assert MEMBER.person in walk.case.rounds[-1].electorate
    walk.all_declare().act("declare_interests", both, has_interest=True, statement=WHY)
    walk.voted(*[Choice.GRANT] * 8)
    check_grant(walk.case, walk.rules, walk.case.scheme_digest)


def test_what_was_declared_to_be_none_does_not_go_on() -> None:
    content = begin_life_content(signed(to_decision().granted()).case)
    assert "interests" not in content


def test_an_interest_that_the_case_dealt_with_opens_no_review_of_the_label() -> None:
    walk = to_decision().act("open_round", SECRETARY)
    *others, voter = walk.voters()
    walk.all_declare().voted(*[Choice.GRANT] * len(others))
    walk.act("declare_interests", voter, has_interest=True, statement=WHY)
    label = its_label(signed(walk)).state
    assert voter.person in label.electors
    assert label.has_interest(voter.person)
    assert label.surveillances == ()


def test_an_interest_of_a_reviewer_found_when_the_label_was_signed_opens_a_review() -> None:
    reviewer = EXPERTS[0]
    walk = (
        to_decision()
        .granted()
        .pass_time(minutes=1)
        .act("declare_interests", reviewer, has_interest=True, statement=WHY)
    )
    label = its_label(signed(walk)).state
    (review,) = label.surveillances
    assert (review.cause, review.needs_holder) == (Cause.INTEREST, False)
    assert review.criteria == tuple(sorted({*label.shares[reviewer.person]} & {*label.met}))


def test_an_interest_of_a_voter_found_when_the_label_was_signed_has_a_sample_looked_at() -> None:
    walk = to_decision().granted().pass_time(minutes=1)
    voter = next(one for one in walk.members if one.person in walk.case.rounds[-1].ballots)
    walk.act("declare_interests", voter, has_interest=True, statement=WHY)
    (review,) = its_label(signed(walk)).state.surveillances
    assert len(review.sample) == 5


def test_an_interest_of_somebody_without_a_part_found_after_the_decision_opens_no_review() -> None:
    walk = to_decision().granted().pass_time(minutes=1).act("declare_interests", SVEN, has_interest=True, statement=WHY)
    label = its_label(signed(walk)).state
    assert label.has_interest(SVEN.person)
    assert label.surveillances == ()


def test_whoever_declared_none_in_a_case_full_of_interests_finds_room_to_declare_about_its_label() -> None:
    walk = signed(declared(SVEN).granted())
    one = walk.case.interests[SVEN.person]
    none = {who: said for who, said in walk.case.interests.items() if not said.has_interest}
    others = (f"x-{place}" for place in range(DECLARATIONS_MAX - len(none)))
    many = {who: one.model_copy(update={"person": who}) for who in others}
    walk._state = walk.case.model_copy(update={"interests": {**none, **many}})
    label = its_label(walk)
    assert set(label.state.interests) == set(many)
    for who in none:
        label.act("declare_matter_interests", person(who, Role.COMMISSIONER), has_interest=False)
    with refused("too_many_declarations"):
        label.act("declare_matter_interests", person("late", Role.COMMISSIONER), has_interest=False)


def test_the_label_that_carries_another_one_on_knows_the_interests_in_it() -> None:
    walk = near_the_end()
    walk.act("declare_matter_interests", MEMBERS[3], has_interest=True, statement=WHY)
    walk.act("declare_matter_interests", MEMBERS[4], has_interest=False)
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),))
    told = errand_of(walk.state)
    assert told is not None
    carried_on = LabelWalk.from_content(NEW_LABEL, told.content).state

    assert carried_on.interests == {MEMBERS[3].person: walk.state.interests[MEMBERS[3].person]}
    refusal = barred(carried_on, MEMBERS[3]).refusal
    assert refusal is not None
    assert refusal.code == "has_interest"
    assert carried_on.surveillances == ()


def test_a_secretary_who_finds_an_interest_while_the_label_lives_declares_it_and_another_keeps_the_label() -> None:
    label = LabelWalk()
    with refused("only_an_interest"):
        label.act("declare_matter_interests", SVEN, has_interest=False)
    label.act("declare_matter_interests", SVEN, has_interest=True, statement=WHY)
    with refused("has_interest"):
        label.heard().act("put_scope_to_vote", SVEN, scope=text(), reasons=text())
    label.act("put_scope_to_vote", SONJA, scope=text(), reasons=text())


def test_who_keeps_nothing_and_has_no_part_declares_nothing_about_a_label() -> None:
    with refused("no_part_in_matter"):
        LabelWalk().act("declare_matter_interests", EXPERTS[0], has_interest=True, statement=WHY)
