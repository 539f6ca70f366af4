"""Appeals in the record: what can be appealed against, who took part, what is counted, and draws that are repeated."""

from typing import Any

import pytest
from sqlmodel import select

from certify.register import appeals, journal, streams
from certify.register.challenges import against_what, challengeable_in, challenged_by, panel_facts
from certify.register.checking_panels import redrawn
from certify.register.checking_record import RecordCheck
from certify.register.database import Database
from certify.register.matters import MatterRecord
from schemas.appeal import Against, Appeal, PanelDraw, PanelDrawn, PanelFacts
from schemas.records import Batch
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.appeals import POOL, STREAM, AppealWalk
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, text
from tests.unit.certify.register.records import RecordedWalk, append, entry_of
from tests.unit.workflows.rules.matter.joining import voting
from workflows.rules.matter.appeal_panels import drawn_panel


async def record(database: Database, walk: AppealWalk, *, first: int = 1) -> str:
    """Append what a walk came to from an entry on, and return the stream."""
    stream = f"appeal/{walk.subject}"
    entries = tuple(entry_of(number, event) for number, event in enumerate(walk.events, start=1) if number >= first)
    async with database.writing() as session:
        await journal.append(session, Batch(stream=stream, entries=entries))
    return stream


async def appealed(database: Database) -> AppealWalk:
    """Record an appeal whose panel was drawn with the entry that lodged it."""
    walk = AppealWalk().lodged()
    await record(database, walk)
    async with database.reading() as session:
        walk.around = await panel_facts(session, walk.state)
    walk.heard().drawn()
    await record(database, walk, first=2)
    return walk


async def findings(database: Database) -> list[tuple[str, str]]:
    """What the check says of the record."""
    async with database.reading() as session:
        check = RecordCheck(session, None, None)  # type: ignore[arg-type]  # no case, no label
        return [(one.where, one.code) async for one in check.findings(lambda *_: None)]


@pytest.mark.parametrize(
    ("stream", "body", "against"),
    [
        ("case/a", {"kind": "application_declined"}, Against.DECLINED),
        ("case/a", {"kind": "application_lapsed"}, Against.LAPSED),
        ("case/a", {"kind": "rounds_used_up"}, Against.LAPSED),
        ("case/a", {"kind": "decision_taken", "decision": {"outcome": "refused"}}, Against.REFUSED),
        ("case/a", {"kind": "decision_taken", "decision": {"outcome": "granted"}}, None),
        ("case/a", {"kind": "application_accepted"}, None),
        ("label/A", {"kind": "label_suspended"}, Against.SUSPENSION),
        ("label/A", {"kind": "label_withdrawn"}, Against.WITHDRAWAL),
        ("label/A", {"kind": "scope_reduced"}, Against.SCOPE),
        ("label/A", {"kind": "label_lapsed"}, Against.SURVEILLANCE),
        ("label/A", {"kind": "label_maintained"}, None),
        ("organisation/o", {"kind": "join_refused"}, Against.ACCESSION),
        ("organisation/o", {"kind": "label_withdrawn"}, None),
        ("people", {"kind": "application_declined"}, None),
    ],
)
def test_what_a_party_can_appeal_against(stream: str, body: dict[str, Any], against: Against | None) -> None:
    assert against_what(stream, body) == against


async def test_the_record_tells_whose_act_it_is_of_which_tier_and_when(database: Database) -> None:
    walk = RecordedWalk(Tier.HIGH).to_intake().act("decline_application", SECRETARY, reasons=text())
    await walk.record(database)
    last = len(walk.events)

    async with database.reading() as session:
        found = await challenged_by(session, STREAM, last)
        other = await challenged_by(session, STREAM, 1)
        missing = await challenged_by(session, STREAM, last + 1)
        listed = await challengeable_in(session, STREAM)
    assert found is not None
    assert (found.against, found.organisation, found.tier) == (Against.DECLINED, ORGANISATION, Tier.HIGH)
    assert found.done_at == walk.now
    assert (other.against if other else "", missing) == (None, None)
    assert [(one.stream, one.number) for one in listed] == [(STREAM, last)]


async def test_an_act_about_joining_the_code_has_the_organisation_for_its_party(database: Database) -> None:
    walk = voting().carried(Voice.AGAINST).act("refuse_accession", SECRETARY, reasons=text("Not yet."))
    stream = f"organisation/{ORGANISATION}"
    await append(database, stream, *walk.events)
    async with database.reading() as session:
        found = await challenged_by(session, stream, len(walk.events))
        assert await challenged_by(session, "organisation/nobody", 1) is None
    assert found is not None
    assert (found.against, found.organisation, found.tier) == (Against.ACCESSION, ORGANISATION, Tier.LOW)


async def test_whoever_took_part_in_the_act_is_known_before_a_panel_is_drawn(database: Database) -> None:
    case = RecordedWalk().to_intake().act("decline_application", SECRETARY, reasons=text())
    await case.record(database)
    walk = AppealWalk().lodged()
    stream = await record(database, walk)

    async with database.reading() as session:
        facts = await panel_facts(session, walk.state)
        entry = await streams.entry_at(session, stream, 1)
    assert entry is not None
    assert facts == PanelFacts(took_part=tuple(sorted({APPLICANT.person, SECRETARY.person})), lodged=entry.digest)


async def test_appeals_are_counted_by_outcome_and_found_by_what_they_are_against(database: Database) -> None:
    walk = await appealed(database)
    walk.declared().act("put_appeal_to_vote", SECRETARY).decided()
    await record(database, walk, first=4)

    async with database.reading() as session:
        counted = await appeals.counts(session)
        (found,) = await appeals.against(session, STREAM, "case/other")
        assert await appeals.against(session, "case/other") == []
    assert counted == appeals.AppealCounts(
        lodged=1, undecided=0, in_time=1, by_outcome={"upheld": 1}, by_act={"refused": 1}
    )
    assert (found.id, found.organisation, found.outcome) == (walk.subject, ORGANISATION, "upheld")


async def test_the_check_draws_every_panel_again_and_finds_nothing(database: Database) -> None:
    walk = await appealed(database)
    assert await findings(database) == []
    draw = walk.state.draws[0]
    assert redrawn(walk.subject, draw) == draw


async def test_a_panel_that_somebody_chose_is_named(database: Database) -> None:
    walk = await appealed(database)
    stream = await forged(database, walk, members=tuple(sorted(walk.state.draws[0].pool))[-3:])
    assert (f"{stream} draw 1", "panel_differs") in await findings(database)


async def test_a_panel_drawn_with_another_entry_is_named(database: Database) -> None:
    walk = await appealed(database)
    chosen = drawn_panel(appeal="other", number=1, lodged="0" * 64, pool=[one.person for one in POOL[:7]], size=3)
    stream = await forged(database, walk, **chosen.model_dump(exclude={"number", "pool", "size"}))
    assert {(f"{stream} draw 1", "seed_differs"), (f"{stream} draw 1", "panel_differs")} <= set(
        await findings(database)
    )


async def forged(database: Database, walk: AppealWalk, **changes: Any) -> str:
    """Record a second appeal whose draw says something else than comes out; return its stream."""
    draw = PanelDraw.model_validate({**walk.state.draws[0].model_dump(), **changes})
    first = walk.events[0].model_copy(update={"appeal": "forged"})
    await append(database, "appeal/forged", first, PanelDrawn(at=walk.now, actor=SECRETARY.person, draw=draw))
    return "appeal/forged"


async def test_a_change_of_the_row_of_an_appeal_is_named(database: Database) -> None:
    walk = await appealed(database)
    async with database.writing() as session:
        row = (await session.exec(select(appeals.AppealRecord))).one()
        row.outcome = "upheld"
        session.add(row)
    assert await findings(database) == [(f"appeal {walk.subject} outcome", "view_differs")]


async def test_the_state_of_an_appeal_survives_its_row(database: Database) -> None:
    walk = await appealed(database)
    async with database.reading() as session:
        row = (await session.exec(select(MatterRecord))).one()
    assert Appeal.model_validate_json(row.state) == walk.state
    assert MEMBERS[0].person not in row.state
