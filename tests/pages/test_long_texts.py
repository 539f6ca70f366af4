"""Texts and names at their longest, without a space in them: no page becomes wider than a phone."""

import re

import pytest

from tests.builders import APPLICANT, EXPERTS, SECRETARY, text
from tests.pages import own_things
from tests.pages.conftest import House, walk
from tests.pages.eyes import Eyes
from tests.pages.own_things import with_own_things

LONG = {
    '"Digit Reader"': f'"{"N" * 49}"',
    '"Acme Vision"': f'"{"O" * 200}"',
    '"A-1"': f'"{"r" * 64}"',
    '.pdf"': f'{"f" * 180}.pdf"',
}
SAID = "W" * 2000


async def test_no_page_about_a_case_is_wider_than_a_phone(
    house: House, eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_things, "_own", lambda words, _: f"{words} {SAID}")
    walked = walk().to_round().all_declare()
    member, whose, *_ = walked.voters()
    people = {whose.person: whose}
    walked.act("report_undeclared_interest", SECRETARY, person=whose.person, statement=text(), people=people)
    for number, event in enumerate(walked.events):
        said = event.model_dump_json()
        for short, long in LONG.items():
            said = said.replace(short, long)
        walked.events[number] = type(event).model_validate_json(said)
    await with_own_things(house, walked, "case-1")

    for room, who, pages in (
        ("secretariat", SECRETARY, ("", "/case-1", "/case-1/record", "/case-1/openings")),
        ("applicant", APPLICANT, ("", "/case-1", "/case-1/openings")),
        ("reviewer", EXPERTS[0], ("", "/case-1", "/case-1/report-undeclared-interest")),
        ("commission", member, ("", "/case-1", "/case-1/cast-ballot")),
    ):
        browser = await house.browser(who)
        for path in pages:
            page = await browser.get(f"/{room}{path}")
            assert page.status_code == 200, (room, path)
            assert re.search("N{49}", page.text), (room, path)
            assert await eyes.overflow(page) == 0, (room, path)
