"""What is held about a person goes to that person, all of it and nothing of others (security.md, 8)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from certify.accounts import sessions, tokens, totp
from certify.accounts.security_events import LOGGER, note, write_to
from certify.procedure.retention_classes import CLASSES
from certify.register import drafts
from certify.web.secretariat.erasures import NAMES
from schemas.people import PersonFacts
from tests.builders import EXPERTS, MEMBERS, SECRETARY
from tests.pages.account import strong
from tests.pages.conftest import House, walk
from tests.pages.eyes import Eyes

ADA, BEN = EXPERTS[0], EXPERTS[1]


async def furnished_with(house: House, who: PersonFacts) -> str:
    """Give somebody one of everything, each naming them by a canary of theirs; return the canary."""
    canary, now = f"canary-{who.person}", datetime.now(UTC)
    async with house.services.database.writing() as session:
        await drafts.save(session, who.person, f"review/{canary}-subject", {"note": f"{canary}-draft"})
        ends = now + timedelta(days=3)
        await tokens.create(
            session, person=who.person, name=f"{canary}-token", scopes=["read"], expires_at=ends, now=now
        )
        await sessions.begin(session, person=who.person, authn="passkey", device=f"{canary}-device", now=now)
        session.add(totp.TotpSecret(person=who.person, secret=f"{canary}-secret".encode()))
    note("something_happened", who.person, request_id=f"{canary}-request", actor=SECRETARY.person)
    return canary


async def export(browser: httpx2.AsyncClient) -> httpx2.Response:
    return await browser.post("/account/data", data={})


@pytest.fixture
def log(house: House) -> Any:
    assert house.services.settings.security_events_file is not None
    handler = write_to(house.services.settings.security_events_file)
    yield house.services.settings.security_events_file
    LOGGER.removeHandler(handler)
    handler.close()


async def test_a_person_is_given_all_of_theirs_and_nothing_of_another(house: House, log: Any) -> None:
    canaries = {who.person: await furnished_with(house, who) for who in (ADA, BEN)}
    await house.holds(walk().to_evaluation())
    answer = await export(await house.browser(ADA))

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    mine, others = canaries[ADA.person], canaries[BEN.person]
    for kept in ("subject", "draft", "token", "device", "request"):
        assert f"{mine}-{kept}" in answer.text, kept
        assert f"{others}-{kept}" not in answer.text, kept
    for other in (BEN, SECRETARY, *MEMBERS):
        assert f'"{other.person}"' not in answer.text


async def test_no_secret_is_given_out(house: House) -> None:
    await furnished_with(house, ADA)
    async with house.services.database.writing() as session:
        cookie = await sessions.begin(session, person=ADA.person, authn="passkey", now=datetime.now(UTC))
    found = (await export(await house.browser(ADA))).text
    for secret in (
        f"canary-{ADA.person}-secret",
        cookie,
        sessions.digest_of_secret(cookie),
        "secret_digest",
        "password_hash",
    ):
        assert secret not in found


async def test_it_lists_what_the_person_did_and_declared_and_what_was_recorded_about_them(house: House) -> None:
    case = walk().to_evaluation()
    await house.holds(case)
    found = json.loads((await export(await house.browser(ADA))).text)

    did = [event.kind for event in case.events if event.actor == ADA.person]
    assert did
    assert [one["kind"] for one in found["acts"]] == did
    assert [one["kind"] for one in found["about_you"]] == ["person_admitted"]
    assert [(one["where"], one["has_interest"]) for one in found["interests"]] == [("case/case-1", False)]


async def test_that_they_took_it_is_a_security_event(house: House, log: Any) -> None:
    await export(await house.browser(ADA))
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["kind"], last["person"]) == ("own_data_exported", ADA.person)


async def test_a_fresh_proof_is_asked_for_first(strict: House) -> None:
    stale = await export(await strong(strict, ADA, ago=6))
    fresh = await export(await strong(strict, ADA))
    assert (stale.status_code, "canary" in stale.text) == (403, False)
    assert fresh.status_code == 200


async def test_the_api_gives_the_same(house: House) -> None:
    await furnished_with(house, ADA)
    browser = await house.browser(ADA)
    page, api = json.loads((await export(browser)).text), (await browser.post("/api/me/data")).json()
    for found in (page, api):
        found.pop("made_at")
        found["rows"].pop("sessions")
    assert page == api


async def test_nobody_without_an_account_is_given_anything(house: House) -> None:
    nobody = await house.browser(None)
    assert (await nobody.post("/api/me/data")).status_code == 401
    assert (await export(nobody)).status_code in {303, 401}


async def test_what_is_due_is_shown_and_leads_to_the_asking(house: House) -> None:
    page = await (await house.browser(SECRETARY)).get("/secretariat/erasures/due")
    assert (page.status_code, "Nothing is due." in page.text, "Security log" in page.text) == (200, True, True)
    assert set(NAMES) == set(CLASSES)
    assert "/secretariat/erasures/due" in (await (await house.browser(SECRETARY)).get("/secretariat/erasures")).text
    assert (await (await house.browser(ADA)).get("/secretariat/erasures/due")).status_code == 403


@pytest.mark.slow
async def test_axe_finds_nothing_to_complain_of(house: House, eyes: Eyes) -> None:
    for who, address in ((ADA, "/account/data"), (SECRETARY, "/secretariat/erasures/due")):
        browser = await house.browser(who)
        for language in ("en", "ru"):
            found = await eyes.complaints(await browser.get(f"{address}?lang={language}"))
            assert not found, (address, language)
