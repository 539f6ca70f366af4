"""Who judges a surveillance, what they find, and who maintains the label (scheme, `surveillance_judged_by`)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.label_events import LabelProlonged
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Verdict
from schemas.surveillance import Judging
from schemas.voting import Voice
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, issued_label, person, text
from tests.label_walk import JUDGES, NEW_LABEL, LabelWalk, begin_content, granted
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.beginnings import prolonged_life_content
from workflows.rules.label.people import barred
from workflows.rules.label.surveillance_asks import lacks_live_check
from workflows.rules.label.surveillance_judging import ASKED_MAX

ASKED = {"surveillance": 1, "reviewer": JUDGES[0].person, "areas": ("ethics_or_law",)}


def handed_in(tier: Tier = Tier.LOW) -> LabelWalk:
    return LabelWalk(tier).to_surveillance().handed_in()


@pytest.mark.parametrize(("tier", "judges"), [(Tier.LOW, 1), (Tier.MEDIUM, 1), (Tier.HIGH, 1), (Tier.CRITICAL, 2)])
def test_as_many_experts_as_the_tier_says_judge_and_a_panel_of_three_maintains(tier: Tier, judges: int) -> None:
    walk = handed_in(tier).judged()
    assert len(walk.state.judged_by(1).reviews) == judges
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)
    vote = walk.state.open_motion
    assert (len(vote.electorate), vote.quorum, vote.majority) == (3, "3", "simple")
    walk.carried()

    assert walk.state.surveillances[0].outcome == "maintain"
    assert walk.standings == ["in_force"]


def test_a_critical_surveillance_is_not_judged_by_one() -> None:
    walk = handed_in(Tier.CRITICAL).staffed(JUDGES[0])
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())
    with refused("not_judged"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)


def test_the_worst_verdict_counts() -> None:
    walk = handed_in(Tier.CRITICAL).staffed(*JUDGES[:2])
    criterion = walk.state.surveillances[0].criteria[0]
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())
    bad = walk.findings(Verdict.PARTLY_MET, only=criterion)
    walk.act("judge_surveillance", JUDGES[1], surveillance=1, findings=bad)

    assert walk.state.surveillances[0].results[criterion] == Verdict.PARTLY_MET
    with refused("findings_open"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)


def test_a_surveillance_that_found_something_ends_with_what_the_commission_decides_about_it() -> None:
    walk = handed_in().judged(Verdict.NOT_MET)
    walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("Adults only."), reasons=text()).carried()
    assert (walk.state.surveillances[0].outcome, walk.state.scope) == ("reduce_scope", text("Adults only."))


def test_a_panel_that_does_not_maintain_leaves_the_surveillance_open() -> None:
    walk = handed_in().judged().act("put_maintain_to_vote", SECRETARY, surveillance=1).carried(Voice.AGAINST)
    assert walk.state.surveillances[0].is_open
    walk.maintained()
    assert not walk.state.surveillances[0].is_open


@pytest.mark.parametrize(
    ("expert", "code"),
    [
        (MEMBERS[0], "role_missing"),
        (person("julia", Role.EXPERT, organisation=ORGANISATION, areas=AREAS), "own_organisation"),
        (person("julia", Role.EXPERT, Role.NEUTRAL_THIRD_PARTY, areas=AREAS), "is_third_party"),
        (person("julia", Role.EXPERT, areas=("ai_technical",)), "not_competent"),
    ],
)
def test_who_is_not_asked_to_judge(expert: PersonFacts, code: str) -> None:
    with refused(code):
        handed_in().act(
            "assign_surveillance_reviewer", SECRETARY,
            **{**ASKED, "reviewer": expert.person}, people={expert.person: expert},
        )  # fmt: skip


def test_who_voted_in_the_case_does_not_judge_its_label() -> None:
    walk = handed_in()
    both = person(walk.state.electors[0], Role.EXPERT, areas=AREAS)
    with refused("decided_and_reviews"):
        walk.act(
            "assign_surveillance_reviewer", SECRETARY,
            **{**ASKED, "reviewer": both.person}, people={both.person: both},
        )  # fmt: skip


def test_a_reviewer_of_the_case_may_judge_again() -> None:
    walk = handed_in().act(
        "assign_surveillance_reviewer", SECRETARY,
        **{**ASKED, "reviewer": EXPERTS[0].person}, people={EXPERTS[0].person: EXPERTS[0]},
    )  # fmt: skip
    assert EXPERTS[0].person in walk.state.judged_by(1).assignments


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"areas": ("ai_technical",)}, "area_not_needed"),
        ({"reviewer": "nobody"}, "unknown_person"),
        ({"surveillance": 2}, "unknown_surveillance"),
    ],
)
def test_an_assignment_that_is_refused(changes: dict, code: str) -> None:
    with refused(code):
        handed_in().act("assign_surveillance_reviewer", SECRETARY, **{**ASKED, **changes})


def test_only_the_secretariat_asks_experts_and_each_once() -> None:
    walk = handed_in()
    with refused("role_missing"):
        walk.act("assign_surveillance_reviewer", APPLICANT, **ASKED)
    walk.act("assign_surveillance_reviewer", SECRETARY, **ASKED)
    with refused("already_assigned"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **ASKED)


def test_nobody_is_asked_once_it_is_judged() -> None:
    with refused("no_surveillance"):
        handed_in().judged().act("assign_surveillance_reviewer", SECRETARY, **{**ASKED, "reviewer": JUDGES[2].person})


def test_an_expert_declares_interests_before_saying_yes() -> None:
    walk = handed_in().act("assign_surveillance_reviewer", SECRETARY, **ASKED)
    with refused("interests_not_declared"):
        walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=True)
    walk.act("declare_matter_interests", JUDGES[0], has_interest=False)
    walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=True)
    with refused("not_assigned"):
        walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=True)
    assert walk.state.judged_by(1).judges == {JUDGES[0].person}


def test_an_expert_says_no_without_declaring_anything() -> None:
    walk = handed_in().act("assign_surveillance_reviewer", SECRETARY, **ASKED)
    walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=False, reason=text())
    assert walk.state.judged_by(1).judges == frozenset()
    with refused("not_assigned"):
        walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())


def test_who_was_not_asked_answers_and_judges_nothing() -> None:
    walk = handed_in()
    with refused("not_assigned"):
        walk.act("answer_surveillance_assignment", JUDGES[0], surveillance=1, accepts=True)
    with refused("no_part_in_matter"):
        walk.act("declare_matter_interests", JUDGES[0], has_interest=False)
    with refused("not_assigned"):
        walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())


def test_silence_counts_as_a_no_after_five_days() -> None:
    walk = handed_in().act("assign_surveillance_reviewer", SECRETARY, **ASKED)
    asked_at = walk.now
    walk.until(asked_at + timedelta(days=5) - timedelta(seconds=1))
    assert walk.state.judged_by(1).assignments[JUDGES[0].person].accepted is None
    walk.until(asked_at + timedelta(days=5))
    assert walk.state.judged_by(1).assignments[JUDGES[0].person].accepted is False
    assert walk.kinds()[-1] == "surveillance_assignment_lapsed"


def test_an_interest_of_a_judge_lets_others_judge_anew_and_sets_the_vote_aside() -> None:
    walk = handed_in().judged().act("put_maintain_to_vote", SECRETARY, surveillance=1)
    walk.act("declare_matter_interests", JUDGES[0], has_interest=True, statement=text("A loan."))

    assert walk.kinds()[-2:] == ["matter_interests_declared", "vote_set_aside"]
    assert walk.state.surveillances[0].judged_at is None
    with refused("not_judged"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)
    walk.staffed(JUDGES[1]).act("judge_surveillance", JUDGES[1], surveillance=1, findings=walk.findings())
    walk.maintained()
    assert walk.state.surveillances[0].outcome == "maintain"


def test_nothing_is_judged_before_the_holder_handed_in() -> None:
    walk = LabelWalk().to_surveillance().staffed(JUDGES[0])
    with refused("nothing_to_judge"):
        walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())


def test_findings_cover_every_criterion_once_and_rest_on_evidence() -> None:
    walk = handed_in().staffed(JUDGES[0])
    good = walk.findings()
    broken = {
        "findings_missing": good[1:],
        "criterion_twice": (*good, good[0]),
        "unknown_criterion": (*good, good[0].model_copy(update={"criterion": "II-2.6-01"})),
        "evidence_not_cited": (good[0].model_copy(update={"cited": ()}), *good[1:]),
        "unknown_protocol": (good[0].model_copy(update={"protocols": ("P1",)}), *good[1:]),
        "unknown_item": (good[0].model_copy(update={"cited": ("E9999",)}), *good[1:]),
        "not_applicable_not_stated": (good[0].model_copy(update={"verdict": Verdict.NOT_APPLICABLE}), *good[1:]),
        "too_many_cited": (good[0].model_copy(update={"cited": ("E1",) * 11}), *good[1:]),
    }
    for code, findings in broken.items():
        with refused(code):
            walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=findings)
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=good)
    with refused("nothing_to_judge"):
        walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=good)


def test_a_closed_surveillance_takes_nothing_more() -> None:
    walk = handed_in().judged().maintained()
    with refused("surveillance_closed"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)


def test_a_suspended_label_is_restored_and_not_maintained() -> None:
    walk = handed_in().judged().suspended()
    with refused("not_in_force"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)


def test_reviewers_and_commission_have_their_times() -> None:
    walk = handed_in()
    assert walk.clocks()["surveillance_review/1"].waits_for == "secretariat"
    walk.staffed(JUDGES[0])
    assert walk.clocks()["surveillance_review/1"].waits_for == "reviewer"
    walk.act("judge_surveillance", JUDGES[0], surveillance=1, findings=walk.findings())
    assert walk.clocks()["surveillance_decision/1"].waits_for == "commission"


def test_findings_of_long_ended_surveillances_leave_the_label_and_stay_in_its_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workflows.rules.label.carrying.FINDINGS_KEPT", 12)
    walk = LabelWalk(Tier.CRITICAL)
    for _ in range(2):
        walk.to_surveillance().handed_in().judged().maintained()

    kept = [sum(len(one.findings) for one in walk.state.judged_by(number).reviews.values()) for number in (1, 2)]
    assert kept == [0, 10]
    assert all(one.results for one in walk.state.surveillances)
    assert walk.state.judges == {JUDGES[0].person, JUDGES[1].person, *begin_content(Tier.CRITICAL)["evaluators"]}


def test_a_standing_tie_to_the_holder_keeps_an_expert_from_judging_and_a_member_from_the_panel() -> None:
    tied = JUDGES[0].model_copy(update={"tied_to": (ORGANISATION,)})
    walk = handed_in()
    with refused("tied_to_party"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **ASKED, people={tied.person: tied})

    walk.judged()
    members = {one.person: one.model_copy(update={"tied_to": (ORGANISATION,)}) for one in MEMBERS[:3]}
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=1, people={**walk.people, **members})
    assert not set(members) & set(walk.state.open_motion.electorate)


MANY = tuple(person(f"expert-{place}", Role.EXPERT, areas=AREAS) for place in range(12))


def ask(walk: LabelWalk, expert: PersonFacts) -> LabelWalk:
    return walk.act(
        "assign_surveillance_reviewer", SECRETARY,
        **{**ASKED, "reviewer": expert.person}, people={expert.person: expert},
    )  # fmt: skip


def says(walk: LabelWalk, expert: PersonFacts, *, accepts: bool, **facts: Any) -> LabelWalk:
    if accepts and not walk.state.has_declared_none(expert.person):
        walk.act("declare_matter_interests", expert, has_interest=False)
    content = {"surveillance": 1, "accepts": accepts, "reason": None if accepts else text()}
    return walk.act("answer_surveillance_assignment", expert, **content, **facts)


def test_another_is_asked_however_many_said_no_before() -> None:
    walk = handed_in()
    for expert in MANY:
        says(ask(walk, expert), expert, accepts=False)
    asked = walk.state.judged_by(1).assignments
    assert (len(asked), next(iter(asked))) == (ASKED_MAX, MANY[len(MANY) - ASKED_MAX].person)
    Judging.model_validate_json(walk.state.judged_by(1).model_dump_json())

    walk.judged()
    assert walk.state.surveillances[0].judged_at is not None
    assert JUDGES[0].person in walk.state.judged_by(1).assignments


def test_checks_of_those_who_left_are_carried_no_longer_than_their_answers() -> None:
    walk = handed_in(Tier.HIGH)
    for expert in MANY:
        says(ask(walk, expert), expert, accepts=True)
        walk.act("record_live_check", expert, **walk.live_check())
        says(walk, expert, accepts=False)
    judging = walk.state.judged_by(1)
    assert judging.live_checks.keys() == judging.assignments.keys()
    Judging.model_validate_json(judging.model_dump_json())


@pytest.fixture
def both() -> PersonFacts:
    """An expert who is a member of the Commission too."""
    return person("julia", Role.EXPERT, Role.COMMISSIONER, areas=AREAS)


def pool_of_a_vote(walk: LabelWalk, member: PersonFacts) -> tuple[str, ...]:
    """Who may belong to the panel that maintains the label after the surveillance is judged by others."""
    walk.staffed(JUDGES[2])
    if lacks_live_check(walk.state, walk.state.surveillances[0], JUDGES[2].person):
        walk.act("record_live_check", JUDGES[2], **walk.live_check())
    walk.act("judge_surveillance", JUDGES[2], surveillance=1, findings=walk.findings())
    people = {**walk.people, member.person: member}
    seated = (*(one.person for one in walk.members), member.person)
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=1, people=people, seated=seated)
    return walk.state.motions[-1].pool


def test_member_belongs_to_the_panel_who_was_asked_to_judge_and_said_no(both: PersonFacts) -> None:
    walk = says(ask(handed_in(), both), both, accepts=False)
    assert both.person in pool_of_a_vote(walk, both)


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.HIGH])
def test_who_said_yes_to_judging_and_left_decides_nothing_about_the_label(tier: Tier, both: PersonFacts) -> None:
    walk = says(ask(handed_in(tier), both), both, accepts=True)
    if tier == Tier.HIGH:
        walk.act("record_live_check", both, **walk.live_check())
    says(walk, both, accepts=False)

    assert walk.state.evaluators == (both.person,)
    assert both.person not in pool_of_a_vote(walk, both)
    assert barred(walk.state, both).refusal.code == "reviewed_and_decides"


def test_judge_who_was_relieved_decides_nothing_about_the_label(both: PersonFacts) -> None:
    walk = says(ask(handed_in(), both), both, accepts=True).pass_time(days=60)
    walk.act("relieve_surveillance_reviewer", SECRETARY, surveillance=1, reviewer=both.person, reasons=text())
    assert both.person not in pool_of_a_vote(walk, both)


@pytest.mark.parametrize("leaving", ["says_no", "is_relieved"])
def test_judge_who_said_yes_before_that_was_remembered_is_kept_out_as_they_leave(
    leaving: str, both: PersonFacts
) -> None:
    walk = says(ask(handed_in(), both), both, accepts=True, around=None)
    assert walk.state.evaluators == ()
    if leaving == "says_no":
        says(walk, both, accepts=False)
    else:
        walk.pass_time(days=60)
        walk.act("relieve_surveillance_reviewer", SECRETARY, surveillance=1, reviewer=both.person, reasons=text())
    assert walk.state.evaluators == (both.person,)


def test_who_left_before_that_was_remembered_stays_in_the_votes_of_then(both: PersonFacts) -> None:
    walk = says(ask(handed_in(), both), both, accepts=True, around=None)
    says(walk, both, accepts=False, around=None)
    assert "evaluates" not in walk.events[-1].model_dump(mode="json")
    assert both.person in pool_of_a_vote(walk, both)


def test_label_that_carries_another_one_on_knows_who_judged_that_one() -> None:
    walk = LabelWalk().renewal_asked()
    walk.kept_until(walk.state.expires_at.replace(hour=0))
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    label = issued_label(granted().case)
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=label.model_copy(update={"id": NEW_LABEL})),))
    carried_on = LabelWalk.from_content(NEW_LABEL, prolonged_life_content(walk.state)).state

    assert set(carried_on.evaluators) == walk.state.judges != frozenset()
    member = person(JUDGES[0].person, Role.COMMISSIONER)
    assert barred(carried_on, member).refusal.code == "reviewed_and_decides"
