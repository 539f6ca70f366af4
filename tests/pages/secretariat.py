"""What the tests of the secretariat's pages share."""

import httpx2

from schemas.people import PersonFacts
from tests.builders import SECRETARY, Walk
from tests.pages.conftest import hidden_in

ROOM = "/secretariat"
CASE = f"{ROOM}/case-1"
PROHIBITED = {"G1": "yes", "G2": "yes", "G3": "yes", "G4": "no", "G5": "none known"}
CRITERION = "Stated benefit and affected people"


async def sent(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address, data={**hidden_in(page), **typed})


def asked(walked: Walk, *experts: PersonFacts, accept: bool = True) -> Walk:
    """Ask experts for one area each; they declare no interest and say yes."""
    for place, expert in enumerate(experts):
        area = walked.rules.tiers[walked.case.tier].reviewers.areas[place]
        walked.act("assign_reviewer", SECRETARY, reviewer=expert.person, areas=(area,))
        if accept:
            walked.act("declare_interests", expert, has_interest=False)
            walked.act("answer_assignment", expert, accepts=True)
    return walked
