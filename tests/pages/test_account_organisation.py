"""The people of an organisation see who acts for it, and have the say who else may (security I17, T28)."""

import json
import re

import httpx2
import pytest
from sqlmodel import select

from certify.accounts import invitations
from certify.accounts.people import Account
from certify.register import streams
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, ORGANISATION, SECRETARY
from tests.pages.account import PASSWORD, strong
from tests.pages.api import refused
from tests.pages.conftest import HOST, STRANGER, House, hidden_in, words_of
from tests.pages.eyes import Eyes

BEN = {"name": "Ben", "email": "ben@example.org", "roles": "applicant", "organisation": ORGANISATION}
PAGE = "/account/organisation"


async def kinds_of(house: House) -> list[str]:
    async with house.services.database.reading() as session:
        return [json.loads(body)["kind"] for body in await streams.bodies(session, "people")]


async def asked_for_ben(house: House) -> str:
    asked = await (await strong(house, SECRETARY)).post("/secretariat/people", data=BEN)
    assert "/sign-in/link/" not in asked.text
    assert "To be confirmed: Ben" in words_of(asked)
    async with house.services.database.reading() as session:
        (one,) = await invitations.waiting(session)
        return one.row.id


async def ben_came_in(house: House, page: httpx2.Response) -> httpx2.AsyncClient:
    link = re.search(rf"{HOST}(/sign-in/link/[\w-]+)", page.text)
    assert link, page.text
    browser = await house.browser(None)
    form = {**hidden_in(await browser.get(link[1])), "password": PASSWORD}
    assert (await browser.post("/sign-in/link", data=form)).status_code == 303
    return browser


async def test_the_secretariat_asks_one_of_the_organisation_consents_and_only_they_see_the_link(strict: House) -> None:
    before = len(await kinds_of(strict))
    invitation = await asked_for_ben(strict)
    anna = await strong(strict, APPLICANT)

    start, page = await anna.get("/applicant"), await anna.get(PAGE)
    done = await anna.post(f"{PAGE}/consent", data={"invitation": invitation})
    ben = await ben_came_in(strict, done)

    assert "Somebody asks to act for your organisation" in words_of(start)
    assert "Ben ben@example.org Asked for by Sofia" in words_of(page)
    assert (await kinds_of(strict))[before:] == ["invitation_asked", "invitation_confirmed", "person_admitted"]
    listed = words_of(await ben.get(PAGE))
    assert "Anna" in listed
    assert "Ben (you)" in listed
    assert "Last signed in on" in listed


async def test_who_comes_in_by_the_link_is_called_and_reached_as_was_consented_to(strict: House) -> None:
    anna = await strong(strict, APPLICANT)
    done = await anna.post(f"{PAGE}/consent", data={"invitation": await asked_for_ben(strict)})
    link = re.search(rf"{HOST}(/sign-in/link/[\w-]+)", done.text)
    assert link, done.text
    newcomer = await strict.browser(None)
    page = await newcomer.get(link[1])

    other = {**hidden_in(page), "password": PASSWORD, "name": "Anna", "mail": "mallory@evil.example"}
    answer = await newcomer.post("/sign-in/link", data=other)

    assert ('name="name"' in page.text, 'name="mail"' in page.text) == (False, False)
    assert "You sign in with ben@example.org." in words_of(page)
    assert (answer.status_code, "The invitation names who comes in by it." in words_of(answer)) == (422, True)
    assert "Sign in as Ben" in words_of(answer)
    await ben_came_in(strict, done)
    assert "Ben ben@example.org Admitted on" in words_of(await anna.get(PAGE))


async def test_a_colleague_is_shut_out_at_once(strict: House) -> None:
    anna = await strong(strict, APPLICANT)
    ben = await ben_came_in(
        strict, await anna.post(f"{PAGE}/consent", data={"invitation": await asked_for_ben(strict)})
    )
    async with strict.services.database.reading() as session:
        person = (await session.exec(select(Account.person).where(Account.name == "Ben"))).one()
    before = len(await kinds_of(strict))

    offered = hidden_in(await anna.get(PAGE))
    done = await anna.post(f"{PAGE}/end-access", data={"person": person})

    assert offered == {"person": person}
    assert done.headers["Location"] == f"{PAGE}?done=access_ended"
    assert (await kinds_of(strict))[before:] == ["access_ended"]
    assert (await ben.get(PAGE)).status_code == 401
    assert "Access ended on" in words_of(await anna.get(PAGE))
    own = await anna.post(f"{PAGE}/end-access", data={"person": APPLICANT.person})
    assert (own.status_code, "Nobody ends their own access" in words_of(own)) == (403, True)


async def test_another_organisation_cannot_tell_that_there_is_an_invitation(strict: House) -> None:
    invitation, zora = await asked_for_ben(strict), await strong(strict, STRANGER)

    answers = [
        [await zora.post(f"{PAGE}/{act}", data={field: one}) for one in (known, "nothing")]
        for act, field, known in (
            ("consent", "invitation", invitation),
            ("decline", "invitation", invitation),
            ("end-access", "person", APPLICANT.person),
        )
    ]

    for there, absent in answers:
        assert (there.status_code, words_of(there)) == (404, words_of(absent))
    assert "Ben" not in words_of(await zora.get(PAGE))
    assert {one["code"] for one in await refused(strict)} == {"unknown_invitation", "unknown_person"}


@pytest.mark.parametrize("who", [SECRETARY, EXPERTS[0]], ids=lambda one: one.person)
async def test_whoever_acts_for_no_organisation_has_no_such_page(strict: House, who: PersonFacts) -> None:
    invitation, browser = await asked_for_ben(strict), await strong(strict, who)

    answers = [
        await browser.get(PAGE),
        await browser.post(f"{PAGE}/consent", data={"invitation": invitation}),
        await browser.post(f"{PAGE}/decline", data={"invitation": invitation}),
        await browser.post(f"{PAGE}/end-access", data={"person": APPLICANT.person}),
    ]

    assert [one.status_code for one in answers] == [403] * 4


async def test_without_a_fresh_proof_nobody_is_let_in_or_shut_out(strict: House) -> None:
    invitation, anna = await asked_for_ben(strict), await strong(strict, APPLICANT, ago=6)
    before = len(await kinds_of(strict))

    answers = [
        await anna.post(f"{PAGE}/consent", data={"invitation": invitation}),
        await anna.post(f"{PAGE}/end-access", data={"person": STRANGER.person}),
    ]

    assert [(one.status_code, "Confirm that it is you" in words_of(one)) for one in answers] == [(403, True)] * 2
    assert len(await kinds_of(strict)) == before


async def test_the_api_does_the_same(strict: House) -> None:
    anna = await strong(strict, APPLICANT)
    first = await asked_for_ben(strict)

    listed = (await anna.get("/api/me/organisation")).json()
    declined = await anna.post(f"/api/invitations/{first}/decline")
    second = await asked_for_ben(strict)
    admitted = await anna.post(f"/api/invitations/{second}/consent")
    ended = await anna.post(f"/api/people/{admitted.json()['person']}/end-access")
    after = (await anna.get("/api/me/organisation")).json()

    assert [(one["invitation"], one["name"], one["asked_by"]) for one in listed["invitations"]] == [
        (first, "Ben", "Sofia")
    ]
    assert [one["name"] for one in listed["people"]] == ["Anna"]
    assert (declined.status_code, admitted.status_code, ended.status_code) == (204, 200, 204)
    assert admitted.json()["link"].startswith(f"{HOST}/sign-in/link/")
    assert after["invitations"] == []
    assert [(one["name"], one["ended_at"] is None) for one in after["people"]] == [("Anna", True), ("Ben", False)]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_page_is_read_on_a_phone(strict: House, eyes: Eyes, language: str) -> None:
    await asked_for_ben(strict)
    anna = await strong(strict, APPLICANT)

    assert await eyes.complaints(await anna.get(f"{PAGE}?lang={language}")) == ""
