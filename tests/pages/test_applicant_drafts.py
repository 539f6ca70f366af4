"""Writing and lodging an application in a browser."""

import pytest

from schemas.scheme import Tier
from tests.builders import scheme
from tests.pages.applicant import CRITERION, DRAFT, ROOM, SECTIONS, SYSTEM, begun, sent
from tests.pages.conftest import Eyes, House, words_of


@pytest.mark.parametrize(
    ("reference", "why"),
    [("", "Enter a reference."), ("a b", "1 to 64 letters"), ("A-1", "under this reference before")],
)
async def test_a_reference_that_cannot_be_used_is_refused_and_kept(house: House, reference: str, why: str) -> None:
    browser = await begun(house, **SECTIONS)
    await sent(browser, f"{DRAFT}/check")
    used = "digit-reader-1.2.0" if reference == "A-1" else reference

    page = await browser.post(f"{ROOM}/drafts", data={"reference": used})

    assert page.status_code == 422
    assert why in words_of(page)
    assert f'value="{used}"' in page.text or not used


async def test_a_draft_is_saved_however_incomplete_and_resumed(house: House) -> None:
    browser = await begun(house, system={"name": "Digit Reader", "purpose": "Reads <digits>."})

    tasks = words_of(await browser.get(DRAFT))
    form = await browser.get(f"{DRAFT}/system")

    assert "The system In progress" in tasks
    assert "Risk questionnaire Not started" in tasks
    assert 'value="Digit Reader"' in form.text
    assert "Reads &lt;digits&gt;." in form.text
    assert "There is a problem" not in form.text


async def test_beginning_again_under_a_reference_goes_on_with_its_draft(house: House) -> None:
    browser = await begun(house, system=SYSTEM)

    again = await browser.post(f"{ROOM}/drafts", data={"reference": "digit-reader-1.2.0"})

    assert again.headers["location"] == DRAFT
    assert "On one laptop." in (await browser.get(f"{DRAFT}/system")).text


async def test_what_is_malformed_is_said_beside_its_field(house: House) -> None:
    browser = await begun(house, system={**SYSTEM, "label_name": "Ц" * 40})

    words = words_of(await browser.get(f"{DRAFT}/system"))

    assert "Name on the label: Together with the version this is too long: a label has room for 55 Latin" in words


async def test_each_mistake_in_a_draft_is_said_once_in_the_language_of_its_reader(house: House) -> None:
    wrong = {**SYSTEM, "languages": "English, английский", "websites": "https://a.example, https://b.example"}
    browser = await begun(house, **{**SECTIONS, "system": wrong})
    browser.headers["Accept-Language"] = "ru"

    page = await browser.get(f"{DRAFT}/check")

    assert "осталось 2 действия" in words_of(page)
    assert words_of(page).count("Указывайте каждый язык кодом") == 1
    assert words_of(page).count("Укажите только имя сайта") == 1
    assert "BCP 47" not in page.text


async def test_languages_without_one_are_said_to_be_missing(house: House) -> None:
    browser = await begun(house, system={**SYSTEM, "languages": ","})

    words = words_of(await browser.get(f"{DRAFT}/system"))

    assert "Languages: This is missing." in words
    assert "Tuple" not in words


async def test_fees_are_shown_before_the_first_question(house: House) -> None:
    browser = await begun(house)

    words = words_of(await browser.get(f"{DRAFT}/questions"))

    assert words.index("costs nothing") < words.index("In which area are the results of the system used?")
    assert words.count("I do not know (counts as the worst)") == len(scheme().rules.questions)


async def test_an_application_begins_with_what_it_costs_and_the_way_to_the_self_check(house: House) -> None:
    browser = await begun(house)

    for page in (await browser.get(f"{ROOM}/drafts"), await browser.post(f"{ROOM}/drafts", data={"reference": ""})):
        words = words_of(page)
        assert words.index("Certification costs nothing, in any risk tier.") < words.index("Your reference")
        assert 'href="/self-check"' in page.text


async def test_a_question_left_open_counts_as_the_worst_until_it_is_answered(house: House) -> None:
    browser = await begun(house)
    before = words_of(await browser.get(f"{DRAFT}/check"))

    await browser.post(f"{DRAFT}/questions", data=SECTIONS["questions"])
    await browser.post(f"{DRAFT}/gates", data=SECTIONS["gates"])

    assert "Risk tier Critical risk" in before
    assert "Risk tier Low risk" in words_of(await browser.get(f"{DRAFT}/check"))


async def test_a_reason_why_a_requirement_does_not_apply_is_added_and_taken_back(house: House) -> None:
    browser = await begun(house)
    typed = {"criterion": CRITERION, "reason": "Nobody is affected.", "step": "add"}

    await browser.post(f"{DRAFT}/requirements", data=typed)
    added = words_of(await browser.get(f"{DRAFT}/check"))
    await browser.post(f"{DRAFT}/requirements", data={f"not-applicable-{CRITERION}": ""})
    removed = words_of(await browser.get(f"{DRAFT}/check"))

    assert "Nobody is affected." in added
    assert "Nobody is affected." not in removed


async def test_an_application_is_lodged_from_the_forms_and_its_draft_is_gone(house: House) -> None:
    browser = await begun(house, **SECTIONS)
    ready = words_of(await browser.get(DRAFT))

    lodged = await sent(browser, f"{DRAFT}/check")
    page = await browser.get(lodged.headers["location"])

    assert "6 of 6 sections are complete" in ready
    assert lodged.status_code == 303
    assert "Application lodged" in words_of(page)
    assert "What happens next" in words_of(page)
    assert (await browser.get(DRAFT)).status_code == 404
    case = await house.case(lodged.headers["location"].split("/")[2].partition("?")[0])
    assert case.tier == Tier.LOW
    assert case.lodged.system.languages == ("en", "ru")
    assert case.lodged.organisation_name == "Acme Vision"
    assert case.lodged.statements == {"groups_people": 0}


async def test_websites_are_asked_for_kept_in_one_spelling_and_may_be_left_out(house: House) -> None:
    browser = await begun(house, **{**SECTIONS, "system": {**SYSTEM, "websites": "https://acme.example"}})
    wrong = words_of(await browser.get(f"{DRAFT}/system"))
    await browser.post(f"{DRAFT}/system", data={**SYSTEM, "websites": "ACME.example, shop.acme.example"})

    lodged = await sent(browser, f"{DRAFT}/check")

    assert "Write only the name of a website, such as example.org" in wrong
    case = await house.case(lodged.headers["location"].split("/")[2].partition("?")[0])
    assert case.lodged.system.websites == ("acme.example", "shop.acme.example")
    page = words_of(await browser.get(lodged.headers["location"]))
    assert "Websites that show the label acme.example, shop.acme.example" in page


async def test_what_is_missing_is_named_with_a_link_and_nothing_typed_is_lost(house: House) -> None:
    browser = await begun(
        house, **{**SECTIONS, "system": {**SYSTEM, "purpose": ""}, "agreement": {"signed_by": "Jaan"}}
    )

    refused = await sent(browser, f"{DRAFT}/check")

    assert refused.status_code == 422
    assert "The application was not lodged" in words_of(refused)
    assert f'href="{DRAFT}/system#purpose">Not provided: Purpose' in refused.text
    assert f'href="{DRAFT}/agreement#accepted">Not provided: Agreement accepted' in refused.text
    assert "Purpose Not provided" in words_of(refused)
    assert "Jaan" in (await browser.get(f"{DRAFT}/agreement")).text
    assert "On one laptop." in (await browser.get(f"{DRAFT}/system")).text


async def test_a_refusal_by_the_rules_keeps_the_draft(house: House) -> None:
    browser = await begun(house, **{**SECTIONS, "gates": {**SECTIONS["gates"], "G2": "unknown"}})

    refused = await sent(browser, f"{DRAFT}/check")

    assert refused.status_code == 422
    assert "gate_unanswered" in refused.text
    assert f'href="{DRAFT}/gates#main-content">These gates need an answer: G2.' in refused.text
    assert "On one laptop." in (await browser.get(f"{DRAFT}/system")).text


async def test_a_draft_is_discarded_only_after_asking(house: House) -> None:
    browser = await begun(house, system=SYSTEM)

    assert "Discard this draft?" in words_of(await browser.get(f"{DRAFT}/discard"))
    assert (await browser.get(DRAFT)).status_code == 200
    await browser.post(f"{DRAFT}/discard")

    assert (await browser.get(DRAFT)).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_in_a_draft(house: House, eyes: Eyes, width: int) -> None:
    browser = await begun(house, **{**SECTIONS, "system": {**SYSTEM, "label_name": "Ц" * 40}})
    paths = [DRAFT, f"{DRAFT}/check", f"{DRAFT}/discard", f"{ROOM}/drafts", *(f"{DRAFT}/{one}" for one in SECTIONS)]
    refused = await sent(browser, f"{DRAFT}/check")

    pages = [refused, *[await browser.get(path) for path in paths]]

    assert [page.status_code for page in pages] == [422, *[200] * len(paths)]
    assert [await eyes.complaints(page, width) for page in pages] == [""] * len(pages)
