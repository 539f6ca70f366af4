from datetime import UTC, datetime, timedelta

import pytest

from certify.register import cases, journal, labels, participants, people, schemes
from certify.register.database import Database
from schemas.case import SchemePin
from schemas.errors import NotFound
from schemas.label import IssuedLabel, Standing
from schemas.people import Role
from schemas.records import Batch
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import ORGANISATION, person, scheme, sha256
from tests.unit.certify.register.records import AT, RecordedWalk, admitted, adopted, append, entered
from workflows.rules.case.attestation import attest
from workflows.rules.case.fold import fold


def a_label(walk: RecordedWalk, number: int = 1, **changes: object) -> IssuedLabel:
    """A label that nobody signed, enough for the directory."""
    decision = walk.case.decision
    assert decision is not None
    usual = {
        "id": f"{number:016}",
        "token": "TOKEN",
        "kid": "00000000",
        "decision_number": decision.number,
        "status_index": number,
        "subject_digest": sha256("subject")[:24],
        "name_version": "Digit Reader 1.2.0",
        "tier": walk.case.tier.value,
        "holder": "Acme Vision",
        "issued_at": decision.decided_at,
        "expires_at": decision.decided_at + timedelta(days=730),
    }
    return IssuedLabel.model_validate({**usual, **changes})


def labelled(number: int = 1, *, holder: str = "Acme Vision", product: str = "Digit Reader") -> RecordedWalk:
    """A case with a label in the directory."""
    plain = RecordedWalk()
    system = plain.lodged.system.model_copy(update={"name": product})
    walk = RecordedWalk(application=f"case-{number}", organisation_name=holder, system=system).to_attestation()
    walk.conclude(attest(walk.case, a_label(walk, number), walk.now + timedelta(minutes=number)))
    return walk


@pytest.mark.parametrize("tier", list(Tier))
async def test_the_view_of_a_case_is_its_fold_after_every_entry(database: Database, tier: Tier) -> None:
    walk = RecordedWalk(tier).to_attestation()
    walk.conclude(attest(walk.case, a_label(walk), walk.now))

    for last, entry in enumerate(walk.pending, start=1):
        async with database.writing() as session:
            await journal.append(session, Batch(stream="case/case-1", entries=(entry,)))
        async with database.reading() as session:
            case = await cases.get(session, "case-1")
        assert case == fold(walk.events[:last]), f"after {entry.kind}"

    assert case.stage == Stage.GRANTED


async def test_the_columns_of_a_case_are_those_of_its_state(database: Database) -> None:
    await RecordedWalk().to_evaluation().record(database)

    async with database.reading() as session:
        row = await session.get(cases.CaseRecord, "case-1")

    assert row is not None
    assert (row.organisation, row.reference, row.stage, row.tier) == (ORGANISATION, "CASE-1", "evaluation", "low")
    assert row.entry == row.case.entry


async def test_cases_are_found_by_organisation_and_by_whether_they_wait(database: Database) -> None:
    waiting, ended = RecordedWalk(application="waiting").to_intake(), labelled(7)
    other = RecordedWalk(application="other")
    other.lodged = other.lodged.model_copy(update={"organisation": "org-other"})
    other.act("lodge_application", person("oskar", Role.APPLICANT, organisation="org-other"), lodged=other.lodged)
    for walk in (waiting, ended, other):
        await walk.record(database)

    async with database.reading() as session:
        assert {case.id for case in await cases.of_organisation(session, ORGANISATION)} == {"waiting", "case-7"}
        assert {case.id for case in await cases.unfinished(session)} == {"waiting", "other"}
        assert {case.id for case in await cases.every(session)} == {"waiting", "other", "case-7"}
        with pytest.raises(NotFound, match="unknown_application"):
            await cases.get(session, "nowhere")


async def test_a_label_stands_in_the_directory_once_issued(database: Database) -> None:
    walk = RecordedWalk().to_attestation()
    await walk.record(database)
    async with database.reading() as session:
        assert await labels.directory(session) == []

    label = a_label(walk)
    walk.conclude(attest(walk.case, label, walk.now))
    await walk.record(database)

    async with database.reading() as session:
        row = await labels.find(session, label.id)
        assert await labels.find(session, "9" * 16) is None
    assert row is not None
    assert row.issued == label
    assert (row.issued_at, row.expires_at) == (label.issued_at, label.expires_at)
    assert row.issued_at.utcoffset() == row.expires_at.utcoffset() == timedelta(0)
    assert row.public_facts.decision_number == label.decision_number


async def test_a_label_is_in_force_up_to_its_last_second(database: Database) -> None:
    await labelled().record(database)
    async with database.reading() as session:
        (row,) = await labels.directory(session)

    assert row.standing_at(row.expires_at) == Standing.IN_FORCE
    assert row.standing_at(row.expires_at + timedelta(seconds=1)) == Standing.EXPIRED


async def test_the_directory_shows_the_newest_first(database: Database) -> None:
    walks = [labelled(number) for number in (1, 2, 3)]
    for walk in walks:
        label = walk.case.label
        assert label is not None
    for days, walk in enumerate(walks):
        event = walk.events[-1]
        moved = event.label.model_copy(update={"issued_at": event.label.issued_at + timedelta(days=days)})
        walk.pending[-1] = walk.pending[-1].model_copy(
            update={"body": event.model_copy(update={"label": moved}).model_dump(mode="json")}
        )
        await walk.record(database)

    async with database.reading() as session:
        assert [row.application for row in await labels.directory(session)] == ["case-3", "case-2", "case-1"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("reader", {"100% Reader", "Under_score Reader", "Back\\slash Reader"}),
        ("READER", {"100% Reader", "Under_score Reader", "Back\\slash Reader"}),
        ("%", {"100% Reader"}),
        ("_", {"Under_score Reader"}),
        ("\\", {"Back\\slash Reader"}),
        ("/", set()),
        ("0% R", {"100% Reader"}),
        ("10_%", set()),
        ("northern", {"Back\\slash Reader"}),
        ("", {"100% Reader", "Under_score Reader", "Back\\slash Reader"}),
        ("'; DROP TABLE label; --", set()),
    ],
)
async def test_the_directory_takes_what_is_sought_literally(database: Database, sought: str, found: set[str]) -> None:
    await labelled(1, product="100% Reader").record(database)
    await labelled(2, product="Under_score Reader").record(database)
    await labelled(3, product="Back\\slash Reader", holder="Northern Lights").record(database)

    async with database.reading() as session:
        assert {row.product for row in await labels.directory(session, search=sought)} == found


async def test_an_organisation_stands_in_the_register_by_its_entry(database: Database) -> None:
    await append(database, "organisation/org-b", entered("org-b", name="Beta", officer_contact=None))
    await append(database, "organisation/org-a", entered("org-a", name="Alpha"))

    async with database.reading() as session:
        assert [row.name for row in await participants.every(session)] == ["Alpha", "Beta"]
        facts = await participants.facts(session, "org-b")
        nobody = await participants.facts(session, "org-c")

    assert (facts.entered_at, facts.officer_named, facts.officer_reachable, facts.entry) == (AT, True, False, 1)
    assert facts.entered_at is not None
    assert facts.entered_at.utcoffset() == timedelta(0)
    assert (nobody.entered_at, nobody.officer_named, nobody.entry) == (None, False, 0)


async def test_people_are_known_by_their_roles_and_areas(database: Database) -> None:
    areas = ("ai_technical", "ethics_or_law")
    await append(
        database,
        "people",
        admitted("zoe", Role.EXPERT, Role.NEUTRAL_THIRD_PARTY, areas=areas),
        admitted("ada", Role.EXPERT, organisation="org-acme"),
        admitted("sofia", Role.SECRETARIAT),
    )

    async with database.reading() as session:
        zoe = await people.find(session, "zoe")
        assert await people.find(session, "nobody") is None
        experts = await people.with_role(session, Role.EXPERT)
        found = await people.facts_of(session, ("ada", "nobody"))

    assert zoe is not None
    assert (zoe.roles, zoe.areas, zoe.entry) == ((Role.EXPERT, Role.NEUTRAL_THIRD_PARTY), areas, 1)
    assert [one.person for one in experts] == ["ada", "zoe"]
    assert {name: facts.organisation for name, facts in found.items()} == {"ada": "org-acme"}


async def test_the_last_version_of_a_scheme_is_in_force_and_earlier_ones_stay(database: Database) -> None:
    first = scheme()
    later_rules = first.rules.model_copy(update={"version": "9.9.9"})
    later = first.model_copy(update={"rules": later_rules})
    content = later.model_dump(mode="json")
    newer = adopted(at=datetime(2027, 1, 1, tzinfo=UTC), scheme_version="9.9.9", digest=later.digest, content=content)
    await append(database, f"scheme/{first.rules.id}", adopted(), newer)

    async with database.reading() as session:
        assert (await schemes.in_force(session, first.rules.id)).digest == later.digest
        assert (await schemes.pinned(session, first.digest)).digest == first.digest
        pin = SchemePin(id=first.rules.id, version=first.rules.version, digest=first.digest)
        assert (await schemes.scheme_in_record(session, pin)).digest == first.digest
        with pytest.raises(NotFound, match="unknown_scheme"):
            await schemes.pinned(session, sha256("other"))
        with pytest.raises(NotFound, match="unknown_scheme"):
            await schemes.in_force(session, "other")


async def test_a_scheme_is_not_believed_when_its_content_is_another(database: Database) -> None:
    other = scheme().model_dump(mode="json")
    other["rules"]["version"] = "6.6.6"
    await append(database, f"scheme/{scheme().rules.id}", adopted(content=other))
    pin = SchemePin(id=scheme().rules.id, version=scheme().rules.version, digest=scheme().digest)

    async with database.reading() as session:
        with pytest.raises(NotFound, match="unknown_scheme"):
            await schemes.scheme_in_record(session, pin)
