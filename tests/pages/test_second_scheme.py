"""A body with a second scheme: whoever applies chooses, and all that follows asks what that scheme asks (I-2.8)."""

import httpx2
import pytest

from schemas.identifiers import application_id
from schemas.record_events import SchemeAdopted
from schemas.scheme import BUILT_IN, Scheme, Tier
from schemas.scheme_loading import load_scheme
from tests.builders import APPLICANT, ORGANISATION, SECRETARY, START
from tests.pages.applicant import ROOM, sent
from tests.pages.conftest import Eyes, House, keep, words_of

DRAFT = f"{ROOM}/drafts/acme-2026"
TITLE = "Compliance of signatories with the AI Ethics Code"


def signatories() -> Scheme:
    return load_scheme(BUILT_IN.parent / "code-signatory")


async def adopted(house: House) -> Scheme:
    scheme = signatories()
    event = SchemeAdopted(
        at=START,
        actor="engine",
        scheme=scheme.rules.id,
        scheme_version=scheme.rules.version,
        digest=scheme.digest,
        content=scheme.model_dump(mode="json"),
    )
    async with house.services.database.writing() as session:
        await keep(session, f"scheme/{scheme.rules.id}", event)
    return scheme


async def begun(house: House) -> httpx2.AsyncClient:
    browser = await house.browser(APPLICANT)
    answer = await browser.post(f"{ROOM}/drafts", data={"reference": "acme-2026", "scheme": "code-signatory"})
    assert answer.headers["location"] == DRAFT
    return browser


async def test_with_one_scheme_nobody_is_asked_which(house: House) -> None:
    page = await (await house.browser(APPLICANT)).get(f"{ROOM}/drafts")
    assert "By which scheme?" not in words_of(page)


async def test_with_two_the_fees_of_each_are_shown_and_one_is_chosen(house: House, eyes: Eyes) -> None:
    await adopted(house)
    page = await (await house.browser(APPLICANT)).get(f"{ROOM}/drafts")

    words = words_of(page)
    assert "By which scheme?" in words
    assert words.count("Certification costs nothing, in any risk tier.") == 2
    assert words.count(TITLE) == 2
    assert await eyes.complaints(page) == ""


@pytest.mark.parametrize("scheme", ["another", "<script>"])
async def test_a_scheme_that_is_not_in_force_cannot_be_chosen(house: House, scheme: str) -> None:
    browser = await house.browser(APPLICANT)
    answer = await browser.post(f"{ROOM}/drafts", data={"reference": "acme-2026", "scheme": scheme})

    assert answer.status_code == 422
    assert "Choose a scheme." in words_of(answer)
    assert (await browser.get(DRAFT)).status_code == 404


async def test_a_draft_asks_what_its_scheme_asks(house: House) -> None:
    scheme = await adopted(house)
    browser = await begun(house)

    gates, questions = await browser.get(f"{DRAFT}/gates"), await browser.get(f"{DRAFT}/questions")

    assert "Does the organisation work with AI for civil (non-military) purposes?" in words_of(gates)
    assert scheme.texts.questions["Q1"].text.in_language("en") in words_of(questions)


async def test_an_organisation_lodges_for_its_compliance_and_the_secretariat_takes_it(house: House) -> None:
    scheme = await adopted(house)
    browser = await begun(house)
    sections = {
        "system": {
            "name": "Acme Vision",
            "label_name": "Acme Vision",
            "version": "2026",
            "purpose": "Develops AI systems.",
            "deployment": "In the whole organisation.",
            "languages": "en",
        },
        "organisation": {"roles": ["developer", "operator"], "officer_name": "Olga Officer"},
        "gates": {"G1": "yes", "G2": "no", "G3": "yes", "G5": "None known."},
        "questions": dict(zip(scheme.rules.questions, "1000", strict=True)),
        "requirements": {"groups_people": "no"},
        "agreement": {"accepted": "yes"},
    }
    for section, typed in sections.items():
        assert (await browser.post(f"{DRAFT}/{section}", data=typed)).status_code == 303
    lodged = await sent(browser, f"{DRAFT}/check")

    assert lodged.status_code == 303, words_of(lodged)
    case = await house.case(application_id(ORGANISATION, "acme-2026"))
    assert case.lodged.scheme.digest == scheme.digest
    assert case.tier == Tier.LOW
    secretary = words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/{case.id}"))
    assert "Acme Vision" in secretary
