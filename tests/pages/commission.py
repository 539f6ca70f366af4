"""What the tests of the Commission's pages share."""

import httpx2

from schemas.people import PersonFacts
from schemas.stages import Verdict
from tests.builders import Walk
from tests.pages.conftest import House, hidden_in, walk

CASE = "/commission/case-1"
BALLOT = f"{CASE}/cast-ballot"
CRITERION = "Stated benefit and affected people"


async def sent(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address, data={**hidden_in(page), **typed})


async def in_round(house: House, **verdicts: Verdict) -> tuple[Walk, tuple[PersonFacts, ...]]:
    walked = walk().to_round(**verdicts)
    await house.holds(walked)
    return walked, walked.voters()


def undeclared(walked: Walk) -> PersonFacts:
    return next(member for member in walked.voters() if not walked.case.has_declared_none(member.person))
