"""A web page is handed in as a saved copy with its address, which everybody reads and nobody is led to (stage 3)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.evidence import WEB_PAGE
from tests.builders import APPLICANT, EXPERTS, SECRETARY
from tests.pages.applicant import CASE, CRITERION, offered
from tests.pages.conftest import House, walk, words_of
from tests.pages.labels import do, label

ADDRESS = "https://example.org/policy?lang=en"
SAVED: dict[str, Any] = {"type": WEB_PAGE, "address": ADDRESS, "saved_on": "2026-01-09"}
SAID = f"Saved copy of {ADDRESS}, saved on 9 January 2026"


async def test_a_saved_page_stands_with_its_address_and_day_and_leads_nowhere(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    assert (await offered(browser, **SAVED)).status_code == 303

    item = (await house.case()).evidence["E1"]
    assert (item.address, item.saved_on) == (ADDRESS, date(2026, 1, 9))
    page = await browser.get(CASE)
    assert SAID in words_of(page)
    assert f'href="{ADDRESS}' not in page.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"address": ""}, "with the address it was saved from"),
        ({"address": "", "saved_on": ""}, "with the address it was saved from"),
        ({"saved_on": ""}, "Say on which day the web page was saved."),
        ({"type": "policy", "saved_on": ""}, "Say on which day the web page was saved."),
        ({"saved_on": (datetime.now(UTC) + timedelta(days=3)).date().isoformat()}, "was saved today or before"),
        ({"address": "example.org/policy"}, "address"),
        ({"address": "javascript:alert(1)"}, "address"),
        ({"address": "https://user:password@example.org/"}, "address"),
    ],
)
async def test_a_saved_page_without_what_tells_what_it_is_a_copy_of_is_refused(
    house: House, changes: dict[str, str], why: str
) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    refused = await offered(browser, **{**SAVED, **changes})
    assert refused.status_code == 422
    assert why in words_of(refused)
    assert (await house.case()).evidence == {}


async def test_what_is_no_web_page_needs_no_address(house: House) -> None:
    await house.holds(walk().to_intake())
    assert (await offered(await house.browser(APPLICANT))).status_code == 303
    assert "address" not in (await house.case()).evidence["E1"].model_dump(mode="json")


async def test_a_reviewer_reads_the_address_of_what_they_judge(house: House) -> None:
    walked = walk().to_intake().offer(CRITERION, address=ADDRESS, saved_on=date(2026, 1, 9)).with_evidence()
    walked.act("accept_application", SECRETARY).staffed(EXPERTS[0])
    await house.holds(walked)
    page = await (await house.browser(EXPERTS[0])).get("/reviewer/case-1/review")
    assert SAID in words_of(page)
    assert f'href="{ADDRESS}' not in page.text


async def test_fresh_evidence_of_a_label_follows_the_same_rule(house: House) -> None:
    await label(house)
    await do(house, SECRETARY, "open-extraordinary-surveillance", cause="incident", reasons="An incident.")
    browser = await house.browser(APPLICANT)
    reading = (await browser.get("/api/labels/0123456789ABCDEF")).json()
    uploaded = (await browser.post("/api/labels/0123456789ABCDEF/files", content=b"saved")).json()
    offer = {
        "surveillance": 1, "file": "page.txt", "type": WEB_PAGE, "made_by": "applicant", "effective": "2026-01-01",
        "criteria": reading["facts"]["surveillances"][0]["criteria"][:1], "covers_version": "1.2.0",
        "confidentiality": "internal", "digest_of_file": uploaded["digest"],
    }  # fmt: skip
    refused = await do(house, APPLICANT, "offer-fresh-evidence", **offer)
    assert (refused.status_code, refused.json()["code"]) == (422, "address_missing")
    taken = await do(house, APPLICANT, "offer-fresh-evidence", **offer, address=ADDRESS, saved_on="2026-01-09")
    assert taken.status_code == 200, taken.text
    words = words_of(await browser.get("/applicant/labels/0123456789ABCDEF"))
    assert f"Saved copy of {ADDRESS}, saved on 2026-01-09" in words
