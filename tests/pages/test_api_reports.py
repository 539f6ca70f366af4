"""Complaints by API, without an account: filed, followed and answered by the tracking code (ISO/IEC 17065, 7.13)."""

from http import HTTPStatus
from typing import Any

import pytest

from schemas.label_number import format_number
from schemas.tracking_code import format_code, parse_code
from tests.pages.complaints import followed, with_label
from tests.pages.conftest import House
from tests.pages.test_report import asked, complaint

REPORTS = "/api/reports"
REPORT = {"about": "body", "text": "Nobody answers."}


async def test_anybody_files_a_complaint_and_follows_it_by_its_code(house: House) -> None:
    _, label = await with_label(house)
    browser = await house.browser(None)
    answer = await browser.post(REPORTS, json={"about": "label", "label": label, "text": "No sevens."})
    found = answer.json()
    state = await browser.get(f"{REPORTS}/{found['code']}")

    assert (answer.status_code, found["is_recorded"]) == (HTTPStatus.CREATED, True)
    assert (await complaint(house, parse_code(found["code"]))).label == label
    assert found["address"].endswith(f"/complaint/{parse_code(found['code'])}")
    assert (state.json()["is_handled"], state.json()["outcome"]) == (False, None)
    for one in (answer, state):
        assert one.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in one.headers


async def test_the_same_secret_reaches_the_same_complaint_and_none_another(house: House) -> None:
    browser = await house.browser(None)
    twice = [(await browser.post(REPORTS, json={**REPORT, "secret": "s" * 32})).json()["code"] for _ in range(2)]
    other = (await browser.post(REPORTS, json=REPORT)).json()["code"]

    assert len({*twice}) == 1
    assert other not in twice


@pytest.mark.parametrize(
    "changes",
    [
        {"about": "weather"},
        {"text": ""},
        {"label": "0"},
        {"contact": "x" * 500},
        {"secret": "short"},
        {"life_at_risk": "off"},
        {"surprise": 1},
    ],
)
async def test_what_is_malformed_is_refused_and_nothing_is_filed(house: House, changes: dict[str, Any]) -> None:
    answer = await (await house.browser(None)).post(REPORTS, json={**REPORT, **changes})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
    assert answer.json()["code"]


async def test_a_code_nobody_has_and_a_mistyped_one_are_told_apart(house: House) -> None:
    code, browser = await followed(house), await house.browser(None)

    mistyped = await browser.get(f"{REPORTS}/{code[:-1]}")
    unknown = await browser.get(f"{REPORTS}/{format_number('7Q2MXK4T0B9DHE3W')}")

    assert (mistyped.status_code, mistyped.json()["code"]) == (422, "mistyped_code")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_code")


async def test_a_question_is_read_and_answered_once_by_the_code(house: House) -> None:
    code, browser = await followed(house), await house.browser(None)
    await asked(house, code)
    answers = f"{REPORTS}/{format_code(code)}/answers"

    read = (await browser.get(f"{REPORTS}/{code}")).json()
    done = await browser.post(answers, json={"number": 1, "answer": "On the corner."})
    late = await browser.post(answers, json={"number": 1, "answer": "No, elsewhere."})

    assert read["asked"]["question"] == "In which shop?"
    assert (done.status_code, done.json()["asked"]) == (200, None)
    assert late.status_code == HTTPStatus.CONFLICT


async def test_a_flood_about_one_label_is_held_off(house: House) -> None:
    _, label = await with_label(house)
    browser = await house.browser(None)
    sent = [
        await browser.post(REPORTS, json={"about": "label", "label": label, "text": f"Report {number}."})
        for number in range(25)
    ]

    held = [one for one in sent if one.status_code != HTTPStatus.CREATED]
    assert held
    assert {one.json()["code"] for one in held} <= {"too_many_reports", "too_often"}
