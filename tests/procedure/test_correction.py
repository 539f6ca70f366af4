"""A case of the critical tier through a correction in virtual time, within what a run and its state may hold."""

from certify.procedure.lodging import EDITION
from schemas.events import CASE_EVENTS
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.builders import EXPERTS, LABEL_OFFICER, Walk
from tests.procedure.runs import run_lengths
from workflows.casework import CaseFile
from workflows.rules.case.fold import fold

HISTORY_MAX = 1_200
STATE_MAX = 1_000_000
FIRST = "I-1.1-01"


async def test_a_critical_case_with_a_correction_stays_within_a_run_and_its_state(procedure) -> None:
    walk = Walk(Tier.CRITICAL, members=9, edition=EDITION)
    case = await procedure(Tier.CRITICAL, edition=EDITION)
    case.walk.members = walk.members
    walk.to_correction(I_1_1_01=Verdict.NOT_MET).corrected(FIRST).reviewed(EXPERTS).advised()
    await case.follow(walk)
    await case.record.reaches(case.stream, len(walk.events))
    assert {"nonconformities_raised", "clock_stopped", "clock_resumed", "nonconformities_closed"} <= set(
        case.record.kinds(case.stream)
    )

    await case.vote(*[Choice.GRANT] * 9)
    await case.record.holds(case.stream, "decision_taken")
    await case.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await case.act("release_label", LABEL_OFFICER)
    assert await case.handle.result() == Stage.GRANTED

    kinds = case.record.kinds(case.stream)
    signed = [one.body for one in case.record.streams[case.stream] if one.kind in {"ballot_cast", "label_released"}]
    assert (kinds.count("ballot_cast"), len(signed)) == (9, 10)
    assert {body["receipt"]["method"] for body in signed} == {"passkey"}
    lengths = await run_lengths(case.temporal.client, case.id)
    assert sum(lengths) > max(lengths)  # it went on in another run
    assert max(lengths) <= HISTORY_MAX
    folded = fold(CASE_EVENTS.validate_python(entry.body) for entry in case.record.streams[case.stream])
    carried = CaseFile(application="case-1", rules=walk.rules, case=folded)
    assert len(carried.model_dump_json().encode()) < STATE_MAX


async def test_a_correction_that_never_comes_ends_by_its_clocks(procedure) -> None:
    case = await procedure(edition=EDITION)
    await case.follow(Walk(edition=EDITION).to_correction(I_1_1_01=Verdict.PARTLY_MET))

    await case.pass_time(days=61)
    await case.record.holds(case.stream, "nonconformity_became_major")
    assert "correction_ended" not in case.record.kinds(case.stream)
    await case.pass_time(days=31)

    await case.record.holds(case.stream, "correction_ended")
    assert "nonconformity_past_deadline" in case.record.kinds(case.stream)


async def test_the_applicants_clock_stands_still_while_the_reviewers_have_the_file(procedure) -> None:
    case = await procedure(edition=EDITION)
    walk = Walk(edition=EDITION).to_correction(I_1_1_01=Verdict.PARTLY_MET).corrected(FIRST)
    await case.follow(walk)

    await case.pass_time(days=100)

    assert "nonconformity_became_major" not in case.record.kinds(case.stream)
