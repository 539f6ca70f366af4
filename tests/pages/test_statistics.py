"""The statistics: what anybody may know of everything at once, on a page and by the API; nobody is named."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import SQLModel

from certify.register import statistics
from certify.register.database import Database
from certify.register.labels import LabelRecord
from certify.register.schema import load_tables
from certify.register.statistics import KeptFigures
from certify.web.standing import figures
from schemas.label import Standing
from schemas.record_events import ParticipantEntered
from schemas.scheme import Tier
from schemas.stages import Choice, Stage, Verdict
from tests.appeals import walk_of
from tests.builders import APPLICANT, EXPERTS, SECRETARY, START, Walk, issued_label, scheme, text
from tests.cells import CELLS
from tests.pages.complaints import filed
from tests.pages.conftest import HOST, Eyes, House, keep, walk, words_of
from tests.pages.test_public import issued
from workflows.rules.case.attestation import attest
from workflows.rules.deadlines import working_days_after

PAGE, API = "/statistics", "/api/statistics"
NAMES = ("Acme", "Digit Reader", "anna", "sofia", "member-", "edda", "Olga")


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


async def on_record(house: House, walked: Walk, number: int) -> None:
    """Put a case on record under a number of its own."""
    first = walked.events[0]
    lodged = first.lodged.model_copy(update={"reference": f"A-{number}"})  # type: ignore[attr-defined]  # it lodges
    walked.events[0] = first.model_copy(update={"lodged": lodged})
    await house.holds(walked, f"case-{number}")


def decided(*, evaluation: int = 1) -> Walk:
    """A low-tier case that is to be granted, whose evaluation took so many working days and each other step one."""
    walked = walk().to_intake().with_evidence()
    walked.now = working_days_after(walked.now, 1)
    walked.act("accept_application", SECRETARY).staffed(EXPERTS[0])
    walked.now = working_days_after(walked.now, evaluation)
    walked.reviewed().recommended().act("open_round", SECRETARY).all_declare()
    walked.now = working_days_after(walked.now, 1)
    return walked.voted(*[Choice.GRANT] * len(walked.voters()))


def granted() -> Walk:
    """The same with its label."""
    walked = decided()
    return walked.take((attest(walked.case, issued_label(walked.case), walked.now),))


def refused() -> Walk:
    """A low-tier case refused because nobody supervises the system."""
    walked = walk().to_decision(I_3_1_01=Verdict.NOT_MET).act("open_round", SECRETARY).all_declare()
    return walked.voted(*[Choice.REFUSE] * len(walked.voters()), grounds=("I-3.1-01",))


async def everything(house: House) -> None:
    """One case of each kind."""
    out_of_scope = walk(gates={"G1": "no", "G2": "no", "G3": "yes", "G4": "no", "G5": "none"}).to_intake()
    for number, walked in enumerate(
        (
            granted(),
            refused(),
            walk().to_intake().act("decline_application", SECRETARY, reasons=text("Advice")),
            out_of_scope.pass_time(seconds=1),
            walk().to_intake().act("withdraw_application", APPLICANT, reasons=text("Report")),
            walk(tier=Tier.HIGH).to_evaluation(),
        )
    ):
        await on_record(house, walked, number)


async def recorded(row: LabelRecord, now: datetime) -> Standing:
    """How a label stands by the record alone."""
    return row.standing_at(now)


def nothing() -> dict[str, Any]:
    """The stages and tiers of nothing at all."""
    return {stage.value: dict.fromkeys(map(str, Tier), 0) for stage in Stage}


async def test_an_empty_register_shows_zeros(anybody: httpx2.AsyncClient) -> None:
    page, found = await anybody.get(PAGE), (await anybody.get(API)).json()

    assert page.status_code == 200
    assert "0 cases" in words_of(page)
    assert "Granted 0 Refused 0 Declined 0 Lapsed 0 Withdrawn by the applicant 0" in words_of(page)
    assert (found["cases"]["total"], found["cases"]["by_stage"]) == (0, nothing())
    assert {one["finished"] for one in found["cases"]["times"]} == {0}
    assert set(found["labels"].values()) == {0}
    assert found["participants"] == 1


async def test_a_database_without_even_a_scheme_shows_zeros(house: House, anybody: httpx2.AsyncClient) -> None:
    async with house.services.database.writing() as session:
        connection = await session.connection()
        for emptied in ("DELETE FROM scheme", "DELETE FROM participant"):
            await connection.exec_driver_sql(emptied)

    page = await anybody.get(PAGE)

    assert page.status_code == 200
    assert "0 cases" in words_of(page)
    assert "0 participants" in words_of(page)


async def test_cases_are_counted_by_stage_and_tier(house: House, anybody: httpx2.AsyncClient) -> None:
    await everything(house)

    found = (await anybody.get(API)).json()["cases"]

    expected = nothing()
    for stage, tier, count in (
        (Stage.GRANTED, Tier.LOW, 1),
        (Stage.REFUSED, Tier.LOW, 1),
        (Stage.DECLINED, Tier.LOW, 2),
        (Stage.WITHDRAWN_BY_APPLICANT, Tier.LOW, 1),
        (Stage.EVALUATION, Tier.HIGH, 1),
    ):
        expected[stage][tier] = count
    assert (found["total"], found["by_stage"]) == (6, expected)
    assert (found["declined_by_rule"], found["refused_on"]) == ({"G1": 1}, {"I-3.1-01": 1})


async def test_the_page_tells_the_same_in_words_and_names_nobody(house: House, anybody: httpx2.AsyncClient) -> None:
    await everything(house)

    page = await anybody.get(PAGE)

    words, texts = words_of(page), scheme().texts
    assert "6 cases" in words
    assert "Declined 2 (Low risk: 2)" in words
    assert "Evaluation 1 (High risk: 1)" in words
    assert f"Refusals rest on {texts.criteria['I-3.1-01'].title.en} (I-3.1-01): 1" in words
    assert f"{texts.gates['G1'].en} (G1): 1" in words
    assert "1 participant " in words
    for name in NAMES:
        assert name not in words + (await anybody.get(API)).text, name
    for written in ("Because the evidence shows it.", "Advice", "Report"):
        assert written not in words


async def test_complaints_and_appeals_are_counted_by_outcome(house: House, anybody: httpx2.AsyncClient) -> None:
    await filed(house)
    await filed(house, about="harm", secret="h" * 32)
    async with house.services.database.writing() as session:
        appeal = walk_of().to_vote().decided()
        await keep(session, f"appeal/{appeal.subject}", *appeal.events)

    words, figures = words_of(await anybody.get(PAGE)), (await anybody.get(API)).json()
    assert "2 complaints Not decided yet 2 Decided in time 0" in words
    assert "Harm 1 Our own work 1" in words
    assert "1 appeal Not decided yet 0 Upheld 1 Decided in time 1" in words
    assert figures["complaints"]["by_subject"] == {"body": 1, "harm": 1}
    assert figures["appeals"]["by_outcome"] == {"upheld": 1}


async def test_times_kept_are_shares_and_medians_of_finished_steps(house: House, anybody: httpx2.AsyncClient) -> None:
    clock = scheme().rules.tiers[Tier.LOW].sla_working_days
    for number, taken in enumerate((1, clock.evaluation, clock.evaluation + 1)):
        await on_record(house, decided(evaluation=taken), number)
    await on_record(house, walk().to_evaluation(), 3)

    found = {(one["step"], one["tier"]): one for one in (await anybody.get(API)).json()["cases"]["times"]}
    words = words_of(await anybody.get(PAGE))

    evaluation = found["evaluation", "low"]
    assert (evaluation["finished"], evaluation["within"]) == (3, 2)
    assert evaluation["median_working_days"] == clock.evaluation
    assert found["application_review", "low"]["finished"] == 4
    assert found["evaluation", "high"] == {
        "step": "evaluation", "tier": "high", "finished": 0, "within": 0, "median_working_days": None,
    }  # fmt: skip
    assert f"Low risk 2 of 3 within the clock (67 %), median in working days: {clock.evaluation}" in words


async def test_labels_are_counted_by_what_they_are_worth_today(house: House) -> None:
    walked = granted()
    label = issued_label(walked.case)
    await on_record(house, walked, 0)

    before = (await figures(house.services, label.expires_at - timedelta(days=1))).labels
    after = (await figures(house.services, label.expires_at + timedelta(days=1))).labels

    assert before[Standing.IN_FORCE] == 1
    assert (after[Standing.IN_FORCE], after[Standing.EXPIRED]) == (0, 1)
    assert Standing.UNKNOWN_NUMBER not in after


@pytest.mark.parametrize(
    ("why", "standing", "word"),
    [
        ("unseen", Standing.NOT_YET, "Not yet in force"),
        ("lost", Standing.NOT_YET, "Not yet in force"),
        ("unreadable", Standing.COULD_NOT_CHECK, "Could not check"),
    ],
)
async def test_a_label_counts_as_its_own_page_tells_it(
    house: House, anybody: httpx2.AsyncClient, why: str, standing: Standing, word: str
) -> None:
    label = await issued(house)
    assert "In force 1" in words_of(await anybody.get(PAGE))

    getattr(house.services.proofs, why).add(label.id)
    found = (await anybody.get(API)).json()["labels"]

    assert {name: count for name, count in found.items() if count} == {standing: 1}
    assert (await anybody.get(f"/{label.id}.json")).json()["standing"] == standing
    assert f"{word} 1" in words_of(await anybody.get(PAGE))


async def test_a_participant_with_several_roles_counts_under_each(house: House, anybody: httpx2.AsyncClient) -> None:
    entered = ParticipantEntered(
        at=START, actor="engine", organisation="org-b", name="Harbour AI", country="DE", roles=("developer",)
    )
    async with house.services.database.writing() as session:
        await keep(session, "organisation/org-b", entered)

    found = (await anybody.get(API)).json()

    assert (found["participants"], found["participants_by_role"]) == (2, {"developer": 2, "operator": 1})
    assert "Developer 2 Operator 1" in words_of(await anybody.get(PAGE))


async def test_the_figures_are_computed_again_only_when_the_record_has_grown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[int] = []
    compute = statistics._case_figures

    async def counted(session: Any) -> Any:
        computed.append(1)
        return await compute(session)

    monkeypatch.setattr(statistics, "_case_figures", counted)
    reader, database, now = KeptFigures(), house.services.database, datetime.now(UTC)

    await asyncio.gather(*(reader.read(database, now, recorded) for _ in range(5)))
    assert len(computed) == 1
    await house.holds(walk().to_intake())
    assert (await reader.read(database, now, recorded)).cases.total == 1
    assert len(computed) == 2


async def test_a_database_of_nothing_but_tables_is_read(tmp_path: Path) -> None:
    load_tables()
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}", cells=CELLS)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)

    found = await KeptFigures().read(database, START, recorded)

    assert (found.cases.total, found.participants, found.participants_by_role) == (0, 0, {})
    await database.close()


async def test_it_is_read_without_a_cookie_or_its_content(anybody: httpx2.AsyncClient) -> None:
    assert (await anybody.head(PAGE)).status_code == 200
    for path in (PAGE, API):
        answer = await anybody.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_page_is_readable_by_everyone(
    house: House, anybody: httpx2.AsyncClient, eyes: Eyes, width: int
) -> None:
    assert await eyes.complaints(await anybody.get(PAGE), width) == ""
    await everything(house)
    for path in (PAGE, f"{PAGE}?lang=ru"):
        assert await eyes.complaints(await anybody.get(path), width) == ""
