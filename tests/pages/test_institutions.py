"""Institutions in a browser: an election by two people, a seat given up, a public page that names nobody unasked."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from certify.register import institutions
from schemas.people import InstitutionFacts, PersonFacts
from tests.builders import MEMBERS, SECRETARY
from tests.pages.conftest import AUDITOR, IMPARTIAL, STRANGER, Eyes, House, hidden_in, name_of, words_of
from tests.pages.matters import sent

DESK, SEAT = "/secretariat/institutions", "/commission/institutions/body"
TODAY = datetime.now(UTC).date()
MEETING = {
    "held_on": TODAY.isoformat(),
    "seats": "4",
    "replaces": "yes",
    "since": TODAY.isoformat(),
    "until": (TODAY + timedelta(days=900)).isoformat(),
    "protocol": "Five people were elected.",
    f"office_{MEMBERS[0].person}": "chair",
    f"office_{MEMBERS[1].person}": "deputy",
    f"office_{MEMBERS[2].person}": "member",
    f"office_{MEMBERS[3].person}": "substitute-2",
    f"office_{MEMBERS[4].person}": "substitute-1",
}


async def recorded(house: House, **typed: str) -> httpx2.Response:
    return await sent(await house.browser(SECRETARY), f"{DESK}/new/record-election", **{**MEETING, **typed})


async def held(house: House) -> None:
    answer = await recorded(house)
    assert answer.status_code == 303, answer.text
    confirmed = await sent(await house.browser(AUDITOR), f"{DESK}/body/confirm-election", number="1")
    assert confirmed.status_code == 303, confirmed.text


async def facts(house: House) -> InstitutionFacts:
    async with house.services.database.reading() as session:
        return await institutions.facts(session)


async def public(house: House) -> str:
    return words_of(await (await house.browser(None)).get("/institutions"))


async def test_an_election_is_recorded_by_one_and_confirmed_by_another(house: House) -> None:
    assert (await recorded(house)).status_code == 303
    assert len((await facts(house)).commission) == 7
    own = await (await house.browser(SECRETARY)).get(f"{DESK}/body/confirm-election")
    assert (own.status_code, "Whoever recorded this does not confirm it." in words_of(own)) == (409, True)

    page = words_of(await (await house.browser(AUDITOR)).get(f"{DESK}/body/confirm-election"))
    assert "Five people were elected." in page
    await sent(await house.browser(AUDITOR), f"{DESK}/body/confirm-election", number="1")
    seated = await facts(house)
    assert seated.commission == tuple(one.person for one in MEMBERS[:3])
    assert seated.substitutes == (MEMBERS[4].person, MEMBERS[3].person), "in the order of their rank"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"protocol": ""}, "Write what the protocol says."),
        ({"since": ""}, "Give the first day of the term."),
        ({"seats": "2"}, "The body has 2 seats; 3 people would hold one."),
        ({f"office_{MEMBERS[1].person}": "chair"}, "two people in the office of chair at once"),
        ({"until": "2020-01-01", "since": "2019-01-01"}, "A term that is over gives no seat."),
    ],
)
async def test_what_cannot_count_comes_back_with_all_that_was_typed(
    house: House, typed: dict[str, str], sentence: str
) -> None:
    answer = await recorded(house, **typed)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert 'value="substitute-2" selected' in answer.text


async def test_the_form_lists_only_those_who_hold_the_role_of_the_body(house: House) -> None:
    browser = await house.browser(SECRETARY)
    of_commission = await browser.get(f"{DESK}/new/record-election")
    of_pool = await browser.get(f"{DESK}/new/record-election?body=appeal_pool")
    of_committee = await browser.get(f"{DESK}/new/record-election?body=impartiality_committee")

    assert f'name="office_{MEMBERS[0].person}"' in of_commission.text
    assert 'name="office_edda"' not in of_commission.text
    assert 'name="office_judge-a"' in of_pool.text
    assert f'name="office_{MEMBERS[0].person}"' not in of_pool.text
    assert re.findall(r'name="office_([^"]+)"', of_committee.text) == [IMPARTIAL.person]


async def test_a_member_gives_up_their_own_seat_and_nobody_elses(house: House) -> None:
    await held(house)
    browser = await house.browser(MEMBERS[2])
    other = await sent(browser, f"{SEAT}/vacate-seat", seat="1", cause="resignation", protocol="She leaves.")
    own = await sent(browser, f"{SEAT}/vacate-seat", seat="3", cause="resignation", protocol="I leave.")

    assert (other.status_code, own.status_code) == (403, 303)
    assert (await facts(house)).commission == tuple(one.person for one in MEMBERS[:2])


async def test_the_public_page_tells_seats_and_names_only_who_agreed(house: House) -> None:
    before = await public(house)
    assert "Not elected yet; 7 people hold the role." in before
    await held(house)
    elected = await public(house)
    assert "Seats 4 Held 3 Vacant 1 Substitutes 2 Chair elected" in elected
    assert [one.person for one in MEMBERS if name_of(one) in elected] == []

    agreed = await sent(await house.browser(MEMBERS[0]), f"{SEAT}/agree-to-be-named", name="Maria Member")
    assert agreed.status_code == 303, agreed.text
    assert "Maria Member" in await public(house)
    await sent(await house.browser(MEMBERS[0]), f"{SEAT}/agree-to-be-named", name="")
    assert "Maria Member" not in await public(house)


async def test_a_working_group_is_shown_by_whom_its_outside_members_represent(house: House) -> None:
    await held(house)
    created = await sent(
        await house.browser(SECRETARY), f"{DESK}/body/create-working-group", name="Risk group", purpose="risk_method",
        mandate="Improve it.", members=MEMBERS[0].person, organisation_0="Tartu University", sector_0="science",
    )  # fmt: skip
    assert created.status_code == 303, created.text
    page = await public(house)
    assert "Risk group Method of risk assessment. 1 member from inside. Tartu University (Science)" in page
    assert name_of(MEMBERS[0]) not in page

    browser = await house.browser(SECRETARY)
    assert (
        f'{DESK}/body/change-working-group?number=1"' in (await browser.get(f"{DESK}/body/change-working-group")).text
    )
    form = await browser.get(f"{DESK}/body/change-working-group?number=1")
    assert 'value="Tartu University"' in form.text
    assert f'value="{MEMBERS[0].person}" checked' in form.text
    changed = await browser.post(
        f"{DESK}/body/change-working-group",
        data={
            **hidden_in(form), "members": [one.person for one in MEMBERS[:2]],
            "organisation_0": "Tallinn Hospital", "sector_0": "business",
        },
    )  # fmt: skip
    assert changed.status_code == 303, changed.text
    assert "2 members from inside. Tallinn Hospital" in await public(house)


@pytest.mark.parametrize("who", [STRANGER, MEMBERS[0]], ids=lambda who: who.person)
async def test_the_desk_is_for_those_who_keep_the_institutions(house: House, who: PersonFacts) -> None:
    await held(house)
    assert (await (await house.browser(who)).get(f"{DESK}/body")).status_code == 403


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_pages_of_the_institutions_are_usable_by_everyone(house: House, eyes: Eyes, language: str) -> None:
    await recorded(house)
    await sent(await house.browser(SECRETARY), f"{DESK}/body/record-election", **MEETING)
    await sent(await house.browser(AUDITOR), f"{DESK}/body/confirm-election", number="1")
    await sent(
        await house.browser(SECRETARY), f"{DESK}/body/vacate-seat", seat="3", cause="removal", protocol="Removed."
    )
    pages = {
        SECRETARY: (DESK, f"{DESK}/body", f"{DESK}/new/record-election", f"{DESK}/body/create-working-group",
                    f"{DESK}/body/vacate-seat", f"{DESK}/body/reject-election"),
        AUDITOR: (f"{DESK}/body/confirm-vacancy", f"{DESK}/body/confirm-election"),
        MEMBERS[0]: (SEAT, f"{SEAT}/agree-to-be-named"),
        None: ("/institutions", "/register"),
    }  # fmt: skip
    for who, addresses in pages.items():
        browser = await house.browser(who)
        for address in addresses:
            page = await browser.get(address, headers={"Accept-Language": language})
            assert page.status_code == 200, (address, page.text)
            assert await eyes.complaints(page) == "", address


async def test_a_committee_that_was_not_elected_yet_is_counted_by_its_role(house: House) -> None:
    assert "Impartiality committee Not elected yet; 1 person holds the role." in await public(house)
