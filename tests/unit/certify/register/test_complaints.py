"""Complaints in the record: what is counted, what a label's surveillance asks, and who took part in its case."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from certify.accounts import complainants
from certify.register import complaints, report_counts
from certify.register.checking_record import RecordCheck
from certify.register.database import Database
from certify.register.involvement import concerned_by, handling_of, took_part
from schemas.complaint import About, ComplaintOutcome
from schemas.errors import Unavailable
from schemas.people import Role
from schemas.scheme import Tier
from tests.builders import EXPERTS, ORGANISATION, SECRETARY, issued_label, person, text
from tests.unit.certify.register.records import RecordedWalk, append
from tests.unit.workflows.rules.case.test_third_party import POOL as THIRD_PARTIES
from tests.unit.workflows.rules.matter.test_complaints import DECIDER, DECISION, LABEL, assign, filed, found
from workflows.rules.case.attestation import attest

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
OTHER = "FEDCBA9876543210"


async def recorded(database: Database, code: str, walk: Any) -> None:
    events = list(walk.events)
    events[0] = events[0].model_copy(update={"complaint": code})
    await append(database, f"complaint/{code}", *events)


async def test_a_label_has_open_complaints_until_they_are_decided(database: Database) -> None:
    await recorded(database, "C1", filed())
    await recorded(database, "C2", filed(about=About.HARM, life_at_risk=True))
    decided = found().act("decide_complaint", DECIDER, **{**DECISION, "outcome": ComplaintOutcome.NOT_UPHELD})
    await recorded(database, "C3", decided)

    async with database.reading() as session:
        assert await complaints.open_about(session, LABEL) == 2
        assert await complaints.open_about(session, OTHER) == 0
        assert {row.code for row in await complaints.about_label(session, LABEL)} == {"C1", "C2", "C3"}
        counted = await complaints.counts(session)
    assert counted == complaints.ComplaintCounts(
        filed=3, undecided=2, in_time=1, by_outcome={"not_upheld": 1}, by_subject={"label": 2, "harm": 1}
    )


async def test_the_record_tells_everybody_who_handled_a_complaint_and_whose_findings_stand(database: Database) -> None:
    other = person("ines", Role.SECRETARIAT)
    await recorded(database, "C1", filed())
    await recorded(database, "C2", found())
    await recorded(database, "C3", assign(found(), other))
    tie = {"has_interest": True, "statement": text("A cousin.")}
    left = assign(found(), other).act("declare_matter_interests", other, **tie)
    await recorded(database, "C4", left)

    async with database.reading() as session:
        told = [await handling_of(session, code) for code in ("C1", "C2", "C3", "C4")]

    assert told == [
        {"handled": (), "found_by": None},
        {"handled": ("hana",), "found_by": "hana"},
        {"handled": ("hana", "ines"), "found_by": "hana"},
        {"handled": ("hana", "ines"), "found_by": None},
    ]


async def test_a_change_of_the_row_of_a_complaint_is_named(database: Database) -> None:
    await recorded(database, "C1", filed())
    async with database.reading() as session:
        assert [one async for one in RecordCheck(session, None, None).findings(lambda *_: None)] == []  # type: ignore[arg-type]  # no case, no label
    async with database.writing() as session:
        row = (await session.exec(select(complaints.ComplaintRecord))).one()
        row.outcome = "upheld"
        session.add(row)
    async with database.reading() as session:
        found_now = [one async for one in RecordCheck(session, None, None).findings(lambda *_: None)]  # type: ignore[arg-type]  # as above
    assert [(one.where, one.code) for one in found_now] == [("complaint C1 outcome", "view_differs")]


async def test_whoever_acted_judged_or_was_an_elector_took_part(database: Database) -> None:
    walk = RecordedWalk().to_attestation()
    walk.conclude(attest(walk.case, issued_label(walk.case), walk.now))
    await walk.record(database)
    electors = walk.case.rounds[-1].electorate

    async with database.reading() as session:
        everyone = await took_part(session, ["case/case-1", "label/nobody-knows"])
        concerned = await concerned_by(session, issued_label(walk.case).id)
        unknown = await concerned_by(session, OTHER)
        none = await concerned_by(session, None)
    assert {SECRETARY.person, EXPERTS[0].person, *electors} <= set(everyone)
    assert "engine" not in everyone
    assert (concerned.is_known, concerned.holder, concerned.involved) == (True, ORGANISATION, everyone)
    assert (unknown.is_known, unknown.involved, none.is_known) == (False, (), False)


async def test_whoever_read_the_evidence_and_left_or_has_a_confirmed_interest_took_part(database: Database) -> None:
    walk = RecordedWalk(Tier.CRITICAL, edition=6).to_evaluation()
    walk.act("draw_third_party", SECRETARY, people={one.person: one for one in THIRD_PARTIES})
    silent = walk.case.third_party_drawn
    walk.act("relieve_reviewer", SECRETARY, person=silent, reasons=text(), people={})
    tied, sonja = person("sven", Role.SECRETARIAT), person("sonja", Role.SECRETARIAT)
    told = {"person": tied.person, "statement": text(), "people": {tied.person: tied}}
    walk.act("report_undeclared_interest", SECRETARY, **told)
    walk.act("confirm_undeclared_interest", sonja, person=tied.person)
    assert walk.case.third_party_drawn != silent
    await walk.record(database)

    async with database.reading() as session:
        everyone = await took_part(session, ["case/case-1"])
    assert {silent, tied.person} <= set(everyone)


async def test_too_many_reports_in_a_minute_are_held_off_about_one_label_and_in_all(database: Database) -> None:
    async def report(about: str, now: datetime = NOON) -> None:
        async with database.writing() as session:
            await report_counts.count(session, about, now)

    for _ in range(report_counts.A_MINUTE_ABOUT_ONE):
        await report(LABEL)
    with pytest.raises(Unavailable, match="too_many_reports"):
        await report(LABEL)
    await report(OTHER)
    await report(LABEL, NOON + timedelta(minutes=1))


async def test_reports_are_held_off_in_all(database: Database) -> None:
    async def report(number: int) -> bool:
        try:
            async with database.writing() as session:
                await report_counts.count(session, f"label-{number}", NOON)
        except Unavailable:
            return False
        return True

    taken = await asyncio.gather(*(report(number) for number in range(report_counts.A_MINUTE_IN_ALL + 5)))
    assert sum(taken) == report_counts.A_MINUTE_IN_ALL


async def test_counts_of_reports_are_forgotten_after_an_hour(database: Database) -> None:
    for now in (NOON, NOON + timedelta(hours=2)):
        async with database.writing() as session:
            await report_counts.count(session, LABEL, now)
    async with database.reading() as session:
        rows = (await session.exec(select(report_counts.ReportCount))).all()
    assert {row.minute for row in rows} == {(NOON + timedelta(hours=2)).replace(second=0)}


async def test_how_to_reach_a_complainant_can_be_erased(database: Database) -> None:
    async with database.writing() as session:
        await complainants.keep(session, "C1", "a@b.example")
        await complainants.keep(session, "C1", "x" * 500)
    async with database.writing() as session:
        assert await complainants.find(session, "C1") == "x" * complainants.CONTACT_MAX
        assert await complainants.erase(session, "C1")
    async with database.writing() as session:
        assert await complainants.find(session, "C1") is None
        assert not await complainants.erase(session, "C1")
