"""Who has still to judge reads nothing of what others found, also in the place of somebody who left (stage 5)."""

from collections.abc import Callable

import pytest

from certify.accounts.label_reading import LABEL_READERS
from certify.accounts.matter_reading import matter_reading
from certify.accounts.policy import permit
from certify.accounts.policy.case_table import OF_OTHERS
from certify.accounts.reading import CaseReading, reading_of
from certify.accounts.reading_clocks import waiting_for
from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Stage, Verdict
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, SECRETARY, Walk, person, scheme, text
from tests.label_walk import JUDGES, LabelWalk
from tests.unit.certify.accounts.cases import principal
from workflows.rules.label.kernel import LABEL

EDDA, EMIL, ENZO = EXPERTS
NEW = person("nora", Role.EXPERT, areas=AREAS)


Then = Callable[[Walk], Walk]


def corrected(walk: Walk) -> Walk:
    """Come back from a correction to an evaluation of the second version."""
    return walk.corrected("I-1.1-01")


def goes_on(walk: Walk) -> Walk:
    return walk.act("end_correction", APPLICANT)


def evaluated() -> Walk:
    """A case whose findings met, and in which somebody asked and a nonconformity is open."""
    walk = Walk(Tier.HIGH, edition=6).to_evaluation()
    walk.act("ask_question", EDDA, criteria=("I-1.1-01",), text=text("Which version is it?"))
    walk.act("answer_question", APPLICANT, number=1, answer=text("The second."))
    return walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET)


def asked(walk: Walk, gone: PersonFacts = ENZO, new: PersonFacts = NEW) -> Walk:
    """Let one reviewer leave with an interest and another be asked, who declares none."""
    areas = walk.case.assignments[gone.person].areas
    walk.act("declare_interests", gone, has_interest=True, statement=text("I own it."))
    walk.act("assign_reviewer", SECRETARY, reviewer=new.person, areas=areas, people={new.person: new})
    return walk.act("declare_interests", new, has_interest=False)


def read(walk: Walk, who: PersonFacts = NEW) -> CaseReading:
    return reading_of(walk.case, principal(who), walk.rules)


def assert_blind(walk: Walk, who: PersonFacts = NEW) -> None:
    reading = read(walk, who)

    assert (reading.reviews, reading.results, reading.lookup_findings, reading.nonconformities) == ((), (), (), ())
    assert (reading.questions, reading.confirmation, reading.differences, reading.not_handed_in) == ((), None, (), ())
    assert not [action for action in OF_OTHERS if permit(principal(who), action, walk.case)]
    found = [one for review in walk.case.reviews.values() for one in review.findings]
    assert found
    assert not {one.rationale.digest for one in (*found, *walk.case.lookups.values())} & reading.texts
    waited = waiting_for(walk.case, principal(who), walk.rules)
    names = {*(clock.name for clock in reading.clocks), *(one.clock for one in waited)}
    assert not {name for name in names if name and name.startswith("correction/")}


@pytest.mark.parametrize("then", [goes_on, corrected])
def test_a_replacement_reads_nothing_of_the_others_until_they_hand_in(then: Then) -> None:
    walk = asked(then(evaluated()))
    assert walk.case.results
    assert_blind(walk)
    walk.act("answer_assignment", NEW, accepts=True)
    assert_blind(walk)

    walk.act("approve_plan", SECRETARY)

    assert walk.case.stage == Stage.EVALUATION
    assert set(read(walk).own.outstanding)
    assert_blind(walk)


def test_a_replacement_opens_the_evidence_all_the_same() -> None:
    walk = asked(goes_on(evaluated())).act("answer_assignment", NEW, accepts=True).act("approve_plan", SECRETARY)

    assert read(walk).may_open_evidence
    assert read(walk).evidence


@pytest.mark.parametrize("then", [goes_on, corrected])
def test_a_replacement_reads_the_others_once_all_have_handed_in(then: Then) -> None:
    walk = asked(then(evaluated())).act("answer_assignment", NEW, accepts=True).act("approve_plan", SECRETARY)

    walk.reviewed((EDDA, EMIL, NEW))

    assert walk.case.stage in {Stage.CORRECTION, Stage.RECOMMENDATION}
    reading = read(walk)
    assert reading.results
    assert len(reading.reviews) > 1
    assert reading.questions


def test_whoever_handed_in_before_reads_on_while_another_takes_a_place() -> None:
    walk = asked(goes_on(evaluated())).act("answer_assignment", NEW, accepts=True)

    assert read(walk, EDDA).results
    assert len(read(walk, EDDA).reviews) > 1


def test_the_clock_of_a_nonconformity_runs_for_a_replacement_without_its_criterion() -> None:
    walk = asked(corrected(evaluated()))

    names = {clock.name for clock in read(walk).clocks}
    assert "correction" in names
    assert "correction/I-1.1-01" in {clock.name for clock in read(walk, APPLICANT).clocks}


def test_whoever_said_no_before_judging_is_blind_no_longer_as_a_member() -> None:
    both = person("nora", Role.EXPERT, Role.COMMISSIONER, areas=AREAS)
    walk = asked(goes_on(evaluated()), new=both)
    assert not read(walk, both).results

    walk.act("answer_assignment", both, accepts=False, reason=text("No time."))

    assert read(walk, both).results


def test_whoever_hears_an_appeal_and_is_asked_to_review_is_blind_as_well() -> None:
    walk = asked(goes_on(evaluated()))
    hears = principal(NEW).model_copy(update={"hears": frozenset({walk.case.id})})

    assert not permit(hears, "read_reviews", walk.case)
    assert permit(hears, "read_reason", walk.case)


def test_whoever_said_yes_and_got_nothing_to_judge_reads_the_findings_once_the_case_is_over() -> None:
    walk = Walk(Tier.LOW, edition=6).to_planning().staffed(EDDA, EMIL).reviewed((EDDA, EMIL))
    idle: Case = walk.case.model_copy(update={"reviews": {EDDA.person: walk.case.reviews[EDDA.person]}})

    assert not permit(principal(EMIL), "read_results", idle)
    assert permit(principal(EMIL), "read_results", idle.model_copy(update={"stage": Stage.GRANTED}))


JUDGE, OTHER, THIRD = JUDGES[:3]


def judged(walk: LabelWalk, who: PersonFacts) -> dict[str, object]:
    facts = matter_reading(walk.state, principal(who), LABEL, LABEL_READERS, scheme().rules).facts
    found = facts["judging"]
    assert isinstance(found, dict)
    return dict(found["1"])


def test_a_member_who_is_an_expert_reads_no_findings_of_a_surveillance_before_they_met() -> None:
    member = MEMBERS[0].model_copy(update={"roles": (Role.COMMISSIONER, Role.EXPERT), "areas": AREAS})
    walk = LabelWalk(Tier.CRITICAL).to_surveillance().handed_in().staffed(JUDGE, OTHER)
    walk.act("judge_surveillance", JUDGE, surveillance=1, findings=walk.findings())

    assert judged(walk, member)["reviews"] == {}
    assert judged(walk, member)["assignments"]
    assert judged(walk, MEMBERS[1])["reviews"]


def test_such_a_member_reads_no_verdicts_before_they_met_where_a_label_carries_them_in_brief(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workflows.rules.label.carrying.FINDINGS_KEPT", 0)
    member = MEMBERS[0].model_copy(update={"roles": (Role.COMMISSIONER, Role.EXPERT), "areas": AREAS})
    walk = LabelWalk(Tier.CRITICAL).to_surveillance().handed_in().staffed(JUDGE, OTHER)
    walk.act("judge_surveillance", JUDGE, surveillance=1, findings=walk.findings())

    assert not judged(walk, member)["brief"]
    assert judged(walk, MEMBERS[1])["brief"]


def test_whoever_takes_the_place_of_a_judge_reads_no_findings_of_that_surveillance() -> None:
    walk = LabelWalk(Tier.CRITICAL).to_surveillance().handed_in().judged()
    assert walk.state.surveillances[0].judged_at is not None
    walk.act("declare_matter_interests", JUDGE, has_interest=True, statement=text("I own it."))

    walk.staffed(THIRD)

    facts = matter_reading(walk.state, principal(THIRD), LABEL, LABEL_READERS, scheme().rules).facts
    (one,) = facts["surveillances"]  # type: ignore[misc]
    assert (facts["findings"], facts["live_checks"], one["results"]) == ({}, {}, {})  # type: ignore[call-overload,index]
    assert "judging" not in facts
