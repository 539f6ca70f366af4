"""The Register as the secretariat keeps it: who proposes an entry, who confirms it, and what a page says of it."""

import pytest

from certify.register import participants
from schemas.people import PersonFacts
from tests.builders import MEMBERS, SECRETARY
from tests.pages.conftest import AUDITOR, Eyes, House, words_of
from tests.pages.entries import ENTRANT, HARBOUR, SECOND, employ, propose
from tests.pages.secretariat import sent

ROOM = "/secretariat/organisations"
CONFIRM, REJECT = [f"/secretariat/accessions/{HARBOUR}/{act}" for act in ("confirm-entry", "reject-entry")]
TYPED = {**ENTRANT, "ethics_officer": "Dr Kai", "officer_contact": "k@h.example", "address": "Quay 1, Hamburg"}


async def names(house: House) -> list[str]:
    async with house.services.database.reading() as session:
        return [entry.name for entry in await participants.every(session)]


async def test_an_organisation_is_proposed_and_waits_for_a_second_person(house: House) -> None:
    browser = await house.browser(SECRETARY)

    answer = await browser.post(ROOM, data=TYPED)
    page = await browser.get(answer.headers["location"])

    assert answer.status_code == 303
    words = words_of(page)
    assert "The entry of Harbour AI is proposed. It waits for another person of the secretariat." in words
    assert "Harbour AI Waits for a second person Germany · Developer Quay 1, Hamburg" in words
    assert "Ethics officer: Dr Kai, k@h.example Proposed by you," in words
    assert "Take back" in words
    assert CONFIRM not in page.text
    assert await names(house) == ["Acme Vision"]
    assert "Harbour AI" not in words_of(await (await house.browser(None)).get("/register"))


async def test_another_person_reads_who_proposed_what_and_confirms_it(house: House) -> None:
    await employ(house)
    await (await house.browser(SECRETARY)).post(ROOM, data=TYPED)
    browser = await house.browser(SECOND)

    listed, form = await browser.get(ROOM), await browser.get(CONFIRM)
    answer = await sent(browser, CONFIRM)
    page = await browser.get(answer.headers["location"])

    assert f"Proposed by {SECRETARY.person.title()}," in words_of(listed)
    assert CONFIRM in listed.text
    assert REJECT in listed.text
    for said in ("Harbour AI", "Germany", "Quay 1, Hamburg", "Developer", "Dr Kai", "k@h.example", "Sofia"):
        assert said in words_of(form)
    assert answer.status_code == 303
    assert "Harbour AI" in words_of(page)
    assert "In the Register" in words_of(page)
    assert await names(house) == ["Acme Vision", "Harbour AI"]
    after = await browser.get(ROOM)
    assert "Waits for a second person" not in words_of(after)
    assert "Quay 1, Hamburg" in words_of(after)
    assert f"/secretariat/people?organisation={HARBOUR}#invite" in after.text


async def test_whoever_proposed_it_is_told_why_they_cannot_confirm_it(house: House) -> None:
    await employ(house)
    await propose(house)

    browser = await house.browser(SECRETARY)
    page, answer = await browser.get(CONFIRM), await browser.post(CONFIRM, data={"number": "1"})

    assert "Whoever recorded this does not confirm it." in words_of(page)
    assert answer.status_code == 409
    assert await names(house) == ["Acme Vision"]


async def test_a_rejection_gives_reasons_and_keeps_them_where_one_is_missing(house: House) -> None:
    await employ(house)
    await propose(house)
    browser = await house.browser(SECOND)

    lacking = await sent(browser, REJECT, reasons="")
    answer = await sent(browser, REJECT, reasons="Nobody knows it.")
    page = await browser.get(answer.headers["location"])

    assert lacking.status_code == 422
    assert "Say why it is set aside." in words_of(lacking)
    assert "Rejected, because: Nobody knows it." in words_of(page)
    assert "Not in the Register" in words_of(await browser.get("/secretariat/accessions"))
    assert "Waits for a second person" not in words_of(await browser.get(ROOM))


async def test_what_was_settled_meanwhile_is_not_settled_twice(house: House) -> None:
    await employ(house)
    await propose(house)
    first, second = await house.browser(SECRETARY), await house.browser(SECOND)
    form = await second.get(REJECT)
    await sent(first, REJECT, reasons="A mistake.")

    late = await second.post(REJECT, data={"number": "1", "reasons": "I had doubts.", "idempotency_key": "late"})

    assert form.status_code == 200
    assert late.status_code == 409
    assert "Nothing waits for a second person." in words_of(late)
    assert "I had doubts." in words_of(late)


async def test_an_auditor_and_the_commission_read_what_waits_without_buttons(house: House) -> None:
    await propose(house)

    page = await (await house.browser(AUDITOR)).get(ROOM)
    member = await (await house.browser(MEMBERS[0])).get(f"/commission/organisations/{HARBOUR}")

    assert "Harbour AI Waits for a second person" in words_of(page)
    assert CONFIRM not in page.text
    assert REJECT not in page.text
    assert "Proposed entry" in words_of(member)


@pytest.mark.parametrize(("who", "sees"), [(SECRETARY, False), (SECOND, True)], ids=["proposer", "another"])
async def test_the_list_of_organisations_tells_whoever_is_waited_for(
    house: House, who: PersonFacts, sees: bool
) -> None:
    await employ(house)
    await propose(house)

    words = words_of(await (await house.browser(who)).get("/secretariat/accessions"))

    assert ("Harbour AI" in words.split("Under way")[0]) == sees


async def test_a_name_with_a_percent_sign_is_only_a_name(house: House) -> None:
    browser = await house.browser(SECRETARY)
    form = {"name": "100% AI", "country": "DE", "roles": ["developer"]}

    first = await browser.post(ROOM, data=form)
    page = await browser.get(first.headers["location"])

    assert first.status_code == 303
    assert "The entry of 100% AI is proposed." in words_of(page)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Give the name under which the organisation joined the Code."),
        ({"country": ""}, "Choose the country."),
        ({"roles": []}, "Choose at least one role."),
        ({"country": "ZZ"}, "Choose country and roles from the lists."),
        ({"roles": ["emperor"]}, "Choose country and roles from the lists."),
        ({"name": "N" * 201}, "malformed_form"),
        ({}, "entry_waits"),
    ],
)
async def test_a_faulty_proposal_says_what_is_wrong_and_keeps_what_was_typed(
    house: House, changes: dict[str, object], says: str
) -> None:
    browser = await house.browser(SECRETARY)
    await browser.post(ROOM, data=ENTRANT)

    page = await browser.post(ROOM, data={**TYPED, **changes})

    assert page.status_code in {409, 422}
    assert says in words_of(page)
    assert 'value="k@h.example"' in page.text
    assert await names(house) == ["Acme Vision"]


async def test_the_page_speaks_russian_of_what_waits(house: House) -> None:
    await employ(house)
    await propose(house)
    browser = await house.browser(SECOND)
    browser.headers["Accept-Language"] = "ru"

    words = [words_of(await browser.get(path)) for path in (ROOM, CONFIRM, REJECT)]

    assert "Предложенные записи" in words[0]
    assert "Кем предложено: Sofia," in words[0]
    assert [one for one in words if "Confirm" in one or "Reject" in one or "Proposed" in one] == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_where_an_entry_waits(house: House, eyes: Eyes, width: int) -> None:
    await employ(house)
    await propose(house)
    browser = await house.browser(SECOND)

    pages = [await browser.get(path) for path in (ROOM, CONFIRM, REJECT, f"/secretariat/accessions/{HARBOUR}")]

    assert [await eyes.complaints(page, width) for page in pages] == [""] * len(pages)
