"""Whoever evaluated and left does not decide, and what they confirmed is confirmed anew (ISO/IEC 17065, 7.6)."""

from collections.abc import Callable

import pytest

from schemas.case import Case, TierConfirmation, TierRaise
from schemas.decision_record import record_of
from schemas.people import PersonFacts, Role
from schemas.review import Proposed
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import AREAS, EXPERTS, MEMBERS, SECRETARY, Walk, person, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.test_third_party import POOL, drawn, held
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case.grants import _check_earlier_votes, check_grant
from workflows.rules.case.interests import evaluators_on_record, is_confirmed, took_no_part, who_evaluated
from workflows.rules.case.recomputation import recompute
from workflows.rules.case.standing import outstanding
from workflows.rules.case.third_party import may_report

BOTH = person("emil", Role.EXPERT, Role.COMMISSIONER, areas=AREAS)
OTHER = person("enid", Role.EXPERT, areas=AREAS)
ALL = {one.person: one for one in (*EXPERTS, BOTH, OTHER)}


def led(by: PersonFacts = BOTH) -> Walk:
    """An evaluation that this person leads, who is of the Commission too."""
    walk = Walk(Tier.MEDIUM, members=8, edition=6)
    walk.members = (*walk.members, BOTH)
    walk.to_planning().staffed(EXPERTS[0], by)
    assert walk.case.plan is not None
    assert walk.case.plan.lead == by.person
    return walk


def left(walk: Walk, who: PersonFacts = BOTH) -> Walk:
    """They say no after their yes, and another takes their place."""
    walk.act("answer_assignment", who, accepts=False, reason=text("No time."))
    return joined(walk)


def joined(walk: Walk) -> Walk:
    areas = walk.rules.tiers[walk.case.tier].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, reviewer=OTHER.person, areas=areas, people={OTHER.person: OTHER})
    walk.act("declare_interests", OTHER, has_interest=False).act("answer_assignment", OTHER, accepts=True)
    return walk.act("approve_plan", SECRETARY)


def judged(walk: Walk) -> Walk:
    """Everybody of the plan confirms and judges what they owe."""
    assert walk.case.plan is not None
    return walk.confirmed(by=ALL[walk.case.plan.lead or ""]).reviewed((*EXPERTS, OTHER))


def test_who_said_no_after_a_yes_neither_votes_nor_recommends() -> None:
    walk = judged(left(led()))
    assert walk.case.stage == Stage.RECOMMENDATION
    with refused("reviewed_and_decides"):
        walk.recommended(by=BOTH)
    walk.recommended().act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY)
    assert BOTH.person not in walk.case.rounds[-1].electorate


def test_the_signer_signs_nothing_on_their_ballot() -> None:
    walk = judged(left(led())).recommended().act("record_hearing", SECRETARY, protocol=text())
    walk.act("open_round", SECRETARY).all_declare().voted(*[Choice.GRANT] * 8)
    check_grant(walk.case, walk.rules, walk.case.scheme_digest)
    voter = next(iter(walk.case.rounds[-1].ballots))
    asked = walk.case.assignments[OTHER.person].model_copy(
        update={"reviewer": voter, "accepted": False, "left_at": walk.now}
    )
    case = walk.case.model_copy(update={"assignments": {**walk.case.assignments, voter: asked}})
    with not_signed("ballot_barred"):
        check_grant(case, walk.rules, walk.case.scheme_digest)


def _said_yes(case: Case) -> Case:
    asked = next(iter(case.assignments.values()))
    held = asked.model_copy(update={"reviewer": "member-a", "accepted": False, "left_at": case.lodged_at})
    return case.model_copy(update={"assignments": {**case.assignments, "member-a": held}})


def _said_no(case: Case) -> Case:
    asked = next(iter(case.assignments.values()))
    held = asked.model_copy(update={"reviewer": "member-a", "accepted": False})
    return case.model_copy(update={"assignments": {**case.assignments, "member-a": held}})


def _confirmation(case: Case) -> TierConfirmation:
    assert case.confirmation is not None
    return case.confirmation.model_copy(update={"reviewer": "member-a"})


def _confirmed(case: Case) -> Case:
    return case.model_copy(update={"confirmation": _confirmation(case)})


def _raised(case: Case) -> Case:
    step = TierRaise(before=Tier.LOW, tier=Tier.MEDIUM, confirmation=_confirmation(case))
    return case.model_copy(update={"raises": (step,)})


def _recorded(case: Case) -> Case:
    (key, protocol), *_ = case.protocols.items()
    return case.model_copy(update={"protocols": {key: protocol.model_copy(update={"recorded_by": "member-a"})}})


def _drawn(case: Case) -> Case:
    return case.model_copy(update={"third_party_refused": ("member-a",)})


@pytest.mark.parametrize("part", [_said_yes, _confirmed, _raised, _recorded, _drawn])
def test_each_part_in_an_evaluation_bars_from_deciding(part: Callable[[Case], Case]) -> None:
    walk = led().confirmed(by=BOTH).demonstrated(BOTH)
    assert took_no_part(walk.case, MEMBERS[0])
    assert not took_no_part(part(walk.case), MEMBERS[0])


def test_who_said_no_at_once_may_decide() -> None:
    assert took_no_part(_said_no(led().confirmed(by=BOTH).case), MEMBERS[0])


def test_who_was_drawn_as_third_party_and_said_no_does_not_decide() -> None:
    walk = drawn()
    first = held(walk)
    walk.act("answer_assignment", first, accepts=False)
    assert not took_no_part(walk.case, person(first.person, Role.COMMISSIONER))


def test_what_a_lead_confirmed_who_left_is_confirmed_anew() -> None:
    walk = left(led().confirmed(by=BOTH))
    assert not is_confirmed(walk.case)
    judged(walk).recommended()
    walk.act("declare_interests", BOTH, has_interest=True, statement=text("They hired me."))
    walk.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY).all_declare()
    walk.voted(*[Choice.GRANT] * 8)
    check_grant(walk.case, walk.rules, walk.case.scheme_digest)


def test_an_interest_of_who_confirmed_and_is_in_no_plan_any_more_lets_another_confirm() -> None:
    walk = judged(led(EXPERTS[1]))
    plan = walk.case.plan
    assert plan is not None
    others = {who: share for who, share in plan.criteria.items() if who != EXPERTS[1].person}
    update = {"plan": plan.model_copy(update={"criteria": others, "lead": EXPERTS[0].person})}
    walk._state = walk.case.model_copy(update=update)
    walk.act("declare_interests", EXPERTS[1], has_interest=True, statement=text("They hired me."))
    joined(walk)
    assert walk.case.stage == Stage.EVALUATION
    assert walk.case.confirmation is None
    judged(walk)
    assert walk.case.confirmation is not None
    assert walk.case.stage == Stage.RECOMMENDATION


def test_an_interest_of_who_confirmed_takes_the_open_round_with_it() -> None:
    walk = judged(led(EXPERTS[1])).recommended().act("record_hearing", SECRETARY, protocol=text())
    walk.act("open_round", SECRETARY).all_declare()
    plan = walk.case.plan
    assert plan is not None
    update = {"criteria": {EXPERTS[0].person: ()}, "lead": EXPERTS[0].person}
    walk._state = walk.case.model_copy(update={"plan": plan.model_copy(update=update)})
    walk.act("declare_interests", EXPERTS[1], has_interest=True, statement=text("They hired me."))
    assert walk.case.rounds[-1].set_aside == "reviewer_has_interest"


def test_a_second_lead_who_judged_and_does_not_confirm_can_leave() -> None:
    walk = led(EXPERTS[1]).confirmed(by=EXPERTS[1])
    walk.act("declare_interests", EXPERTS[1], has_interest=True, statement=text("They hired me."))
    joined(walk)
    assert walk.case.plan is not None
    lead = ALL[walk.case.plan.lead or ""]
    for who in walk.case.plan.criteria:
        if outstanding(walk.case, who):
            walk.act("submit_review", ALL[who], findings=walk.findings(who))
    walk.pass_time(days=200).act(
        "relieve_reviewer", SECRETARY, person=lead.person, reasons=text(), people={lead.person: lead}
    )
    assert walk.case.assignments[lead.person].accepted is False


@pytest.mark.parametrize("way", ["no", "relieved"])
def test_a_lead_whose_finding_is_disputed_leaves_once_the_commission_decided(way: str) -> None:
    walk = Walk(edition=6).to_evaluation().confirmed(Tier.HIGH)
    lead = walk.lead()
    assert walk.case.disputed_tier is not None
    with refused("answers_disputed"):
        if way == "no":
            walk.act("answer_assignment", lead, accepts=False)
        else:
            walk.act("relieve_reviewer", SECRETARY, person=lead.person, reasons=text(), people={})


def test_what_a_lead_found_stands_while_it_is_disputed_and_nobody_else_is_late_meanwhile() -> None:
    walk = Walk(Tier.MEDIUM, edition=6).to_evaluation().confirmed(Tier.CRITICAL)
    lead = walk.lead()
    assert walk.case.disputed_tier is not None
    other = next(one for one in EXPERTS if one.person in walk.case.assignments and one != lead)
    with refused("not_late"):
        walk.pass_time(days=200).act(
            "relieve_reviewer", SECRETARY, person=other.person, reasons=text(), people={other.person: other}
        )
    walk.act("declare_interests", lead, has_interest=True, statement=text("They hired me."))
    joined(walk)
    assert walk.case.confirmation is not None, "the working group is drawn with it, and votes on it"


def test_a_voter_of_a_round_that_was_set_aside_evaluates_nothing() -> None:
    walk = Walk(Tier.MEDIUM, edition=6).to_round().ballot(MEMBERS[0], Choice.GRANT)
    reviewer = next(one for one in EXPERTS if one.person in walk.case.assignments)
    walk.act("declare_interests", reviewer, has_interest=True, statement=text("They hired me."))
    assert walk.case.rounds[-1].ballots == {}
    also_expert = person(MEMBERS[0].person, Role.EXPERT, Role.COMMISSIONER, areas=AREAS)
    areas = walk.rules.tiers[walk.case.tier].reviewers.areas
    asked = {"reviewer": also_expert.person, "areas": areas, "people": {also_expert.person: also_expert}}
    with refused("decides_and_reviews"):
        walk.act("assign_reviewer", SECRETARY, **asked)


def test_a_rapporteur_is_not_asked_to_evaluate() -> None:
    walk = Walk(Tier.MEDIUM, edition=6).to_recommendation().recommended()
    reviewer = next(one for one in EXPERTS if one.person in walk.case.assignments)
    walk.act("declare_interests", reviewer, has_interest=True, statement=text("They hired me."))
    also_expert = person(MEMBERS[0].person, Role.EXPERT, Role.COMMISSIONER, areas=AREAS)
    areas = walk.rules.tiers[walk.case.tier].reviewers.areas
    asked = {"reviewer": also_expert.person, "areas": areas, "people": {also_expert.person: also_expert}}
    with refused("decides_and_reviews"):
        walk.act("assign_reviewer", SECRETARY, **asked)


def voted_on_the_tier(edition: int = 6) -> Walk:
    """An expert of the Commission who is next on the bench votes on the tier, then the reviewer leaves."""
    walk = SmallWalk(Tier.LOW, members=3, edition=edition).to_planning()
    walk.members = (*walk.members[:2], BOTH)
    areas = walk.rules.tiers[Tier.LOW].reviewers.areas
    first, bench = Proposed(reviewer=EXPERTS[0].person, areas=areas), Proposed(reviewer=BOTH.person, areas=areas)
    walk.act("assign_reviewers", SECRETARY, reviewers=(first,), reserves=(bench,), people=ALL)
    walk.act("declare_interests", EXPERTS[0], has_interest=False).act("answer_assignment", EXPERTS[0], accepts=True)
    walk.act("approve_plan", SECRETARY)
    walk.act("open_round", SECRETARY, proposed_tier=Tier.MEDIUM, people={one.person: one for one in walk.members})
    walk.all_declare().voted(*[Choice.REFUSE] * 3)
    assert BOTH.person in walk.case.rounds[-1].ballots
    return walk.act("answer_assignment", EXPERTS[0], accepts=False, reason=text())


def test_who_voted_on_anything_is_not_asked_to_evaluate_by_the_bench_either() -> None:
    assert BOTH.person not in voted_on_the_tier().case.assignments


def test_who_was_asked_by_the_bench_though_they_voted_does_not_say_yes() -> None:
    walk = voted_on_the_tier(edition=5)
    assert BOTH.person in walk.case.assignments
    with refused("decides_and_reviews"):
        walk.act("answer_assignment", BOTH, accepts=True)
    walk.act("answer_assignment", BOTH, accepts=False)


def evaluated_by_a_voter() -> Case:
    """A granted case whose record has it that a reviewer voted on the tier before."""
    walk = SmallWalk(Tier.LOW, edition=6).to_evaluation()
    walk.act("open_round", SECRETARY, proposed_tier=Tier.MEDIUM).all_declare().voted(*[Choice.REFUSE] * 9)
    case = walk.reviewed().recommended().granted().case
    assert case.plan is not None
    earlier, (voter, ballot) = case.rounds[0], next(iter(case.rounds[0].ballots.items()))
    reviewer = next(iter(case.plan.criteria))
    others = {who: one for who, one in earlier.ballots.items() if who != voter}
    by_reviewer = {**others, reviewer: ballot.model_copy(update={"member": reviewer})}
    forged = earlier.model_copy(update={"ballots": by_reviewer})
    return case.model_copy(update={"rounds": (forged, *case.rounds[1:])})


def test_the_signer_signs_no_label_that_a_voter_evaluated_and_a_recomputation_names_them() -> None:
    case = evaluated_by_a_voter()
    with not_signed("reviewed_and_decides"):
        check_grant(case, small().rules, case.scheme_digest)
    found = recompute(record_of(case, small())).differences
    reviewer = next(iter(case.rounds[0].ballots.keys() & who_evaluated(case)))
    assert ("reviewed_and_decides", f"/rounds/0/ballots/{reviewer}") in {(one.code, one.place) for one in found}


def said_no_and_voted() -> Walk:
    """Asked to review, a member says no at once, votes on the tier, and finds an interest later."""
    walk = SmallWalk(Tier.LOW, members=7, edition=6).to_planning()
    many, walk.members = walk.members, (*walk.members[:2], BOTH)
    areas = walk.rules.tiers[Tier.LOW].reviewers.areas
    walk.act("assign_reviewer", SECRETARY, reviewer=BOTH.person, areas=areas, people={BOTH.person: BOTH})
    walk.act("answer_assignment", BOTH, accepts=False, reason=text("No time.")).staffed(EXPERTS[0])
    walk.act("open_round", SECRETARY, proposed_tier=Tier.MEDIUM, people={one.person: one for one in walk.members})
    walk.all_declare().voted(*[Choice.REFUSE] * 3)
    walk.members = (*many, BOTH)
    walk.reviewed().act("declare_interests", BOTH, has_interest=True, statement=text("They hired my wife since."))
    return walk.recommended()


def test_an_interest_found_after_a_no_makes_no_evaluation_of_it() -> None:
    walk = said_no_and_voted().granted()
    assert BOTH.person in walk.case.rounds[0].ballots
    check_grant(walk.case, small().rules, walk.case.scheme_digest)
    assert recompute(record_of(walk.case, small())).differences == ()


def drawn_after_voting(edition: int = 6) -> SmallWalk:
    """Who voted on the tier as a member has left the Commission, and is of the pool of third parties now."""
    walk = SmallWalk(Tier.HIGH, edition=edition, members=9).to_evaluation()
    members = walk.members
    walk.members = (*members, person(POOL[0].person, Role.COMMISSIONER))
    people = {one.person: one for one in walk.members}
    walk.act("open_round", SECRETARY, proposed_tier=Tier.CRITICAL, people=people, seated=tuple(people))
    walk.all_declare().voted(*[Choice.REFUSE] * 10)
    assert POOL[0].person in walk.case.rounds[0].ballots
    walk.members = members
    return walk


def test_who_voted_in_a_case_is_not_drawn_as_its_third_party() -> None:
    with refused("nobody_to_draw"):
        drawn_after_voting().act("draw_third_party", SECRETARY, people={POOL[0].person: POOL[0]})


def test_who_voted_and_was_drawn_by_an_earlier_version_reports_nothing() -> None:
    walk = drawn_after_voting(edition=5)
    drawn_before = walk.case.model_copy(update={"third_party_drawn": POOL[0].person})
    refusal = may_report(drawn_before, POOL[0]).refusal
    assert refusal is not None
    assert refusal.code == "advises_and_decides"


def test_a_case_is_signed_though_somebody_who_voted_was_drawn_and_said_no() -> None:
    walk = drawn_after_voting(edition=5)
    case = walk.case.model_copy(update={"third_party_refused": (POOL[0].person,)})
    assert not any(evaluators_on_record(case) & vote.ballots.keys() for vote in case.rounds)
    _check_earlier_votes(case, walk.rules)
    with not_signed("reviewed_and_decides"):
        _check_earlier_votes(case.model_copy(update={"third_party": POOL[0].person}), walk.rules)
