"""Where work begins: what waits in cases and in matters alike, and who waits for whom."""

from datetime import UTC, datetime, timedelta

import pytest

from certify.procedure.lodging import EDITION
from certify.procedure.matters import vault_key
from certify.web.secretariat.pages import MATTERS
from certify.web.secretariat.waited_for import waited_for
from schemas.evidence import TextRef
from schemas.people import PersonFacts
from schemas.scheme import Tier
from tests.builders import APPLICANT, LABEL_OFFICER, MEMBERS, SECRETARY
from tests.pages.complaints import HANDLER, filed, with_label
from tests.pages.conftest import AUDITOR, IMPARTIAL, STRANGER, House, walk, words_of
from tests.pages.eyes import Eyes
from tests.pages.labels import do, handed_in, label
from tests.pages.matters import sent
from tests.pages.test_api_questions import ask
from tests.pages.test_api_waiting import INCIDENT
from tests.pages.test_legal_holds import held

NOTHING = "Nothing waits for you now."
WAITING = "/secretariat/waiting"


async def start(house: House, who: PersonFacts, address: str) -> str:
    page = await (await house.browser(who)).get(address)
    assert page.status_code == 200, page.text
    return words_of(page)


async def test_a_complaint_that_nobody_handles_waits_where_the_secretariats_work_begins(house: House) -> None:
    assert NOTHING in await start(house, SECRETARY, "/secretariat")
    complaint = await filed(house)

    page = await (await house.browser(SECRETARY)).get("/secretariat")

    words = words_of(page)
    assert "Waiting for you Name who handles it" in words
    assert "Complaints waiting for you: 1" in words
    assert "due by" in words
    assert f'href="/secretariat/complaints/{complaint}"' in page.text
    assert NOTHING not in words


async def test_whoever_handles_a_complaint_finds_it_where_their_reviews_begin(house: House) -> None:
    complaint = await filed(house)
    secretary = await house.browser(SECRETARY)
    named = await sent(secretary, f"/secretariat/complaints/{complaint}/assign-handler", handler=HANDLER.person)
    assert named.status_code == 303, named.text

    words = await start(house, HANDLER, "/reviewer")

    assert "Complaints you handle waiting for you: 1" in words
    assert "due by" in words
    assert NOTHING not in words
    assert "Name who handles it" not in await start(house, SECRETARY, "/secretariat")


async def test_a_surveillance_waits_for_the_holder_where_their_applications_begin(house: House) -> None:
    await label(house, Tier.CRITICAL)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)

    words = await start(house, APPLICANT, "/applicant")

    assert "My labels waiting for you: 1" in words
    assert "Digit Reader 1.2.0, Acme Vision" in words
    assert NOTHING not in words
    assert NOTHING in await start(house, STRANGER, "/applicant")
    await handed_in(house)
    assert "My labels waiting" not in await start(house, APPLICANT, "/applicant")


async def test_a_hold_waits_for_the_second_person_where_the_commissions_work_begins(house: House) -> None:
    await house.holds(walk().to_intake())
    await held(house)

    assert "Legal holds waiting for you: 1" in await start(house, LABEL_OFFICER, "/commission")


async def test_what_waits_with_a_date_stands_above_what_has_none(house: House) -> None:
    complaint = await filed(house)
    await house.holds(walk(edition=EDITION).to_intake())

    page = (await (await house.browser(SECRETARY)).get("/secretariat")).text

    first, second = page.index('href="/secretariat/case-1"'), page.index(f'href="/secretariat/complaints/{complaint}"')
    assert (first < second) == (await due_first(house) == "applications")


async def due_first(house: House) -> str:
    lines = (await (await house.browser(SECRETARY)).get("/api/waiting")).json()
    return str(lines[0]["collection"])


@pytest.mark.parametrize("who", [SECRETARY, AUDITOR, IMPARTIAL], ids=lambda one: one.person)
async def test_who_waits_for_whom_shows_what_the_api_tells(house: House, who: PersonFacts) -> None:
    await label(house, Tier.CRITICAL)
    await do(house, SECRETARY, "open-extraordinary-surveillance", **INCIDENT)
    await house.holds(walk(edition=EDITION, reference="A-2").to_planning(), "case-2")
    await filed(house)
    browser = await house.browser(who)
    lines = (await browser.get("/api/waiting")).json()

    page = await browser.get(WAITING)

    assert page.status_code == 200, page.text
    assert page.text.count("<strong>waits for ") == len(lines)
    if who == SECRETARY:
        assert "waits for the holder of the label" in page.text
        assert 'href="/secretariat/case-2"' in page.text


async def test_what_is_overdue_is_marked_and_stands_at_the_top(house: House) -> None:
    await filed(house)
    await house.holds(walk(edition=EDITION, reference="A-2").to_planning(), "case-2")
    assert "Application · A-2 · Planning · Plan of evaluation due" in await start(house, SECRETARY, WAITING)

    later = datetime.now(UTC) + timedelta(days=20)
    lines = await waited_for(house.services, house.principal(SECRETARY), MATTERS, "en", later)

    assert [(one.title, one.is_overdue) for one in lines] == [("Application", True), ("Complaints", False)]


@pytest.mark.parametrize("who", [APPLICANT, HANDLER, MEMBERS[0]], ids=lambda one: one.person)
async def test_the_secretariats_page_of_who_waits_is_for_nobody_else(house: House, who: PersonFacts) -> None:
    assert (await (await house.browser(who)).get(WAITING)).status_code == 403


async def test_the_board_tells_by_when_a_recommendation_is_due(house: House) -> None:
    await house.holds(walk(edition=EDITION).to_recommendation())

    words = await start(house, SECRETARY, "/secretariat")

    assert "due by" in words.split("All cases by stage")[1]


async def test_axe_finds_nothing_to_complain_of_where_matters_wait(house: House, eyes: Eyes) -> None:
    await with_label(house)
    await filed(house)
    browser = await house.browser(SECRETARY)
    for address in ("/secretariat", "/secretariat?lang=ru", WAITING, f"{WAITING}?lang=ru"):
        page = await browser.get(address)
        assert await eyes.complaints(page) == ""


async def test_lists_read_of_the_texts_only_those_that_something_is_called_by(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filed(house)
    question = await ask(house)
    browser, read = await house.browser(SECRETARY), set[str]()
    unsealed = house.services.vault.text

    async def text(case: str, ref: TextRef) -> str:
        read.add(case)
        return await unsealed(case, ref)

    monkeypatch.setattr(house.services.vault, "text", text)

    for address in ("/secretariat", WAITING, "/secretariat/complaints", "/secretariat/questions"):
        page = await browser.get(address)
        assert page.status_code == 200, page.text
    assert read == {vault_key("question", question)}
