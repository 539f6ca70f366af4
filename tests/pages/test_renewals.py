"""Renewing a label in a browser: begun from the label's page, lodged, asked for (procedure, Life of a label)."""

from datetime import timedelta

import httpx2
import pytest

from schemas.label_events import LabelProlonged
from tests.builders import APPLICANT, SECRETARY, Walk
from tests.label_walk import ENGINE_ITSELF, LABEL_ID, NEW_LABEL, LabelWalk
from tests.pages.applicant import ROOM, SECTIONS, SYSTEM, sent
from tests.pages.conftest import STRANGER, Eyes, House, words_of
from tests.pages.labels import label, read, save
from tests.unit.workflows.rules.label.test_label_renewal import new_label
from workflows.rules.label.renewal import window_of

NUMBER = "0123-4567-89AB-CDEF"
OWN = f"{ROOM}/labels/{LABEL_ID}"
START = f"{ROOM}/drafts?renews={LABEL_ID}"
DRAFT = f"{ROOM}/drafts/second"
LINK = "Start the application that renews this label"


async def in_window(house: House) -> LabelWalk:
    """A label on record, at a moment at which its renewal can be asked for."""
    walk = await label(house)
    now = walk.state.expires_at - timedelta(days=100)
    await save(house, walk.kept_until(now))
    house.services.procedure.matters._sending.now = now  # type: ignore[attr-defined]  # the way without Temporal
    return walk


async def begun(house: House, **sections: dict[str, object]) -> httpx2.AsyncClient:
    """Begin the renewal as its holder does, and save these sections."""
    browser = await house.browser(APPLICANT)
    started = await browser.post(f"{ROOM}/drafts", data={"reference": "second", "renews": LABEL_ID})
    assert (started.status_code, started.headers.get("location")) == (303, DRAFT), words_of(started)
    for section, typed in sections.items():
        assert (await browser.post(f"{DRAFT}/{section}", data=typed)).status_code == 303
    return browser


async def test_a_holder_renews_a_label_from_its_page_to_the_renewal_asked_for(house: House) -> None:
    await in_window(house)
    browser = await house.browser(APPLICANT)
    shown = await browser.get(OWN)
    start = await browser.get(START)
    browser = await begun(house, **{**SECTIONS, "system": {**SYSTEM, "renews": LABEL_ID}})

    check = await browser.get(f"{DRAFT}/check")
    lodged = await sent(browser, f"{DRAFT}/check")
    case = await browser.get(lodged.headers["location"])
    application = lodged.headers["location"].split("/")[2].partition("?")[0]
    asked = await sent(browser, f"{OWN}/ask-renewal", new_application=application)

    assert f'href="{START}">{LINK}' in shown.text
    assert f'value="{LABEL_ID}" selected' in start.text
    assert f"Label that this renews {NUMBER}" in words_of(check)
    assert (await house.case(application)).lodged.renews == LABEL_ID
    assert f"This application renews label {NUMBER}" in words_of(case)
    assert f'href="{OWN}/ask-renewal">Ask for the renewal' in case.text
    assert asked.status_code == 303, words_of(asked)
    assert (await read(house, APPLICANT))["facts"]["renewal"]["application"] == application
    assert LINK not in words_of(await browser.get(OWN))
    assert "A renewal was asked for before." in words_of(await browser.get(f"{ROOM}/{application}"))


async def test_the_renewal_begins_with_the_system_as_the_label_has_it_and_no_answer_of_before(house: House) -> None:
    walk = await label(house, websites=("acme.example",))
    system = (await house.case(walk.state.application)).lodged.system
    browser = await begun(house)

    form = await browser.get(f"{DRAFT}/system")

    for typed in (system.name, system.label_name, system.version, system.purpose, system.deployment, "acme.example"):
        assert typed in form.text
    assert f'value="{LABEL_ID}" selected' in form.text
    tasks = words_of(await browser.get(DRAFT))
    assert "Risk questionnaire Not started" in tasks
    assert "Certification agreement Not started" in tasks


async def test_an_application_renews_nothing_unless_its_writer_says_so(house: House) -> None:
    await label(house)
    browser = await house.browser(APPLICANT)
    begin = await browser.get(f"{ROOM}/drafts")
    await browser.post(f"{ROOM}/drafts", data={"reference": "second"})

    form = await browser.get(f"{DRAFT}/system")

    for page in (begin, form):
        assert f'<option value="{LABEL_ID}">' in page.text
        assert f'value="{LABEL_ID}" selected' not in page.text
    assert "Label that this renews None: a first certification" in words_of(await browser.get(f"{DRAFT}/check"))


async def test_whoever_holds_no_label_is_not_asked_which_one_is_renewed(house: House) -> None:
    await label(house)
    browser = await house.browser(STRANGER)
    begin = await browser.get(START)
    await browser.post(f"{ROOM}/drafts", data={"reference": "second"})

    pages = [begin, *[await browser.get(f"{DRAFT}/{part}") for part in ("system", "check")]]

    assert ["renew" in words_of(page) for page in pages] == [False] * 3
    assert NUMBER not in "".join(page.text for page in pages)


@pytest.mark.parametrize("renews", [LABEL_ID, NEW_LABEL, "no label"])
async def test_a_label_of_another_is_not_renewed_and_what_was_typed_stays(house: House, renews: str) -> None:
    await label(house)
    browser = await house.browser(STRANGER)

    refused = await browser.post(f"{ROOM}/drafts", data={"reference": "second", "renews": renews})
    await browser.post(f"{ROOM}/drafts", data={"reference": "second"})
    await browser.post(f"{DRAFT}/system", data={**SYSTEM, "renews": renews})
    form = await browser.get(f"{DRAFT}/system")
    check = await sent(browser, f"{DRAFT}/check")

    assert (refused.status_code, "Choose a label of yours that can be renewed." in words_of(refused)) == (422, True)
    assert 'value="second"' in refused.text
    assert "Label that this renews: choose a label of yours that can be renewed" in words_of(form)
    assert check.status_code == 422
    assert "Label that this renews: choose a label of yours that can be renewed" in words_of(check)
    assert "On one laptop." in form.text


async def test_a_renewal_is_not_begun_over_another_draft(house: House) -> None:
    await label(house)
    browser = await house.browser(APPLICANT)
    await browser.post(f"{ROOM}/drafts", data={"reference": "second"})

    refused = await browser.post(f"{ROOM}/drafts", data={"reference": "second", "renews": LABEL_ID})

    assert refused.status_code == 422
    assert "You have a draft under this reference; give the renewal another one." in words_of(refused)
    assert f'value="{LABEL_ID}" selected' in refused.text


@pytest.mark.parametrize("ending", ["end_label", "supersede"])
async def test_a_label_that_was_ended_or_replaced_is_offered_no_renewal(house: House, ending: str) -> None:
    walk = await label(house)
    if ending == "end_label":
        walk.act("end_label", APPLICANT)
    else:
        walk.act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
    await save(house, walk)
    browser = await house.browser(APPLICANT)

    assert LINK not in words_of(await browser.get(OWN))
    assert "renew" not in words_of(await browser.get(START))


async def test_a_label_whose_term_is_over_can_still_be_named(house: House) -> None:
    await label(house, days_ago=400)

    assert f'value="{LABEL_ID}" selected' in (await (await house.browser(APPLICANT)).get(START)).text


async def test_before_anything_is_lodged_the_page_of_the_renewal_leads_to_the_application(house: House) -> None:
    walk = await label(house)
    browser = await house.browser(APPLICANT)
    await house.holds(Walk(reference="A-2").to_intake(), "case-2")

    page = await browser.get(f"{OWN}/ask-renewal")

    opens = walk.state.expires_at - timedelta(days=120)
    assert "None of yours names it yet." in words_of(page)
    assert f'href="{START}"' in page.text
    assert str(opens.year) in words_of(page)
    assert "case-2" not in page.text


async def test_too_early_a_renewal_is_refused_and_the_application_stays_chosen(house: House) -> None:
    await label(house)
    await house.holds(Walk(renews=LABEL_ID, reference="A-2").to_intake(), "case-2")
    browser = await house.browser(APPLICANT)

    refused = await sent(browser, f"{OWN}/ask-renewal", new_application="case-2")
    nothing = await browser.post(f"{OWN}/ask-renewal", data={})

    assert refused.status_code == 409
    assert "window_not_open" in refused.text
    assert 'value="case-2" checked' in refused.text
    assert (nothing.status_code, "Choose the application." in words_of(nothing)) == (422, True)


async def test_a_prolongation_is_renewed_by_the_label_that_it_carries_on(house: House) -> None:
    walk = (await label(house)).renewal_asked()
    walk.kept_until(window_of(walk.state, walk.rules)[1])
    walk.act("put_prolongation_to_vote", SECRETARY, days=90).carried()
    await save(house, walk.take((LabelProlonged(at=walk.now, actor="engine", label=new_label(walk)),)))
    start = await (await house.browser(APPLICANT)).get(START)

    assert f'value="{LABEL_ID}" selected' in start.text
    assert f'value="{NEW_LABEL}"' not in start.text


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_the_pages_of_a_renewal_are_accessible_in_both_languages(
    house: House, eyes: Eyes, language: str, width: int
) -> None:
    await label(house)
    browser = await house.browser(APPLICANT)
    empty = await browser.get(f"{OWN}/ask-renewal?lang={language}")
    await house.holds(Walk(renews=LABEL_ID, reference="A-2").to_intake(), "case-2")
    await begun(house)
    paths = (OWN, START, f"{DRAFT}/system", f"{DRAFT}/check", f"{OWN}/ask-renewal", f"{ROOM}/case-2")
    seen = [empty, *[await browser.get(f"{one}{'&' if '?' in one else '?'}lang={language}") for one in paths]]

    assert [page.status_code for page in seen] == [200] * len(seen)
    assert [await eyes.complaints(page, width) for page in seen] == [""] * len(seen)
