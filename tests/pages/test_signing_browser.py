"""Acts signed in a real Chromium by the passkey of an authenticator: the script, the pages, and when it refuses."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from certify.register.chain import verified_events
from certify.register.signed_acts import signed_acts
from labels.signed_acts import signature_problems
from schemas.events import CASE_EVENTS
from schemas.people import PersonFacts
from schemas.scheme import Tier
from tests.builders import LABEL_OFFICER
from tests.pages.account import with_password
from tests.pages.commission import BALLOT, CASE
from tests.pages.conftest import House, walk
from tests.pages.test_signed_acts import has_passkey, signs
from tests.pages.watched import PHONE, Front, Watched, opened_front
from workflows.rules.case.fold import fold

pytestmark = pytest.mark.slow

RELEASE = "Подписать ключом доступа и разрешить выпуск знака"
CAST = "Sign with your passkey and cast the ballot"
REASONS = "All is “shown” <b>here</b>,\nsaid once."
DONE = re.compile(f"{CASE}.done=")


@pytest.fixture(scope="module")
async def front() -> AsyncIterator[Front]:
    async with opened_front() as opened:
        yield opened


async def in_signed_round(house: House) -> PersonFacts:
    """Open a round whose ballots are signed, and return one who votes in it."""
    signs(house)
    walked = walk(edition=3).to_round()
    await house.holds(walked)
    return walked.voters()[0]


async def checks_ballot(watched: Watched) -> None:
    await watched.opens(BALLOT)
    await watched.screen.get_by_label("Grant", exact=True).check()
    await watched.screen.fill("[name=reasons]", REASONS)
    await watched.presses("Check your ballot")


async def problems_of(house: House) -> list[str]:
    """What the receipts on record do not show."""
    async with house.services.database.reading() as session:
        events = [CASE_EVENTS.validate_json(body) async for body in verified_events(session, "case/case-1")]
        signed = await signed_acts(session, events)
    return [f"{one.place} {one.code}" for one in signature_problems(fold(events), signed)]


async def test_a_member_makes_a_passkey_and_casts_a_ballot_with_it(strict: House, front: Front) -> None:
    voter = await in_signed_round(strict)
    async with front.of(strict, size=PHONE) as watched:
        await watched.authenticator()
        await watched.enters(await with_password(strict, voter))
        await watched.adds_passkey()
        await checks_ballot(watched)
        said = await watched.reads()
        await watched.presses(CAST)
        await watched.screen.wait_for_url(DONE)

        assert "Recorded as entry" in await watched.reads()
    assert "What you sign" in said
    assert "Nothing was sent" not in said
    assert (await strict.case()).rounds[-1].ballots[voter.person].choice == "grant"
    assert await problems_of(strict) == []


async def test_where_the_passkey_does_not_sign_the_page_says_why_and_nothing_is_sent(
    strict: House, front: Front
) -> None:
    voter = await in_signed_round(strict)
    async with front.of(strict) as watched:
        device = await watched.authenticator()
        await watched.signed_in(strict, voter)
        await watched.adds_passkey()
        await checks_ballot(watched)

        await device.will("setUserVerified", isUserVerified=False)
        await refuses(watched, "You cancelled, it took too long, or the passkey did not make sure that it is you.")
        await device.will("setUserVerified", isUserVerified=True)
        await asks(watched, rpId="another.example")
        await refuses(watched, "Passkeys work only at http://localhost:8080.")
        await device.will("setAutomaticPresenceSimulation", enabled=False)
        await asks(watched, rpId="localhost", timeout=1)
        await refuses(watched, "You cancelled, it took too long,")
        assert (await strict.case()).rounds[-1].ballots == {}

        await watched.presses("Change it")
        await is_kept(watched)


async def asks(watched: Watched, **instead: object) -> None:
    """Let the page ask the passkey for something else."""
    change = "([place, more]) => place.dataset.sign = JSON.stringify({...JSON.parse(place.dataset.sign), ...more})"
    await watched.screen.evaluate(change, [await watched.screen.query_selector("[data-sign]"), instead])


async def refuses(watched: Watched, why: str) -> None:
    """Press the button, and read why nothing came of it, on the page where it was pressed."""
    alert, button = watched.screen.get_by_role("alert"), watched.screen.get_by_role("button", name=CAST)
    await button.click()
    await expect(alert).to_contain_text(why, use_inner_text=True)
    assert (await alert.inner_text()).count("\n") == 0
    await expect(button).to_be_enabled()


async def is_kept(watched: Watched) -> None:
    """Find the ballot as it was written."""
    await expect(watched.screen.get_by_label("Grant", exact=True)).to_be_checked()
    await expect(watched.screen.locator("[name=reasons]")).to_have_value(REASONS)


async def test_a_signature_that_shows_less_than_it_must_casts_nothing_and_the_next_one_does(
    strict: House, front: Front
) -> None:
    voter = await in_signed_round(strict)
    async with front.of(strict, size=PHONE) as watched:
        device = await watched.authenticator()
        await watched.signed_in(strict, voter)
        await watched.adds_passkey()
        await checks_ballot(watched)
        for bend, code in (("isBadUV", "user_not_verified"), ("isBogusSignature", "bad_signature")):
            await device.will("setResponseOverrideBits", **{bend: True})
            await watched.presses(CAST)
            await expect(watched.main.locator("code")).to_have_text(code)
            await is_kept(watched)
            assert (await strict.case()).rounds[-1].ballots == {}
            await watched.presses("Check your ballot")

        await device.will("setResponseOverrideBits")
        await watched.presses(CAST)
        await watched.screen.wait_for_url(DONE)
    assert (await strict.case()).rounds[-1].ballots.keys() == {voter.person}
    assert await problems_of(strict) == []


async def test_a_label_officer_releases_a_label_with_a_passkey_in_russian(strict: House, front: Front) -> None:
    signs(strict)
    walked = walk(tier=Tier.CRITICAL, edition=3).to_grant()
    walked.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await strict.holds(walked)
    async with front.of(strict, size=PHONE) as watched:
        device = await watched.authenticator()
        await watched.signed_in(strict, LABEL_OFFICER)
        await watched.adds_passkey()
        await device.will("setUserVerified", isUserVerified=False)
        await watched.opens(f"{CASE}/release-label?lang=ru")
        await watched.presses(RELEASE)
        await expect(watched.screen.get_by_role("alert")).to_contain_text("Ничего не отправлено", use_inner_text=True)
        assert (await strict.case()).release_proof is None

        await device.will("setUserVerified", isUserVerified=True)
        await watched.presses(RELEASE)
        await watched.screen.wait_for_url(DONE)
    assert (await strict.case()).release_proof is not None
    assert [one for one in await problems_of(strict) if "release" in one] == []


async def test_a_browser_without_passkeys_says_so(strict: House, front: Front) -> None:
    voter = await in_signed_round(strict)
    await has_passkey(strict, voter)
    async with front.of(strict) as watched:
        await watched.context.add_init_script("delete window.PublicKeyCredential")
        await watched.signed_in(strict, voter)
        await checks_ballot(watched)

        await expect(watched.screen.get_by_role("alert")).to_contain_text(
            "This browser knows no passkeys.", use_inner_text=True
        )
