"""An officer ends somebody's access on the pages (ASVS 5.0, 7.4.2, 7.4.5; security T12)."""

import json

import pytest

from certify.register import streams
from schemas.people import PersonFacts
from tests.authenticator import Authenticator
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY
from tests.pages.account import add_passkey, by_password, options_in, strong
from tests.pages.conftest import House, hidden_in, words_of

EXPERT = EXPERTS[0]


async def kinds_of(house: House) -> list[str]:
    async with house.services.database.reading() as session:
        return [json.loads(body)["kind"] for body in await streams.bodies(session, "people")]


async def test_whoever_left_is_out_at_once_whatever_they_sign_in_with(strict: House) -> None:
    key = Authenticator()
    gone = await by_password(strict, EXPERT)
    await add_passkey(gone, key)
    officer = await strong(strict, LABEL_OFFICER)
    listed = await officer.get("/account/access")
    before = len(await kinds_of(strict))

    done = await officer.post("/account/access/end", data={"person": EXPERT.person})

    offered = hidden_in(listed)["person"]
    assert EXPERT.person in offered
    assert LABEL_OFFICER.person not in offered
    assert done.headers["Location"] == "/account/access?done=access_ended"
    assert (await kinds_of(strict))[before:] == ["access_ended"]
    assert "Access ended by" in words_of(await officer.get("/account/access"))
    assert (await gone.get("/account")).status_code == 401
    again = await strict.browser(None)
    asked = await again.post("/sign-in/passkey", data={})
    form = {**hidden_in(asked), "answer": key.sign(options_in(asked))}
    answered = await again.post("/sign-in/with-passkey", data=form)
    assert answered.status_code == 403
    assert "Your access has ended" in words_of(answered)


@pytest.mark.parametrize("who", [APPLICANT, EXPERT, MEMBERS[0]], ids=lambda one: one.person)
async def test_nobody_but_an_officer_ends_anybodys_access(strict: House, who: PersonFacts) -> None:
    browser, before = await strong(strict, who), len(await kinds_of(strict))

    answers = [
        await browser.get("/account/access"),
        await browser.post("/account/access/end", data={"person": SECRETARY.person}),
    ]

    assert [one.status_code for one in answers] == [403, 403]
    assert len(await kinds_of(strict)) == before


async def test_an_officer_is_told_why_their_own_access_stays(strict: House) -> None:
    officer = await strong(strict, SECRETARY)

    answer = await officer.post("/account/access/end", data={"person": SECRETARY.person})

    assert answer.status_code == 403
    assert "Nobody ends their own access; ask somebody else to." in words_of(answer)
