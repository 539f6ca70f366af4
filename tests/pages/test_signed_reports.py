"""The neutral third party signs its report, and everybody reads its summary (Code, I-1.5; ASVS 4.1.5)."""

from http import HTTPStatus
from typing import Any

import httpx2
import pytest

from schemas.scheme import Tier
from schemas.stages import Verdict
from tests.builders import SECRETARY, THIRD_PARTY, Walk, text
from tests.label_walk import LABEL_ID
from tests.pages.conftest import Eyes, House, hidden_in, walk, words_of
from tests.pages.labels import label
from tests.pages.test_signed_acts import code_of, has_passkey, signs
from tests.receipts import Authenticator

API = "/api/applications/case-1"
HAND_IN, ASK = f"{API}/record-third-party-report", f"{API}/record-third-party-report/challenge"
PAGE = "/commission/case-1/record-third-party-report"
REPORT = {"report": "We tested it.", "summary": "It does what it says."}


async def drawn(house: House) -> tuple[httpx2.AsyncClient, Authenticator]:
    """Have the third party drawn by the body itself; return its browser and its passkey."""
    signs(house)
    await house.holds(walk(tier=Tier.CRITICAL, edition=3).to_recommendation())
    answer = await (await house.browser(SECRETARY)).post(f"{API}/draw-third-party", json={})
    assert answer.status_code == HTTPStatus.OK, answer.text
    browser = await house.browser(THIRD_PARTY, "passkey")
    await browser.post(f"{API}/declare-interests", json={"has_interest": False})
    return browser, await has_passkey(house, THIRD_PARTY, Authenticator())


async def proof_of(browser: httpx2.AsyncClient, device: Authenticator, report: dict[str, str]) -> dict[str, Any]:
    answer = await browser.post(ASK, json=report)
    assert answer.status_code == HTTPStatus.OK, answer.text
    asked = answer.json()
    assert asked["statement"]["typ"] == "certify-third-party-report-v1"
    assert asked["statement"]["is_independent"] is True
    return device.receipt(asked["options"]["challenge"], asked["nonce"])


async def test_who_was_drawn_signs_report_and_summary_and_hands_them_in(house: House) -> None:
    browser, device = await drawn(house)
    answer = await browser.post(HAND_IN, json={**REPORT, "proof": await proof_of(browser, device, REPORT)})

    assert answer.status_code == HTTPStatus.OK, answer.text
    case = await house.case()
    assert case.third_party_signed is not None
    assert case.third_party_summary is not None
    assert await house.services.vault.text("case-1", case.third_party_summary) == REPORT["summary"]


async def test_a_signature_for_another_summary_hands_nothing_in(house: House) -> None:
    browser, device = await drawn(house)
    proof = await proof_of(browser, device, {**REPORT, "summary": "All is well."})
    answer = await browser.post(HAND_IN, json={**REPORT, "proof": proof})

    assert code_of(answer) == "other_statement"
    assert (await house.case()).third_party_report is None


@pytest.mark.parametrize(
    ("content", "code"), [(REPORT, "receipt_missing"), ({"report": "We tested it."}, "summary_missing")]
)
async def test_a_report_without_signature_or_summary_is_refused(
    house: House, content: dict[str, str], code: str
) -> None:
    browser, _ = await drawn(house)
    assert code_of(await browser.post(HAND_IN, json=content)) == code
    assert (await house.case()).third_party_report is None


async def test_the_page_shows_what_is_signed_and_has_no_way_without_a_passkey(house: House, eyes: Eyes) -> None:
    browser, _ = await drawn(house)
    form = await browser.get(PAGE)
    check = await browser.post(PAGE, data={**hidden_in(form), **REPORT})
    words = words_of(check)

    assert "Everybody can read it on the page of the label" in words_of(form)
    assert "What you sign Report We tested it. Summary It does what it says. Application case-1" in words
    assert "no ownership or management link with the applicant" in words
    assert "Without a passkey" not in words
    assert await eyes.complaints(form) == ""
    assert await eyes.complaints(check) == ""


async def test_the_page_keeps_what_was_written_where_the_summary_is_missing(house: House) -> None:
    browser, _ = await drawn(house)
    form = await browser.get(PAGE)
    answer = await browser.post(PAGE, data={**hidden_in(form), "report": "We tested it.", "summary": ""})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Write the summary that everybody may read." in words_of(answer)
    assert "We tested it." in answer.text


async def test_everybody_reads_the_summary_on_the_page_of_the_label_and_in_its_json(house: House) -> None:
    await label(house, Tier.CRITICAL)
    public = await house.browser(None)
    page, json = await public.get(f"/{LABEL_ID}"), await public.get(f"/{LABEL_ID}.json")

    words = words_of(page)
    assert "Summary of the neutral third party's report Summary A neutral third party" in words
    assert "neither evaluated nor decided, wrote it." in words
    assert json.json()["label"]["evaluation"]["third_party"] == "Summary"


async def test_a_label_without_a_third_party_says_nothing_of_one(house: House) -> None:
    await label(house)
    page = await (await house.browser(None)).get(f"/{LABEL_ID}")
    assert "third party" not in words_of(page)


def outdated() -> Walk:
    """A case in which all is there for a round, but the report is about evidence that was corrected since."""
    walked = walk(tier=Tier.CRITICAL, members=9, edition=4).to_evaluation().act("draw_third_party", SECRETARY)
    walked.act("declare_interests", THIRD_PARTY, has_interest=False)
    walked.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
    walked.reviewed(I_1_1_01=Verdict.NOT_MET).corrected("I-1.1-01").reviewed().recommended()
    return walked.act("record_hearing", SECRETARY, protocol=text("Protocol"))


async def test_after_a_correction_the_report_waits_for_its_author_again_and_a_new_one_is_handed_in(
    house: House,
) -> None:
    signs(house)
    await house.holds(outdated())
    secretary, browser = await house.browser(SECRETARY), await house.browser(THIRD_PARTY, "passkey")
    device = await has_passkey(house, THIRD_PARTY, Authenticator())
    assert code_of(await secretary.post(f"{API}/open-round", json={})) == "third_party_report_outdated"
    assert PAGE in (await browser.get("/commission")).text

    answer = await browser.post(HAND_IN, json={**REPORT, "proof": await proof_of(browser, device, REPORT)})
    assert answer.status_code == HTTPStatus.OK, answer.text
    assert PAGE not in (await browser.get("/commission")).text
    assert (await secretary.post(f"{API}/open-round", json={})).status_code == HTTPStatus.OK
