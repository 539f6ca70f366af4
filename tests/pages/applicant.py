"""What the tests of the applicant's pages share: a complete application in sections, a file, and how they are sent."""

from typing import Any

import httpx2

from schemas.people import PersonFacts
from tests.builders import APPLICANT, SECRETARY, Walk, scheme
from tests.pages.conftest import House, hidden_in, walk

ROOM = "/applicant"
CASE = f"{ROOM}/case-1"
DRAFT = f"{ROOM}/drafts/digit-reader-1.2.0"
CRITERION = "I-1.1-01"
SYSTEM = {
    "name": "Digit Reader",
    "label_name": "Digit Reader",
    "version": "1.2.0",
    "purpose": "Suggests hand-written digits.",
    "deployment": "On one laptop.",
    "languages": "en, ru",
}
SECTIONS: dict[str, dict[str, Any]] = {
    "system": SYSTEM,
    "organisation": {"roles": ["developer", "operator"], "officer_name": "Olga Officer"},
    "gates": {"G1": "yes", "G2": "no", "G3": "yes", "G4": "no", "G5": "None known."},
    "questions": dict.fromkeys(scheme().rules.questions, "0"),
    "requirements": {"groups_people": "no"},
    "agreement": {"accepted": "yes"},
}
OFFER = {
    "type": "impact_assessment",
    "criteria": [CRITERION],
    "maker": "applicant",
    "effective": "2026-01-10",
    "covers_version": "1.2.0",
    "confidentiality": "internal",
}
ROOM_FOR_TEN = {"evidence_file_max_bytes": 10}
NO_FILE = {"file": ("", b"", "application/octet-stream")}
FILE = {"file": ("impact.md", b"# Who is affected\n", "text/markdown")}


async def sent(browser: httpx2.AsyncClient, address: str, **typed: object) -> httpx2.Response:
    """Fill the form at an address as a browser would, and send it."""
    page = await browser.get(address)
    return await browser.post(address.partition("?")[0], data={**hidden_in(page), **typed})


async def begun(house: House, *, who: PersonFacts = APPLICANT, **sections: dict[str, Any]) -> httpx2.AsyncClient:
    """Return the applicant's browser with a draft in which these sections are saved."""
    browser = await house.browser(who)
    await browser.post(f"{ROOM}/drafts", data={"reference": "digit-reader-1.2.0"})
    for section, typed in sections.items():
        assert (await browser.post(f"{DRAFT}/{section}", data=typed)).status_code == 303
    return browser


async def offered(browser: httpx2.AsyncClient, **changes: Any) -> httpx2.Response:
    """Hand in a file as a browser would."""
    page = await browser.get(f"{CASE}/offer-evidence")
    return await browser.post(f"{CASE}/offer-evidence", data={**hidden_in(page), **OFFER, **changes}, files=FILE)


def in_evidence() -> Walk:
    """A case that was accepted with one requirement missing."""
    walked = walk().to_intake()
    walked.with_evidence()
    last = next(reversed(walked.case.evidence))
    walked.act("withdraw_evidence", APPLICANT, item=last)
    return walked.act("accept_application", SECRETARY)
