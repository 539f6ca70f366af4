"""Correcting a lodged application in the browser: from the question to the corrected application on record."""

import pytest

from certify.web.applicant.amending import typed_of, with_what_the_form_lacks
from certify.web.applicant.draft import ApplicationDraft
from certify.web.applicant.known import NamedOrganisation
from schemas.application import Application
from schemas.case import SystemFacts
from schemas.identifiers import application_id
from schemas.people import PersonFacts
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, Walk, scheme
from tests.label_walk import LABEL_ID, NEW_LABEL
from tests.pages.applicant import ROOM
from tests.pages.conftest import AUDITOR, STRANGER, Eyes, House, hidden_in, walk, words_of
from tests.pages.test_scheme_proposals import adopted, numbered
from tests.programs import example

REFERENCE = example().application.reference
ID = application_id(ORGANISATION, REFERENCE)
CASE, DRAFT = f"{ROOM}/{ID}", f"{ROOM}/drafts/{REFERENCE}"
AMEND = f"{CASE}/amend-application"


async def lodged(house: House, **changes: object) -> Walk:
    """The example, lodged by the organisation that stands in the Register here, and on record."""
    acme = example().application.organisation.model_copy(update={"name": "Acme Vision"})
    stored = await house.application(ID, organisation=acme, **changes)
    system = SystemFacts(**example().application.system.model_dump())
    return walk(edition=2, reference=REFERENCE, system=system, **stored, **changes).to_intake()


async def asked(house: House, **changes: object) -> Walk:
    walked = (await lodged(house, **changes)).asked()
    await house.holds(walked, ID)
    return walked


def test_the_form_filled_in_from_an_application_makes_the_same_application_but_for_what_it_does_not_ask() -> None:
    given = example().application
    draft = ApplicationDraft(reference=given.reference, scheme=scheme(), applicant=None, typed=typed_of(given))
    fields = {**draft.as_application(), "organisation": given.organisation.model_dump()}
    again = Application.model_validate(fields)

    assert again.evidence == ()
    assert with_what_the_form_lacks(again, given) == given


def everything() -> Application:
    """The example with all that an application can say; the form has a place for what is in no file."""
    one = example().application
    assert one.agreement.signed_on is not None
    return one.model_copy(
        update={
            "ethics_officer": one.ethics_officer.model_copy(update={"phone": "+372 5555 5555"}),
            "system": one.system.model_copy(update={"websites": ("acme.example",)}),
            "not_applicable": {"I-1.1-01": "Nobody is affected."},
            "kept_away": ("org-rival", "org-other"),
            "renews": LABEL_ID,
        }
    )


def test_whatever_field_an_application_has_the_form_carries_it_or_a_correction_keeps_it() -> None:
    given = everything()
    for part in (given, given.organisation, given.ethics_officer, given.system, given.agreement, given.statements):
        left_out = [name for name in type(part).model_fields if not getattr(part, name) and name != "groups_people"]
        assert left_out == [], "a field that this test does not fill could be lost unseen"
    rivals = tuple(NamedOrganisation(id=one, name=one) for one in given.kept_away or ())
    draft = ApplicationDraft(
        reference=given.reference, scheme=scheme(), applicant=None, typed=typed_of(given), organisations=rivals
    )
    again = Application.model_validate({**draft.as_application(), "organisation": given.organisation.model_dump()})

    differing = {name for name in Application.model_fields if getattr(again, name) != getattr(given, name)}
    assert differing == {"evidence", "answers"}
    lost = again.model_copy(update={"renews": None})
    assert with_what_the_form_lacks(lost, given) == given


async def test_a_correction_is_judged_by_the_version_its_case_began_under_and_a_new_case_by_the_one_in_force(
    house: House,
) -> None:
    await asked(house)
    before, new = await house.case(ID), numbered("9.9.1")
    await adopted(house, new)
    acme = example().application.organisation.model_copy(update={"name": "Acme Vision"})
    given = example().application.model_copy(update={"organisation": acme})

    await house.services.procedure.amend(
        house.principal(APPLICANT), ID, given.model_copy(update={"kept_away": ("org-rival",)}), key="corrected"
    )
    case = await house.case(ID)
    assert (case.lodged.kept_away, case.lodged.scheme, case.tier) == (("org-rival",), before.lodged.scheme, before.tier)

    other = await house.services.procedure.lodge(
        house.principal(APPLICANT), given.model_copy(update={"reference": "B-2"}), key="lodged"
    )
    assert (await house.case(other.application)).lodged.scheme.digest == new.digest


async def test_a_renewal_that_was_lodged_otherwise_is_corrected_by_the_page_and_renews_the_same(house: House) -> None:
    await asked(house, renews=LABEL_ID)
    browser = await house.browser(APPLICANT)
    await browser.post(AMEND)
    section = await browser.get(f"{DRAFT}/system")
    typed = {name: value for name, value in example().application.system.model_dump().items() if value}
    await browser.post(f"{DRAFT}/system", data={**typed, "languages": "en, ru", "renews": NEW_LABEL})
    check = await browser.get(f"{DRAFT}/check")

    sent = await browser.post(f"{DRAFT}/check", data=hidden_in(check))

    assert sent.status_code == 303, words_of(sent)
    assert "Label that this renews 0123-4567-89AB-CDEF" in words_of(section)
    assert 'name="renews"' not in section.text
    assert "Label that this renews 0123-4567-89AB-CDEF" in words_of(check)
    after = (await house.case(ID)).lodged
    assert (after.renews, after.system.languages) == (LABEL_ID, ("en", "ru"))


async def test_whom_the_application_keeps_away_is_shown_and_corrected_also_where_no_register_has_them(
    house: House,
) -> None:
    await asked(house, kept_away=(ORGANISATION, "org-rival"))
    browser = await house.browser(APPLICANT)
    await browser.post(AMEND)
    section = await browser.get(f"{DRAFT}/organisation")
    typed = {"roles": ["developer"], "officer_name": "Olga Officer"}
    await browser.post(f"{DRAFT}/organisation", data={**typed, "kept_away": "Acme Vision\norg-rival"})
    kept = await browser.get(f"{DRAFT}/check")
    await browser.post(f"{DRAFT}/organisation", data={**typed, "kept_away": "org-rival"})
    check = await browser.get(f"{DRAFT}/check")

    sent = await browser.post(f"{DRAFT}/check", data=hidden_in(check))

    assert "Acme Vision\norg-rival</textarea>" in section.text
    assert "Organisations kept away from the case Acme Vision; org-rival" in words_of(kept)
    assert sent.status_code == 303, words_of(sent)
    assert (await house.case(ID)).lodged.kept_away == ("org-rival",)


async def test_an_applicant_who_was_asked_corrects_the_application_and_answers_no_question_by_it(house: House) -> None:
    await asked(house)
    browser = await house.browser(APPLICANT)

    assert "Correct the application" in words_of(await browser.get(CASE))
    begun = await browser.post(AMEND)
    assert (begun.status_code, begun.headers["location"]) == (303, DRAFT)
    section = await browser.get(f"{DRAFT}/system")
    assert example().application.system.name in section.text
    await browser.post(f"{DRAFT}/organisation", data={"roles": ["developer"], "officer_name": "Olga Officer"})
    assert "Waiting for you Answer the question you were asked" in words_of(await browser.get(ROOM))
    assert "Finish and send the correction" in words_of(await browser.get(ROOM))
    check = await browser.get(f"{DRAFT}/check")
    sent = await browser.post(f"{DRAFT}/check", data=hidden_in(check))

    assert sent.status_code == 303, words_of(sent)
    assert "Check and send the correction" in words_of(check)
    after = await house.case(ID)
    assert (after.lodged.roles, after.lodged.ethics_officer) == (("developer",), "Olga Officer")
    assert after.open_questions
    assert "Recorded as entry" in words_of(await browser.get(sent.headers["location"]))
    assert "Drafts" not in words_of(await browser.get(ROOM))


async def test_a_correction_to_another_system_or_without_a_change_is_refused_and_the_draft_kept(house: House) -> None:
    await asked(house)
    browser = await house.browser(APPLICANT)
    await browser.post(AMEND)
    check = await browser.get(f"{DRAFT}/check")

    same = await browser.post(f"{DRAFT}/check", data=hidden_in(check))
    system = dict(example().application.system.model_dump(), name="Face Reader", languages="en")
    await browser.post(f"{DRAFT}/system", data={key: value for key, value in system.items() if value})
    other = await browser.post(f"{DRAFT}/check", data=hidden_in(check))

    assert same.status_code == 409
    assert "The application states this already." in words_of(same)
    assert other.status_code == 422
    assert "Another system, or another version of it, is another application." in words_of(other)
    assert "The correction was not sent" in words_of(other)
    assert (await browser.get(DRAFT)).status_code == 200


async def test_before_a_question_nothing_can_be_corrected_and_the_page_says_why(house: House) -> None:
    await house.holds(await lodged(house), ID)
    browser = await house.browser(APPLICANT)

    page, begun = await browser.get(AMEND), await browser.post(AMEND)

    assert (page.status_code, begun.status_code) == (409, 409)
    assert "No question waits for an answer." in words_of(page)
    assert "Correct the application" not in words_of(await browser.get(CASE))
    assert (await browser.get(DRAFT)).status_code == 404


@pytest.mark.parametrize(("who", "status"), [(STRANGER, 404), (SECRETARY, 403), (AUDITOR, 403), (MEMBERS[0], 403)])
async def test_nobody_else_corrects_an_application(house: House, who: PersonFacts, status: int) -> None:
    await asked(house)
    browser = await house.browser(who)
    assert (await browser.get(AMEND)).status_code == status
    assert (await browser.post(AMEND)).status_code == status


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_pages_of_a_correction_are_accessible_in_both_languages(
    house: House, eyes: Eyes, language: str
) -> None:
    await asked(house)
    browser = await house.browser(APPLICANT)
    seen = [await browser.get(f"{AMEND}?lang={language}")]
    await browser.post(AMEND)
    seen += [await browser.get(f"{DRAFT}{part}?lang={language}") for part in ("", "/check")]

    assert [await eyes.complaints(page) for page in seen] == ["", "", ""]
