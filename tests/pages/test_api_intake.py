"""Questions, corrections and answers at the intake, through the API."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from certify.vault.store import reference_to
from schemas.application import RiskAnswer
from schemas.case import SystemFacts
from tests.builders import APPLICANT, SECRETARY, Walk, sha256
from tests.pages.api import Tokens, act, application, is_problem, tokens_at
from tests.pages.conftest import AUDITOR, STRANGER, House, walk

_WRITTEN = ("text", "answer")


@pytest.fixture
async def as_(house: House) -> AsyncIterator[Tokens]:
    """A program at the API with a token of somebody."""
    async with tokens_at(house) as open_with_token_of:
        yield open_with_token_of


def lodged_example(**changes: Any) -> Walk:
    """A case at the intake that was lodged for the example's system under its reference."""
    written = application()
    system = SystemFacts(**written["system"])
    return walk(edition=2, reference=written["reference"], system=system, digest=sha256("first"), **changes).to_intake()


async def test_a_question_and_its_answer_are_kept_as_texts(house: House, as_: Tokens) -> None:
    await house.holds(lodged_example())
    asked = await act(await as_(SECRETARY), "ask_question", {"text": "Who uses it?", "criteria": ["I-1.1-01"]})
    answered = await act(await as_(APPLICANT), "answer_question", {"number": 1, "answer": "Clerks."})

    assert (asked.status_code, answered.status_code) == (200, 200), asked.text + answered.text
    (question,) = (await house.case()).questions
    assert question.answer == reference_to("Clerks.")
    for who in (SECRETARY, APPLICANT):
        client = await as_(who)
        (shown,) = (await client.get("/api/applications/case-1")).json()["questions"]
        texts = [await client.get(f"/api/applications/case-1/texts/{shown[name]['digest']}") for name in _WRITTEN]
        assert [one.text for one in texts] == ["Who uses it?", "Clerks."]


async def test_who_waits_for_whom_is_listed_for_both_sides_and_for_nobody_else(house: House, as_: Tokens) -> None:
    walked = lodged_example().asked()
    await house.holds(walked)

    def lines(of: Any) -> list[tuple[str, str, str]]:
        return [(line["application"], line["waits_for"], line["clock"]) for line in of.json()]

    listed = [await (await as_(who)).get("/api/waiting") for who in (SECRETARY, APPLICANT, STRANGER)]
    assert [lines(one) for one in listed[:2]] == [[("case-1", "applicant", "question/1")]] * 2
    assert listed[2].json() == []
    reading = (await (await as_(APPLICANT)).get("/api/applications/case-1")).json()
    stopped = {clock["name"]: clock["stopped_at"] is not None for clock in reading["clocks"]}
    assert stopped == {"intake": True, "question/1": False}


async def test_a_correction_is_the_whole_application_and_moves_the_tier(house: House, as_: Tokens) -> None:
    await house.holds(lodged_example().asked())
    client = await as_(APPLICANT)
    before = await house.case()

    sent = await act(client, "amend_application", application(), key="once")
    again = await act(client, "amend_application", application(), key="once")

    assert sent.status_code == 200, sent.text
    assert again.content == sent.content
    after = await house.case()
    assert after.entry == before.entry + 1
    assert after.lodged.digest != before.lodged.digest
    assert after.lodged.system == before.lodged.system


async def test_a_correction_of_another_system_or_by_others_is_refused_and_stores_nothing(
    house: House, as_: Tokens
) -> None:
    await house.holds(lodged_example().asked())
    other = application()
    other["system"]["name"] = "Face Reader"

    is_problem(await act(await as_(APPLICANT), "amend_application", other), 422, "another_system")
    is_problem(await act(await as_(SECRETARY), "amend_application", application()), 403, "not_the_applicant")
    is_problem(await act(await as_(STRANGER), "amend_application", application()), 404, "unknown_application")
    assert (await house.case()).lodged.digest == sha256("first")


async def test_who_keeps_a_case_reads_earlier_ones_with_their_answers_and_who_does_not_reads_none(
    house: House, as_: Tokens
) -> None:
    before = await house.application("case-0", answers={f"Q{n}": RiskAnswer(score=1) for n in range(1, 13)})
    earlier = walk(reference="A-0", **before)
    earlier.now -= timedelta(days=9)
    await house.holds(earlier.to_intake(), "case-0")
    now = {f"Q{n}": RiskAnswer(score=0 if n == 3 else 1) for n in range(1, 13)}
    await house.holds(walk(**await house.application(answers=now)).to_intake())
    path = "/api/applications/{}/earlier-applications"

    (line,) = (await (await as_(SECRETARY)).get(path.format("case-1"))).json()
    assert (line["id"], line["reference"], line["base"], line["lowered"]) == ("case-0", "A-0", 12, ["Q3"])
    assert line["answers"] == {f"Q{n}": 1 for n in range(1, 13)}
    assert (await (await as_(SECRETARY)).get(path.format("case-0"))).json() == []
    (audited,) = (await (await as_(AUDITOR)).get(path.format("case-1"))).json()
    assert (audited["base"], audited["answers"], audited["lowered"]) == (12, {}, [])
    assert (await (await as_(APPLICANT)).get(path.format("case-1"))).status_code == 403
    assert (await (await as_(STRANGER)).get(path.format("case-1"))).status_code == 404
