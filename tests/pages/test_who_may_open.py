"""What opens a matter is offered to those who may open one, and to nobody who only reads."""

import pytest

from schemas.people import PersonFacts
from tests.builders import MEMBERS, SECRETARY
from tests.pages.conftest import AUDITOR, House

OPENING = {
    "/secretariat/corrections": "propose-correction",
    "/secretariat/schemes": "propose-scheme",
    "/secretariat/practices": "offer-practice",
    "/secretariat/erasures": "ask-erasure",
    "/secretariat/holds": "ask-hold",
}


@pytest.mark.parametrize(("room", "act"), OPENING.items())
@pytest.mark.parametrize(("who", "may"), [(SECRETARY, True), (AUDITOR, False)])
async def test_a_matter_is_offered_to_whoever_may_open_it(
    house: House, room: str, act: str, who: PersonFacts, may: bool
) -> None:
    browser = await house.browser(who)
    listed, form = await browser.get(room), await browser.get(f"{room}/new/{act}")

    assert listed.status_code == 200
    assert (f'href="{room}/new/{act}"' in listed.text) is may
    assert form.status_code == (200 if may else 403)


async def test_a_commissioner_may_correct_too(house: House) -> None:
    listed = await (await house.browser(MEMBERS[0])).get("/commission/corrections")

    assert 'href="/commission/corrections/new/propose-correction"' in listed.text
