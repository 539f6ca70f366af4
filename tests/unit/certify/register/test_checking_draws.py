"""A draw of a neutral third party rests on the entry that approved the plan; the check of the record looks."""

from datetime import UTC, datetime

import pytest

from certify.procedure.acts import with_facts
from certify.register import streams
from certify.register.checking_panels import check_third_party_draws
from certify.register.database import Database
from schemas.acts import DrawThirdParty
from schemas.events import ThirdPartyDrawn
from schemas.scheme import Tier
from tests.builders import SECRETARY, Walk, sha256
from tests.unit.certify.register.records import append, found_institutions

STREAM = "case/case-1"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def planned(database: Database) -> Walk:
    walk = Walk(Tier.CRITICAL, edition=2).to_evaluation()
    await found_institutions(database)
    await append(database, STREAM, *walk.events)
    return walk


def drawn(entry: str | None, actor: str = SECRETARY.person) -> ThirdPartyDrawn:
    return ThirdPartyDrawn(at=AT, actor=actor, person="tilda", pool=("tilda",), seed=sha256("seed"), entry=entry)


async def found(database: Database, walk: Walk, *draws: ThirdPartyDrawn) -> list[tuple[str, str]]:
    numbered = list(enumerate((*walk.events, *draws), start=1))
    async with database.reading() as session:
        return [(one.where, one.code) async for one in check_third_party_draws(session, STREAM, numbered)]


async def approved(database: Database) -> str:
    async with database.reading() as session:
        entry = await streams.last_of_kind(session, STREAM, "plan_approved")
    assert entry is not None
    return entry.digest


async def test_the_act_is_sent_with_the_entry_that_approved_the_plan(database: Database) -> None:
    walk = await planned(database)
    act = walk.build("draw_third_party", SECRETARY)

    async with database.reading() as session:
        sent = await with_facts(session, act, walk.case)

    assert isinstance(sent, DrawThirdParty)
    assert sent.entry == await approved(database)
    assert sent.digest == act.digest, "sent again it is the same act"


async def test_a_draw_with_that_entry_or_of_before_holds(database: Database) -> None:
    walk = await planned(database)
    entry = await approved(database)

    assert await found(database, walk, drawn(entry), drawn(entry, "engine")) == []
    assert await found(database, walk, drawn(None), drawn(None, "engine")) == []


@pytest.mark.parametrize("draws", [(drawn(sha256("other")),), (drawn(None), drawn(sha256("other"), "engine"))])
async def test_a_draw_with_another_entry_is_named(database: Database, draws: tuple[ThirdPartyDrawn, ...]) -> None:
    walk = await planned(database)

    number = len(walk.events) + len(draws)
    assert await found(database, walk, *draws) == [(f"{STREAM} {number}", "seed_differs")]
