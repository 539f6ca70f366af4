"""Two people let somebody in: one names them, another confirms and is shown the link (security I17)."""

import json
import re

import pytest

from certify.accounts import invitations
from certify.register import streams
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, ORGANISATION, SECRETARY
from tests.pages.account import PASSWORD, strong, with_password
from tests.pages.api import refused
from tests.pages.conftest import HOST, House, hidden_in, words_of

BEN = {"name": "Ben", "email": "ben@example.org", "roles": "applicant", "organisation": ORGANISATION}
NINA = {"name": "Nina", "email": "nina@example.org", "roles": "expert", "areas": "ethics_or_law"}


@pytest.fixture
async def founded(strict: House) -> House:
    """A body whose second officer has come in."""
    await with_password(strict, LABEL_OFFICER)
    return strict


async def kinds_of(house: House) -> list[str]:
    async with house.services.database.reading() as session:
        return [json.loads(body)["kind"] for body in await streams.bodies(session, "people")]


async def waiting_in(house: House) -> list[str]:
    async with house.services.database.reading() as session:
        return [one.row.id for one in await invitations.waiting(session)]


async def test_whom_one_names_another_confirms_and_gives_the_link(founded: House) -> None:
    first, second = await strong(founded, SECRETARY), await strong(founded, LABEL_OFFICER)
    before = len(await kinds_of(founded))

    asked = await first.post("/secretariat/people", data=NINA)
    (invitation,) = await waiting_in(founded)
    own = await first.get("/account/invitations")
    alone = await first.post("/account/invitations/confirm", data={"invitation": invitation})
    listed = await second.get("/account/invitations")
    confirmed = await second.post("/account/invitations/confirm", data=hidden_in(listed) | {"invitation": invitation})

    assert "To be confirmed: Nina" in words_of(asked)
    assert "/sign-in/link/" not in asked.text
    assert 'action="/account/invitations/confirm"' not in own.text
    assert (alone.status_code, "another officer does" in words_of(alone)) == (403, True)
    assert "nina@example.org" in words_of(listed)
    link = re.search(rf"{HOST}(/sign-in/link/[\w-]+)", confirmed.text)
    assert link
    newcomer = await founded.browser(None)
    page = await newcomer.get(link[1])
    entered = await newcomer.post("/sign-in/link", data={**hidden_in(page), "password": PASSWORD})
    assert entered.status_code == 303, entered.text
    assert (await kinds_of(founded))[before:] == ["invitation_asked", "invitation_confirmed", "person_admitted"]


async def test_a_refused_invitation_is_gone(founded: House) -> None:
    first, second = await strong(founded, SECRETARY), await strong(founded, LABEL_OFFICER)
    await first.post("/secretariat/people", data=NINA)
    (invitation,) = await waiting_in(founded)

    refused = await second.post("/account/invitations/refuse", data={"invitation": invitation})
    late = await second.post("/account/invitations/confirm", data={"invitation": invitation})

    assert refused.headers["Location"] == "/account/invitations?done=invitation_refused"
    assert (late.status_code, await waiting_in(founded)) == (409, [])
    assert "Nina" not in words_of(await second.get("/account/invitations"))


@pytest.mark.parametrize("who", [APPLICANT, EXPERTS[0], MEMBERS[0]], ids=lambda one: one.person)
async def test_nobody_but_an_officer_sees_or_answers_one(founded: House, who: PersonFacts) -> None:
    await (await strong(founded, SECRETARY)).post("/secretariat/people", data=NINA)
    (invitation,) = await waiting_in(founded)
    browser = await strong(founded, who)

    answers = [
        await browser.get("/account/invitations"),
        *[
            await browser.post(f"/account/invitations/{act}", data={"invitation": invitation})
            for act in ("confirm", "refuse")
        ],
    ]

    assert [one.status_code for one in answers] == [403, 403, 403]
    assert await waiting_in(founded) == [invitation]


async def test_the_api_tells_what_a_second_person_is_to_confirm(founded: House) -> None:
    browser = await strong(founded, SECRETARY)
    asked = {"name": "Nina", "email": "nina@example.org", "roles": ["expert"], "areas": []}
    applicant = {**asked, "email": "ben@example.org", "roles": ["applicant"], "organisation": ORGANISATION}
    first = {**applicant, "email": "cara@example.org", "organisation": "org-new"}

    waits = [(await browser.post("/api/people", json=one)).json() for one in (asked, applicant)]
    admitted = (await browser.post("/api/people", json=first)).json()

    assert waits == [{"person": None, "link": None, "invitation": one} for one in await waiting_in(founded)]
    assert admitted["invitation"] is None
    assert admitted["link"].startswith(f"{HOST}/sign-in/link/")


async def test_an_officer_with_a_tie_is_refused_on_record_and_offered_nothing(founded: House) -> None:
    await (await strong(founded, SECRETARY)).post("/secretariat/people", data=BEN)
    (invitation,) = await waiting_in(founded)
    tied = await strong(founded, LABEL_OFFICER)
    await tied.post("/my/ties", data={"organisation": ORGANISATION, "kind": "client"})

    listed = await tied.get("/account/invitations")
    answer = await tied.post("/account/invitations/confirm", data={"invitation": invitation})

    assert "Ben" in words_of(listed)
    assert 'action="/account/invitations/confirm"' not in listed.text
    assert (answer.status_code, "A tie or an interest keeps you away" in words_of(answer)) == (403, True)
    assert await waiting_in(founded) == [invitation]
    (attempt,) = await refused(founded)
    assert (attempt["actor"], attempt["act"], attempt["code"]) == (
        LABEL_OFFICER.person, "confirm_invitation", "interest_in_organisation",
    )  # fmt: skip
