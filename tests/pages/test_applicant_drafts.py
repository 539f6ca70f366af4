"""Writing and lodging an application in a browser."""

import pytest

from schemas.people import Role
from schemas.record_events import ParticipantEntered
from schemas.scheme import Tier
from tests.builders import APPLICANT, ORGANISATION, START, person, scheme
from tests.pages.applicant import CRITERION, DRAFT, ROOM, SECTIONS, SYSTEM, begun, sent
from tests.pages.conftest import STRANGER, Eyes, House, keep, words_of
from tests.pages.entries import HARBOUR, employ, propose
from tests.pages.test_api_organisations import JOINING, do

JOIN = f"{ROOM}/organisation/new/apply-to-join"


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


async def joined(house: House, organisation: str, name: str, country: str = "FI") -> None:
    entered = ParticipantEntered(
        at=START, actor="engine", organisation=organisation, name=name, country=country, roles=("developer",)
    )
    async with house.services.database.writing() as session:
        await keep(session, f"organisation/{organisation}", entered)


async def test_organisations_are_kept_away_by_their_names_and_shown_before_lodging(house: House) -> None:
    await joined(house, "org-rival", "Rival Readers")
    await joined(house, "org-third", "Third House")
    browser = await begun(house, **SECTIONS)
    typed = {**SECTIONS["organisation"], "kept_away": "rival  READERS\r\n\r\norg-third\r\nRival Readers"}
    await browser.post(f"{DRAFT}/organisation", data=typed)

    section, check = await browser.get(f"{DRAFT}/organisation"), await browser.get(f"{DRAFT}/check")
    lodged = await sent(browser, f"{DRAFT}/check")

    assert "nobody who belongs or is tied to one of them takes part in your case" in words_of(section)
    assert "There is a problem" not in words_of(section)
    assert "Organisations kept away from the case Rival Readers; Third House" in words_of(check)
    case = await house.case(lodged.headers["location"].split("/")[2].partition("?")[0])
    assert case.lodged.kept_away == ("org-rival", "org-third")


async def test_a_line_that_names_no_organisation_or_several_is_named_and_nothing_is_lodged(house: House) -> None:
    await joined(house, "org-fi", "Readers")
    await joined(house, "org-ee", "Readers", "EE")
    browser = await begun(house, **SECTIONS)
    typed = {**SECTIONS["organisation"], "kept_away": "Acme Vision\n<Nobody> 100%s\nReaders"}
    await browser.post(f"{DRAFT}/organisation", data=typed)

    section = await browser.get(f"{DRAFT}/organisation")
    refused = await sent(browser, f"{DRAFT}/check")

    for page in (section, refused):
        assert "the Register has no organisation “<Nobody> 100%s”" in words_of(page)
        assert "several organisations “Readers”; write one of these instead: org-ee (EE), org-fi (FI)" in words_of(page)
        assert "“Acme Vision”" not in words_of(page)
    assert refused.status_code == 422
    assert f'href="{DRAFT}/organisation#kept_away"' in refused.text
    assert "&lt;Nobody&gt; 100%s\nReaders</textarea>" in section.text


async def test_no_more_organisations_are_kept_away_than_an_application_can_name(house: House) -> None:
    for number in range(51):
        await joined(house, f"org-{number}", f"Reader {number}")
    lines = "\n".join(f"Reader {number}" for number in range(51))
    browser = await begun(house, **{**SECTIONS, "organisation": {**SECTIONS["organisation"], "kept_away": lines}})

    refused = await sent(browser, f"{DRAFT}/check")

    assert refused.status_code == 422
    assert "Organisations kept away from the case: name at most 50" in words_of(refused)


async def test_an_organisation_that_has_applied_to_join_lodges_and_reads_that_the_decision_waits(house: House) -> None:
    assert (await do(house, STRANGER, "apply-to-join", **JOINING)).status_code == 200
    browser = await begun(house, who=STRANGER, **SECTIONS)

    section, check = await browser.get(f"{DRAFT}/organisation"), await browser.get(f"{DRAFT}/check")
    lodged = await sent(browser, f"{DRAFT}/check")

    for page in (section, check):
        assert "Other Vision Country Finland" in words_of(page)
        assert "its decision waits for the entry" in words_of(page)
        assert "write to the secretariat" not in words_of(page)
    assert lodged.status_code == 303, words_of(lodged)
    case = await house.case(lodged.headers["location"].split("/")[2].partition("?")[0])
    assert (case.lodged.organisation_name, case.lodged.country) == ("Other Vision", "FI")


@pytest.mark.parametrize("taken_back", [False, True])
async def test_an_organisation_that_waits_for_no_entry_is_led_to_apply_and_nothing_typed_is_lost(
    house: House, taken_back: bool
) -> None:
    if taken_back:
        await do(house, STRANGER, "apply-to-join", **JOINING)
        await do(house, STRANGER, "take-back-application")
    browser = await begun(house, who=STRANGER, **SECTIONS)

    section, refused = await browser.get(f"{DRAFT}/organisation"), await sent(browser, f"{DRAFT}/check")
    applied = await sent(browser, JOIN, **JOINING)

    assert f'href="{JOIN}">Apply to join first' in section.text
    assert refused.status_code == 422
    assert f'href="{JOIN}">Your organisation has not joined the Code: apply to join first.' in refused.text
    assert applied.status_code == 303, words_of(applied)
    assert (await sent(browser, f"{DRAFT}/check")).status_code == 303


async def test_an_organisation_whose_entry_was_proposed_lodges_and_reads_that_the_decision_waits(house: House) -> None:
    await propose(house)
    harbour = await employ(house, person("hanna", Role.APPLICANT, organisation=HARBOUR))
    browser = await begun(house, who=harbour, **SECTIONS)

    section, lodged = await browser.get(f"{DRAFT}/organisation"), await sent(browser, f"{DRAFT}/check")

    assert "Harbour AI Country Germany" in words_of(section)
    assert "its decision waits for the entry" in words_of(section)
    assert lodged.status_code == 303, words_of(lodged)


async def test_an_organisation_that_has_left_reads_that_the_decision_waits(house: House) -> None:
    browser = await begun(house, **SECTIONS)
    assert (await do(house, APPLICANT, "leave-code", ORGANISATION, reasons="We stop.")).status_code == 200

    check = words_of(await browser.get(f"{DRAFT}/check"))

    assert "its decision waits until your organisation stands there again" in check


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_pages_of_who_lodges_before_the_entry_are_accessible(house: House, eyes: Eyes, language: str) -> None:
    browser = await begun(house, who=STRANGER, organisation={"kept_away": "Nobody"})
    seen = [await browser.get(f"{DRAFT}/{part}?lang={language}") for part in ("organisation", "check")]
    await do(house, STRANGER, "apply-to-join", **JOINING)
    seen += [await browser.get(f"{DRAFT}/{part}?lang={language}") for part in ("organisation", "check")]

    assert [await eyes.complaints(page, 390) for page in seen] == [""] * 4


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_in_a_draft(house: House, eyes: Eyes, width: int) -> None:
    browser = await begun(house, **{**SECTIONS, "system": {**SYSTEM, "label_name": "Ц" * 40}})
    paths = [DRAFT, f"{DRAFT}/check", f"{DRAFT}/discard", f"{ROOM}/drafts", *(f"{DRAFT}/{one}" for one in SECTIONS)]
    refused = await sent(browser, f"{DRAFT}/check")

    pages = [refused, *[await browser.get(path) for path in paths]]

    assert [page.status_code for page in pages] == [422, *[200] * len(paths)]
    assert [await eyes.complaints(page, width) for page in pages] == [""] * len(pages)
