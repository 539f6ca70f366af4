"""What the Register says of organisations, and which belong together, as folded from their streams."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection
from sqlalchemy import text as sql

from certify.register import labels, matters, participants, relations, streams
from certify.register.checking_record import RecordCheck
from certify.register.database import Database
from certify.register.schema import config, load_tables, upgrade
from labels.key_set import KeySet
from schemas.accession import (
    EthicsCommissionNamed,
    GroupDeclared,
    OfficerNamed,
    OfficerTermEnded,
    ParticipantLeft,
)
from schemas.event import Event
from schemas.label import Standing
from schemas.matter import MotionOpened
from schemas.organisation import Organisation
from schemas.relations import Relation
from tests.builders import APPLICANT, ORGANISATION, SECRETARY
from tests.cells import IN_CLEAR
from tests.matters import MatterWalk
from tests.postgres import owned
from tests.unit.certify.register.records import AT, append, entered, go_on
from tests.unit.workflows.rules.matter.joining import entered as joined
from tests.unit.workflows.rules.matter.joining import joining
from tests.vaults import vault_in

STREAM = f"organisation/{ORGANISATION}"
ANNA = {"at": AT + timedelta(days=1), "actor": "anna"}


async def findings(database: Database, folder: Path) -> list[str]:
    async with database.reading() as session:
        check = RecordCheck(session, vault_in(folder).audit(), lambda: KeySet(()))
        return [str(found) async for found in check.findings(lambda _done, _of: None)]


async def record(database: Database, *events: Event) -> None:
    await append(database, STREAM, *events)


async def walked_in(database: Database) -> MatterWalk:
    """Somebody whom the Commission let in by a vote that was drawn with the entry of their application."""
    walk = joining()
    await record(database, *walk.events)
    async with database.reading() as session:
        applied = await streams.entry_at(session, STREAM, 1)
    assert applied is not None
    walk.opened = applied.digest
    return walk.act("open_accession_vote", SECRETARY).carried()


async def row(database: Database, organisation: str = ORGANISATION) -> participants.ParticipantRecord:
    async with database.reading() as session:
        found = await participants.find(session, organisation)
    assert found is not None
    return found


async def test_a_whole_way_into_the_register_is_folded_and_checked(database: Database, tmp_path: Path) -> None:
    walk = (
        (await walked_in(database))
        .pass_time(days=60)
        .act("name_officer", APPLICANT, officer="Olga", public_contact="o@acme.example")
    )
    walk.act("declare_group", APPLICANT, relations=(Relation(organisation="org-parent", is_a="parent"),))
    await go_on(database, STREAM, *walk.events[1:])

    found = await row(database)
    assert (found.name, found.roles, found.officer_state) == ("Acme Vision", "developer operator", "named")
    assert (found.ethics_officer, found.officer_contact) == ("Olga", "o@acme.example")
    assert await findings(database, tmp_path) == []


async def test_an_address_stands_in_the_register_and_is_known_while_the_application_waits(
    database: Database, tmp_path: Path
) -> None:
    applied = joining(address="Sadama 1, Tallinn").events
    await record(database, *applied)
    async with database.reading() as session:
        assert await participants.address_of(session, ORGANISATION) == "Sadama 1, Tallinn"
        assert await participants.address_of(session, "org-other") is None

    let_in = joined(address="Sadama 1, Tallinn").events
    await go_on(database, STREAM, *let_in[len(applied) :])
    assert (await row(database)).address == "Sadama 1, Tallinn"


async def test_a_panel_of_a_vote_that_is_not_the_one_drawn_is_named(database: Database, tmp_path: Path) -> None:
    walk = await walked_in(database)
    opened = next(event for event in walk.events if isinstance(event, MotionOpened))
    absent = next(one for one in opened.motion.pool if one not in opened.motion.electorate)
    chosen = opened.motion.model_copy(update={"electorate": (absent, *opened.motion.electorate[1:])})
    await go_on(database, STREAM, opened.model_copy(update={"motion": chosen}))

    (found,) = await findings(database, tmp_path)
    assert found.startswith(f"{STREAM} vote 1: comes out otherwise")


async def test_a_panel_drawn_with_another_entry_than_the_application_is_named(
    database: Database, tmp_path: Path
) -> None:
    await record(database, *joined().events)

    (found,) = await findings(database, tmp_path)
    assert found.startswith(f"{STREAM} vote 1: was drawn with another entry")


async def test_whoever_has_only_applied_is_in_no_register(database: Database, tmp_path: Path) -> None:
    await record(database, *joining().events)

    async with database.reading() as session:
        assert await participants.find(session, ORGANISATION) is None
        assert (await participants.facts(session, ORGANISATION)).entered_at is None
        assert await matters.find(session, Organisation, "organisation", ORGANISATION) is not None
    assert await findings(database, tmp_path) == []


@pytest.mark.parametrize(
    ("event", "column", "value"),
    [
        (OfficerNamed(**ANNA, officer="Otto"), "ethics_officer", "Otto"),
        (OfficerNamed(**ANNA, officer="Otto"), "officer_contact", None),
        (OfficerTermEnded(**ANNA), "officer_state", "not_named"),
        (EthicsCommissionNamed(**ANNA, name="Board"), "ethics_commission", "Board"),
        (ParticipantLeft(**ANNA), "left_at", ANNA["at"]),
    ],
)
async def test_every_entry_changes_what_the_register_says(
    database: Database, tmp_path: Path, event: Event, column: str, value: object
) -> None:
    await record(database, entered(ethics_officer=None))
    await go_on(database, STREAM, event)

    assert getattr(await row(database), column) == value
    assert await findings(database, tmp_path) == []


async def test_whoever_left_is_not_entered_for_new_decisions_and_its_name_is_free(database: Database) -> None:
    await record(database, entered())
    async with database.reading() as session:
        assert (await participants.facts(session, ORGANISATION)).entered_at == AT
        taken = await participants.namesake(session, "ACME vision", "EE", apart_from="org-other")
        assert taken == ORGANISATION
        assert await participants.namesake(session, "Acme Vision", "FI", apart_from="org-other") is None
        assert await participants.namesake(session, "Acme Vision", "EE", apart_from=ORGANISATION) is None
    await go_on(database, STREAM, ParticipantLeft(**ANNA))
    async with database.reading() as session:
        assert (await participants.facts(session, ORGANISATION)).entered_at is None
        assert await participants.namesake(session, "Acme Vision", "EE", apart_from="org-other") is None
        assert [one.is_participant for one in await participants.every(session)] == [False]


async def test_a_group_is_all_that_parents_and_subsidiaries_join(database: Database, tmp_path: Path) -> None:
    await append(database, "organisation/org-a", entered("org-a", name="A"), declared("org-b"))
    await append(database, "organisation/org-b", entered("org-b", name="B"), declared("org-c", is_a="subsidiary"))
    await append(database, "organisation/org-d", entered("org-d", name="D"), declared("org-c", found=True))
    await append(database, "organisation/org-e", entered("org-e", name="E"))

    async with database.reading() as session:
        for member in ("org-a", "org-b", "org-c", "org-d"):
            assert await participants.group_of(session, member) == ("org-a", "org-b", "org-c", "org-d")
        assert await participants.group_of(session, "org-e") == ("org-e",)
    assert await findings(database, tmp_path) == []


def declared(*others: str, is_a: str = "parent", found: bool = False) -> GroupDeclared:
    return GroupDeclared(**ANNA, found=found, relations=tuple(Relation(organisation=one, is_a=is_a) for one in others))


async def test_a_group_stated_again_replaces_what_was_stated_and_leaves_what_was_found(
    database: Database, tmp_path: Path
) -> None:
    await record(database, entered(), declared("org-a", "org-b"), declared("org-c", found=True), declared("org-a"))

    async with database.reading() as session:
        stated = [(one.organisation, one.parent, one.found) for one in await relations.every(session)]
    assert stated == [(ORGANISATION, "org-a", False), (ORGANISATION, "org-c", True)]
    assert await findings(database, tmp_path) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE participant SET left_at = NULL",
        "UPDATE participant SET address = 'Elsewhere 1'",
        "UPDATE participant SET officer_state = 'named'",
        "UPDATE relation SET parent = 'org-other'",
        "DELETE FROM relation",
        "DELETE FROM participant",
        "DELETE FROM matter",
    ],
)
async def test_a_register_that_was_changed_is_found(database: Database, tmp_path: Path, change: str) -> None:
    await record(database, entered(ethics_officer=None), declared("org-a"), ParticipantLeft(**ANNA))
    assert await findings(database, tmp_path) == []
    async with owned(database) as opened, opened.engine.begin() as connection:
        await connection.execute(sql(change))
    assert len(await findings(database, tmp_path)) == 1


async def test_a_database_of_before_gets_a_row_for_every_organisation_in_its_register(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(sqlite_url, cells=IN_CLEAR)
    await upgrade(database)
    for organisation, officer in (("org-a", None), ("org-b", "Olga")):
        event = entered(organisation, name=organisation, ethics_officer=officer, officer_contact=None)
        await append(database, f"organisation/{organisation}", event)
    load_tables()

    def there_and_back(connection: Connection) -> None:
        settings = config()
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0002")
        assert connection.execute(sql("SELECT count(*) FROM matter")).scalar() == 0
        command.upgrade(settings, "head")

    async with database.engine.begin() as connection:
        await connection.run_sync(there_and_back)
    assert await findings(database, tmp_path) == []
    async with database.reading() as session:
        folded = await matters.every(session, Organisation, "organisation", open_only=True)
    assert {(one.id, one.officer, one.entry) for one in folded} == {("org-a", None, 1), ("org-b", "Olga", 1)}
    await database.close()


async def test_the_labels_that_leaving_ends_are_those_that_have_not_ended(database: Database) -> None:
    def label(number: int, standing: Standing, days: int = 9, organisation: str = ORGANISATION) -> labels.LabelRecord:
        return labels.LabelRecord(
            id=f"{number:016}", application=f"case-{number}", organisation=organisation, decision_number=f"{number}",
            status_index=number, tier="low", product="P", holder="H", standing=standing.value, issued_at=AT,
            expires_at=AT + timedelta(days=days), label=json.dumps({}), facts=json.dumps({}),
        )  # fmt: skip

    async with database.writing() as session:
        session.add_all(
            [label(1, Standing.IN_FORCE), label(2, Standing.SUSPENDED), label(3, Standing.WITHDRAWN),
             label(4, Standing.IN_FORCE, days=-1), label(5, Standing.IN_FORCE, organisation="org-other")]
        )  # fmt: skip
    async with database.reading() as session:
        assert await labels.not_ended(session, ORGANISATION, AT) == (f"{1:016}", f"{2:016}")
