"""Interests and incompatible parts: nobody judges, advises, decides and releases what they are tied to."""

import pytest

from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import (
    APPLICANT,
    AREAS,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    ORGANISATION,
    SECRETARY,
    THIRD_PARTY,
    Walk,
    person,
    text,
)
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import interests
from workflows.rules.case.interests import may_sit, part_of, plan_stands

EDDA = EXPERTS[0]


def tied(walk: Walk, who: PersonFacts) -> Walk:
    """Let someone declare an interest."""
    return walk.act("declare_interests", who, has_interest=True, statement=text("My sister works there."))


def test_whoever_has_no_part_in_the_case_has_nothing_to_declare() -> None:
    walk = Walk().to_planning()
    for role in (Role.APPLICANT, Role.AUDITOR, Role.OPERATOR, Role.EXPERT):
        assert part_of(walk.case, person("eve", role)) is None
        with refused("no_part_in_case"):
            walk.act("declare_interests", person("eve", role), has_interest=False)


def test_whoever_may_keep_the_case_puts_an_interest_on_record_and_keeps_it_no_more() -> None:
    walk, other = Walk().to_planning(), person("sven", Role.SECRETARIAT)
    assert part_of(walk.case, other) is None
    with refused("only_an_interest"):
        walk.act("declare_interests", other, has_interest=False)
    tied(walk, other)
    assert walk.case.has_interest(other.person)
    assert walk.events[-1].role == Role.SECRETARIAT
    for kind, content in (
        ("assign_reviewer", {"reviewer": "edda", "areas": ("ethics_or_law",)}),
        ("ask_question", {"text": text()}),
    ):
        with refused("has_interest"):
            walk.act(kind, other, **content)
    walk.act("assign_reviewer", SECRETARY, reviewer="edda", areas=("ethics_or_law",))


def test_whoever_keeps_the_file_may_have_an_interest_from_the_intake_on() -> None:
    walk = tied(Walk().to_intake(), SECRETARY)
    with refused("has_interest"):
        walk.act("accept_application", SECRETARY)
    with refused("wrong_stage"):
        walk.act("declare_interests", MEMBERS[0], has_interest=False)
    with refused("wrong_stage"):
        tied(walk.act("withdraw_application", APPLICANT), person("sven", Role.SECRETARIAT))


def test_an_interest_of_who_only_keeps_the_file_leaves_an_open_round_as_it_is() -> None:
    walk = Walk(Tier.MEDIUM, edition=4).to_round().voted(Choice.GRANT)
    before = walk.case.rounds
    tied(walk, person("sven", Role.SECRETARIAT))
    assert walk.case.rounds == before


def test_everyone_declares_in_the_part_they_take() -> None:
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, reviewer="edda", areas=("ethics_or_law",))
    for who, role in (
        (EDDA, Role.EXPERT),
        (MEMBERS[0], Role.COMMISSIONER),
        (THIRD_PARTY, Role.NEUTRAL_THIRD_PARTY),
        (LABEL_OFFICER, Role.LABEL_OFFICER),
    ):
        assert part_of(walk.case, who) == role
        assert walk.act("declare_interests", who, has_interest=False).case.has_declared_none(who.person)


def test_an_interest_is_said_in_a_sentence_and_once_declared_stays() -> None:
    walk = Walk().to_planning()
    with refused("statement_missing"):
        walk.act("declare_interests", MEMBERS[0], has_interest=True)
    tied(walk, MEMBERS[0])
    with refused("already_declared"):
        walk.act("declare_interests", MEMBERS[0], has_interest=False)


def test_more_people_than_a_case_can_carry_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interests, "DECLARATIONS_MAX", 1)
    walk = Walk().to_planning().act("declare_interests", MEMBERS[0], has_interest=False)
    with refused("too_many_declarations"):
        walk.act("declare_interests", MEMBERS[1], has_interest=False)
    assert tied(walk, MEMBERS[0]).case.has_interest("member-a")


def test_an_expert_with_an_interest_counts_as_having_said_no() -> None:
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, reviewer="edda", areas=("ethics_or_law",))
    tied(walk, EDDA)

    assert walk.case.assignments["edda"].accepted is False
    with refused("already_answered"):
        walk.act("answer_assignment", EDDA, accepts=True)


def test_an_interest_declared_while_a_round_is_open_takes_the_ballot_out_of_it() -> None:
    walk = Walk(Tier.MEDIUM).to_round().voted(Choice.GRANT)
    voter = walk.members[0]
    assert voter.person in walk.case.rounds[0].ballots

    tied(walk, voter)

    vote = walk.case.rounds[0]
    assert vote.recused == (voter.person,)
    assert voter.person not in vote.ballots
    assert walk.events[-1].actor == "engine"
    with refused("recused"):
        walk.ballot(voter, Choice.GRANT)


def test_a_member_tied_to_the_case_is_not_in_the_electorate() -> None:
    walk = Walk(Tier.MEDIUM).to_decision()
    tied(walk, MEMBERS[3]).act("open_round", SECRETARY)
    assert "member-d" not in walk.case.rounds[0].electorate


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.MEDIUM])
def test_a_commissioner_who_reviewed_neither_sits_nor_votes_nor_recommends(tier: Tier) -> None:
    both = person("member-a", Role.COMMISSIONER, Role.EXPERT, areas=AREAS)
    walk = Walk(tier).to_planning().staffed(both, *EXPERTS)
    assert walk.case.plan is not None
    assert "member-a" in walk.case.plan.criteria
    walk.reviewed(by=(both, *EXPERTS))

    with refused("reviewed_and_decides"):
        walk.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    walk.recommended(by=MEMBERS[1]).act("open_round", SECRETARY)
    assert "member-a" not in walk.case.rounds[0].electorate
    with refused("reviewed_and_decides"):
        walk.ballot(both, Choice.GRANT)


def test_a_commissioner_who_was_asked_to_review_and_said_no_may_decide() -> None:
    both = person("member-a", Role.COMMISSIONER, Role.EXPERT, areas=AREAS)
    walk = Walk().to_planning()
    walk.act("assign_reviewer", SECRETARY, reviewer="member-a", areas=("ethics_or_law",), people={"member-a": both})
    assert not may_sit(walk.case, both)

    walk.act("answer_assignment", both, accepts=False)
    assert may_sit(walk.case, both)


def test_whoever_gave_the_third_party_report_does_not_decide() -> None:
    both = person("member-b", Role.COMMISSIONER, Role.NEUTRAL_THIRD_PARTY)
    walk = Walk(Tier.HIGH).to_decision().act("declare_interests", both, has_interest=False)
    walk.act("record_third_party_report", both, report=text()).act("open_round", SECRETARY)
    assert "member-b" not in walk.case.rounds[0].electorate
    with refused("advised_and_decides"):
        walk.ballot(both, Choice.GRANT)


def test_a_person_who_moved_to_the_applicant_since_is_not_free_whatever_they_declared() -> None:
    walk = Walk().to_evaluation()
    moved = EDDA.model_copy(update={"organisation": ORGANISATION})
    with refused("own_organisation"):
        walk.act("submit_review", moved, findings=walk.findings("edda"))


def test_a_reviewer_tied_to_the_case_during_evaluation_hands_nothing_in_and_others_take_the_share() -> None:
    walk = Walk(Tier.HIGH).to_evaluation()
    walk.act("submit_review", EXPERTS[1], findings=walk.findings("emil"))
    assert walk.case.plan is not None
    judged = walk.case.plan.criteria["emil"]
    tied(walk, EDDA)

    assert not plan_stands(walk.case)
    with refused("has_interest"):
        walk.act("submit_review", EDDA, findings=walk.findings("edda"))
    with refused("reviewers_missing"):
        walk.act("approve_plan", SECRETARY)
    walk.staffed(person("elsa", Role.EXPERT, areas=AREAS), areas=("ai_technical",))

    plan = walk.case.plan
    assert plan.criteria.keys() == {"emil", "enzo", "elsa"}
    assert plan.criteria["emil"] == judged
    assert walk.case.stage.value == "evaluation"
    walk.reviewed(by=(EXPERTS[2], person("elsa", Role.EXPERT, areas=AREAS)))
    assert walk.case.stage == Stage.RECOMMENDATION


def test_findings_of_a_reviewer_who_turns_out_to_be_tied_do_not_count() -> None:
    walk = Walk(Tier.MEDIUM).to_evaluation()
    walk.act("submit_review", EDDA, findings=walk.findings("edda", I_1_1_01=Verdict.NOT_MET))
    tied(walk, EDDA)
    elsa = person("elsa", Role.EXPERT, areas=AREAS)
    walk.staffed(elsa, areas=("ai_technical",)).reviewed(by=(elsa, EXPERTS[1]))

    verdicts = {result.criterion: result.verdict for result in walk.case.results}
    assert walk.case.stage == Stage.RECOMMENDATION
    assert verdicts["I-1.1-01"] == Verdict.MET


@pytest.mark.parametrize("stage", ["recommendation", "decision"])
def test_a_reviewer_tied_to_the_case_after_the_evaluation_sends_it_back_before_any_round(stage: str) -> None:
    walk = Walk().to_recommendation() if stage == "recommendation" else Walk().to_decision()
    tied(walk, EDDA)
    if stage == "decision":
        with refused("reviewer_has_interest"):
            walk.act("open_round", SECRETARY)
    else:
        with refused("reviewer_has_interest"):
            walk.recommended()

    emil = EXPERTS[1]
    walk.staffed(emil)
    assert walk.case.stage.value == "evaluation"
    walk.reviewed(by=(emil,)).recommended().act("open_round", SECRETARY).all_declare().voted(*[Choice.GRANT] * 3)
    assert walk.case.stage == Stage.ATTESTATION


def test_while_the_plan_stands_or_a_round_is_open_no_reviewer_is_added() -> None:
    for walk in (Walk().to_evaluation(), Walk().to_recommendation(), Walk().to_decision()):
        with refused("wrong_stage"):
            walk.act("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",))
    voting = tied(Walk().to_round(), EDDA)
    with refused("round_is_open"):
        voting.act("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",))


def test_whoever_voted_on_a_case_does_not_evaluate_it_later() -> None:
    both = person("member-a", Role.COMMISSIONER, Role.EXPERT, areas=AREAS)
    walk = Walk(Tier.MEDIUM).to_round().voted(Choice.GRANT).pass_time(days=30)
    tied(walk, EDDA)
    with refused("decides_and_reviews"):
        walk.act("assign_reviewer", SECRETARY, reviewer="member-a", areas=("ai_technical",), people={"member-a": both})
