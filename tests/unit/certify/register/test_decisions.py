"""The record of a decision as it comes out of the journal."""

import json
from pathlib import Path

import pytest

from certify.register import cases
from certify.register.database import Database
from certify.register.decisions import decision_record
from schemas.decision_record import DecisionRecord
from schemas.errors import NotFound, OutOfOrder, Unacceptable, Unavailable
from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import MEMBERS, lodged, person, text
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk, entry_of
from workflows.rules.case.recomputation import recompute


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


async def exported(body: Body, application: str = "case-1") -> DecisionRecord:
    async with body.database.reading() as session:
        return await decision_record(session, application)


async def test_a_certified_case_gives_the_record_of_its_decision(body: Body) -> None:
    walk = await body.certified(Tier.CRITICAL)

    record = await exported(body)

    assert record.decision == walk.case.decision
    assert record.decision.number == f"case-1/{record.entry}"
    assert record.rounds == walk.case.rounds
    assert recompute(record).agrees


async def test_what_happened_after_the_decision_is_no_part_of_its_record(body: Body) -> None:
    walk = await body.granted(Tier.MEDIUM)
    before = await exported(body)
    walk.act("declare_interests", MEMBERS[0], has_interest=True, statement=text("A cousin."))
    await walk.record(body.database)

    assert await exported(body) == before


async def test_a_record_names_no_person_organisation_system_or_file(body: Body) -> None:
    walk = await body.granted()
    said = json.dumps((await exported(body)).model_dump(mode="json", exclude={"scheme"}), ensure_ascii=False)

    names = [
        walk.lodged.organisation, walk.lodged.organisation_name, walk.lodged.reference, walk.lodged.ethics_officer,
        walk.lodged.system.name, walk.lodged.system.purpose, walk.lodged.gates["G5"], "anna",
        *(item.file for item in walk.case.evidence.values()),
    ]  # fmt: skip
    assert len(names) > 10
    for name in names:
        assert name not in said
    assert '"edda"' in said


@pytest.mark.parametrize("step", ["to_intake", "to_decision", "to_round"])
async def test_a_case_without_a_decision_has_no_record_of_one(body: Body, step: str) -> None:
    walk = RecordedWalk()
    getattr(walk, step)()
    await walk.record(body.database)

    with pytest.raises(OutOfOrder, match="not_decided"):
        await exported(body)


async def test_a_case_that_voted_without_quorum_has_no_record_either(body: Body) -> None:
    walk = RecordedWalk().to_round().voted(Choice.GRANT)
    before = len(walk.events)
    walk.pass_time(days=30)
    for event in walk.events[before:]:
        walk.pending.append(entry_of(len(walk.pending) + 1, event))
    await walk.record(body.database)

    with pytest.raises(OutOfOrder, match="not_decided"):
        await exported(body)


async def test_an_application_nobody_lodged_has_none(body: Body) -> None:
    with pytest.raises(NotFound, match="unknown_application"):
        await exported(body, "case-9")


async def test_a_record_whose_chain_does_not_hold_is_not_handed_out(body: Body) -> None:
    await body.granted()
    await body.as_owner("UPDATE journal_entry SET digest = 'x' WHERE stream = 'case/case-1' AND number = 3")

    with pytest.raises(Unavailable, match="record_broken"):
        await exported(body)


async def test_a_case_is_found_by_its_id_and_by_a_reference_that_only_it_has(body: Body) -> None:
    for name, reference, organisation in (
        ("case-1", "A-1", "org-acme"),
        ("case-2", "B-2", "org-acme"),
        ("case-3", "B-2", "org-other"),
    ):
        walk = RecordedWalk(application=name)
        applicant = person("anna", Role.APPLICANT, organisation=organisation)
        walk.act("lodge_application", applicant, lodged=lodged(reference=reference, organisation=organisation))
        await walk.record(body.database)

    async with body.database.reading() as session:
        assert (await cases.named(session, "case-2")).id == "case-2"
        assert (await cases.named(session, "A-1")).id == "case-1"
        with pytest.raises(Unacceptable, match=r"reference_not_unique: 2 .* case-2") as refused:
            await cases.named(session, "B-2")
        assert "case-3" in refused.value.message
        with pytest.raises(NotFound, match="unknown_application"):
            await cases.named(session, "C-3")
