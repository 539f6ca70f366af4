"""The set of practices: written from a finding, agreed to, published, found by article and by words."""

import httpx2

from tests.builders import APPLICANT, MEMBERS, SECRETARY, Walk
from tests.pages.conftest import STRANGER, House, words_of
from tests.pages.matters import sent

OFFER = "/secretariat/practices/new/offer-practice"
TEXT = "Before sorting, the system asks."


async def offered(house: House) -> str:
    await house.holds(Walk().to_recommendation())
    answer = await sent(
        await house.browser(SECRETARY), OFFER, case="case-1", criterion="I-1.1-01", practice="best", text=TEXT
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def agreed(house: House) -> str:
    practice = await offered(house)
    answer = await sent(await house.browser(APPLICANT), f"/applicant/practices/{practice}/give-consent")
    assert answer.status_code == 303, answer.text
    return practice


async def public_page(house: House, query: str = "") -> httpx2.Response:
    return await (await house.browser(None)).get(f"/practices{query}")


async def test_a_practice_is_public_only_once_its_organisation_agreed_and_a_member_published_it(house: House) -> None:
    practice = await agreed(house)
    assert TEXT not in words_of(await public_page(house))

    member = await house.browser(MEMBERS[0])
    assert (await sent(member, f"/commission/practices/{practice}/publish-practice")).status_code == 303
    page = words_of(await public_page(house))
    assert TEXT in page
    assert "Acme" not in page
    assert "case-1" not in (await public_page(house)).text


async def test_application_and_criterion_of_a_practice_are_chosen_by_name(house: House) -> None:
    await house.holds(Walk().to_recommendation())
    page = await (await house.browser(SECRETARY)).get(OFFER)
    system = (await house.case()).lodged.system
    assert f"{system.name} {system.version}, Acme Vision" in words_of(page)
    assert 'value="I-1.1-01">I-1.1-01 ' in page.text
    unchosen = await sent(await house.browser(SECRETARY), OFFER, practice="best", text=TEXT)
    assert (unchosen.status_code, "Choose the criterion." in words_of(unchosen)) == (422, True)


async def test_practices_are_found_by_article_and_by_words(house: House) -> None:
    practice = await agreed(house)
    await sent(await house.browser(MEMBERS[0]), f"/commission/practices/{practice}/publish-practice")

    for query, found in (("?article=I-1.1", True), ("?article=I-2.4", False), ("?words=SORTING+asks", True),
                         ("?words=faces", False)):  # fmt: skip
        assert (TEXT in words_of(await public_page(house, query))) is found, query
    rows = (await (await house.browser(None)).get("/practices.json?article=I-1.1")).json()
    assert rows == [{"article": "I-1.1", "practice": "best", "text": TEXT}]


async def test_without_consent_the_member_is_told_why_it_cannot_be_published(house: House) -> None:
    practice = await offered(house)
    page = await (await house.browser(MEMBERS[0])).get(f"/commission/practices/{practice}/publish-practice")
    assert page.status_code == 409
    assert "no_consent" in page.text


async def test_an_organisation_may_say_no_and_nobody_elses_organisation_sees_it(house: House) -> None:
    practice = await offered(house)
    assert (await (await house.browser(STRANGER)).get(f"/applicant/practices/{practice}")).status_code == 404
    refused = await sent(await house.browser(APPLICANT), f"/applicant/practices/{practice}/refuse-consent")
    assert refused.status_code == 303
    assert "Not agreed" in words_of(await (await house.browser(SECRETARY)).get(f"/secretariat/practices/{practice}"))


async def test_a_criterion_that_was_not_judged_comes_back_with_what_was_written(house: House) -> None:
    await house.holds(Walk().to_intake())
    answer = await sent(
        await house.browser(SECRETARY), OFFER, case="case-1", criterion="I-1.1-01", practice="worst", text=TEXT
    )
    assert (answer.status_code, TEXT in answer.text) == (404, True)


async def test_a_practice_that_was_taken_down_is_no_longer_shown(house: House) -> None:
    practice = await agreed(house)
    await sent(await house.browser(MEMBERS[0]), f"/commission/practices/{practice}/publish-practice")
    taken = await sent(
        await house.browser(SECRETARY), f"/secretariat/practices/{practice}/take-practice-down", reasons="Names a town."
    )
    assert taken.status_code == 303, taken.text
    assert TEXT not in words_of(await public_page(house))
