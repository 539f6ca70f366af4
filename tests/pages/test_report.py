"""What anybody does without an account: report a problem, follow it by its code, answer a question about it."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from certify.accounts import complainants
from certify.procedure.matters import vault_key
from certify.register import matters, streams
from schemas.complaint import Complaint
from schemas.errors import Unavailable
from schemas.identifiers import PUBLIC
from schemas.label_number import format_number
from schemas.tracking_code import format_code, matter_behind, parse_code
from tests.builders import SECRETARY
from tests.pages.complaints import HANDLER, decided, decider_after, followed, handled, reported, with_label
from tests.pages.conftest import Eyes, FakeSending, House, hidden_in, words_of
from tests.pages.matters import sent

STRANGE = "7Q2MXK4T0B9DHE3W"
FAR = {"User-Agent": "Canary/7", "X-Forwarded-For": "203.0.113.77", "Accept-Language": "en"}


async def code_of(answer: httpx2.Response) -> str:
    """The code on the page that a report leads to."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def complaint(house: House, code: str) -> Complaint:
    async with house.services.database.reading() as session:
        return await matters.get(session, Complaint, "complaint", matter_behind(code))


async def test_anybody_reports_a_label_from_its_page_and_gets_a_code_at_once(house: House) -> None:
    _, label = await with_label(house)
    browser = await house.browser(None)
    form = await browser.get(f"/report/{label}")
    answer = await reported(browser, label, life_at_risk="yes")
    page = await browser.get(answer.headers["location"])
    code = await code_of(answer)
    kept = await complaint(house, code)

    assert "Digit Reader" in words_of(form)
    assert f"Your tracking code {format_code(code)}" in words_of(page)
    assert (kept.label, kept.is_known, kept.life_at_risk, kept.opened_by) == (label, True, True, PUBLIC)
    assert "set-cookie" not in {*form.headers, *answer.headers, *page.headers}
    assert "<script" not in form.text + page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


async def test_a_report_of_a_label_that_nobody_issued_is_taken(house: House) -> None:
    browser = await house.browser(None)
    kept = await complaint(house, await code_of(await reported(browser, STRANGE, about="misuse")))
    assert (kept.label, kept.is_known) == (STRANGE, False)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"about": ""}, "Say what it is about."),
        ({"text": " "}, "Describe what happened."),
        ({"about": "label"}, "Type the number of the label"),
        ({"number": "7Q2M"}, "No label has this number as it is typed"),
        ({"contact": "x" * 201}, "Write at most 200 characters."),
        ({"text": "x" * 10_001}, "A text takes at most 10000 characters"),
        ({"text": "x" * 50_000}, "This is not what the form sends"),
        ({"about": "everything"}, "This is not what the form sends"),
        ({"contact": "a\x00b"}, "This is not what the form sends"),
    ],
)
async def test_what_is_missing_or_wrong_comes_back_with_what_was_typed(
    house: House, typed: dict[str, str], asked: str
) -> None:
    answer = await reported(await house.browser(None), **{"text": "My own words.", **typed})

    assert answer.status_code == 422
    assert asked in words_of(answer)
    assert typed.get("text", "My own words.").strip() in answer.text


async def test_a_double_click_reports_once_and_another_form_again(house: House) -> None:
    browser = await house.browser(None)
    form = {**hidden_in(await browser.get("/report")), "about": "body", "text": "Slow."}
    codes = {await code_of(await browser.post("/report", data=form)) for _ in range(2)}
    other = await code_of(await reported(browser))

    assert len(codes) == 1
    assert other not in codes


async def test_nobody_chooses_the_code_by_a_secret_that_can_be_guessed(house: House) -> None:
    browser = await house.browser(None)
    form = {"about": "body", "text": "Slow.", "secret": "short"}
    codes = {await code_of(await browser.post("/report", data=form)) for _ in range(2)}
    assert len(codes) == 2


async def test_a_body_that_is_no_form_of_ours_or_too_long_is_refused(house: House) -> None:
    browser = await house.browser(None)
    long = await browser.post("/report", data={"about": "body", "text": "x" * 200_000})
    many = await browser.post("/report", content="&".join(f"a{place}=1" for place in range(50)))
    binary = await browser.post("/report", content=b"\xff\xfe")

    assert (long.status_code, many.status_code, binary.status_code) == (413, 422, 422)


async def test_a_flood_about_one_label_is_held_off_and_others_are_heard(house: House) -> None:
    browser = await house.browser(None)
    statuses = [(await reported(browser, STRANGE, text=f"Number {place}")).status_code for place in range(7)]
    other = await reported(browser)

    assert statuses[:5] == [303] * 5
    assert 429 in statuses[5:]  # a run that crosses a full minute has room for more
    assert other.status_code == 303


async def test_nothing_that_tells_who_or_at_which_minute_is_kept(house: House) -> None:
    browser, sending = await house.browser(None), house.services.procedure.matters._sending
    assert isinstance(sending, FakeSending)
    sending.now = datetime.now(UTC).replace(hour=14, minute=37)
    browser.headers.update(FAR)
    code = await code_of(await reported(browser, text="Nobody knows me.", contact="ask@me.example"))
    async with house.services.database.reading() as session:
        entries = await streams.entries_with_bodies(session, f"complaint/{matter_behind(code)}")
        assert await complainants.find(session, matter_behind(code)) == "ask@me.example"
    written = json.dumps([body for _, body in entries]) + "".join(str(row.content) for row, _ in entries)
    folder = house.services.settings.data
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    assert b"Canary/7" not in everything
    assert b"203.0.113.77" not in everything
    assert "ask@me.example" not in written
    assert "Nobody knows me." not in written
    shown = (await browser.get(f"/complaint/{code}")).text
    staff = (await (await house.browser(SECRETARY)).get(f"/secretariat/complaints/{matter_behind(code)}")).text
    reading = await (await house.browser(SECRETARY)).get(f"/api/complaints/{matter_behind(code)}")
    assert "14:37" in written
    assert [text for text in (shown, staff, reading.text) if "14:37" in text] == []


@pytest.mark.parametrize("typed", ["{}", "{} ", " {}"])
async def test_a_code_is_typed_in_any_way_and_leads_to_its_page(house: House, typed: str) -> None:
    code = await followed(house)
    browser = await house.browser(None)
    written = format_code(code).lower().replace("0", "o")
    answer = await browser.get("/complaint", params={"code": typed.format(written)})

    assert (answer.status_code, answer.headers["location"]) == (303, f"/complaint/{code}")


async def test_a_code_nobody_has_and_a_mistyped_one_lead_back_to_the_field(house: House) -> None:
    browser = await house.browser(None)
    unknown, mistyped = await browser.get(f"/complaint/{STRANGE}"), await browser.get("/complaint/7Q2M")
    posted = await browser.post(f"/complaint/{STRANGE}", data={"number": "1", "answer": "Mine."})

    assert (unknown.status_code, mistyped.status_code, posted.status_code) == (404, 422, 404)
    assert "No complaint has this tracking code." in words_of(unknown)
    assert "four groups of four" in words_of(mistyped)


async def test_the_status_page_tells_state_and_outcome_and_nothing_private(house: House) -> None:
    walked, label = await with_label(house)
    code, browser = await followed(house, label, contact="ask@me.example"), await house.browser(None)
    states = [words_of(await browser.get(f"/complaint/{code}"))]
    await handled(house, matter_behind(code))
    states.append(words_of(await browser.get(f"/complaint/{code}")))
    await decided(house, matter_behind(code), decider_after(walked))
    states.append(words_of(await browser.get(f"/complaint/{code}")))

    assert "Received Tracking code" in states[0]
    assert "Being looked into" in states[1]
    assert "Not upheld The page says it reads none." in states[2]
    private = (
        "sevens",
        "It reads none.",
        "limits are stated",
        "ask@me.example",
        "Enzo",
        "Member",
        format_number(label),
    )
    assert [words for words in private for state in states if words in state] == []


async def asked(house: House, code: str) -> None:
    matter = matter_behind(code)
    named = f"/secretariat/complaints/{matter}/assign-handler"
    await sent(await house.browser(SECRETARY), named, handler=HANDLER.person)
    browser, room = await house.browser(HANDLER), f"/reviewer/complaints/{matter}"
    await sent(browser, f"{room}/declare-matter-interests", has_interest="no")
    answer = await sent(browser, f"{room}/ask-complainant", question="In which shop?")
    assert answer.status_code == 303, answer.text


async def test_the_complainant_answers_a_question_once_by_the_code(house: House) -> None:
    code, browser = await followed(house), await house.browser(None)
    await asked(house, code)
    page = await browser.get(f"/complaint/{code}")
    empty = await browser.post(f"/complaint/{code}", data={**hidden_in(page), "answer": " "})
    done = await browser.post(f"/complaint/{code}", data={**hidden_in(page), "answer": "On the corner."})
    late = await browser.post(f"/complaint/{code}", data={**hidden_in(page), "answer": "No, elsewhere."})
    after = await browser.get(done.headers["location"])
    answered = (await complaint(house, code)).questions[0]

    assert "A question for you In which shop?" in words_of(page)
    assert (empty.status_code, done.status_code, late.status_code) == (422, 303, 409)
    assert "No, elsewhere." in words_of(late)
    assert "Your answer was received." in words_of(after)
    assert answered.answer is not None
    key = vault_key("complaint", matter_behind(code))
    assert await house.services.vault.text(key, answered.answer) == "On the corner."


@pytest.mark.parametrize("number", ["", "x", "99", "7" * 50, "2"])
async def test_an_answer_to_nothing_that_was_asked_is_refused(house: House, number: str) -> None:
    code, browser = await followed(house), await house.browser(None)
    await asked(house, code)
    answer = await browser.post(f"/complaint/{code}", data={"number": number, "answer": "Here."})
    assert answer.status_code in {409, 422}
    assert (await complaint(house, code)).questions[0].answer is None


async def test_a_report_that_the_record_does_not_hold_yet_has_its_code_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: Any) -> None:
        return None

    monkeypatch.setattr(house.services.procedure.matters._sending, "recorded", never)
    answer = await reported(await house.browser(None))
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]", words_of(answer))

    assert answer.status_code == 202
    assert found is not None
    assert (await complaint(house, parse_code(found[0]))).about == "body"


async def test_while_no_act_is_taken_nothing_typed_is_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise Unavailable("procedure_unreachable", "The procedure cannot take acts now; please send this again.")

    monkeypatch.setattr(house.services.procedure.matters._sending, "to_new", away)
    answer = await reported(await house.browser(None), text="Word for word.")
    assert answer.status_code == 503
    assert "Word for word." in answer.text


async def test_another_site_cannot_send_a_report_with_somebodys_cookies(house: House) -> None:
    browser = await house.browser(SECRETARY)
    answer = await browser.post("/report", data={"about": "body"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    walked, label = await with_label(house)
    browser, code, other = (
        await house.browser(None),
        await followed(house, label),
        await followed(house, secret="t" * 40),
    )
    await asked(house, code)
    await handled(house, matter_behind(other))
    await decided(house, matter_behind(other), decider_after(walked))
    for language in ("en", "ru"):
        for address in (f"/report/{label}", "/report", f"/complaint/{code}", f"/complaint/{other}", "/complaint"):
            found = await eyes.complaints(await browser.get(f"{address}?lang={language}"))
            assert not found, (address, language)
    assert not await eyes.complaints(await reported(browser, about=""))
    assert not await eyes.complaints(await browser.get(f"/complaint/{code}?filed"))
