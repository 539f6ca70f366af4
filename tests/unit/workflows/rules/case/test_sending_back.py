"""A tie, or a majority for it, lets the applicant supplement the file once without a new application."""

import pytest

from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, SECRETARY, Walk, text
from tests.unit.workflows.rules.refusals import gates, refused
from workflows.rules.case.fold import fold
from workflows.rules.deadlines import days_after, working_days_after

GRANT, REFUSE, ABSTAIN, BACK = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN, Choice.SEND_BACK
FIRST = "I-1.1-01"


def voting(members: int = 6, edition: int = 2) -> Walk:
    """A medium-tier case before so many voters."""
    return Walk(Tier.MEDIUM, members=members, edition=edition).to_round()


def cast(walk: Walk, *choices: Choice) -> Walk:
    return walk.voted(*choices, reasons=text())


def again(walk: Walk) -> Walk:
    """Supplement the file, have it judged and recommended again, and open the next round."""
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    return walk.recommended().act("open_round", SECRETARY).all_declare()


def test_a_majority_to_send_back_reopens_the_evidence_with_its_clock_anew() -> None:
    walk = cast(voting(), BACK, BACK, BACK, BACK, GRANT, REFUSE)
    case = walk.case
    assert walk.events[-1].model_dump(include={"kind", "tie", "round"}) == {
        "kind": "case_sent_back", "tie": False, "round": 1,
    }  # fmt: skip
    assert (case.stage, case.sent_back, case.decision) == (Stage.EVIDENCE, 1, None)
    assert case.evidence_due_at == days_after(walk.now, 90)
    assert case.plan is not None
    assert (case.recommendation, case.hearing, case.rapporteur) == (None, None, "member-a")
    assert fold(walk.events) == case


@pytest.mark.parametrize(
    "choices",
    [(GRANT,) * 3 + (REFUSE,) * 3, (GRANT,) * 3 + (ABSTAIN,) * 3, (GRANT, GRANT, GRANT, REFUSE, ABSTAIN, BACK)],
    ids=["against", "abstained", "mixed"],
)
def test_a_tie_is_not_a_grant_and_lets_the_applicant_supplement(choices: tuple[Choice, ...]) -> None:
    walk = cast(voting(), *choices)
    assert (walk.events[-1].kind, walk.case.stage) == ("case_sent_back", Stage.EVIDENCE)
    assert walk.events[-1].model_dump()["tie"] is True


@pytest.mark.parametrize(
    "choices",
    [(BACK,) * 3 + (GRANT,) * 2 + (REFUSE,), (REFUSE,) * 4 + (GRANT,) * 2, (BACK,) * 2 + (ABSTAIN,) * 4],
    ids=["half", "refused", "few"],
)
def test_without_tie_or_majority_the_case_is_not_sent_back(choices: tuple[Choice, ...]) -> None:
    walk = cast(voting(), *choices)
    assert walk.case.stage == Stage.REFUSED


def test_a_majority_for_a_grant_is_a_grant_whatever_the_others_ask_for() -> None:
    assert cast(voting(), GRANT, GRANT, GRANT, GRANT, BACK, BACK).case.stage == Stage.ATTESTATION


def test_sending_back_needs_the_tiers_majority() -> None:
    for back, stage in ((4, Stage.DECISION), (5, Stage.EVIDENCE)):
        walk = Walk(Tier.HIGH, members=7, edition=2).to_recommendation().recommended().act("open_round", SECRETARY)
        cast(walk.all_declare(), *[BACK] * back, *[REFUSE] * (7 - back))
        assert walk.case.stage == stage


def test_without_quorum_nothing_is_sent_back() -> None:
    walk = cast(voting(members=7), BACK, BACK).pass_time(days=30)
    assert (walk.case.stage, walk.case.sent_back) == (Stage.DECISION, 0)


def test_what_is_supplemented_is_judged_where_it_differs_and_decided_in_a_new_round() -> None:
    walk = cast(voting(), *[BACK] * 6)
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT)
    assert walk.case.manifest is not None
    assert (walk.case.stage, walk.case.manifest.version) == (Stage.RECOMMENDATION, 2)

    other = cast(voting(), *[BACK] * 6)
    item = next(item.id for item in other.case.items.values() if FIRST in item.criteria)
    other.act("withdraw_evidence", APPLICANT, item=item).offer(FIRST, file="supplement.pdf")
    other.act("submit_evidence", APPLICANT)
    assert other.case.stage == Stage.EVALUATION
    assert other.case.evaluation_due_at == working_days_after(other.now, 20)
    other.reviewed().recommended().act("open_round", SECRETARY).all_declare()
    assert other.voted(*[GRANT] * 6).case.stage == Stage.ATTESTATION


def test_the_second_time_a_tie_is_a_refusal_after_a_hearing() -> None:
    walk = again(cast(voting(), *[BACK] * 6))
    with refused("already_sent_back"):
        cast(walk, BACK)
    cast(walk, GRANT, GRANT, GRANT, REFUSE, REFUSE, ABSTAIN)
    assert walk.events[-1].kind == "hearing_called"
    walk.act("waive_hearing", APPLICANT).act("open_round", SECRETARY)
    cast(walk, GRANT, GRANT, GRANT, REFUSE, REFUSE, ABSTAIN)
    assert walk.case.stage == Stage.REFUSED


def test_evidence_not_supplemented_in_time_lapses_the_case() -> None:
    assert cast(voting(), *[BACK] * 6).pass_time(days=90).case.stage == Stage.LAPSED


def test_a_ballot_to_send_back_says_what_is_missing_and_is_none_of_the_first_edition() -> None:
    walk = voting()
    with refused("reasons_missing"):
        walk.ballot(walk.members[0], BACK)
    first = voting(edition=1)
    with refused("no_such_choice"):
        first.ballot(first.members[0], BACK, reasons=text())


def test_a_prohibited_use_is_not_sent_back() -> None:
    walk = Walk(gates=gates(G2="yes"), edition=2).to_intake().act("accept_application", SECRETARY)
    walk.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY).all_declare()
    with refused("already_sent_back"):
        cast(walk, BACK)


def test_a_tie_in_the_first_edition_is_a_refusal() -> None:
    assert cast(voting(edition=1), *[GRANT] * 3, *[REFUSE] * 3).case.stage == Stage.REFUSED


def test_a_case_with_an_open_nonconformity_can_be_sent_back_and_closes_it_then() -> None:
    walk = Walk(Tier.MEDIUM, members=6, edition=2).to_recommendation(I_1_1_01=Verdict.PARTLY_MET)
    walk.pass_time(days=30).recommended(recommends=Outcome.REFUSED)
    walk.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY).all_declare()
    cast(walk, *[BACK] * 6)
    walk.pass_time(days=20).offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT)
    still = walk.case
    assert walk.reviewed().case.stage == Stage.RECOMMENDATION
    assert not walk.case.nonconformities[FIRST].is_open

    walk._state = still
    walk.reviewed(I_1_1_01=Verdict.PARTLY_MET)
    assert walk.case.stage == Stage.CORRECTION
    assert walk.case.nonconformities[FIRST].due_at == days_after(walk.now, 60)


def test_a_dissent_is_kept_with_the_ballot() -> None:
    walk = voting()
    walk.ballot(walk.members[0], GRANT, dissent=text("I would have asked for more."))
    assert walk.case.rounds[0].ballots["member-a"].dissent == text("I would have asked for more.")
