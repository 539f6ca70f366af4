"""Who holds which seat as the record has it: by roles before any election, as elected from then on (Code, II-2.3)."""

from datetime import timedelta
from pathlib import Path

import pytest

from certify.procedure.acts import with_facts
from certify.register import institutions
from certify.register.checking_record import RecordCheck
from certify.register.database import Database
from labels.key_set import KeySet
from tests.builders import MEMBERS, SECRETARY, START, Walk, sha256
from tests.cells import rewrite
from tests.unit.certify.register.records import admitted, append
from tests.unit.workflows.rules.matter.electing import SINCE, as_members, commission, held
from tests.vaults import vault_in

EVERYBODY = (*MEMBERS, SECRETARY)


async def with_people(database: Database) -> None:
    await append(database, "people", *(admitted(one.person, *one.roles) for one in EVERYBODY))


async def test_before_any_election_the_roles_say_who_sits_there(database: Database) -> None:
    await with_people(database)
    async with database.reading() as session:
        facts = await institutions.facts(session, now=START)
    assert facts.commission == tuple(one.person for one in MEMBERS)
    assert (facts.chair, facts.entry) == (None, 0)


async def test_after_the_first_election_the_role_alone_is_not_enough(database: Database) -> None:
    await with_people(database)
    walk = held(elected=commission(5, substitutes=1), seats=5)
    await append(database, "institution/body", *walk.events)

    async with database.reading() as session:
        facts = await institutions.facts(session, now=START)
        after = await institutions.facts(session, now=START + timedelta(days=4000))
        act = Walk().build("open_round", SECRETARY)
        sent = await with_facts(session, act, None)  # type: ignore[arg-type]  # an act in a case
    assert facts.commission == tuple(one.person for one in MEMBERS[:5])
    assert (facts.chair, facts.deputy) == (MEMBERS[0].person, MEMBERS[1].person)
    assert (facts.substitutes, facts.entry) == ((MEMBERS[5].person,), 2)
    assert (after.commission, after.chair) == ((), None), "who holds a seat follows from the days alone"
    assert set(sent.seated) <= {one.person for one in MEMBERS[:5]}


@pytest.mark.parametrize(("number", "seats"), [(0, (1, 0)), (5, (0, 1)), (6, (0, 0))])
async def test_a_ballot_is_sent_with_the_seats_of_whoever_casts_it_and_of_nobody_else(
    database: Database, number: int, seats: tuple[int, int]
) -> None:
    await with_people(database)
    await append(database, "institution/body", *held(elected=commission(5, substitutes=1), seats=5).events)
    ballot = {"round": 1, "choice": "grant", "manifest_digest": sha256("m"), "scheme_digest": sha256("s")}
    act = Walk().build("cast_ballot", MEMBERS[number], **ballot)

    async with database.reading() as session:
        found = (await with_facts(session, act, None)).institution  # type: ignore[arg-type]  # an act in a case

    assert found is not None
    assert found.entry > 0
    assert (len(found.commission), len(found.substitutes)) == seats
    assert {*found.commission, *found.substitutes} <= {MEMBERS[number].person}


async def test_an_election_that_nobody_confirmed_changes_nothing(database: Database) -> None:
    await with_people(database)
    await append(database, "institution/body", *held().events[:1])
    async with database.reading() as session:
        assert (await institutions.facts(session, now=START)).commission == tuple(one.person for one in MEMBERS)


async def test_a_seat_changed_in_the_view_is_found(database: Database, tmp_path: Path) -> None:
    await append(database, "institution/body", *held().events)

    async def findings() -> list[str]:
        async with database.reading() as session:
            check = RecordCheck(session, vault_in(tmp_path).audit(), lambda: KeySet(()))
            return [found.code async for found in check.findings(lambda _done, _of: None)]

    assert await findings() == []
    await rewrite(database, "matter.state", lambda state: state.replace("member-a", "member-z"))
    assert await findings() == ["view_differs"]


@pytest.mark.parametrize("days", [0, 4])
async def test_a_first_commission_that_begins_later_leaves_the_roles_until_its_day(
    database: Database, days: int
) -> None:
    await with_people(database)
    walk = held(elected=as_members(MEMBERS[:7], since=SINCE + timedelta(days=5)))
    await append(database, "institution/body", *walk.events)
    async with database.reading() as session:
        before = await institutions.facts(session, now=START + timedelta(days=days))
        then = await institutions.facts(session, now=START + timedelta(days=5))
    assert (len(before.commission), len(then.commission)) == (len(MEMBERS), 7)
