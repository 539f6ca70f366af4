"""What the signer checks again, by the numbers of `check_grant`; each test tampers with one thing of a true grant."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.case import Case
from schemas.correction import Grade, Nonconformity
from schemas.decision import Round
from schemas.review import Interests
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import LABEL_OFFICER, SECRETARY, START, Walk, scheme, sha256, text
from tests.unit.workflows.rules.refusals import gates, not_signed
from workflows.rules.case.decisions import outcome_of
from workflows.rules.case.grants import check_grant
from workflows.rules.case.rounds import panel_seed
from workflows.rules.quorum import tally

RULES, DIGEST = scheme().rules, scheme().digest
OPEN = Nonconformity(criterion="I-1.1-01", grade=Grade.MINOR, raised_at=START, due_at=START)


@cache
def granted(tier: Tier, edition: int = 1) -> Case:
    """A case that waits for nothing but its signature."""
    walk = Walk(tier, edition=edition).to_grant()
    if tier == Tier.CRITICAL:
        walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    return walk.case


def but(case: Case, **changes: Any) -> Case:
    return case.model_copy(update=changes)


def but_in_round(case: Case, **changes: Any) -> Case:
    """The case with another last round, counted again so that only the change itself is wrong."""
    vote = case.rounds[-1].model_copy(update=changes)
    counted = vote.model_copy(update={"tally": tally(vote)})
    decision = case.decision
    assert decision is not None
    return but(case, rounds=(*case.rounds[:-1], counted), decision=decision.model_copy(update={"tally": counted.tally}))


def but_in_decision(case: Case, **changes: Any) -> Case:
    assert case.decision is not None
    return but(case, decision=case.decision.model_copy(update=changes))


def but_in_lodged(case: Case, **changes: Any) -> Case:
    return but(case, lodged=case.lodged.model_copy(update=changes))


def but_in_ballot(case: Case, **changes: Any) -> Case:
    vote = case.rounds[-1]
    member, ballot = next(iter(vote.ballots.items()))
    return but_in_round(case, ballots={**vote.ballots, member: ballot.model_copy(update=changes)})


def with_interest(case: Case, person: str) -> Case:
    declared = Interests(person=person, has_interest=True, statement=text(), declared_at=START)
    return but(case, interests={**case.interests, person: declared})


def with_result(case: Case, criterion: str, **changes: Any) -> tuple[Any, ...]:
    return tuple(
        one.model_copy(update=changes) if one.criterion == criterion else one for one in case.rounds[-1].results
    )


def first_voter(case: Case) -> str:
    return next(iter(case.rounds[-1].ballots))


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("tier", list(Tier))
def test_a_true_grant_of_every_tier_may_be_signed(tier: Tier, edition: int) -> None:
    check_grant(granted(tier, edition), RULES, DIGEST)


def test_a_grant_after_a_correction_may_be_signed_and_not_before_all_findings_stand() -> None:
    walk = Walk(edition=2).to_correction().corrected("I-1.1-01").reviewed().recommended()
    walk.act("open_round", SECRETARY).all_declare().voted(*[Choice.GRANT] * 3)
    check_grant(walk.case, RULES, DIGEST)

    review = walk.case.reviews["edda"]
    carried = tuple(
        one.model_copy(update={"cited": ("E999",)}) if one.manifest == 1 else one for one in review.findings
    )
    with not_signed("review_missing"):
        check_grant(but(walk.case, reviews={"edda": review.model_copy(update={"findings": carried})}), RULES, DIGEST)


def test_a_hearing_the_applicant_did_without_is_enough_for_a_grant() -> None:
    case = but(granted(Tier.CRITICAL, 2), hearing=None, hearing_waived=True)
    check_grant(case, RULES, DIGEST)
    with not_signed("hearing_missing"):
        check_grant(but(case, hearing_waived=False), RULES, DIGEST)


Tampering = Callable[[Case], Case]

TAMPERED: list[tuple[int, str, Tier, Tampering]] = [
    (1, "not_granted", Tier.LOW, lambda case: but(case, decision=None)),
    (1, "not_granted", Tier.LOW, lambda case: but_in_decision(case, outcome=Outcome.REFUSED)),
    (1, "not_granted", Tier.LOW, lambda case: but(case, stage=Stage.DECISION)),
    (1, "not_granted", Tier.LOW, lambda case: but(case, stage=Stage.GRANTED)),
    (1, "not_granted", Tier.LOW, lambda case: but(case, rounds=())),
    (1, "not_granted", Tier.LOW, lambda case: but_in_decision(case, round=2)),
    (1, "not_granted", Tier.CRITICAL, lambda case: but(case, released_by=None)),
    (2, "other_manifest", Tier.LOW, lambda case: but(case, manifest=None)),
    (2, "other_manifest", Tier.LOW, lambda case: but(case, not_applicable={"I-5.1-01": text()})),
    (2, "other_manifest", Tier.LOW, lambda case: but(case, evidence=dict(list(case.evidence.items())[1:]))),
    (2, "other_manifest", Tier.LOW, lambda case: but_in_round(case, manifest_digest=sha256("other"))),
    (2, "other_manifest", Tier.LOW, lambda case: but_in_decision(case, manifest_digest=sha256("other"))),
    (2, "other_manifest", Tier.LOW, lambda case: but_in_ballot(case, manifest_digest=sha256("other"))),
    (3, "other_scheme", Tier.LOW, lambda case: but_in_round(case, scheme_digest=sha256("other"))),
    (3, "other_scheme", Tier.LOW, lambda case: but_in_decision(case, scheme_digest=sha256("other"))),
    (3, "other_scheme", Tier.LOW, lambda case: but_in_ballot(case, scheme_digest=sha256("other"))),
    (
        3,
        "other_scheme",
        Tier.LOW,
        lambda case: but_in_lodged(case, scheme=case.lodged.scheme.model_copy(update={"digest": sha256("other")})),
    ),
    (4, "other_tier", Tier.CRITICAL, lambda case: but_in_lodged(case, answers=dict.fromkeys(RULES.questions, 0))),
    (4, "other_tier", Tier.LOW, lambda case: but(case, assessment=case.assessment.model_copy(update={"base": 9}))),
    (4, "other_tier", Tier.LOW, lambda case: but_in_lodged(case, gates=gates(G4="yes"))),
    (4, "gate_closed", Tier.LOW, lambda case: but_in_lodged(case, gates=gates(G1="no"))),
    (4, "gate_closed", Tier.LOW, lambda case: but_in_lodged(case, gates=gates(G2="yes"))),
    (5, "review_missing", Tier.LOW, lambda case: but(case, plan=None)),
    (5, "review_missing", Tier.LOW, lambda case: but(case, reviews={})),
    (
        5,
        "review_missing",
        Tier.HIGH,
        lambda case: but(case, reviews={who: review for who, review in case.reviews.items() if who != "edda"}),
    ),
    (
        5,
        "review_missing",
        Tier.LOW,
        lambda case: but(
            case, assignments={"edda": case.assignments["edda"].model_copy(update={"accepted": False})}
        ),
    ),
    (5, "nonconformity_open", Tier.LOW, lambda case: but(case, nonconformities={"I-1.1-01": OPEN})),
    (5, "other_results", Tier.LOW, lambda case: but_in_round(case, results=case.rounds[0].results[1:])),
    (
        5,
        "other_results",
        Tier.LOW,
        lambda case: but_in_round(case, results=with_result(case, "I-1.1-01", verdict=Verdict.NOT_APPLICABLE)),
    ),
    (5, "criterion_open", Tier.LOW, lambda case: but_in_round(case, results=case.results)),
    (
        5,
        "criterion_open",
        Tier.LOW,
        lambda case: but_in_round(case, results=with_result(case, "II-2.2-02", verdict=Verdict.NOT_MET)),
    ),
    (
        5,
        "criterion_open",
        Tier.LOW,
        lambda case: but_in_round(
            case, results=with_result(case, "II-2.2-02", verdict=Verdict.NOT_MET, mandatory=False)
        ),
    ),
    (6, "other_quorum", Tier.MEDIUM, lambda case: but_in_round(case, quorum="1/3")),
    (6, "other_quorum", Tier.MEDIUM, lambda case: but_in_round(case, majority="1/3")),
    (6, "other_quorum", Tier.MEDIUM, lambda case: but_in_round(case, base_min=1)),
    (6, "other_quorum", Tier.MEDIUM, lambda case: but_in_decision(case, quorum="1/3")),
    (6, "no_majority", Tier.MEDIUM, lambda case: but_in_round(case, ballots={})),
    (6, "no_majority", Tier.MEDIUM, lambda case: but(case, rounds=(uncounted(case.rounds[-1]),))),
    (
        6,
        "no_majority",
        Tier.MEDIUM,
        lambda case: but_in_decision(case, tally=case.rounds[-1].tally and case.rounds[-1].tally.model_copy(
            update={"in_favour": 6})),
    ),
    (6, "other_panel", Tier.LOW, lambda case: but_in_round(case, seed=sha256("a seed that suits me"))),
    (6, "other_panel", Tier.LOW, lambda case: but_in_round(case, pool=())),
    (6, "ballot_barred", Tier.MEDIUM, lambda case: but(case, third_party=first_voter(case))),
    (6, "ballot_barred", Tier.MEDIUM, lambda case: with_interest(case, first_voter(case))),
    (6, "ballot_barred", Tier.MEDIUM, lambda case: but(case, interests={})),
    (6, "ballot_barred", Tier.MEDIUM, lambda case: but_in_round(case, recused=(first_voter(case),))),
    (6, "ballot_barred", Tier.MEDIUM, lambda case: but_in_ballot(case, member="someone-else")),
    (6, "ballot_barred", Tier.MEDIUM, lambda case: but_in_ballot(case, round=2)),
    (
        6,
        "ballot_barred",
        Tier.MEDIUM,
        lambda case: but(
            case,
            assignments={**case.assignments, first_voter(case): case.assignments["edda"].model_copy(
                update={"accepted": None})},
        ),
    ),
    (
        6,
        "ballot_barred",
        Tier.MEDIUM,
        lambda case: but(case, reviews={**case.reviews, first_voter(case): case.reviews["edda"]}),
    ),
    (7, "third_party_report_missing", Tier.CRITICAL, lambda case: but(case, third_party_report=None)),
    (7, "hearing_missing", Tier.CRITICAL, lambda case: but(case, hearing=None)),
    (7, "recommendation_missing", Tier.MEDIUM, lambda case: but(case, recommendation=None)),
    (7, "decides_and_releases", Tier.CRITICAL, lambda case: but(case, released_by="member-a")),
    (7, "decides_and_releases", Tier.CRITICAL, lambda case: but(case, released_by="edda")),
    (7, "decides_and_releases", Tier.CRITICAL, lambda case: but(case, released_by="tilda")),
    (
        7,
        "reviewed_and_decides",
        Tier.MEDIUM,
        lambda case: but(
            case,
            recommendation=case.recommendation and case.recommendation.model_copy(update={"rapporteur": "edda"}),
        ),
    ),
    (7, "interests_not_declared", Tier.CRITICAL, lambda case: but(case, released_by="someone")),
    (7, "interests_not_declared", Tier.CRITICAL, lambda case: with_interest(case, "tilda")),
]  # fmt: skip


def uncounted(vote: Round) -> Round:
    return vote.model_copy(update={"tally": None})


@pytest.mark.parametrize(
    ("number", "code", "tier", "tamper"),
    TAMPERED,
    ids=[f"{number}-{code}-{place}" for place, (number, code, *_) in enumerate(TAMPERED)],
)
def test_a_grant_that_the_record_does_not_carry_is_not_signed(
    number: int, code: str, tier: Tier, tamper: Tampering
) -> None:
    tampered = tamper(granted(tier))
    assert tampered != granted(tier)
    with not_signed(code):
        check_grant(tampered, RULES, DIGEST)


def test_every_numbered_check_is_tried() -> None:
    assert {number for number, *_ in TAMPERED} == set(range(1, 8))


def test_another_scheme_than_the_one_in_the_record_is_refused() -> None:
    with not_signed("other_scheme"):
        check_grant(granted(Tier.LOW), RULES, sha256("other"))


def test_a_panel_drawn_with_a_true_seed_but_seated_otherwise_is_refused() -> None:
    walk = Walk(members=9).to_grant()
    vote = walk.case.rounds[0]
    assert vote.seed == panel_seed(walk.case, 1)
    outsiders = tuple(member for member in vote.pool if member not in vote.electorate)[:3]
    ballots = {
        member: ballot.model_copy(update={"member": member})
        for member, ballot in zip(outsiders, vote.ballots.values(), strict=True)
    }
    with not_signed("other_panel"):
        check_grant(but_in_round(walk.case, electorate=outsiders, ballots=ballots), RULES, DIGEST)


@given(st.sampled_from(Tier), st.lists(st.sampled_from(Choice), min_size=7, max_size=7))
def test_ballots_changed_so_that_the_majority_is_lost_are_refused(tier: Tier, choices: list[Choice]) -> None:
    case = granted(tier)
    ballots = {
        member: ballot.model_copy(update={"choice": choice})
        for (member, ballot), choice in zip(case.rounds[-1].ballots.items(), choices, strict=False)
    }
    changed = but_in_round(case, ballots=ballots)
    if outcome_of(changed.rounds[-1]) == Outcome.GRANTED:
        check_grant(changed, RULES, DIGEST)
    else:
        with not_signed("no_majority"):
            check_grant(changed, RULES, DIGEST)


def test_a_second_round_after_one_without_quorum_may_be_signed() -> None:
    walk = Walk().to_round().pass_time(days=30).act("open_round", SECRETARY).all_declare()
    walk.voted(*[Choice.GRANT] * 3)
    check_grant(walk.case, RULES, DIGEST)
