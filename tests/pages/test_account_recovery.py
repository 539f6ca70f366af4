"""Recovery of an account in the pages (security T32): two officers, a day, a notice, and nobody else's password."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, update

from certify.accounts import passkeys
from certify.register import passkeys as register
from certify.register import recoveries, streams
from certify.register.recoveries import RecoveryRecord
from schemas.people import PersonFacts
from tests.authenticator import Authenticator
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY
from tests.pages.account import PASSWORD, add_passkey, by_password, strong
from tests.pages.conftest import HOST, House, hidden_in, words_of

EXPERT = EXPERTS[0]


async def test_a_recovery_takes_two_officers_a_day_and_ends_all_that_was_before(strict: House) -> None:
    key, services = Authenticator(), strict.services
    person = await by_password(strict, EXPERT)
    await add_passkey(person, key)
    first, second = await strong(strict, SECRETARY), await strong(strict, LABEL_OFFICER)

    await first.post("/account/recoveries/request", data={"person": EXPERT.person})
    async with services.database.reading() as session:
        row = await recoveries.open_of(session, EXPERT.person)
    assert row is not None
    alone = await first.post("/account/recoveries/approve", data={"recovery": row.id})
    await second.post("/account/recoveries/approve", data={"recovery": row.id})
    early = await first.post("/account/recoveries/link", data={"recovery": row.id})
    told = await person.get("/reviewer")

    assert "Whoever asked for a recovery does not agree to it" in words_of(alone)
    assert "The time in which the person can object is not over." in words_of(early)
    assert "A recovery of your account was asked for." in told.text
    await _let_a_day_pass(strict)
    shown = await first.post("/account/recoveries/link", data={"recovery": row.id})
    link = re.search(rf"{HOST}(/sign-in/link/[\w-]+)", shown.text)
    assert link
    newcomer = await strict.browser(None)
    page = await newcomer.get(link[1])
    entered = await newcomer.post("/sign-in/link", data={**hidden_in(page), "password": "quite another secret"})
    assert entered.status_code == 303, entered.text
    assert (await newcomer.get("/reviewer")).headers["Location"] == "/account?needed=1"
    assert (await person.get("/reviewer")).status_code == 401
    async with services.database.reading() as session:
        assert await register.of_person(session, EXPERT.person) == []
        kinds = [json.loads(body)["kind"] for body in await streams.bodies(session, "people")]
        assert await passkeys.listed(session, EXPERT.person) == []
    of_recovery = ["recovery_requested", "recovery_approved", "recovery_link_made", "passkey_removed", "recovery_done"]
    assert kinds[-5:] == of_recovery
    assert (await newcomer.post("/sign-in/link", data={**hidden_in(page), "password": PASSWORD})).status_code == 403


async def _let_a_day_pass(house: House) -> None:
    """Move the view, as if the approval lay a day back."""
    async with house.services.database.writing() as session:
        past = datetime.now(UTC) - timedelta(minutes=1)
        await session.exec(update(RecoveryRecord).where(col(RecoveryRecord.id) != "").values(due_at=past))


async def test_the_person_stops_a_recovery_and_its_link_is_worth_nothing(strict: House) -> None:
    person, first, second = (
        await by_password(strict, APPLICANT),
        await strong(strict, SECRETARY),
        await strong(strict, LABEL_OFFICER),
    )
    await first.post("/account/recoveries/request", data={"person": APPLICANT.person})
    listed = await second.get("/account/recoveries")
    recovery = hidden_in(listed)["recovery"][0]
    await second.post("/account/recoveries/approve", data={"recovery": recovery})
    await _let_a_day_pass(strict)
    shown = await first.post("/account/recoveries/link", data={"recovery": recovery})
    link = re.search(rf"{HOST}(/sign-in/link/[\w-]+)", shown.text)
    assert link

    stopped = await person.post("/account/recoveries/cancel", data={"recovery": recovery})

    assert stopped.headers["Location"] == "/account?done=recovery_cancelled"
    newcomer = await strict.browser(None)
    page = await newcomer.get(link[1])
    token = link[1].rpartition("/")[2]
    used = await newcomer.post("/sign-in/link", data={"token": token, "password": "quite another secret"})
    for answer in (page, used):
        assert "This link is not valid" in words_of(answer)


@pytest.mark.parametrize("who", [APPLICANT, EXPERT, MEMBERS[0]], ids=lambda one: one.person)
async def test_nobody_but_officers_has_a_part_in_anothers_recovery(strict: House, who: PersonFacts) -> None:
    first, other = await strong(strict, SECRETARY), await strong(strict, who)
    await first.post("/account/recoveries/request", data={"person": LABEL_OFFICER.person})
    async with strict.services.database.reading() as session:
        row = await recoveries.open_of(session, LABEL_OFFICER.person)
    assert row is not None

    form = {"recovery": row.id}
    answers = [await other.post(f"/account/recoveries/{act}", data=form) for act in ("approve", "link", "cancel")]

    assert [answer.status_code for answer in answers] == [403, 403, 404]
    assert (await other.get("/account/recoveries")).status_code == 403
