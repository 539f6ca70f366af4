"""The figures of the record, on each database: counted alike, and 0 where nothing has happened."""

from datetime import datetime, timedelta

from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.register.statistics import KeptFigures
from schemas.label import Standing
from schemas.scheme import Tier
from schemas.stages import Stage
from tests.builders import issued_label
from tests.unit.certify.register.records import AT, RecordedWalk, append, entered, found_institutions
from workflows.rules.case.attestation import attest
from workflows.rules.case.timeliness import Step


async def recorded(row: LabelRecord, now: datetime) -> Standing:
    """How a label stands by the record alone."""
    return row.standing_at(now)


async def test_an_empty_record_has_zeros_everywhere(database: Database) -> None:
    found = await KeptFigures().read(database, AT, recorded)

    assert (found.cases.total, found.participants, found.participants_by_role) == (0, 0, {})
    assert {count for tiers in found.cases.by_stage.values() for count in tiers.values()} == {0}
    assert set(found.labels.values()) == {0}
    assert len(found.cases.times) == len(Step) * len(Tier)
    assert {(one.finished, one.within, one.median_working_days) for one in found.cases.times} == {(0, 0, None)}


async def test_cases_labels_and_participants_are_counted(database: Database) -> None:
    await found_institutions(database)
    await append(database, "organisation/org-b", entered("org-b", name="Harbour AI", roles=("developer",)))
    granted = RecordedWalk(application="case-1").to_attestation()
    label = issued_label(granted.case).model_copy(update={"expires_at": granted.now + timedelta(days=1)})
    granted.conclude(attest(granted.case, label, granted.now))
    await granted.record(database)
    await RecordedWalk(Tier.CRITICAL, application="case-2").to_intake().record(database)

    found = await KeptFigures().read(database, granted.now, recorded)

    assert found.cases.total == 2
    assert (found.cases.by_stage[Stage.GRANTED][Tier.LOW], found.cases.by_stage[Stage.INTAKE][Tier.CRITICAL]) == (1, 1)
    assert {(one.step, one.tier): one.finished for one in found.cases.times if one.finished} == {
        (step, Tier.LOW): 1 for step in Step
    }
    assert found.labels[Standing.IN_FORCE] == 1
    assert (found.participants, found.participants_by_role) == (2, {"developer": 2, "operator": 1})
