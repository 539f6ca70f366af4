"""Things of the record chosen by name: the first of what was searched for, and the one that was chosen before."""

import pytest

from certify.accounts import narrowing
from certify.web.matters.choices import LISTED_MAX
from schemas.events import ApplicationLodged
from schemas.label_number import format_number
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, Walk
from tests.label_walk import LABEL_ID
from tests.pages.complaints import filed
from tests.pages.conftest import House, words_of
from tests.pages.eyes import Eyes
from tests.pages.labels import label
from tests.pages.matters import sent
from tests.pages.test_scheme_proposals import adopted, handed_in, numbered
from tests.pages.test_ties import declares

HOLD = "/secretariat/holds/new/ask-hold"
CORRECTION = "/secretariat/corrections/new/propose-correction"
ERASURE = "/secretariat/erasures/new/ask-erasure"


async def many(house: House, count: int = LISTED_MAX + 5) -> None:
    """Put more applications on record than a select offers; the one lodged first is of another system."""
    for number in range(count):
        walk = Walk().to_intake()
        first = walk.events[0]
        assert isinstance(first, ApplicationLodged)
        system = first.lodged.system.model_copy(update={"name": "Gull Counter" if number == 0 else "Digit Reader"})
        lodged = first.lodged.model_copy(update={"system": system, "reference": f"A-{number}"})
        walk.events[0] = first.model_copy(update={"lodged": lodged})
        await house.holds(walk, f"case-{number}")


@pytest.mark.parametrize("page", [ERASURE, f"{HOLD}?about=case", f"{CORRECTION}?about=case"])
async def test_more_than_can_be_read_through_is_not_offered_and_is_found_by_words(house: House, page: str) -> None:
    await many(house)
    browser = await house.browser(SECRETARY)

    first = await browser.get(page)
    assert first.text.count("<option") == LISTED_MAX + 1
    assert ("Gull Counter" in words_of(first), "search for others" in words_of(first)) == (False, True)

    address, _, about = page.partition("?about=")
    name = {ERASURE: "case", HOLD: "held", CORRECTION: "stream"}[address]
    found = await sent(browser, address, step="change", about=about, reasons="It is over.",
                       **{f"find_{name}": "gull COUNT"})  # fmt: skip
    assert (found.status_code, found.text.count("<option")) == (200, 2)
    assert "Gull Counter 1.2.0, Acme Vision (A-0)" in words_of(found)
    assert "There is a problem" not in found.text
    assert (CORRECTION in page) or "It is over." in found.text


async def test_what_is_not_there_is_said_and_the_search_stays(house: House) -> None:
    await many(house, 1)
    found = await sent(await house.browser(SECRETARY), ERASURE, step="change", find_case="walrus")
    assert ("Nothing was found" in words_of(found), 'value="walrus"' in found.text) == (True, True)


async def test_the_application_that_a_link_named_is_offered_by_its_name_whatever_else_is_cut(house: House) -> None:
    await many(house)
    page = await (await house.browser(SECRETARY)).get(f"{ERASURE}?case=case-0")
    assert '<option value="case-0" selected>Gull Counter 1.2.0' in page.text


async def test_no_more_cases_are_read_than_are_offered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await many(house, LISTED_MAX * 2)
    read = []
    named = narrowing.case_name

    def counted(case: object) -> str:
        read.append(case)
        return named(case)  # type: ignore[arg-type]  # a case

    monkeypatch.setattr(narrowing, "case_name", counted)
    await (await house.browser(SECRETARY)).get(ERASURE)
    assert len(read) == LISTED_MAX + 1


async def test_a_case_that_somebody_may_not_know_of_is_not_offered(house: House) -> None:
    await house.holds(Walk(kept_away=("org-rival",)).to_planning())
    page = await (await house.browser(SECRETARY)).get(f"{HOLD}?about=case")
    assert 'value="case-1"' in page.text
    await declares(house, SECRETARY, "org-rival")
    assert 'value="case-1"' not in (await (await house.browser(SECRETARY)).get(f"{HOLD}?about=case")).text


@pytest.mark.parametrize(
    ("about", "value", "name"),
    [
        ("label", LABEL_ID, f"Digit Reader, Acme Vision ({format_number(LABEL_ID)})"),
        ("organisation", ORGANISATION, "Acme Vision (EE)"),
        ("person", APPLICANT.person, "(anna@example.org)"),
    ],
)
async def test_labels_organisations_and_people_are_held_by_their_names(
    house: House, about: str, value: str, name: str
) -> None:
    await label(house)
    page = await (await house.browser(SECRETARY)).get(f"{HOLD}?about={about}")
    assert (f'<option value="{value}">' in page.text, name.casefold() in words_of(page).casefold()) == (True, True)


async def test_the_kind_of_what_is_held_is_chosen_first(house: House) -> None:
    page = await (await house.browser(SECRETARY)).get(HOLD)
    assert f'href="{HOLD}?about=organisation"' in page.text
    assert "<form" not in page.text[page.text.index("<main") :]
    unchosen = await sent(await house.browser(SECRETARY), HOLD, reasons="A court.")
    assert (unchosen.status_code, 'id="about"' in unchosen.text) == (422, True)


async def test_an_entry_of_a_label_is_chosen_by_what_it_tells(house: House) -> None:
    await label(house)
    browser = await house.browser(SECRETARY)
    chosen = await sent(browser, CORRECTION, step="change", about="label", stream=f"label/{LABEL_ID}")
    assert f"Digit Reader, Acme Vision ({format_number(LABEL_ID)})" in words_of(chosen)
    assert '<option value="1">1. Label issued' in chosen.text
    assert (await sent(browser, CORRECTION, stream=f"label/{LABEL_ID}", number="1", text="Read so.")).status_code == 303


async def test_the_history_of_a_matter_leads_to_the_correction_of_its_entries(house: House) -> None:
    await label(house)
    complaint = await filed(house, LABEL_ID)
    for who, room in ((SECRETARY, "secretariat"), (MEMBERS[0], "commission")):
        browser = await house.browser(who)
        address = f"/{room}/corrections/new/propose-correction?stream=complaint/{complaint}"
        if who is SECRETARY:
            assert address in (await browser.get(f"/secretariat/complaints/{complaint}")).text
        address = f"/{room}/corrections/new/propose-correction?stream=label/{LABEL_ID}"
        assert address in (await browser.get(f"/{room}/labels/{LABEL_ID}")).text
        assert '<option value="1">' in (await browser.get(address)).text
    holder = await house.browser(APPLICANT)
    assert "propose-correction" not in (await holder.get(f"/applicant/labels/{LABEL_ID}")).text


async def test_an_entry_about_a_person_is_found_by_their_name_and_only_by_who_may_read_the_list(house: House) -> None:
    browser = await house.browser(SECRETARY)
    found = await sent(browser, CORRECTION, step="change", about="people", find_number="enzo")
    assert (found.text.count("<option"), "Person admitted" in words_of(found)) == (2, True)

    member = await house.browser(MEMBERS[0])
    page = await member.get("/commission/corrections/new/propose-correction?about=people")
    assert ("<option" in page.text, 'name="number"' in page.text) == (False, True)


async def test_a_version_is_chosen_by_its_name_until_it_was_adopted(house: House) -> None:
    page = "/secretariat/schemes/new/propose-scheme"
    browser = await house.browser(SECRETARY)
    assert (await browser.get(page)).text.count("<option") == 1
    made = await handed_in(house, numbered("9.9.1"))
    offered = await browser.get(page)
    assert (f'<option value="{made["digest"]}">' in offered.text, " 9.9.1 (" in words_of(offered)) == (True, True)
    await adopted(house, numbered("9.9.1"))
    assert made["digest"] not in (await browser.get(page)).text


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    await many(house)
    browser = await house.browser(SECRETARY)
    pages = [HOLD, f"{HOLD}?about=case", CORRECTION, f"{CORRECTION}?about=case", f"{CORRECTION}?stream=case/case-1"]
    for address in [*pages, "/secretariat/schemes/new/propose-scheme"]:
        for language in ("en", "ru"):
            found = await eyes.complaints(await browser.get(address, params={"lang": language}))
            assert not found, (address, language)
