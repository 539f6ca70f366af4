"""An interest that is found while the label is being signed, on real Temporal: what the signer read decides."""

from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import EXPERTS, SECRETARY, Walk, text


async def test_an_interest_found_in_time_has_the_signer_refuse_and_the_case_decided_anew(procedure) -> None:
    case = await procedure(edition=2)
    case.signer.may_answer.clear()
    await case.grant()
    await case.signer.asked(1)

    await case.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())
    await case.record.holds(case.stream, "interests_declared")
    case.signer.refuses = "review_missing"
    case.signer.may_answer.set()

    await case.record.holds(case.stream, "decision_reopened")
    assert case.record.kinds(case.stream)[-3:] == ["interests_declared", "signing_refused", "decision_reopened"]
    assert case.record.streams[case.stream][-1].body["reason"] == "interest_found"


async def test_what_was_signed_before_the_interest_was_recorded_is_issued(procedure) -> None:
    case = await procedure(edition=2)
    case.signer.may_answer.clear()
    await case.grant()
    await case.signer.asked(1)
    await case.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())
    case.signer.may_answer.set()

    assert await case.handle.result() == Stage.GRANTED
    assert "decision_reopened" not in case.record.kinds(case.stream)
    assert len(case.signer.orders) == 1


async def test_a_grant_that_the_signer_cannot_carry_out_is_decided_again_and_then_signed(procedure) -> None:
    case = await procedure(edition=2)
    case.signer.refuses = "other_scheme"
    await case.grant()
    await case.record.holds(case.stream, "decision_reopened")
    assert case.record.streams[case.stream][-1].body["reason"] == "record_does_not_carry_it"

    await case.vote(*[Choice.GRANT] * 3)
    assert await case.handle.result() == Stage.GRANTED
    first, second = (order.decision for order in case.signer.orders)
    assert first != second
    assert case.record.kinds(case.stream).count("label_issued") == 1


async def test_a_hearing_called_by_ballots_ends_by_its_clock_and_a_new_round_decides(procedure) -> None:
    case = await procedure(Tier.MEDIUM, edition=2)
    await case.follow(Walk(Tier.MEDIUM, edition=2).to_recommendation().recommended())
    await case.vote(*[Choice.ABSTAIN] * 7)
    await case.record.holds(case.stream, "hearing_called")

    await case.pass_time(days=11)
    await case.record.holds(case.stream, "hearing_waived")
    await case.act("open_round", SECRETARY)
