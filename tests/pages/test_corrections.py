"""Corrections of the record: proposed and confirmed through the API, shown at their entry, which stays as it was."""

from tests.builders import MEMBERS, SECRETARY, Walk
from tests.pages.conftest import APPLICANT, AUDITOR, House
from tests.pages.matters import sent


async def test_a_confirmed_correction_stands_beside_the_entry_it_corrects(house: House) -> None:
    await house.holds(Walk().to_intake())
    secretary, member = await house.browser(SECRETARY), await house.browser(MEMBERS[0])
    before = (await secretary.get("/api/applications/case-1/record")).json()
    made = await secretary.post(
        "/api/corrections", json={"stream": "case/case-1", "number": 1, "text": "The reference is A-2."}
    )
    assert made.status_code == 200, made.text
    assert "Proposed correction" in (await secretary.get("/secretariat/case-1/record")).text

    confirmed = await member.post(f"/api/corrections/{made.json()['matter']}/confirm-correction", json={})
    assert confirmed.status_code == 200, confirmed.text
    page = (await (await house.browser(AUDITOR)).get("/secretariat/case-1/record")).text
    assert "The reference is A-2." in page
    assert "Proposed correction" not in page
    assert (await secretary.get("/api/applications/case-1/record")).json() == before


async def test_the_one_who_proposed_does_not_confirm(house: House) -> None:
    await house.holds(Walk().to_intake())
    secretary = await house.browser(SECRETARY)
    made = (await secretary.post("/api/corrections", json={"stream": "case/case-1", "number": 1, "text": "No."})).json()
    answer = await secretary.post(f"/api/corrections/{made['matter']}/confirm-correction", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "same_person")


async def test_an_entry_that_is_not_there_and_an_applicant_who_would_correct_are_refused(house: House) -> None:
    await house.holds(Walk().to_intake())
    body = {"stream": "case/case-1", "number": 99, "text": "No."}
    answer = await (await house.browser(SECRETARY)).post("/api/corrections", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_entry")
    answer = await (await house.browser(APPLICANT)).post("/api/corrections", json={**body, "number": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


async def test_a_member_confirms_on_a_page_what_the_secretariat_proposed_on_another(house: House) -> None:
    await house.holds(Walk().to_intake())
    proposed = await sent(
        await house.browser(SECRETARY), "/secretariat/corrections/new/propose-correction",
        stream="case/case-1", number="1", text="The reference is A-2.",
    )  # fmt: skip
    assert proposed.status_code == 303, proposed.text
    correction = proposed.headers["location"].partition("?")[0].rpartition("/")[2]
    own = await (await house.browser(SECRETARY)).get(f"/secretariat/corrections/{correction}/confirm-correction")
    assert own.status_code == 409
    assert "This takes two different people, and you are the first of them." in own.text
    confirmed = await sent(await house.browser(MEMBERS[0]), f"/commission/corrections/{correction}/confirm-correction")
    assert confirmed.status_code == 303, confirmed.text


async def test_an_entry_that_is_not_there_comes_back_with_what_was_typed(house: House) -> None:
    answer = await sent(
        await house.browser(SECRETARY), "/secretariat/corrections/new/propose-correction",
        stream="case/none", number="1", text="The reference is A-2.",
    )  # fmt: skip
    assert (answer.status_code, "The reference is A-2." in answer.text) == (404, True)


async def test_a_number_that_is_none_is_said_beside_its_field_in_words(house: House) -> None:
    secretary = await house.browser(SECRETARY)
    secretary.headers["Accept-Language"] = "ru"

    answer = await sent(
        secretary, "/secretariat/corrections/new/propose-correction", stream="case/case-1", number="третья", text="A-2."
    )

    assert answer.status_code == 422
    assert 'href="#number">Укажите целое число.' in answer.text
    assert "Input should" not in answer.text
